"""Finds a sheet's corner marks in a photograph: a black ring round a white ring round a black square."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, islice

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.values import GrayImage

Points = npt.NDArray[np.float32]
"""(N, 2) float32, places (x, y) in pixels."""

WINDOWS = (0.15, 0.07, 0.3)
"""What is black is judged against the surroundings of this share of the picture's shorter side, one after the other."""
BLACK = 0.7
"""What has less than this share of its surroundings' light is black; the boxes' lines have more."""
SMALL_PICTURE_PX = 900
"""A picture whose longer side is smaller is enlarged to twice its size, or its marks' rings would run together."""
LEAST_MARK = 0.015
"""A mark is at least this share of the picture's shorter side wide."""
HOLE_SHARE, CORE_SHARE = (0.25, 0.75), (0.06, 0.42)
"""The areas of the white ring with what is in it, and of the black square, to the whole mark's: 25/49 and 9/49."""
LEAST_CONVEX = 0.85
"""The least share of each of the three in its convex hull; in a small picture their edges are rough."""
MOST_OFF_CENTRE = 0.12
"""How far the middles of the three may lie from each other, in widths of the mark."""
MOST_MARKS = 8
MOST_UNLIKE = 4.0
"""Of two marks of one sheet none has more than so many times the other's area, however it leans."""


def find_marks(gray: GrayImage) -> Points:
    """Find everything that looks like a corner mark.

    Args:
        gray: (H, W) uint8.

    Returns:
        (N, 2) float32, their middles, the largest first, at most `MOST_MARKS`. What was found with the first of the
        `WINDOWS` that gives four is returned, or else the most that any gave.
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
    # OpenCV means y to grow upwards: its counter-clockwise is clockwise in a picture
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
    """The middles of a mark's three contours, (3, 2); None where they are no mark."""
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
