"""Find: ink that hangs together is of a digit or is not; the network is asked for each place alone."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

WRITTEN = 0.5
"""Writing is where the network is so sure of any ink."""
LEAST_SHARE, SURE_SHARE = 0.25, 0.45
"""Of writing that hangs together, the mean share that is told to be of digits: up to the first, no more of it is of a
digit than what was told; from the second on, all of it is."""


class Strokes(NamedTuple):
    """Writing that hangs together, piece by piece.

    Attributes:
        numbers: (h, w) int32, the number of the piece at each place, 0 for none.
        extents: (N + 1, 5) int32, x, y, width, height and area of each by its number; the first is what is no writing.
    """

    numbers: npt.NDArray[np.int32]
    extents: npt.NDArray[np.int32]


def strokes_in(digit_ink: npt.NDArray[np.float32], any_ink: npt.NDArray[np.float32]) -> Strokes:
    """The pieces of writing on two maps as `whole_strokes` takes them."""
    written = np.asarray(np.maximum(digit_ink, any_ink) > WRITTEN, np.uint8)
    _, numbers, extents, _ = cv2.connectedComponentsWithStats(written, connectivity=8, ltype=cv2.CV_32S)
    return Strokes(np.asarray(numbers, np.int32), np.asarray(extents, np.int32))


def whole_strokes(
    digit_ink: npt.NDArray[np.float32], any_ink: npt.NDArray[np.float32], strokes: Strokes
) -> npt.NDArray[np.float32]:
    """Where ink of digits is, told of writing that hangs together.

    Args:
        digit_ink: (h, w) float32 0..1, what the network tells of each place, and
        any_ink: likewise, of any writing.
        strokes: of both.

    Returns:
        (h, w) float32 0..1, no less than `digit_ink`.
    """
    count = len(strokes.extents)
    if count == 1:
        return digit_ink
    most, written = np.maximum(digit_ink, any_ink), strokes.numbers > 0
    numbers = strokes.numbers[written]
    of_digits = np.bincount(numbers, digit_ink[written], count)
    of_any = np.bincount(numbers, most[written], count)
    shares = of_digits / np.maximum(of_any, 1e-6)
    sure = np.clip((shares - LEAST_SHARE) / (SURE_SHARE - LEAST_SHARE), 0, 1).astype(np.float32)
    told = digit_ink.copy()
    told[written] += sure[numbers] * (most[written] - digit_ink[written])
    return told
