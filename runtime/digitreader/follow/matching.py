"""Matching: which box of one frame is which of the next."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from digitreader.values import Box


def match_boxes(before: Sequence[Box], now: Sequence[Box], *, least_overlap: float) -> dict[int, int]:
    """Pair the boxes of two frames, the most alike first.

    Args:
        before: the boxes of the first frame.
        now: those of the second.
        least_overlap: pairs whose intersection over their union is smaller than this are none.

    Returns:
        index in `before` -> index in `now`; each index at most once.
    """
    shares = overlaps(before, now)
    rows, columns = np.nonzero(shares >= least_overlap)
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for at in np.argsort(-shares[rows, columns], kind="stable"):
        row, column = int(rows[at]), int(columns[at])
        if row not in pairs and column not in taken:
            pairs[row] = column
            taken.add(column)
    return pairs


def overlaps(before: Sequence[Box], now: Sequence[Box]) -> npt.NDArray[np.float32]:
    """Intersection over union of every box with every other.

    Returns:
        (len(before), len(now)) float32: 1.0 where two are equal, 0.0 where they do not touch.
    """
    (left, top, right, bottom), (lefts, tops, rights, bottoms) = _corners(before)[:, :, np.newaxis], _corners(now)
    width = np.maximum(np.minimum(right, rights) - np.maximum(left, lefts), 0)
    shared = width * np.maximum(np.minimum(bottom, bottoms) - np.maximum(top, tops), 0)
    either = (right - left) * (bottom - top) + (rights - lefts) * (bottoms - tops) - shared
    return np.asarray(shared / np.maximum(either, 1), np.float32)


def _corners(boxes: Sequence[Box]) -> npt.NDArray[np.float32]:
    """(4, N): left, top, right, bottom."""
    corners = [(box.x, box.y, box.x + box.width, box.y + box.height) for box in boxes]
    return np.array(corners, np.float32).reshape(-1, 4).T
