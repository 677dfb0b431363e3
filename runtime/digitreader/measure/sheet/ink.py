"""Finds the ink that was written into the boxes of a straightened sheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.drawing.scene import DigitBox
from digitreader.find.paper_light import paper_under
from digitreader.measure.sheet.layout import PrintedNumber, Rect, numbers_of, printed
from digitreader.measure.sheet.straighten import StraightSheet
from digitreader.values import Box, GrayImage, Reading, around

Darkness = npt.NDArray[np.float32]
"""(H, W) float32: how much light is absorbed, 0 for paper and 255 for black; noise may be below 0."""

FAINTEST = 14.0
"""Ink is at least this much darker than its paper, however little noise there is."""
NOISES = 5.0
"""Ink is darker than paper by this many standard deviations of the paper's noise."""
PEAK_SHARE = 0.35
"""Ink is at least this share as dark as the darkest ink in the number's boxes; the reader needs more."""
SOFTEN_MM = 0.1
"""Blur against noise, which is less than the line of the finest pen."""
WIDEST_MM = 3.5
"""A thing wider than this in every direction is a shadow or a blot, not a stroke."""
LINE_HALF_MM, LINE_HALF_PX = 0.6, 1.0
"""A box's line may appear this far on either side of its place: the paper is not quite flat, the picture not sharp."""
LINE_SHARE = 0.2
"""This quantile of the darkness along a line counts as its darkness, so that strokes across or on it do not count."""
TAKEN_BACK_MM = 0.9
"""A place darker than a printed line is ink if there is ink beside the line this near to it ..."""
OVER_LINE = 0.6
"""... and so are places connected with it, if they are darker than the line by this share of the line's darkness."""
NEAR_MM = 0.5
"""Pieces with smaller gaps are one stroke that a bad pen or a bad picture has broken."""
LEAST_MM = 1.2
"""Pieces that are together shorter than this are specks."""


@dataclass(frozen=True, slots=True)
class InkComponent:
    """Connected ink.

    Attributes:
        across: its centre of mass, in pixels from the sheet's left edge.
    """

    box: Box
    across: float


@dataclass(frozen=True, slots=True, eq=False)
class FieldInk:
    """What was written in a number's field.

    Attributes:
        field: the examined part of the sheet, in pixels.
        ink: (H, W) uint8 of the field, 255 where there is ink, else 0.
        on_line: (H, W) bool of the field, True at places where the boxes' printed lines may be.
    """

    field: Box
    ink: GrayImage
    on_line: npt.NDArray[np.bool_]

    @property
    def pieces(self) -> list[InkComponent]:
        """Its connected ink."""
        _, _, stats, middles = cv2.connectedComponentsWithStats(self.ink, connectivity=8)
        x, y = self.field.x, self.field.y
        boxes = [Box(x + at[0], y + at[1], at[2], at[3]) for at in stats[1:].tolist()]
        return [InkComponent(box, x + across) for box, across in zip(boxes, middles[1:, 0].tolist(), strict=True)]


def strokes_of(gray: GrayImage, *, px_per_mm: float) -> Darkness:
    """How much darker each pixel is than the paper around it, for dark things not wider than a stroke.

    Args:
        gray: (H, W) uint8.
        px_per_mm: the scale of the picture.
    Source: the black top-hat, which leaves nothing of an edge; Serra, "Image Analysis and Mathematical Morphology".
    """
    soft = cv2.GaussianBlur(gray.astype(np.float32), (0, 0), SOFTEN_MM * px_per_mm)
    side = max(3, round(WIDEST_MM * px_per_mm))
    paper = np.maximum(cv2.morphologyEx(soft, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8)), 1)
    return np.asarray(255 - 255 * soft / paper, np.float32)


def ink_in_field(straight: StraightSheet, number: PrintedNumber, field: Box, strokes: Darkness) -> FieldInk:
    """The ink in a number's field, without specks.

    Args:
        field: what of the sheet is looked at, in pixels.
        strokes: of the whole sheet, without what is printed on it but the boxes.
    """
    part = strokes[field.y : field.y + field.height, field.x : field.x + field.width]
    lines = _line_darkness(straight, number, field, part)
    on_line = ~np.isnan(lines)
    paper = part[~on_line]
    level = float(np.median(paper))
    noise = 1.4826 * float(np.median(np.abs(paper - level)))  # of the normal distribution
    limit = max(FAINTEST, NOISES * noise, PEAK_SHARE * (float(np.percentile(paper, 99.5)) - level))
    line = np.fmax(lines, level)
    over = part - line
    beside = ((over > limit) & ~on_line).astype(np.uint8)
    reach = 2 * round(TAKEN_BACK_MM * straight.px_per_mm) + 1
    near = cv2.dilate(beside, np.ones((reach, reach), np.uint8)) > 0
    plain = over > np.maximum(limit, OVER_LINE * (line - level))
    ink = ((over > limit) & near) | _joined_to(beside, plain.astype(np.uint8))
    return FieldInk(field, _without_specks(ink.astype(np.uint8) * np.uint8(255), straight.px_per_mm), on_line)


def _joined_to(beside: GrayImage, mask: GrayImage) -> npt.NDArray[np.bool_]:
    """The parts of a mask that are connected with the ink beside the lines."""
    _, labels = cv2.connectedComponents(mask, connectivity=8)
    joined = np.zeros(int(labels.max()) + 1, np.bool_)
    joined[labels[beside > 0]] = True
    joined[0] = False
    return np.asarray(joined[labels], np.bool_)


def _without_specks(ink: GrayImage, px_per_mm: float) -> GrayImage:
    near = 2 * round(NEAR_MM * px_per_mm / 2) + 1
    _, places, stats, _ = cv2.connectedComponentsWithStats(cv2.dilate(ink, np.ones((near, near), np.uint8)))
    reach = stats[:, (cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT)].max(axis=1) - near + 1
    return np.where((reach < LEAST_MM * px_per_mm)[places], np.uint8(0), ink)


def _line_darkness(straight: StraightSheet, number: PrintedNumber, field: Box, part: Darkness) -> Darkness:
    """How dark the boxes' lines are where they may be seen; NaN elsewhere."""
    lines = np.full_like(part, np.nan)
    for band in _bands(straight, number, field):
        along = 1 if part[band].shape[1] > part[band].shape[0] else 0
        profile = np.percentile(part[band], 100 * LINE_SHARE, axis=along, keepdims=True)
        lines[band] = np.fmax(lines[band], profile)
    return lines


def _bands(straight: StraightSheet, number: PrintedNumber, field: Box) -> Iterator[tuple[slice, slice]]:
    """Where in a field the lines of a number's boxes may be seen, rows and columns."""
    scale, whole = straight.px_per_mm, number.field
    half = LINE_HALF_MM + LINE_HALF_PX / scale
    level = [
        Rect(whole.x - half, y - half, whole.width + 2 * half, 2 * half) for y in (whole.y, whole.y + whole.height)
    ]
    edges = [*(box.x for box in number.boxes), whole.x + whole.width]
    upright = [Rect(x - half, whole.y - half, 2 * half, whole.height + 2 * half) for x in edges]
    for box in map(straight.box_of, (*level, *upright)):
        x, y = box.x - field.x, box.y - field.y
        yield slice(max(0, y), y + box.height), slice(max(0, x), x + box.width)


LEAST_HEIGHT = 0.175
"""Ink that is lower than this share of its box is a speck, unless a digit was read there."""
OVER_MM = 3.0
"""How far strokes may run over the boxes of their number."""
PRINTED_OVER_MM = 1.0
"""How much larger print may appear if a sheet is curved or the picture soft."""


@dataclass(frozen=True, slots=True, eq=False)
class BareSheet:
    """A sheet without its print.

    Attributes:
        gray: (H, W) uint8; marks, bits, notes, numbers and boxes' lines are replaced by the paper around them.
        inks: the ink in the field of each number.
    """

    gray: GrayImage
    inks: tuple[FieldInk, ...]


def without_print(straight: StraightSheet, gray: GrayImage) -> BareSheet:
    """Remove the print from a sheet, and find the ink that was written on it.

    Args:
        straight: the sheet, with the places of its print.
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
        from a number that was written otherwise; none if every box is empty. The line is the number's place.
    """
    numbers = zip(numbers_of(straight.sheet), inks, strict=True)
    return [_digits(straight, number, ink, readings, place) for place, (number, ink) in enumerate(numbers)]


def _digits(
    straight: StraightSheet, number: PrintedNumber, ink: FieldInk, readings: Sequence[Reading], place: int
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


def _inked(boxes: Sequence[Box], pieces: Sequence[InkComponent], readings: Sequence[Reading]) -> list[Box | None]:
    """For each box the rectangle round its ink; None if there is none.

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
