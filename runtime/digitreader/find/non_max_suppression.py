"""Keeps the best of several candidates that overlap."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from digitreader.values import Box

SHARED = 0.45
"""Two candidates are the same ink if they share more than this of the smaller one."""

Corners = npt.NDArray[np.float64]
"""(N, 4) float64: left, top, right, bottom."""


def overlap_of(some: Corners, others: Corners) -> npt.NDArray[np.float64]:
    """(len(some), len(others)) float64: intersection over union."""
    shared = shared_area(some[:, None], others[None])
    both = _areas(some)[:, None] + _areas(others)[None] - shared
    return np.asarray(shared / np.maximum(both, 1e-9))


def non_max_suppression(boxes: Sequence[Box], scores: npt.NDArray[np.floating]) -> list[int]:
    """Keep only the candidate with the highest score of those that overlap.

    Args:
        boxes: N of them.
        scores: (N,) float, the higher the better.

    Returns:
        Indices of the kept candidates, the best first.
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
    """Left, top, right and bottom of boxes."""
    corners = [(each.x, each.y, each.x + each.width, each.y + each.height) for each in boxes]
    return np.array(corners, np.float64).reshape(-1, 4)


def shared_area(some: Corners, others: Corners) -> npt.NDArray[np.float64]:
    """The area that boxes share; the two arrays are broadcast."""
    sides = np.minimum(some[..., 2:], others[..., 2:]) - np.maximum(some[..., :2], others[..., :2])
    np.maximum(sides, 0, out=sides)
    return np.asarray(sides[..., 0] * sides[..., 1])


def _areas(corners: Corners) -> npt.NDArray[np.float64]:
    return np.asarray((corners[:, 2] - corners[:, 0]) * (corners[:, 3] - corners[:, 1]))


INSIDE = 0.8
"""A part of a digit lies in its box with at least this share of its own area."""
LEAST_PARTS = 2


def join_parts(
    kept: Sequence[int], boxes: Sequence[Box], evidence: npt.NDArray[np.float64], *, least: float
) -> list[int]:
    """Replace the parts of a digit by the whole digit if that is more likely.

    The parts would all have to be digits, which is as likely as the product of their evidence.

    Args:
        kept: indices of candidates that do not overlap.
        boxes: of all N candidates.
        evidence: (N,) 0..1, how likely each is a digit.
        least: a whole digit has at least this evidence.
    """
    left = list(kept)
    corners = corners_of(boxes)
    sizes = _areas(corners)
    others = np.flatnonzero(evidence >= least)
    for whole in others[np.argsort(-evidence[others], kind="stable")].tolist():
        if whole in left:
            continue
        at = np.array(left)
        shared = shared_area(corners[at], corners[whole]) / np.maximum(sizes[at], 1)
        parts = at[shared >= INSIDE]
        touched = at[(shared > 1 - INSIDE) & (shared < INSIDE)]
        if len(parts) >= LEAST_PARTS and not len(touched) and evidence[whole] > evidence[parts].prod():
            left = [each for each in left if each not in parts] + [whole]
    return left
