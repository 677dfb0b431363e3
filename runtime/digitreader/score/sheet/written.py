"""Which boxes of a sheet somebody wrote into, and where in each the digit stands, whatever the reader makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from digitreader.boxes import around
from digitreader.demo.still import DigitBox
from digitreader.paper_light import paper_under
from digitreader.paper_sheet.layout import Number, Rect, numbers_of, printed
from digitreader.paper_sheet.straighten import StraightSheet
from digitreader.score.sheet.ink import FieldInk, Piece, ink_in_field, strokes_of
from digitreader.values import Box, GrayImage, Reading

LEAST_HEIGHT = 0.175
"""Ink that is lower than this share of its box is a speck, unless a digit was read there."""
OVER_MM = 3.0
"""Strokes may run over a number's boxes by so much."""
PRINTED_OVER_MM = 1.0
"""What is printed is seen to be so much larger where a sheet is curved or the picture soft."""


@dataclass(frozen=True, slots=True, eq=False)
class BareSheet:
    """A sheet without what is printed on it.

    Attributes:
        gray: (H, W) uint8, bare paper in its own light in the places of marks, bits, notes, numbers and boxes' lines.
        inks: what was written in the field of each number.
    """

    gray: GrayImage
    inks: tuple[FieldInk, ...]


def without_print(straight: StraightSheet, gray: GrayImage) -> BareSheet:
    """Take what is printed off a sheet, and find what is written on it.

    Args:
        straight: says where what is.
        gray: (H, W) uint8, its picture in gray.
    """
    paper = paper_under(gray)
    bare = gray.copy()
    for rect in printed(straight.sheet):
        window = _window(straight.box_of(grown(rect, PRINTED_OVER_MM)))
        bare[window] = paper[window]
    strokes = strokes_of(bare, px_per_mm=straight.px_per_mm)
    fields = [(number, straight.box_of(grown(number.field, OVER_MM))) for number in numbers_of(straight.sheet)]
    inks = tuple(ink_in_field(straight, number, field, strokes) for number, field in fields)
    for each in inks:
        window = _window(each.field)
        # a stroke's edge is lighter than its ink
        stroke = cv2.dilate(each.ink, np.ones((3, 3), np.uint8)) > 0
        bare[window] = np.where(each.on_line & ~stroke, paper[window], bare[window])
    return BareSheet(bare, inks)


def _window(box: Box) -> tuple[slice, slice]:
    return np.s_[box.y : box.y + box.height, box.x : box.x + box.width]


def grown(rect: Rect, by: float) -> Rect:
    """A rectangle with a margin, in millimetres."""
    return Rect(rect.x - by, rect.y - by, rect.width + 2 * by, rect.height + 2 * by)


def numbers_written(
    straight: StraightSheet, inks: Sequence[FieldInk], readings: Sequence[Reading]
) -> list[list[DigitBox]]:
    """Find the digits that were written into each number's boxes.

    Args:
        straight: says where the boxes are.
        inks: what was written in the field of each number.
        readings: what was accepted on the sheet.

    Returns:
        For each number its digits, the rectangle round the ink of each, or the whole box of a digit that is missing
        from a number that was written otherwise; none where every box is empty. The line is the number's place.
    """
    numbers = zip(numbers_of(straight.sheet), inks, strict=True)
    return [_digits(straight, number, ink, readings, place) for place, (number, ink) in enumerate(numbers)]


def _digits(
    straight: StraightSheet, number: Number, ink: FieldInk, readings: Sequence[Reading], place: int
) -> list[DigitBox]:
    boxes = [straight.box_of(box) for box in number.boxes]
    inked = _inked(boxes, ink.pieces, readings)
    if not any(inked):
        return []
    pairs = zip(number.text, boxes, inked, strict=True)
    return [DigitBox(int(digit), there or box, place) for digit, box, there in pairs]


def is_in(box: Box, place: Box) -> bool:
    """Whether a box has its middle in a place."""
    x, y = box.x + box.width / 2 - place.x, box.y + box.height / 2 - place.y
    return 0 <= x <= place.width and 0 <= y <= place.height


def _inked(boxes: Sequence[Box], pieces: Sequence[Piece], readings: Sequence[Reading]) -> list[Box | None]:
    """For each box the rectangle round its ink; None where there is none.

    Ink is a box's where its middle is nearest to it; where ink lies over the middles of several boxes it is digits that
    touch, and each box has its part.
    """
    parts: list[list[Box]] = [[] for _ in boxes]
    middles = [box.x + box.width / 2 for box in boxes]
    for piece in pieces:
        left, right = piece.box.x, piece.box.x + piece.box.width
        crossed = [at for at, middle in enumerate(middles) if left < middle < right]
        if len(crossed) > 1:
            for at in crossed:
                parts[at].append(_between(piece.box, boxes[at]))
        else:
            parts[min(range(len(boxes)), key=lambda at: abs(middles[at] - piece.across))].append(piece.box)
    wholes = [around(*each) if each else None for each in parts]
    return [
        whole if whole and _is_writing(whole, box, readings) else None for whole, box in zip(wholes, boxes, strict=True)
    ]


def _is_writing(ink: Box, box: Box, readings: Sequence[Reading]) -> bool:
    """Whether the ink in a box is more than a speck."""
    return ink.height >= LEAST_HEIGHT * box.height or any(
        is_in(reading.box, box) and is_in(ink, reading.box) for reading in readings
    )


def _between(piece: Box, box: Box) -> Box:
    """The part of a piece that lies between the left and the right edge of a box."""
    left, right = max(piece.x, box.x), min(piece.x + piece.width, box.x + box.width)
    return Box(left, piece.y, right - left, piece.height)
