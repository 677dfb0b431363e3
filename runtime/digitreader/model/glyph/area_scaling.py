"""Area scaling: ink becomes smaller, each pixel the mean of the area that it covers, the same on every processor."""

from __future__ import annotations

import sys
from functools import cache, lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.values import Ink

LEAST_PART = 1e-3
"""A smaller part of a source pixel is left out, as in OpenCV."""

CHESSBOARD, CHESSBOARD_WH = np.asarray(np.indices((60, 96)).sum(axis=0) % 2 * 255, np.uint8), (40, 25)
"""Ink of black and white pixels in turn, and a size in which 360 of 1,000 means lie between two grey levels."""

Term = tuple[npt.NDArray[np.intp], npt.NDArray[np.float32]]
"""(n,) and (n, 1): for each of n scaled rows a source row and its weight, 0 where the scaled row needs no more."""


def shrink_ink(ink: Ink, size_wh: tuple[int, int]) -> Ink:
    """Scale ink down to the bytes that `cv2.resize` with `INTER_AREA` makes on x86-64.

    OpenCV multiplies and adds floats. On x86-64 it rounds each product before it adds it, on Arm it does not. There a
    pixel in the middle between two grey levels may become the other one, and at half of the strongest ink this decides
    whether it belongs to a stroke. NumPy rounds each product everywhere, and stands in for such an OpenCV.

    Args:
        ink: (h, w) uint8.
        size_wh: no side is longer than that of the ink.

    Returns:
        uint8 of that size.

    Source: `computeResizeAreaTab` and `ResizeArea_Invoker` in OpenCV's resize.cpp.
    """
    (height, width), (columns, rows) = ink.shape, size_wh
    whole = _is_whole(width, columns) and _is_whole(height, rows)  # OpenCV adds whole pixels up in integers
    if whole or opencv_rounds_products():
        return np.asarray(cv2.resize(ink, size_wh, interpolation=cv2.INTER_AREA), np.uint8)
    return shrink_ink_rounding_products(ink, size_wh)


def shrink_ink_rounding_products(ink: Ink, size_wh: tuple[int, int]) -> Ink:
    """As `shrink_ink`, in NumPy alone, on every processor."""
    (height, width), (columns, rows) = ink.shape, size_wh
    narrow = _sum(ink.T.copy(), _terms(width, columns)).T.copy()
    return np.rint(_sum(narrow, _terms(height, rows))).astype(np.uint8)


@cache
def opencv_rounds_products() -> bool:
    """Whether this OpenCV rounds each product before it adds it: tried on pixels whose means lie between two levels."""
    scaled = cv2.resize(CHESSBOARD, CHESSBOARD_WH, interpolation=cv2.INTER_AREA)
    return bool(np.array_equal(scaled, shrink_ink_rounding_products(CHESSBOARD, CHESSBOARD_WH)))


def _is_whole(side: int, scaled: int) -> bool:
    scale = 1 / (scaled / side)
    return abs(scale - round(scale)) < sys.float_info.epsilon


def _sum(rows: npt.NDArray[np.uint8 | np.float32], terms: tuple[Term, ...]) -> npt.NDArray[np.float32]:
    """Add up the weighted rows, in the order of the terms: float32 sums depend on it."""
    (places, weights), *others = terms
    total = rows.take(places, axis=0) * weights
    for places, weights in others:
        total += rows.take(places, axis=0) * weights
    return total


@lru_cache(maxsize=512)
def _terms(side: int, scaled: int) -> tuple[Term, ...]:
    """The weighted source rows that make up each scaled row, when `side` rows become `scaled`."""
    scale = 1 / (scaled / side)
    begin = np.arange(scaled) * scale
    end = begin + scale
    covered = np.minimum(scale, side - begin)
    inner_end = np.minimum(np.floor(end), side - 1)
    inner_begin = np.minimum(np.ceil(begin), inner_end)
    before, behind = inner_begin - begin, end - inner_end
    first = np.where(before > LEAST_PART, inner_begin - 1, inner_begin)
    last = np.where(behind > LEAST_PART, inner_end, inner_end - 1)
    terms = []
    for step in range(int((last - first).max()) + 1):
        place = first + step
        parts = np.select(
            [place > last, place < inner_begin, place < inner_end], [0.0, before, 1.0], np.minimum(behind, covered)
        )
        weights = np.minimum(parts, 1.0) / covered
        terms.append((np.minimum(place, side - 1).astype(np.intp), weights.astype(np.float32)[:, np.newaxis]))
    return tuple(terms)
