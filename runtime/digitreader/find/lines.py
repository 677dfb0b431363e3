"""Find, step 5: marks are set in lines of writing, from top to bottom, and in groups from left to right."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Boxes = npt.NDArray[np.int32]
"""(N, 4) int32: x, y, width, height."""

Centres = npt.NDArray[np.float64]
"""(N, 2) float64: x and y of the marks' centres."""

REACH = 4.0
SAME_SIZE = 0.5
STEEPEST_DEG, STEP_DEG = 32.0, 0.5
"""Lines slope up to this; slopes are tried in these steps."""
STEEP_COST = 0.15
"""How much less the steepest slope counts than none."""
LEAST_FOR_TILT, MOST_FOR_TILT = 3, 150
LEVEL, FAR = 0.2, 12.0
"""Marks whose levels differ by so many heights hardly stand in one line; marks so many heights apart count less."""
SAME_LINE = 0.5
GROUP_GAP = 1.0
GROUP_GAP_USUAL = 2.2


class LineLayout(NamedTuple):
    """How the marks stand.

    Attributes:
        lines: indices of marks, line by line, each from left to right.
        tilt_rad: the slope of the lines, positive where they fall to the right.
    """

    lines: tuple[tuple[int, ...], ...]
    tilt_rad: float


def lay_out(boxes: Boxes) -> LineLayout:
    """Set marks in lines.

    Args:
        boxes: (N, 4) int32, x, y, width, height.

    Returns:
        Lines from top to bottom; every mark stands in exactly one.
    """
    if not len(boxes):
        return LineLayout((), 0.0)
    centres = boxes[:, :2] + boxes[:, 2:] / 2.0
    heights = boxes[:, 3].astype(np.float64)
    tilt = tilt_of(centres, heights)
    level = turn(centres, -tilt)
    rows = merge_levels(level, heights, link_neighbours(level, heights))
    across = level[:, 0].tolist()
    ordered = sorted(rows, key=lambda row: float(np.mean(level[row, 1])))
    return LineLayout(tuple(tuple(sorted(row, key=across.__getitem__)) for row in ordered), tilt)


def turn(centres: Centres, angle_rad: float) -> Centres:
    """The points turned about the origin."""
    cos, sin = math.cos(angle_rad), math.sin(angle_rad)
    turned: Centres = centres @ np.array([[cos, sin], [-sin, cos]])
    return turned


def tilt_of(centres: Centres, heights: npt.NDArray[np.float64]) -> float:
    """The slope in radians at which the marks stand best in lines; 0 for fewer than three.

    For every slope, each pair of marks counts by how nearly the two stand at one level; steep slopes count less.
    """
    if len(heights) < LEAST_FOR_TILT:
        return 0.0
    chosen = np.linspace(0, len(heights) - 1, min(len(heights), MOST_FOR_TILT)).astype(int)
    x, y = centres[chosen].T
    taller = np.maximum(heights[chosen][:, None], heights[chosen])
    first, second = np.nonzero(np.triu(np.minimum(heights[chosen][:, None], heights[chosen]) > SAME_SIZE * taller, 1))
    dx, dy, size = x[second] - x[first], y[second] - y[first], taller[first, second]
    near = np.exp(-np.hypot(dx, dy) / (FAR * size))
    slopes = np.radians(np.arange(-STEEPEST_DEG, STEEPEST_DEG + STEP_DEG, STEP_DEG))
    apart = (dy[:, None] * np.cos(slopes) - dx[:, None] * np.sin(slopes)) / (LEVEL * size[:, None])
    score = (near[:, None] * np.exp(-0.5 * apart**2)).sum(axis=0)
    score *= 1 - STEEP_COST * np.abs(slopes) / np.radians(STEEPEST_DEG)
    return float(slopes[score.argmax()])


def middle(values: npt.NDArray[np.float64] | npt.NDArray[np.int32]) -> float:
    """The median, of an even number the lower one (`np.median` would load modules for a twentieth of the start-up)."""
    return float(np.sort(values)[(len(values) - 1) // 2])


def link_neighbours(level: Centres, heights: npt.NDArray[np.float64]) -> list[list[int]]:
    """Chains of marks in which each follows its left neighbour at about the same level."""
    places, sizes = level.tolist(), heights.tolist()  # numbers of Python are looked at one by one much faster
    chains: list[list[int]] = []
    for index in np.argsort(level[:, 0], kind="stable").tolist():
        best, best_distance = None, math.inf
        for chain in chains:
            last = chain[-1]
            size = max(sizes[index], sizes[last])
            across = places[index][0] - places[last][0]
            drop = abs(places[index][1] - places[last][1])
            if drop < SAME_LINE * size and across < REACH * size and across + 2 * drop < best_distance:
                best, best_distance = chain, across + 2 * drop
        if best is None:
            chains.append([index])
        else:
            best.append(index)
    return chains


def merge_levels(level: Centres, heights: npt.NDArray[np.float64], chains: list[list[int]]) -> list[list[int]]:
    """Join chains at the same level that do not stand over one another (columns of one line)."""
    places, sizes = level.tolist(), heights.tolist()
    rows: list[list[int]] = []
    for chain in sorted(chains, key=len, reverse=True):
        for row in rows:
            near = min(row, key=lambda i: min(abs(places[i][0] - places[j][0]) for j in chain))
            end = min(chain, key=lambda j: abs(places[j][0] - places[near][0]))
            size = max(sizes[near], sizes[end])
            if abs(places[near][1] - places[end][1]) < SAME_LINE * size:
                row.extend(chain)
                break
        else:
            rows.append(list(chain))
    return rows


def groups_of(boxes: Boxes) -> list[int]:
    """The group of every mark of one line: a gap that is wide for this line begins a new one.

    Args:
        boxes: (N, 4) of one line from left to right.

    Returns:
        N numbers that begin at 0 and never fall.
    """
    if len(boxes) < 2:
        return [0] * len(boxes)
    ends = np.maximum.accumulate(boxes[:, 0] + boxes[:, 2])
    gaps = boxes[1:, 0] - ends[:-1]
    height = middle(boxes[:, 3])
    usual = middle(gaps) if len(gaps) > 1 else 0.0
    wide = (gaps > GROUP_GAP * height) & (gaps > GROUP_GAP_USUAL * usual)
    return [0, *np.cumsum(wide).tolist()]
