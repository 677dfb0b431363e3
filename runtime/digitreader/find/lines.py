"""Groups boxes into lines of writing, from top to bottom, and into groups in each line, from left to right."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Boxes = npt.NDArray[np.int32]
"""(N, 4) int32: x, y, width, height."""

Centres = npt.NDArray[np.float64]
"""(N, 2) float64: x and y of the boxes' centres."""

REACH = 4.0
SAME_SIZE = 0.5
STEEPEST_DEG, STEP_DEG = 32.0, 0.5
"""Slopes up to the first value are tried, in steps of the second."""
STEEP_COST = 0.15
"""The score of the steepest slope is reduced by this share; that of a level line not at all."""
LEAST_FOR_TILT, MOST_FOR_TILT = 3, 150
LEVEL, FAR = 0.2, 12.0
"""Boxes whose levels differ by the first value, in heights, hardly stand in one line; pairs that are the second value
apart count less."""
SAME_LINE = 0.5
GROUP_GAP = 1.0
GROUP_GAP_USUAL = 2.2


class LineLayout(NamedTuple):
    """The lines that boxes stand in.

    Attributes:
        lines: indices of boxes, line by line, each from left to right.
        tilt_rad: the slope of the lines, positive if they fall to the right.
    """

    lines: tuple[tuple[int, ...], ...]
    tilt_rad: float


def lay_out(boxes: Boxes) -> LineLayout:
    """Group boxes into lines.

    Args:
        boxes: (N, 4) int32, x, y, width, height.

    Returns:
        Lines from top to bottom; every box is in exactly one.
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
    """Turn points about the origin."""
    cos, sin = math.cos(angle_rad), math.sin(angle_rad)
    turned: Centres = centres @ np.array([[cos, sin], [-sin, cos]])
    return turned


def tilt_of(centres: Centres, heights: npt.NDArray[np.float64]) -> float:
    """The slope in radians at which the boxes form the best lines; 0 for fewer than three.

    For each slope, every pair of boxes scores by how nearly both stand at one level; steep slopes score less.
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
    """The lower median (`np.median` would load modules and slow the start-up by a twentieth)."""
    return float(np.sort(values)[(len(values) - 1) // 2])


def link_neighbours(level: Centres, heights: npt.NDArray[np.float64]) -> list[list[int]]:
    """Chains of boxes in which each follows its left neighbour at about the same level.

    A digit after a comma does not stand at the level of the comma. It follows the last digit before it.
    """
    places, sizes = level.tolist(), heights.tolist()  # numbers of Python are looked at one by one much faster
    chains: list[list[int]] = []
    last_digits: list[int] = []
    for index in np.argsort(level[:, 0], kind="stable").tolist():
        best, best_distance = None, math.inf
        for number, (chain, last_digit) in enumerate(zip(chains, last_digits, strict=True)):
            for last in {chain[-1], last_digit}:
                size = max(sizes[index], sizes[last])
                across = places[index][0] - places[last][0]
                drop = abs(places[index][1] - places[last][1])
                if drop < SAME_LINE * size and across < REACH * size and across + 2 * drop < best_distance:
                    best, best_distance = number, across + 2 * drop
        if best is None:
            chains.append([index])
            last_digits.append(index)
        else:
            chains[best].append(index)
            if sizes[index] >= SAME_SIZE * sizes[last_digits[best]]:
                last_digits[best] = index
    return chains


def merge_levels(level: Centres, heights: npt.NDArray[np.float64], chains: list[list[int]]) -> list[list[int]]:
    """Join chains that stand at the same level beside each other, as columns of one line do."""
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
    """The group of each box of one line: a gap that is wide for this line begins a new group.

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
