"""The digits of a scene: where each is, and how much of it is seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from digitreader_train.finder.page import Ids


@dataclass(frozen=True, slots=True, eq=False)
class TrueDigits:
    """The N digits of which anything is seen.

    Attributes:
        boxes: (N, 4) float32, x, y, width, height of the part of each that is seen.
        seen: (N,) float32, the share of each that is seen, above 0 to 1.
        numbers: (N,) int16, the number of each in `FinderScene.owners`.
        labels: (N,) uint8, what each says, 0 to 9.
    """

    boxes: npt.NDArray[np.float32]
    seen: npt.NDArray[np.float32]
    numbers: npt.NDArray[np.int16]
    labels: npt.NDArray[np.uint8]


def measure_digits(owners: Ids, labels: Sequence[int], place: tuple[slice, slice]) -> TrueDigits:
    """Measure what is seen of each digit.

    Args:
        owners: (S, S) int16, of the whole page.
        labels: what its digits say, in the order of their numbers.
        place: rows and columns of the page that are seen; boxes count from its upper left corner.
    """
    owned: npt.NDArray[np.int16] = owners[owners > 0]
    whole = np.bincount(owned, minlength=1)
    rows, columns = np.nonzero(owners[place])
    numbers = owners[place][rows, columns]
    if not len(numbers):
        return TrueDigits(
            np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros(0, np.int16), np.zeros(0, np.uint8)
        )
    order = np.argsort(numbers, kind="stable")
    rows, columns, numbers = rows[order], columns[order], numbers[order]
    firsts = np.flatnonzero(np.diff(numbers, prepend=-1))  # where the pixels of each digit begin
    x0, y0 = np.minimum.reduceat(columns, firsts), np.minimum.reduceat(rows, firsts)
    x1, y1 = np.maximum.reduceat(columns, firsts) + 1, np.maximum.reduceat(rows, firsts) + 1
    counts, found = np.diff(firsts, append=len(numbers)), numbers[firsts]
    boxes = np.stack([x0, y0, x1 - x0, y1 - y0], axis=1).astype(np.float32)
    told = np.asarray(labels, np.uint8)[found - 1]
    return TrueDigits(boxes, (counts / whole[found]).astype(np.float32), found.astype(np.int16), told)
