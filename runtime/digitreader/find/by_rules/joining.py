"""Find, step 4: strokes that a pen or a threshold broke apart become one mark again (the bar of a 5, a faint 8)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from digitreader.find.by_rules.marks import Boxes, Marks

LEAST_OVERLAP = 0.4
GREATEST_GAP = 0.22
GREATEST_GROWTH = 1.3
LEAST_PART = 0.16
DASH_ASPECT = 2.2


def join_broken_strokes(marks: Marks) -> Marks:
    """Join marks that stand over one another with a narrow gap between them.

    Two marks belong together where they share 40 % of the narrower one's width, the gap between them is below 22 % of
    the joined height, and the joined mark is not much taller than the digits around it.
    """
    if len(marks) < 2:
        return marks
    usual = usual_height(marks.boxes)
    groups = [[i] for i in range(len(marks))]
    boxes = marks.boxes.copy()
    alive = np.ones(len(marks), bool)
    gaps = gaps_between(boxes, boxes, usual)
    np.fill_diagonal(gaps, np.inf)
    while True:
        first, second = divmod(int(gaps.argmin()), len(boxes))
        if gaps[first, second] == np.inf:
            break
        keep, drop = min(first, second), max(first, second)
        boxes[keep] = union(boxes[keep], boxes[drop])
        groups[keep] += groups[drop]
        alive[drop] = False
        changed = np.where(alive, gaps_between(boxes[[keep]], boxes, usual)[0], np.inf)
        changed[keep] = np.inf
        gaps[keep], gaps[:, keep] = changed, changed
        gaps[drop], gaps[:, drop] = np.inf, np.inf
    rows = np.flatnonzero(alive)
    return gather(marks, boxes, [groups[i] for i in rows.tolist()], rows)


def usual_height(boxes: Boxes) -> float:
    """The height of a typical digit: the median over marks, each weighed by its own height; 0 for none."""
    heights = np.sort(boxes[:, 3])
    weight = np.cumsum(heights)
    return float(heights[np.searchsorted(weight, weight[-1] / 2)]) if len(heights) else 0.0


def gaps_between(some: Boxes, others: Boxes, usual: float) -> npt.NDArray[np.float64]:
    """How far each mark of one set stands from each of another.

    Returns:
        (len(some), len(others)) float64: the gap as a share of the joined height, below 0 where they overlap; infinite
        for two that do not belong together.
    """
    gaps = np.full((len(some), len(others)), np.inf)
    rows, columns = np.nonzero(stand_over(some, others))  # of many marks, few pairs
    if not len(rows):
        return gaps
    (x, y, width, height), (xs, ys, widths, heights) = some[rows].T, others[columns].T
    right, bottom, rights, bottoms = x + width, y + height, xs + widths, ys + heights
    overlap = (np.minimum(right, rights) - np.maximum(x, xs)) / np.minimum(width, widths)
    joined = np.maximum(bottom, bottoms) - np.minimum(y, ys)
    gap = np.maximum(y, ys) - np.minimum(bottom, bottoms)
    tallest = np.maximum(height, heights)
    smallest = np.minimum(np.maximum(height, width), np.maximum(heights, widths))
    fits = (overlap > LEAST_OVERLAP) & (gap < GREATEST_GAP * joined) & (smallest > LEAST_PART * joined)
    fits &= joined < GREATEST_GROWTH * np.maximum(usual, tallest)
    fits &= ~((width > DASH_ASPECT * height) & (widths > DASH_ASPECT * heights))
    gaps[rows[fits], columns[fits]] = (gap / joined)[fits]
    return gaps


def stand_over(some: Boxes, others: Boxes) -> npt.NDArray[np.bool_]:
    """(len(some), len(others)) bool: the two share a column of pixels, so that one may stand over the other."""
    left, lefts = some[:, :1], others[:, 0]
    stand: npt.NDArray[np.bool_] = (left < lefts + others[:, 2]) & (lefts < left + some[:, 2:3])
    return stand


def union(one: npt.NDArray[np.int32], other: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """The smallest box (x, y, width, height) round two boxes."""
    start = np.minimum(one[:2], other[:2])
    end = np.maximum(one[:2] + one[2:], other[:2] + other[2:])
    return np.concatenate([start, end - start])


def gather(marks: Marks, boxes: Boxes, groups: list[list[int]], rows: npt.NDArray[np.intp]) -> Marks:
    """Marks made of groups of old marks; `rows` says where each group's joined box lies in `boxes`."""
    sizes = marks.areas.tolist()
    areas = np.array([sum(sizes[i] for i in group) for group in groups], np.int32)
    members = tuple(tuple(label for i in group for label in marks.members[i]) for group in groups)
    return Marks(boxes[rows], areas, members)
