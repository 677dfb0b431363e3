"""Find, step 4: strokes that a pen or a threshold broke apart become one mark again (the bar of a 5, a faint 8)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from digitreader.find.marks import Boxes, Marks

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
    while True:
        pair = best_pair(boxes, alive, usual)
        if pair is None:
            break
        keep, drop = pair
        boxes[keep] = union(boxes[keep], boxes[drop])
        groups[keep] += groups[drop]
        alive[drop] = False
    return gather(marks, boxes, [groups[i] for i in np.flatnonzero(alive)], np.flatnonzero(alive))


def usual_height(boxes: Boxes) -> float:
    """The height of a typical digit: the median over marks, each weighed by its own height; 0 for none."""
    heights = np.sort(boxes[:, 3])
    weight = np.cumsum(heights)
    return float(heights[np.searchsorted(weight, weight[-1] / 2)]) if len(heights) else 0.0


def best_pair(boxes: Boxes, alive: npt.NDArray[np.bool_], usual: float) -> tuple[int, int] | None:
    """The two living marks that belong together most clearly (the narrowest gap), or None."""
    left, top, width, height = boxes.T.astype(np.float64)
    right, bottom = left + width, top + height
    shared = np.minimum(right[:, None], right) - np.maximum(left[:, None], left)
    overlap = shared / np.minimum(width[:, None], width)
    gap = np.maximum(top[:, None], top) - np.minimum(bottom[:, None], bottom)
    joined = np.maximum(bottom[:, None], bottom) - np.minimum(top[:, None], top)
    tallest = np.maximum(height[:, None], height)
    smallest = np.minimum(np.maximum(height, width)[:, None], np.maximum(height, width))
    dashes = width > DASH_ASPECT * height
    fits = (overlap > LEAST_OVERLAP) & (gap < GREATEST_GAP * joined) & (smallest > LEAST_PART * joined)
    fits &= joined < GREATEST_GROWTH * np.maximum(usual, tallest)
    fits &= ~(dashes[:, None] & dashes)
    fits &= alive[:, None] & alive
    np.fill_diagonal(fits, False)
    if not fits.any():
        return None
    first, second = np.unravel_index(np.argmin(np.where(fits, gap / joined, np.inf)), fits.shape)
    return int(min(first, second)), int(max(first, second))


def union(one: npt.NDArray[np.int32], other: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """The smallest box (x, y, width, height) round two boxes."""
    start = np.minimum(one[:2], other[:2])
    end = np.maximum(one[:2] + one[2:], other[:2] + other[2:])
    return np.concatenate([start, end - start])


def gather(marks: Marks, boxes: Boxes, groups: list[list[int]], rows: npt.NDArray[np.intp]) -> Marks:
    """Marks made of groups of old marks; `rows` says where each group's joined box lies in `boxes`."""
    areas = np.array([marks.areas[group].sum() for group in groups], np.int32)
    members = tuple(tuple(label for i in group for label in marks.members[i]) for group in groups)
    return Marks(boxes[rows], areas, members)
