"""Strokes of which only the two edges are there, as stencils, hollow letters and edge detectors leave them."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.values import Ink

Mask = npt.NDArray[np.bool_]

THIN_SHARE = 0.03
"""A line of one pixel hardly ever holds a square of two by two; a pen's thinnest line does here and there."""
FACING_SHARE = 0.25
"""What a stroke's edges enclose faces the paper outside along this share of its rim; a loop's hole does not."""
BOUNDING_SHARE = 0.85
"""So many of the lines' pixels bound a stroke, where there are outlines ..."""
WIDEST_SHARE = 0.5
"""... and a stroke is nowhere wider than half the digit's longer side, as a 0 of one thin line would be."""
BRIDGE_PX = 3
"""A gap in an outline is no wider than this."""
SQUARE = np.ones((3, 3), np.uint8)


def fill_outlines(ink: Ink) -> Ink:
    """Fill what lies between the edges of strokes, where all the ink is lines of one pixel."""
    lines = cv2.threshold(ink, int(ink.max()) // 2, 255, cv2.THRESH_BINARY)[1]
    squares = cv2.erode(lines, np.ones((2, 2), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=0)
    if cv2.countNonZero(squares) > THIN_SHARE * cv2.countNonZero(lines):
        return ink
    for closed in (lines, bridge_gaps(np.asarray(lines, np.uint8))):
        wide = np.asarray(cv2.copyMakeBorder(closed, 2, 2, 2, 2, cv2.BORDER_CONSTANT), np.uint8)
        inside = inside_strokes(wide)
        if bounds_strokes(wide, inside):
            filled = np.where(inside, np.uint8(255), wide)
            return np.asarray(cv2.GaussianBlur(filled, (3, 3), 0)[2:-2, 2:-2], np.uint8)
    return ink


def inside_strokes(lines: Ink) -> Mask:
    """Which of the fields between lines are the insides of strokes, and not paper or the hole of a loop.

    Args:
        lines: (h, w) uint8, lines of one pixel, nothing within two pixels of the image's edge.

    Returns:
        (h, w) bool.
    """
    count, fields = cv2.connectedComponents(cv2.bitwise_not(lines), connectivity=4)
    outside = fields == fields[0, 0]
    rim = cv2.dilate(lines, SQUARE) > 0
    # two steps lead from the paper across a line
    facing = cv2.dilate(outside.astype(np.uint8), SQUARE, iterations=2) > 0
    at_rim = np.bincount(fields[rim], minlength=count)
    stroke = np.bincount(fields[rim & facing], minlength=count) >= FACING_SHARE * np.maximum(at_rim, 1)
    stroke[[0, fields[0, 0]]] = False
    return np.asarray(stroke[fields], np.bool_)


def bounds_strokes(lines: Ink, inside: Mask) -> bool:
    """Whether the lines are the edges of the strokes inside them."""
    beside = (cv2.dilate(inside.astype(np.uint8), SQUARE) > 0) & (lines > 0)
    if np.count_nonzero(beside) < BOUNDING_SHARE * cv2.countNonZero(lines):
        return False
    filled = np.where(inside, np.uint8(255), lines)
    widest = 2.0 * cv2.minMaxLoc(cv2.distanceTransform(filled, cv2.DIST_L2, 3))[1]
    return widest <= WIDEST_SHARE * max(cv2.boundingRect(filled)[2:])


def bridge_gaps(lines: Ink) -> Ink:
    """Lead every loose end on to the nearest line that is not its own."""
    reach = BRIDGE_PX
    wide = cv2.copyMakeBorder(lines, reach, reach, reach, reach, cv2.BORDER_CONSTANT)
    crowd = cv2.filter2D((wide > 0).astype(np.uint8), -1, SQUARE, borderType=cv2.BORDER_CONSTANT)
    bridged = wide.copy()
    for y, x in np.argwhere((wide > 0) & (crowd == 2)).tolist():
        near = cv2.connectedComponents(wide[y - reach : y + reach + 1, x - reach : x + reach + 1], connectivity=8)[1]
        others = np.argwhere((near > 0) & (near != near[reach, reach])) - reach
        if len(others):
            dy, dx = others[np.square(others).sum(axis=1).argmin()].tolist()
            cv2.line(bridged, (x, y), (x + dx, y + dy), (255,), 1)
    return np.asarray(bridged[reach:-reach, reach:-reach], np.uint8)
