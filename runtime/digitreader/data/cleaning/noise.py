"""Noise of single pixels: specks on the paper, pits in the ink."""

from __future__ import annotations

import cv2
import numpy as np

from digitreader.values import Ink

SPECK_PX = 2
"""A lone mark of so few pixels is a speck ..."""
MANY_SPECKS = 6
"""... and so many of them are noise."""

PIT_DEPTH = 40
"""A pixel that is so much darker than each of its four neighbours is a pit ..."""
MANY_PITS = 3
"""... and so many of them are grain; ink of one pen has hardly any."""
LEAST_SIDE_PX = 20
"""In a smaller image a pit may be the hole of a loop."""
MOST_SIDE_PX = 64
"""In a larger image a hairline has pits of its own."""
GRAIN_PX = 0.8
"""Grain goes in a blur of this deviation."""
NEIGHBOURS = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]], np.uint8)


def drop_specks(ink: Ink) -> Ink:
    """Take the median of each pixel's neighbourhood where there are many lone pixels, black or white."""
    return np.asarray(cv2.medianBlur(ink, 3), np.uint8) if count_specks(ink) >= MANY_SPECKS else ink


def count_specks(ink: Ink) -> int:
    """How many marks of a pixel or two there are."""
    binary = cv2.threshold(ink, int(ink.max()) // 2, 255, cv2.THRESH_BINARY)[1]
    stats = cv2.connectedComponentsWithStats(binary, connectivity=8)[2]
    return int(np.count_nonzero(stats[1:, cv2.CC_STAT_AREA] <= SPECK_PX))


def smooth_grain(ink: Ink) -> Ink:
    """Blur ink that is grainy, as a sensor sees it in little light."""
    if min(ink.shape) < LEAST_SIDE_PX or max(ink.shape) > MOST_SIDE_PX or count_pits(ink) < MANY_PITS:
        return ink
    return np.asarray(cv2.GaussianBlur(ink, (0, 0), GRAIN_PX), np.uint8)


def count_pits(ink: Ink) -> int:
    """How many pixels are much darker than all four beside them."""
    below = cv2.subtract(cv2.erode(ink, NEIGHBOURS), ink)
    return cv2.countNonZero(cv2.threshold(below, PIT_DEPTH - 1, 255, cv2.THRESH_BINARY)[1])
