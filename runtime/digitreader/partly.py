"""Reading a part of a frame again: which part, and what of the last reading still stands."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from digitreader.boxes import around, cut_to, grown, shifted, touch
from digitreader.find import Findings
from digitreader.values import Activations, Box

BESIDE, ABOVE = 3.0, 1.0
"""So many digit heights round the part are looked at too: what stands beside a mark tells whether it is a digit."""
USUAL_PX = 48.0
"""The height of a digit where none is known."""
LARGEST_SHARE = 0.5
"""Where more than this share of a frame would be looked at, all of it is."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a frame to be read again, in pixels of its image.

    Attributes:
        renewed: what is read here replaces what was read here.
        looked_at: the same with what stands round it.
    """

    renewed: Box
    looked_at: Box


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What was found in a frame, and what the network sees in it: (N, 10) for N candidates."""

    findings: Findings
    activations: Activations


def part_of(moved: Box, found: Found, size_wh: tuple[int, int]) -> Part | None:
    """The part of a frame that is to be read again; None where all of it is.

    Args:
        moved: where something moved.
        found: in the frame before.
        size_wh: of the frame.
    """
    candidates = found.findings.candidates
    renewed = around(moved, *(each.box for each in candidates if touch(each.box, moved)))
    heights = [each.box.height for each in candidates]
    height = float(np.median(heights)) if heights else USUAL_PX
    looked_at = cut_to(grown(renewed, round(BESIDE * height), round(ABOVE * height)), size_wh)
    if looked_at.width * looked_at.height > LARGEST_SHARE * size_wh[0] * size_wh[1]:
        return None
    return Part(renewed, looked_at)


def renewed_in(part: Part, findings: Findings) -> Findings:
    """Of what was found in the picture of a part, what lies where it is renewed, in pixels of the frame."""
    x, y = part.looked_at.x, part.looked_at.y
    moved = [replace(each, box=shifted(each.box, x, y)) for each in findings.candidates]
    others = [shifted(each, x, y) for each in findings.others]
    pieces = [replace(each, box=shifted(each.box, x, y)) for each in findings.pieces]
    return Findings(
        [each for each in moved if touch(each.box, part.renewed)],
        tuple(each for each in others if touch(each, part.renewed)),
        findings.small,
        tuple(each for each in pieces if touch(each.box, part.renewed)),
    )


def joined(before: Found, part: Part, now: Found) -> Found:
    """What was found before outside the part, and what is found now in it."""
    old, new = before.findings, now.findings
    kept = [at for at, each in enumerate(old.candidates) if not touch(each.box, part.renewed)]
    candidates = [*(old.candidates[at] for at in kept), *new.candidates]
    others = (*(each for each in old.others if not touch(each, part.renewed)), *new.others)
    pieces = (*(each for each in old.pieces if not touch(each.box, part.renewed)), *new.pieces)
    small = new.small if new.small.count else old.small
    return Found(
        Findings(candidates, others, small, pieces), np.concatenate([before.activations[kept], now.activations])
    )
