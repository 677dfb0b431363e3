"""Find: what is drawn round digits (a box of a form, the cells of a table, a circle) is no digit itself."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from digitreader.find.by_rules.components import Labels
from digitreader.find.by_rules.marks import Boxes, Marks
from digitreader.find.by_rules.pixels import own_pixels

LEAST_ROOM = 1.15
"""What is drawn round a digit is at least so many times as high and as wide as the digit."""
LEAST_CONTENT = 0.2
"""What is so low beside the thing round it is a dot in a 0, or dirt."""
DIRECTIONS = 36
SURROUNDED = 0.85
"""A mark is enclosed where another stands in so many of all directions from its middle: a circle may be left open."""


def without_enclosures(marks: Marks, labels: Labels) -> Marks:
    """Leave out the marks that stand round others.

    Args:
        labels: (H, W), as in `Marks`.
    """
    outer, inner = np.nonzero(boxes_within(marks.boxes))
    enclosing = {
        around
        for around, within in zip(outer.tolist(), inner.tolist(), strict=True)
        if surrounds(marks, around, marks.boxes[within], labels)
    }
    if not enclosing:
        return marks
    return marks.take(np.array([i for i in range(len(marks)) if i not in enclosing], np.intp))


def boxes_within(boxes: Boxes) -> npt.NDArray[np.bool_]:
    """(N, N) bool: whether the second box lies in the first and is neither as large nor tiny beside it."""
    (x, y), (right, bottom) = boxes[:, :2].T, (boxes[:, :2] + boxes[:, 2:]).T
    within: npt.NDArray[np.bool_] = (x[:, None] < x) & (y[:, None] < y)
    within &= (right[:, None] > right) & (bottom[:, None] > bottom)
    outer, inner = np.nonzero(within)  # of many marks, few pairs
    roomy = (boxes[outer, 2:] > LEAST_ROOM * boxes[inner, 2:]).all(axis=1)
    within[outer, inner] = roomy & (boxes[inner, 3] > LEAST_CONTENT * boxes[outer, 2:].min(axis=1))
    return within


def surrounds(marks: Marks, index: int, box: npt.NDArray[np.int32], labels: Labels) -> bool:
    """Whether a mark stands in nearly all directions from the middle of a box (x, y, width, height) within its own."""
    outer = marks.boxes[index]
    rows, columns = np.nonzero(own_pixels(labels, outer.tolist(), marks.members[index]))
    x, y = box[:2] + box[2:] / 2 - outer[:2]
    turns = np.arctan2(rows - y, columns - x) / (2 * np.pi)
    # `np.unique` would load modules for a twentieth of the start-up
    seen = np.count_nonzero(np.bincount((turns * DIRECTIONS).astype(np.intp) % DIRECTIONS))
    return bool(seen >= SURROUNDED * DIRECTIONS)
