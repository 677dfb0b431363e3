"""What was written in the field of one number: its ink, told from the printed lines of its boxes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.paper_sheet.layout import Number, Rect
from digitreader.paper_sheet.straighten import StraightSheet
from digitreader.values import Box, GrayImage

Darkness = npt.NDArray[np.float32]
"""(H, W) float32: how much light is swallowed, 0 for paper and 255 for black; noise is below 0 too."""

FAINTEST = 14.0
"""What is not so much darker than its paper is no ink, however little noise there is."""
NOISES = 5.0
"""Ink is darker than paper by so many standard deviations of the paper's noise."""
PEAK_SHARE = 0.35
"""Ink is at least so dark beside the darkest in the number's boxes, which is less than the reader asks for."""
SOFTEN_MM = 0.1
"""Noise is softened by so much, which is less than the finest pen's line."""
WIDEST_MM = 3.5
"""What is wider than this in every direction is no stroke but a shadow or a blot."""
LINE_HALF_MM, LINE_HALF_PX = 0.6, 1.0
"""To each side of where a box's line is printed it may be seen: the paper is not quite flat, the picture not sharp."""
LINE_SHARE = 0.2
"""A line is as dark as this share of its length does not exceed: strokes that cross it, or lie on it, do not count."""
TAKEN_BACK_MM = 0.9
"""What is darker than a printed line is ink where so near to it there is ink beside the line ..."""
OVER_LINE = 0.6
"""... and wherever it hangs together with that, if it is darker than the line by this share of the line's darkness."""
NEAR_MM = 0.5
"""Pieces with smaller gaps are one stroke, which a poor pen or a poor picture broke."""
LEAST_MM = 1.2
"""Pieces that are together shorter than this are specks."""


@dataclass(frozen=True, slots=True)
class Piece:
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
        field: what of the sheet was looked at, in pixels.
        ink: (H, W) uint8 of the field, 255 where there is ink, else 0.
        on_line: (H, W) bool of the field, where the boxes' printed lines may be seen.
    """

    field: Box
    ink: GrayImage
    on_line: npt.NDArray[np.bool_]

    @property
    def pieces(self) -> list[Piece]:
        """Its connected ink."""
        _, _, stats, middles = cv2.connectedComponentsWithStats(self.ink, connectivity=8)
        x, y = self.field.x, self.field.y
        boxes = [Box(x + at[0], y + at[1], at[2], at[3]) for at in stats[1:].tolist()]
        return [Piece(box, x + across) for box, across in zip(boxes, middles[1:, 0].tolist(), strict=True)]


def strokes_of(gray: GrayImage, *, px_per_mm: float) -> Darkness:
    """How much darker each pixel is than the paper around it, where what is dark is not wider than a stroke.

    Args:
        gray: (H, W) uint8.
    Source: the black top-hat, which leaves nothing of an edge; Serra, "Image Analysis and Mathematical Morphology".
    """
    soft = cv2.GaussianBlur(gray.astype(np.float32), (0, 0), SOFTEN_MM * px_per_mm)
    side = max(3, round(WIDEST_MM * px_per_mm))
    paper = np.maximum(cv2.morphologyEx(soft, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8)), 1)
    return np.asarray(255 - 255 * soft / paper, np.float32)


def ink_in_field(straight: StraightSheet, number: Number, field: Box, strokes: Darkness) -> FieldInk:
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
    """What of a mask hangs together with the ink beside the lines."""
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


def _line_darkness(straight: StraightSheet, number: Number, field: Box, part: Darkness) -> Darkness:
    """How dark the boxes' lines are where they may be seen; NaN elsewhere."""
    lines = np.full_like(part, np.nan)
    for band in _bands(straight, number, field):
        along = 1 if part[band].shape[1] > part[band].shape[0] else 0
        profile = np.percentile(part[band], 100 * LINE_SHARE, axis=along, keepdims=True)
        lines[band] = np.fmax(lines[band], profile)
    return lines


def _bands(straight: StraightSheet, number: Number, field: Box) -> Iterator[tuple[slice, slice]]:
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
