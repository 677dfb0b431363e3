"""What a soak must show, event by event."""

from __future__ import annotations

import math
import os
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import cycle, pairwise
from pathlib import Path

MOST_GROWTH_MB = 5.0
LONG = 20_000
"""Memory that still grows counts as a fault where so many frames were read; before that it settles."""


@dataclass(frozen=True, slots=True)
class LiveBench:
    """What was measured.

    Attributes:
        frames: read while faults came; `announced` is how many numbers were told meanwhile.
        cpu_ms: processor time of a frame, mean: read and followed; `telling_ms` is that of the outputs.
        digits_ms: the median of the frames in which ten digits or more were read.
        frames_per_s: what one core reads and tells of those; `drawing_ms`, the demo's own, is not counted.
        latency_ms: film time from the first frame of a sheet that lies still to its announcement, median of the
            undisturbed film; `slowest_ms` is the longest.
        sheets: laid while faults came; `right` is how many were announced once and as they were written.
        lost: announced of the undisturbed film only; `extra` of the disturbed one only.
        faults: how many came, by their kind.
        recovered: how many were told and followed by frames again, or by events that are taken.
        outputs: for each, how many of the events or frames that it should have had, it has lost and it has too often
            or wrong.
        missing: outputs that could not be tried, and why.
        memory_grew_mb: from when it had settled to the end.
    """

    frames: int
    cpu_ms: float
    digits_ms: float
    telling_ms: float
    drawing_ms: float
    frames_per_s: float
    latency_ms: float
    slowest_ms: float
    sheets: int
    right: int
    announced: int
    lost: int
    extra: int
    faults: dict[str, int]
    recovered: dict[str, int]
    outputs: dict[str, tuple[int, int, int]]
    missing: tuple[str, ...]
    memory_grew_mb: float

    @property
    def leaks(self) -> bool:
        """Memory has not stayed flat."""
        return self.frames >= LONG and self.memory_grew_mb > MOST_GROWTH_MB

    @property
    def survived(self) -> bool:
        """Every fault was noticed and is over, changed nothing of what was announced, and no output missed any."""
        whole = not any(lost or extra for _, lost, extra in self.outputs.values())
        return self.faults == self.recovered and not self.lost and not self.extra and whole and not self.leaks


STATM = Path("/proc/self/statm")
SETTLED = 0.1
"""Memory is compared from when this share of the frames was read: a minute of the ten that the whole soak may take."""
PARTS = 5

Announcement = tuple[float, str]
"""When, in seconds of the film, and what."""


def told_of_each(laid: Sequence[Announcement], announced: Sequence[Announcement]) -> list[list[Announcement]]:
    """For each sheet, what was announced from when it lay still until the next one did."""
    edges_s = [began_s for began_s, _ in laid] + [math.inf]
    return [[told for told in announced if began_s <= told[0] < end_s] for began_s, end_s in pairwise(edges_s)]


def judge(laid: Sequence[Announcement], announced: Sequence[Announcement]) -> tuple[list[float], int]:
    """Compare what was announced with what was written.

    Returns:
        For each sheet how many seconds after it lay still it was announced first, where it was; and how many sheets had
        one announcement, the right one.
    """
    told = told_of_each(laid, announced)
    waits_s = [each[0][0] - began_s for (began_s, _), each in zip(laid, told, strict=True) if each]
    right = sum([text for _, text in each] == [truth] for (_, truth), each in zip(laid, told, strict=True))
    return waits_s, right


def over_and_over(laid: Sequence[Announcement], announced: Sequence[Announcement], sheets: int) -> list[str]:
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
