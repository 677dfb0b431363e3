"""Counts what became of the signs and letters among digits: told as digits, or passed over without a gap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from digitreader.boxes import grown
from digitreader.demo import DigitBox, Scene
from digitreader.demo.still import MarkBox
from digitreader.follow.matching import overlaps
from digitreader.values import Box, Page

ON_IT = 0.5
"""A digit was read on a mark where they share so much of the smaller of the two ..."""
ON_DIGIT = 0.4
"""... and is on a digit where they share so much of their union."""
PAD = 0.08
"""Boxes are widened by so many heights of a typical digit: a 1 is so narrow that a pixel would part two like boxes."""


@dataclass(frozen=True, slots=True)
class MarkCounts:
    """How many marks there are, on how many a digit was read, and how many were passed over without a gap."""

    there: int = 0
    told: int = 0
    joined: int = 0

    def __add__(self, other: Self) -> MarkCounts:
        return MarkCounts(self.there + other.there, self.told + other.told, self.joined + other.joined)


def count_marks(shown: Scene, page: Page) -> MarkCounts:
    """What became of a scene's marks.

    Args:
        shown: with the marks that are there.
        page: what was read of it.
    """
    if not shown.marks or not shown.boxes:
        return MarkCounts()
    read = [(line, each.group, each.box) for line, row in enumerate(page.lines) for each in row.readings]
    boxes = [box for _, _, box in read]
    pad_px = max(1, round(PAD * sorted(each.box.height for each in shown.boxes)[len(shown.boxes) // 2]))
    places = [_number_at(each.box, boxes, pad_px) for each in shown.boxes]
    free = [box for at, box in enumerate(boxes) if at not in places]
    told = [any(_on(box, mark.box) for box in free) for mark in shown.marks]
    numbers = [None if at is None else read[at][:2] for at in places]
    joined = [
        not is_told and _are_joined(mark, shown.boxes, numbers) for mark, is_told in zip(shown.marks, told, strict=True)
    ]
    return MarkCounts(len(shown.marks), sum(told), sum(joined))


def _number_at(box: Box, boxes: Sequence[Box], pad_px: int) -> int | None:
    """Which of the boxes lies on a digit."""
    if not boxes:
        return None
    shares = overlaps([grown(box, pad_px, pad_px)], [grown(each, pad_px, pad_px) for each in boxes])[0]
    return int(shares.argmax()) if shares.max() >= ON_DIGIT else None


def _on(box: Box, mark: Box) -> bool:
    across = min(box.x + box.width, mark.x + mark.width) - max(box.x, mark.x)
    down = min(box.y + box.height, mark.y + mark.height) - max(box.y, mark.y)
    smaller = max(1, min(box.width * box.height, mark.width * mark.height))
    return across > 0 and down > 0 and across * down >= ON_IT * smaller


def _are_joined(mark: MarkBox, digits: Sequence[DigitBox], numbers: Sequence[tuple[int, int] | None]) -> bool:
    """Whether the digits at both sides of a mark were read as of one number."""
    middle = mark.box.x + mark.box.width / 2
    row = [(each.box.x + each.box.width / 2, at) for at, each in enumerate(digits) if each.line == mark.line]
    before, after = (
        max((pair for pair in row if pair[0] < middle), default=None),
        min((pair for pair in row if pair[0] >= middle), default=None),
    )
    if before is None or after is None:
        return False
    return numbers[before[1]] is not None and numbers[before[1]] == numbers[after[1]]
