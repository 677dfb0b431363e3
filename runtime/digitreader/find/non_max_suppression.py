"""Which of several overlapping candidates is the digit."""

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


def non_max_suppression(boxes: Sequence[Box], scores: npt.NDArray[np.floating]) -> list[int]:
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
    sides = np.minimum(some[..., 2:], others[..., 2:]) - np.maximum(some[..., :2], others[..., :2])
    np.maximum(sides, 0, out=sides)
    return np.asarray(sides[..., 0] * sides[..., 1])


def _areas(corners: Corners) -> npt.NDArray[np.float64]:
    return np.asarray((corners[:, 2] - corners[:, 0]) * (corners[:, 3] - corners[:, 1]))


INSIDE = 0.8
"""A part of a digit lies in its box with at least this share of its own."""
LEAST_PARTS = 2


def join_parts(
    kept: Sequence[int], boxes: Sequence[Box], evidence: npt.NDArray[np.float64], *, least: float
) -> list[int]:
    """Put whole digits in the place of their parts.

    The parts would all have to be digits, which is as likely as the product of what speaks for each.

    Args:
        kept: candidates that do not overlap, by their numbers.
        boxes: of all N candidates.
        evidence: (N,) 0..1, how much speaks for each that it is a digit.
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
