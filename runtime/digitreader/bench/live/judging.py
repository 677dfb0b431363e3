"""What was announced against what was written and what the undisturbed film gave; and memory."""

from __future__ import annotations

import math
import os
import statistics
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import cycle, pairwise
from pathlib import Path

STATM = Path("/proc/self/statm")
SETTLED = 0.1
"""Memory is compared from when this share of the frames was read: a minute of the ten that the whole soak may take."""
PARTS = 5

Told = tuple[float, str]
"""When, in seconds of the film, and what."""


def told_of_each(laid: Sequence[Told], announced: Sequence[Told]) -> list[list[Told]]:
    """For each sheet, what was announced from when it lay still until the next one did."""
    edges_s = [began_s for began_s, _ in laid] + [math.inf]
    return [[told for told in announced if began_s <= told[0] < end_s] for began_s, end_s in pairwise(edges_s)]


def judge(laid: Sequence[Told], announced: Sequence[Told]) -> tuple[list[float], int]:
    """Compare what was announced with what was written.

    Returns:
        For each sheet how many seconds after it lay still it was announced first, where it was; and how many sheets had
        one announcement, the right one.
    """
    told = told_of_each(laid, announced)
    waits_s = [each[0][0] - began_s for (began_s, _), each in zip(laid, told, strict=True) if each]
    right = sum([text for _, text in each] == [truth] for (_, truth), each in zip(laid, told, strict=True))
    return waits_s, right


def over_and_over(laid: Sequence[Told], announced: Sequence[Told], sheets: int) -> list[str]:
    """What is announced of so many sheets where a film whose sheets and announcements are these goes on and on."""
    each = cycle(told_of_each(laid, announced) or [[]])
    return [text for _ in range(sheets) for _, text in next(each)]


def differences(expected: Sequence[str], got: Sequence[str]) -> tuple[int, int]:
    """Count what is missing and what is too much in a sequence, its order kept."""
    if list(expected) == list(got):
        return 0, 0
    blocks = SequenceMatcher(None, expected, got, autojunk=False).get_matching_blocks()
    same = sum(block.size for block in blocks)
    return len(expected) - same, len(got) - same


def growth_mb(memory_mb: Sequence[float]) -> float:
    """How much more memory the process has at the end than when it had settled; 0.0 where it was hardly looked at.

    The medians of a fifth of the time each are compared: a sheet that is drawn takes some megabytes for a moment.
    """
    settled = memory_mb[round(SETTLED * len(memory_mb)) :]
    part = len(settled) // PARTS
    return statistics.median(settled[-part:]) - statistics.median(settled[:part]) if part else 0.0


def resident_mb() -> float:
    """Memory that the process has now; where Linux does not tell, the most that it ever had."""
    try:
        return int(STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    except OSError:
        import resource  # not on Windows, where nothing is tried

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
