"""Finds out which test sheet a photograph shows, and straightens it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.errors import DataError
from digitreader.paper_light import to_gray
from digitreader.paper_sheet.bending import BOWS_MM, FLAT, Bend, Matrix, Places, bend_of, pixels_of
from digitreader.paper_sheet.identity import sheet_of
from digitreader.paper_sheet.layout import PAPERS, Rect, Sheet, bit_squares, mark_middles
from digitreader.paper_sheet.marks import Points, find_marks, quadrilaterals
from digitreader.values import Box, ColourImage, GrayImage

MOST_PX_PER_MM = 8.0
"""A sheet is not drawn larger than this; a pen's line is four pixels wide there."""

MOST_BENT = 5
"""Of so many quadrilaterals of marks, the largest, a bent sheet is tried too: with more, others' marks might pass."""
BIT_SAMPLES = 5
"""The brightness of a bit's square is the mean of so many places across and down, in its inner half."""


class SheetNotFoundError(DataError):
    """A photograph that does not show a test sheet whole and readable."""


@dataclass(frozen=True, slots=True, eq=False)
class StraightSheet:
    """A sheet as if it had been scanned.

    Attributes:
        sheet: which it is.
        image: (H, W, 3) uint8 BGR or (H, W) uint8 gray, the whole sheet and nothing else; black where the photograph
            ends.
        px_per_mm: its scale, which is the photograph's own where the sheet is nearest to the camera, or less.
        photo_px_per_mm: the photograph's own scale there.
        corners: (4, 2) float32, the marks' middles in the photograph: upper left, upper right, lower right, lower left.
    """

    sheet: Sheet
    image: ColourImage | GrayImage
    px_per_mm: float
    photo_px_per_mm: float
    corners: Points

    def photo_height_px(self, box: Box) -> float:
        """How high a box of the image is in the photograph, which shows what is far away smaller."""
        x, y = box.x + box.width / 2, np.array([box.y, box.y + box.height])
        ends = (np.stack([np.full(2, x), y], axis=1) / self.px_per_mm).astype(np.float32)
        upper, lower = pixels_of(ends, self.sheet, _homography(self.sheet, self.corners), FLAT)
        return float(np.linalg.norm(lower - upper))

    def box_of(self, rect: Rect) -> Box:
        """A rectangle on the sheet in pixels of the image, rounded outwards and cut off at its edges."""
        height, width = self.image.shape[:2]
        left, top = (max(0, int(np.floor(value * self.px_per_mm))) for value in (rect.x, rect.y))
        right = min(width, int(np.ceil((rect.x + rect.width) * self.px_per_mm)))
        bottom = min(height, int(np.ceil((rect.y + rect.height) * self.px_per_mm)))
        return Box(left, top, right - left, bottom - top)


def straighten_sheet(image: ColourImage | GrayImage, *, name: str) -> StraightSheet:
    """Find a test sheet in a photograph and draw it as if it had been scanned.

    Args:
        image: (H, W, 3) uint8 BGR or (H, W) uint8 gray; the sheet may lie in any direction.
        name: what errors call the photograph.

    Raises:
        SheetNotFoundError: a corner mark is missing, or the sheet's identity cannot be read.
    Source: a plane seen by a pinhole camera is a homography; Hartley and Zisserman, "Multiple View Geometry", 2.3.
    """
    gray = to_gray(image)
    middles = find_marks(gray)
    if len(middles) < 4:
        raise SheetNotFoundError(
            f"{name}: {len(middles)} of a test sheet's 4 corner marks were found; have the whole sheet in the picture, "
            "sharp and without glare, or print one with digitreader sheet"
        )
    fours = list(quadrilaterals(middles))
    for bow_mm, corners in [(0.0, four) for four in fours] + [
        (bow, four) for bow in BOWS_MM for four in fours[:MOST_BENT]
    ]:
        for turn in range(4):
            turned = np.roll(corners, turn, axis=0)
            sheet = _identified(gray, turned, Bend(bow_mm=bow_mm))
            if sheet is not None:
                return _drawn(image, sheet, turned, bend_of(gray, sheet, _homography(sheet, turned), bow_mm))
    raise SheetNotFoundError(
        f"{name}: the corner marks are there, but the row of squares between the upper two cannot be read; lay the "
        "sheet flat, without glare or a shadow's edge on it; be farther away, with it in the picture's middle, sharp"
    )


def _identified(gray: GrayImage, corners: Points, bend: Bend) -> Sheet | None:
    """The sheet whose bits stand where they would with these corners; the bits say its paper themselves."""
    for paper in PAPERS:
        supposed = Sheet(paper, 0)
        matrix = _homography(supposed, corners)
        places = np.concatenate([_samples(square) for pair in bit_squares(supposed) for square in pair])
        levels = _brightness(gray, pixels_of(places, supposed, matrix, bend))
        bright = levels.reshape(-1, 2, BIT_SAMPLES**2).mean(axis=2)
        sheet = sheet_of([one < zero for one, zero in bright])
        if sheet is not None and sheet.paper == paper:
            return sheet
    return None


def _homography(sheet: Sheet, corners: Points) -> Matrix:
    """From millimetres on the sheet to pixels of the photograph."""
    middles = np.array(mark_middles(sheet), np.float32)
    return np.asarray(cv2.getPerspectiveTransform(middles, corners), np.float64)


def _samples(square: Rect) -> Places:
    steps = np.linspace(0.25, 0.75, BIT_SAMPLES)
    x, y = np.meshgrid(square.x + steps * square.width, square.y + steps * square.height)
    return np.stack([x.ravel(), y.ravel()], axis=1).astype(np.float32)


def _brightness(gray: GrayImage, pixels: Places) -> npt.NDArray[np.float32]:
    """The gray of the nearest pixel of each place; black outside."""
    columns, rows = np.round(pixels).astype(int).T
    inside = (rows >= 0) & (rows < gray.shape[0]) & (columns >= 0) & (columns < gray.shape[1])
    return np.where(inside, gray[rows * inside, columns * inside], 0).astype(np.float32)


def _drawn(image: ColourImage | GrayImage, sheet: Sheet, corners: Points, bend: Bend) -> StraightSheet:
    scale = _scale(sheet, corners)
    px_per_mm = min(MOST_PX_PER_MM, scale)
    width, height = sheet.size_mm
    size_wh = round(width * px_per_mm), round(height * px_per_mm)
    # the middle of the first pixel is at half a pixel on the sheet
    to_mm = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, px_per_mm]], np.float64)
    matrix = _homography(sheet, corners)
    if bend == FLAT:
        drawn = cv2.warpPerspective(image, matrix @ to_mm, size_wh, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    else:
        x, y = np.meshgrid(*(((np.arange(side) + 0.5) / px_per_mm).astype(np.float32) for side in size_wh))
        pixels = pixels_of(np.stack([x.ravel(), y.ravel()], axis=1), sheet, matrix, bend).reshape(*x.shape, 2)
        drawn = cv2.remap(image, pixels[..., 0], pixels[..., 1], cv2.INTER_LINEAR)
    return StraightSheet(sheet, np.asarray(drawn, np.uint8), px_per_mm, scale, corners)


def _scale(sheet: Sheet, corners: Points) -> float:
    """Pixels of the photograph per millimetre along the side that is nearest to the camera."""
    sides = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    middles = np.array(mark_middles(sheet))
    lengths = np.linalg.norm(np.roll(middles, -1, axis=0) - middles, axis=1)
    return float((sides / lengths).max())
