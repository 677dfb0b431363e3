"""The connected pieces of a mask, and the places in it."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.bool_]
"""(h, w) bool."""


class Pieces(NamedTuple):
    """The connected pieces of a mask.

    Attributes:
        numbers: (h, w) int32, the number of the piece at each place, 0 for none.
        extents: (N + 1, 5) int32, x, y, width, height and area of each piece by its number; row 0 is the background.
        middles: (N + 1, 2) float64, x and y of the mean place of each piece; row 0 has no meaning.
    """

    numbers: npt.NDArray[np.int32]
    extents: npt.NDArray[np.int32]
    middles: npt.NDArray[np.float64]


def pieces_in(mask: Mask) -> Pieces:
    """The pieces in which places touch, at least at a corner.

    OpenCV takes as long for background as for pieces, so it only gets the part of the mask that has pieces.
    """
    height, width = mask.shape
    numbers = np.zeros(mask.shape, np.int32)
    x, y, wide, high = cv2.boundingRect(mask.view(np.uint8))
    if not wide:
        return Pieces(numbers, np.array([[0, 0, width, height, mask.size]], np.int32), np.zeros((1, 2)))
    # OpenCV numbers pieces by blocks of 2x2 places; from an even row and column the numbers are those of the whole mask
    left, top = x - x % 2, y - y % 2
    part = np.s_[top : y + high, left : x + wide]
    _, of_part, extents, middles = cv2.connectedComponentsWithStatsWithAlgorithm(
        mask[part].view(np.uint8), 8, cv2.CV_32S, cv2.CCL_GRANA
    )
    numbers[part] = of_part
    extents[:, :2] += left, top
    middles += left, top
    extents[0] = 0, 0, width, height, mask.size - extents[1:, cv2.CC_STAT_AREA].sum()
    return Pieces(numbers, np.asarray(extents, np.int32), np.asarray(middles, np.float64))


def places_in(mask: Mask) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """(P,) rows and (P,) columns of the True places, row by row: the same as `np.nonzero`, in less time."""
    rows, columns = np.divmod(np.flatnonzero(mask), mask.shape[1])
    return rows, columns
