"""Keeps the best of several candidates that overlap."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from digitreader.values import Box

SHARED = 0.45
"""Two candidates are the same ink if they share more than this of the smaller one."""
AT_ONCE = 256
"""So many boxes are compared with all others in one step, which bounds the memory."""

Corners = npt.NDArray[np.float64]
"""(N, 4) float64: left, top, right, bottom."""


def overlap_of(some: Corners, others: Corners) -> npt.NDArray[np.float64]:
    """(len(some), len(others)) float64: intersection over union."""
    shared = shared_area(some[:, None], others[None])
    both = areas_of(some)[:, None] + areas_of(others)[None] - shared
    return np.asarray(shared / np.maximum(both, 1e-9))


def non_max_suppression(boxes: Sequence[Box], scores: npt.NDArray[np.floating]) -> list[int]:
    """Keep only the candidate with the highest score of those that overlap.

    Args:
        boxes: N of them.
        scores: (N,) float, the higher the better.

    Returns:
        Indices of the kept candidates, the best first.
    """
    order = np.argsort(-np.asarray(scores), kind="stable")
    kept: list[int] = order[best_of(len(boxes), _overlapping(corners_of(boxes)[order]))].tolist()
    return kept


def _overlapping(corners: Corners) -> Iterator[tuple[int, int]]:
    """Indices of two boxes that show the same ink, sorted by the first; each pair comes in both orders."""
    areas = areas_of(corners)
    for first in range(0, len(corners), AT_ONCE):
        some = slice(first, first + AT_ONCE)
        shared = shared_area(corners[some, None], corners[None])
        for at, other in pairs_of(shared > SHARED * np.minimum(areas[some, None], areas)):
            yield first + at, other


def pairs_of(matrix: npt.NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """The row and the column of each True, row by row."""
    rows, columns = np.nonzero(matrix)
    return zip(rows.tolist(), columns.tolist(), strict=True)


def best_of(count: int, pairs: Iterable[tuple[int, int]]) -> list[int]:
    """Keep the best ones of things that exclude each other.

    Args:
        count: the number of things, which are sorted, the best first.
        pairs: indices (better, worse), sorted by the first: the worse thing is left out if the better one is kept. A
            pair whose first index is not the smaller one is ignored.

    Returns:
        Indices of the kept things, ascending.
    """
    kept = [True] * count
    for better, worse in pairs:
        if better < worse and kept[better]:
            kept[worse] = False
    return [index for index in range(count) if kept[index]]


def corners_of(boxes: Sequence[Box]) -> Corners:
    """Left, top, right and bottom of boxes."""
    corners = [(each.x, each.y, each.x + each.width, each.y + each.height) for each in boxes]
    return np.array(corners, np.float64).reshape(-1, 4)


def shared_area(some: Corners, others: Corners) -> npt.NDArray[np.float64]:
    """The area that boxes share; the two arrays are broadcast."""
    # widths and heights one after the other, because NumPy is slow on a last axis of two numbers
    width = np.minimum(some[..., 2], others[..., 2]) - np.maximum(some[..., 0], others[..., 0])
    height = np.minimum(some[..., 3], others[..., 3]) - np.maximum(some[..., 1], others[..., 1])
    return np.asarray(np.maximum(width, 0) * np.maximum(height, 0))


def areas_of(corners: Corners) -> npt.NDArray[np.float64]:
    """(N,) float64."""
    return np.asarray((corners[:, 2] - corners[:, 0]) * (corners[:, 3] - corners[:, 1]))
