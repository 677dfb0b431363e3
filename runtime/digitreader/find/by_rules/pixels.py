"""Find: the pixels of all marks side by side in one array, so that a page of marks is measured as fast as one."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from digitreader.find.by_rules.components import Labels
from digitreader.find.by_rules.marks import Marks
from digitreader.find.by_rules.threshold import Mask

Values = npt.NDArray[Any]
"""(P,) of any number: one for each pixel, the first mark's first."""


class Pixels(NamedTuple):
    """Which pixels belong to which mark. There is at least one mark, and none reaches the edge of the image.

    Attributes:
        window: the rows and columns of the image in which all marks stand, and one more on each side.
        shape: of the window.
        places: (P,) intp, the pixels as indices into the flat window, mark after mark.
        starts: (N,) intp, where each mark's pixels begin in `places`.
        counts: (N,) intp, how many each mark has.
    """

    window: tuple[slice, slice]
    shape: tuple[int, int]
    places: npt.NDArray[np.intp]
    starts: npt.NDArray[np.intp]
    counts: npt.NDArray[np.intp]

    def of(self, image: npt.NDArray[Any]) -> Values:
        """What an image (H, W) has at each pixel."""
        return self.within(image[self.window])

    def within(self, part: npt.NDArray[Any]) -> Values:
        """What an image of the window alone has at each pixel."""
        values: Values = part.ravel().take(self.places)
        return values

    def mask(self) -> Mask:
        """(h, w) uint8 of the window: 1 on the marks' pixels."""
        mask = np.zeros(self.shape[0] * self.shape[1], np.uint8)
        mask[self.places] = 1
        return mask.reshape(self.shape)

    def each(self, of_marks: npt.NDArray[Any]) -> Values:
        """(N,) numbers of marks, one for each pixel."""
        return np.repeat(of_marks, self.counts)

    def sums(self, values: Values) -> npt.NDArray[np.float64]:
        """(N,) of each mark's pixels."""
        return np.add.reduceat(values, self.starts, dtype=np.float64)

    def means(self, values: Values, chosen: npt.NDArray[np.bool_] | None = None) -> npt.NDArray[np.float64]:
        """(N,) of each mark's pixels, or of those that are chosen (at least one of each mark)."""
        if chosen is None:
            return self.sums(values) * (1.0 / self.counts)
        return self.sums(np.where(chosen, values, 0)) * (1.0 / self.sums(chosen))


def pixels_of(marks: Marks, labels: Labels) -> Pixels:
    """Gather the pixels of some marks.

    Args:
        marks: at least one.
        labels: (H, W), as in `Marks`.
    """
    x, y = marks.boxes[:, :2].min(axis=0).tolist()
    right, bottom = (marks.boxes[:, :2] + marks.boxes[:, 2:]).max(axis=0).tolist()
    window = np.s_[max(0, y - 1) : bottom + 1, max(0, x - 1) : right + 1]
    inside = labels[window]
    inked = np.flatnonzero(inside != 0)
    owners = owner_of(marks, int(inside.max())).take(inside.ravel().take(inked))
    order = np.argsort(owners, kind="stable")
    counts = np.bincount(owners, minlength=len(marks) + 1)[:-1]
    ends = counts.cumsum()
    return Pixels(window, inside.shape, inked.take(order[: ends[-1]]), ends - counts, counts)


def owner_of(marks: Marks, greatest: int) -> npt.NDArray[np.uint16]:
    """(greatest + 1,) the index of the mark that each label belongs to; len(marks) for labels of none."""
    owners = np.full(greatest + 1, len(marks), np.uint16)
    labels = [label for members in marks.members for label in members]
    owners[labels] = [index for index, members in enumerate(marks.members) for _ in members]
    return owners


def own_pixels(labels: Labels, box: list[int], members: tuple[int, ...]) -> Mask:
    """(height, width) uint8: 1 on the pixels of one mark in a box (x, y, width, height) that holds it."""
    x, y, width, height = box
    inside = labels[y : y + height, x : x + width]
    return (np.isin(inside, members) if len(members) > 1 else inside == members[0]).view(np.uint8)
