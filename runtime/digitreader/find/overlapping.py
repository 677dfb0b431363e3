"""Find: how far boxes overlap; and of several candidates for the same ink, the best is kept."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from digitreader.values import Box

SHARED = 0.45
"""Two candidates are of the same ink where they share this much of the smaller one."""

Corners = npt.NDArray[np.float64]
"""(N, 4) float64: left, top, right, bottom."""


def overlap_of(some: Corners, others: Corners) -> npt.NDArray[np.float64]:
    """(len(some), len(others)) float64: intersection over union."""
    shared = shared_area(some[:, None], others[None])
    both = _areas(some)[:, None] + _areas(others)[None] - shared
    return np.asarray(shared / np.maximum(both, 1e-9))


def best_of_overlapping(boxes: Sequence[Box], scores: npt.NDArray[np.floating]) -> list[int]:
    """The candidates that are left when of those that overlap only the one with the highest score is kept.

    Args:
        boxes: N of them.
        scores: (N,) float, the higher the better.

    Returns:
        Their indices, the best first.
    """
    corners = corners_of(boxes)
    areas = _areas(corners)
    free = np.ones(len(boxes), bool)
    kept = []
    for index in np.argsort(-np.asarray(scores), kind="stable").tolist():
        if free[index]:
            kept.append(index)
            free &= shared_area(corners, corners[index]) <= SHARED * np.minimum(areas, areas[index])
    return kept


def corners_of(boxes: Sequence[Box]) -> Corners:
    """The corners of boxes."""
    corners = [(each.x, each.y, each.x + each.width, each.y + each.height) for each in boxes]
    return np.array(corners, np.float64).reshape(-1, 4)


def shared_area(some: Corners, others: Corners) -> npt.NDArray[np.float64]:
    """The area that boxes share, of the shape that the two broadcast to."""
    low, high = np.maximum(some[..., :2], others[..., :2]), np.minimum(some[..., 2:], others[..., 2:])
    return np.asarray(np.clip(high - low, 0, None).prod(axis=-1))


def _areas(corners: Corners) -> npt.NDArray[np.float64]:
    return np.asarray((corners[:, 2:] - corners[:, :2]).prod(axis=1))
