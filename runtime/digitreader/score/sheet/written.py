"""Which boxes of a sheet somebody wrote into, and where in each the digit stands, whatever the reader makes of it."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from digitreader.demo.still import DigitBox
from digitreader.find import FindSettings
from digitreader.find.illumination import darkness_of, ground_of
from digitreader.paper_sheet.layout import Number, Rect, numbers_of, printed
from digitreader.paper_sheet.straighten import StraightSheet
from digitreader.values import Box, GrayImage

FAINTEST = 45
"""Of 255: what swallows less light than this may be a printed box line, or nothing."""
PEAK_SHARE = 0.35
"""Ink is at least so dark beside the darkest in the number's boxes, which is less than the reader asks for."""
LEAST_HEIGHT = 0.2
"""Ink that is lower than this share of its box is a speck."""
OVER_MM = 3.0
"""Strokes may run over a number's boxes by so much."""
PRINTED_OVER_MM = 1.0
"""What is printed is seen to be so much larger where a sheet is curved or the picture soft."""

SETTINGS = FindSettings()


def without_print(straight: StraightSheet, gray: GrayImage) -> GrayImage:
    """The sheet with bare paper in the places of marks, bits, notes and numbers, in its own light.

    Args:
        straight: says where they are.
        gray: (H, W) uint8, its picture in gray.

    Returns:
        (H, W) uint8, a new array.
    """
    size_wh = gray.shape[1], gray.shape[0]
    paper = cv2.resize(ground_of(gray, SETTINGS), size_wh, interpolation=cv2.INTER_LINEAR_EXACT)
    bare = gray.copy()
    for rect in printed(straight.sheet):
        box = straight.box_of(grown(rect, PRINTED_OVER_MM))
        window = np.s_[box.y : box.y + box.height, box.x : box.x + box.width]
        bare[window] = paper[window]
    return bare


def grown(rect: Rect, by: float) -> Rect:
    """A rectangle with a margin, in millimetres."""
    return Rect(rect.x - by, rect.y - by, rect.width + 2 * by, rect.height + 2 * by)


def numbers_written(straight: StraightSheet, gray: GrayImage) -> list[list[DigitBox]]:
    """Find the digits that were written into each number's boxes.

    Args:
        straight: says where the boxes are.
        gray: (H, W) uint8, its picture in gray, `without_print`.

    Returns:
        For each number its digits, the rectangle round the ink of each, or the whole box of a digit that is missing
        from a number that was written otherwise; none where every box is empty. The line is the number's place.
    """
    darkness = darkness_of(gray, ground_of(gray, SETTINGS))
    numbers = numbers_of(straight.sheet)
    return [_digits(straight, number, darkness, place) for place, number in enumerate(numbers)]


def _digits(straight: StraightSheet, number: Number, darkness: GrayImage, place: int) -> list[DigitBox]:
    boxes = [straight.box_of(box) for box in number.boxes]
    inked = _inked(boxes, _ink(straight.box_of(grown(number.field, OVER_MM)), darkness))
    if not any(inked):
        return []
    pairs = zip(number.text, boxes, inked, strict=True)
    return [DigitBox(int(digit), ink or box, place) for digit, box, ink in pairs]


def _ink(field: Box, darkness: GrayImage) -> list[tuple[Box, float]]:
    """The connected ink in a field, and where across the middle of each lies."""
    part = darkness[field.y : field.y + field.height, field.x : field.x + field.width]
    limit = max(FAINTEST, PEAK_SHARE * float(np.percentile(part, 99.5)))
    mask = cv2.threshold(part, limit, 255, cv2.THRESH_BINARY)[1]
    _, _, stats, middles = cv2.connectedComponentsWithStats(mask, connectivity=8)
    boxes = (Box(field.x + x, field.y + y, width, height) for x, y, width, height, _ in stats[1:].tolist())
    return list(zip(boxes, (field.x + middles[1:, 0]).tolist(), strict=True))


def _inked(boxes: Sequence[Box], ink: Sequence[tuple[Box, float]]) -> list[Box | None]:
    """For each box the rectangle round its ink; None where there is none.

    Ink is a box's where its middle is nearest to it; where ink lies over the middles of several boxes it is digits that
    touch, and each box has its part.
    """
    parts: list[list[Box]] = [[] for _ in boxes]
    middles = [box.x + box.width / 2 for box in boxes]
    for piece, across in ink:
        crossed = [at for at, middle in enumerate(middles) if piece.x < middle < piece.x + piece.width]
        if len(crossed) > 1:
            for at in crossed:
                parts[at].append(_between(piece, boxes[at]))
        else:
            parts[min(range(len(boxes)), key=lambda at: abs(middles[at] - across))].append(piece)
    wholes = [_union(each) for each in parts]
    return [
        whole if whole and whole.height >= LEAST_HEIGHT * box.height else None
        for whole, box in zip(wholes, boxes, strict=True)
    ]


def _between(piece: Box, box: Box) -> Box:
    """The part of a piece that lies between the left and the right edge of a box."""
    left, right = max(piece.x, box.x), min(piece.x + piece.width, box.x + box.width)
    return Box(left, piece.y, right - left, piece.height)


def _union(boxes: Sequence[Box]) -> Box | None:
    if not boxes:
        return None
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    right, bottom = max(box.x + box.width for box in boxes), max(box.y + box.height for box in boxes)
    return Box(left, top, right - left, bottom - top)
