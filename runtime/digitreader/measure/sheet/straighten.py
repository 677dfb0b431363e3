"""Finds a test sheet in a photograph and straightens it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, islice, product
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.errors import DataError
from digitreader.find.paper_light import to_gray
from digitreader.measure.sheet.layout import PAPERS, PrintedSheet, Rect, bit_squares, mark_middles, numbers_of, sheet_of
from digitreader.values import Box, ColourImage, GrayImage

Points = npt.NDArray[np.float32]
"""(N, 2) float32, places (x, y) in pixels."""

WINDOWS = (0.15, 0.07, 0.3)
"""Sizes of the surroundings for judging what is black, as shares of the picture's shorter side; tried in turn."""
BLACK = 0.7
"""Pixels with less than this share of their surroundings' light are black; the boxes' lines have more."""
SMALL_PICTURE_PX = 900
"""A picture whose longer side is smaller is enlarged to twice its size, so that the rings of marks stay separate."""
LEAST_MARK = 0.015
"""A mark is at least this share of the picture's shorter side wide."""
HOLE_SHARE, CORE_SHARE = (0.25, 0.75), (0.06, 0.42)
"""The areas of the white ring with what is in it, and of the black square, to the whole mark's: 25/49 and 9/49."""
LEAST_CONVEX = 0.85
"""The least share of each of the three in its convex hull; in a small picture their edges are rough."""
MOST_OFF_CENTRE = 0.12
"""The greatest distance between the middles of the three, in widths of the mark."""
MOST_MARKS = 8
MOST_UNLIKE = 4.0
"""The areas of two marks of one sheet differ by at most this factor, however the sheet leans."""


def find_marks(gray: GrayImage) -> Points:
    """Find everything that looks like a corner mark.

    Args:
        gray: (H, W) uint8.

    Returns:
        (N, 2) float32, their middles, the largest first, at most `MOST_MARKS`. They come from the first of the
        `WINDOWS` that gives four, or else from the one that gives most.
    """
    zoom = 2.0 if max(gray.shape) < SMALL_PICTURE_PX else 1.0
    large = cv2.resize(gray, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_CUBIC) if zoom > 1 else gray
    best = np.zeros((0, 2), np.float32)
    for window in WINDOWS:
        found = _marks_of(_dark_parts(np.asarray(large, np.uint8), window))
        if len(found) > len(best):
            best = found
        if len(best) >= 4:
            break
    # the middle of the first pixel is at 0 before and after
    return np.asarray((best + 0.5) / zoom - 0.5, np.float32)


def quadrilaterals(middles: Points) -> Iterator[Points]:
    """Every four marks as corners in turn, clockwise in the picture, those that span the most first.

    Returns:
        (4, 2) each; the sheet's upper left corner may be any of them.
    """
    fours = (middles[list(chosen)] for chosen in combinations(range(len(middles)), 4))
    # in OpenCV's convention y grows upwards, so its counter-clockwise is clockwise in a picture
    turned = [np.asarray(cv2.convexHull(four, clockwise=False)[:, 0], np.float32) for four in fours]
    convex = [four for four in turned if len(four) == 4]
    yield from sorted(convex, key=lambda four: -cv2.contourArea(four))


def _dark_parts(gray: GrayImage, window: float) -> GrayImage:
    side = max(3, round(window * min(gray.shape))) | 1
    ground = cv2.blur(gray, (side, side))
    return np.asarray(cv2.compare(gray, cv2.convertScaleAbs(ground, alpha=BLACK), cv2.CMP_LT), np.uint8)


def _marks_of(dark: GrayImage) -> Points:
    contours, tree = cv2.findContours(dark, cv2.RETR_TREE, cv2.CHAIN_APPROX_NONE)
    if not contours:
        return np.zeros((0, 2), np.float32)
    least = (LEAST_MARK * min(dark.shape)) ** 2
    inner = tree[0, :, 2].tolist()  # each contour's first one within it
    marks: list[tuple[float, Points]] = []
    for at, hole in enumerate(inner):
        core = inner[hole] if hole >= 0 else -1
        if core < 0 or cv2.contourArea(contours[at]) < least:
            continue
        middles = _middles([np.asarray(contours[each], np.int32) for each in (at, hole, core)])
        if middles is not None:
            marks.append((cv2.contourArea(contours[at]), middles.mean(axis=0)))
    return _largest(marks)


def _middles(rings: Sequence[npt.NDArray[np.int32]]) -> Points | None:
    """The middles of a mark's three contours, (3, 2); None if they are not a mark."""
    areas = [cv2.contourArea(ring) for ring in rings]
    hulls = [cv2.contourArea(cv2.convexHull(ring)) for ring in rings]
    if min(areas) <= 0 or any(area < LEAST_CONVEX * hull for area, hull in zip(areas, hulls, strict=True)):
        return None
    hole, core = areas[1] / areas[0], areas[2] / areas[0]
    if not (HOLE_SHARE[0] <= hole <= HOLE_SHARE[1] and CORE_SHARE[0] <= core <= CORE_SHARE[1]):
        return None
    moments = [cv2.moments(ring) for ring in rings]
    middles = np.array([(each["m10"] / each["m00"], each["m01"] / each["m00"]) for each in moments], np.float32)
    apart = float(np.abs(middles - middles.mean(axis=0)).max())
    return middles if apart <= MOST_OFF_CENTRE * areas[0] ** 0.5 else None


def _largest(marks: list[tuple[float, Points]]) -> Points:
    marks.sort(key=lambda mark: -mark[0])
    alike = [middle for area, middle in marks if area * MOST_UNLIKE >= marks[0][0]]
    return np.array(list(islice(alike, MOST_MARKS)), np.float32).reshape(-1, 2)


Places = npt.NDArray[np.float32]
"""(N, 2) float32, places (x, y) in millimetres on the sheet, or in pixels of the photograph."""
Matrix = npt.NDArray[np.float64]
"""(3, 3) float64, from millimetres to pixels."""

BOWS_MM = (1.5, -1.5, 3.0, -3.0, 4.5, -4.5, 6.0, -6.0)
"""These bends are tried in turn if the bits cannot be read as on a flat sheet; each square is 4 mm high."""
FINER_MM = np.arange(-1.5, 1.6, 0.25)
"""Tried round the bend with which the bits were read."""
STEP_MM, BESIDE_MM = 0.5, 0.9
"""From place to place along a box's line, and from the line to the paper beside it."""
CLEARLY = 1.2
"""A bend is accepted if it shows the boxes' lines this many times as dark as a flat sheet does."""


@dataclass(frozen=True, slots=True)
class Bend:
    """How a sheet is bent between its corner marks, which stay where they are.

    Attributes:
        kind: bowed paper is bent in one direction, everywhere alike; a lens bends all sides outwards, or all inwards.
        bow_mm: how far down the middle of the upper side is seen.
    """

    kind: Literal["paper", "lens"] = "paper"
    bow_mm: float = 0.0

    def seen(self, places: Places, sheet: PrintedSheet) -> Places:
        """The places of a flat sheet that appear where these places of the bent one do, in millimetres."""
        if not self.bow_mm:
            return places
        middle = np.array(sheet.size_mm, np.float32) / 2
        half = middle - np.array(mark_middles(sheet)[0], np.float32)
        across, down = ((places - middle) / half).T
        if self.kind == "paper":
            return np.asarray(places + np.stack([np.zeros_like(across), self.bow_mm * (1 - across**2)], axis=1))
        ratio = half[1] / half[0]
        inside = 1 - across**2 + ratio**2 * (1 - down**2)  # 0 at the marks, 1 in the middle of the upper side
        return np.asarray(places - self.bow_mm * np.stack([across / ratio, down], axis=1) * inside[:, None], np.float32)


FLAT = Bend()


def pixels_of(places: Places, sheet: PrintedSheet, matrix: Matrix, bend: Bend) -> Places:
    """Where places of a sheet are in its photograph.

    Args:
        places: the places on the sheet, in millimetres.
        sheet: the sheet.
        matrix: the matrix of the flat sheet.
        bend: how the sheet is bent.
    """
    seen = np.ascontiguousarray(bend.seen(places, sheet), np.float32)
    return np.asarray(cv2.perspectiveTransform(seen[:, None], matrix)[:, 0], np.float32)


def bend_of(gray: GrayImage, sheet: PrintedSheet, matrix: Matrix, bow_mm: float) -> Bend:
    """How a sheet is bent, by the places at which the lines of its boxes are seen.

    Args:
        gray: (H, W) uint8, the photograph.
        sheet: the sheet.
        matrix: the matrix of the flat sheet.
        bow_mm: the bow with which its bits were read.
    Source: a lens's distortion grows with the square of the distance from the middle; Brown, "Decentering Distortion
        of Lenses", 1966.
    """
    kinds: Sequence[Literal["paper", "lens"]] = ("paper", "lens")
    bends = [Bend(kind, float(bow_mm + more)) for kind, more in product(kinds, FINER_MM) if bow_mm + more]
    best = max(bends, key=lambda bend: _line_darkness(gray, sheet, matrix, bend))
    flat = _line_darkness(gray, sheet, matrix, FLAT)
    return best if bow_mm or _line_darkness(gray, sheet, matrix, best) > CLEARLY * max(flat, 0.0) + 1.0 else FLAT


def _line_darkness(gray: GrayImage, sheet: PrintedSheet, matrix: Matrix, bend: Bend) -> float:
    """How much darker than the paper beside them the upper and lower lines of the boxes are, in levels of gray."""
    lines = []
    for field in (number.field for number in numbers_of(sheet)):
        x = np.arange(field.x, field.x + field.width, STEP_MM, dtype=np.float32)
        lines += [np.stack([x, np.full_like(x, y)], axis=1) for y in (field.y, field.y + field.height)]
    on = np.concatenate(lines)
    above, line, below = (
        _levels(gray, pixels_of(on + np.array([0, down], np.float32), sheet, matrix, bend))
        for down in (-BESIDE_MM, 0, BESIDE_MM)
    )
    # at places where something was written across a line, the line is not darker than the ink beside it
    return float(np.median(np.minimum(above, below) - line))


def _levels(gray: GrayImage, pixels: Places) -> npt.NDArray[np.float32]:
    return cv2.remap(gray, pixels[:, 0], pixels[:, 1], cv2.INTER_LINEAR).ravel().astype(np.float32)


MOST_PX_PER_MM = 8.0
"""A sheet is not drawn larger than this; a pen's line is four pixels wide there."""

MOST_BENT = 5
"""A bent sheet is tried for this many of the largest quadrilaterals of marks; with more, wrong marks might pass."""
BIT_SAMPLES = 5
"""The brightness of a bit's square is the mean of this many places across and down, in its inner half."""


class SheetNotFoundError(DataError):
    """A photograph does not show a complete, readable test sheet."""


@dataclass(frozen=True, slots=True, eq=False)
class StraightSheet:
    """A sheet as if it had been scanned.

    Attributes:
        sheet: the sheet.
        image: (H, W, 3) uint8 BGR or (H, W) uint8 gray, the whole sheet and nothing else; black where the photograph
            ends.
        px_per_mm: its scale, which is the photograph's own where the sheet is nearest to the camera, or less.
        photo_px_per_mm: the photograph's own scale there.
        corners: (4, 2) float32, the marks' middles in the photograph: upper left, upper right, lower right, lower left.
    """

    sheet: PrintedSheet
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


def _identified(gray: GrayImage, corners: Points, bend: Bend) -> PrintedSheet | None:
    """The sheet whose bits are at the places that follow from these corners; the bits also have its paper."""
    for paper in PAPERS:
        supposed = PrintedSheet(paper, 0)
        matrix = _homography(supposed, corners)
        places = np.concatenate([_samples(square) for pair in bit_squares(supposed) for square in pair])
        levels = _brightness(gray, pixels_of(places, supposed, matrix, bend))
        bright = levels.reshape(-1, 2, BIT_SAMPLES**2).mean(axis=2)
        sheet = sheet_of([one < zero for one, zero in bright])
        if sheet is not None and sheet.paper == paper:
            return sheet
    return None


def _homography(sheet: PrintedSheet, corners: Points) -> Matrix:
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


def _drawn(image: ColourImage | GrayImage, sheet: PrintedSheet, corners: Points, bend: Bend) -> StraightSheet:
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


def _scale(sheet: PrintedSheet, corners: Points) -> float:
    """Pixels of the photograph per millimetre along the side that is nearest to the camera."""
    sides = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    middles = np.array(mark_middles(sheet))
    lengths = np.linalg.norm(np.roll(middles, -1, axis=0) - middles, axis=1)
    return float((sides / lengths).max())
