"""Find: ink that hangs together is labelled and measured, by the runs that it makes in the rows of the image."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.find.by_rules.threshold import Mask

Labels = npt.NDArray[np.uint16] | npt.NDArray[np.int32]
"""(H, W), the number of the connected component that each pixel belongs to; 0 is paper."""

Stats = npt.NDArray[np.int32]
"""(N, 5) int32: x, y, width, height and area of each component; of the paper, which is the first, zeros."""


class Runs(NamedTuple):
    """Inked pixels side by side in a row of the image; runs of one component from top to bottom and left to right.

    Attributes:
        rows: (R,) int32.
        columns: (R,) int32, of the first pixel.
        lengths: (R,) int32, in pixels.
        firsts: (N,) intp, where the runs of each component begin in the others.
        lasts: (N,) intp, where they end, inclusive.
    """

    rows: npt.NDArray[np.int32]
    columns: npt.NDArray[np.int32]
    lengths: npt.NDArray[np.int32]
    firsts: npt.NDArray[np.intp]
    lasts: npt.NDArray[np.intp]


def components_of(mask: Mask) -> tuple[Labels, Stats]:
    """Label the connected components, those that touch at a corner too.

    Args:
        mask: (H, W) uint8, 255 on ink.
    """
    try:
        count, labels = _labelled(mask, cv2.CV_16U)
    except cv2.error:  # more than 65,535 components; labels half as wide take half the time wherever they do
        count, labels = _labelled(mask, cv2.CV_32S)
    return labels, stats_of(mask, labels, count)


def stats_of(mask: Mask, labels: Labels, count: int) -> Stats:
    """Measure the components.

    OpenCV would look at each pixel once more, which takes longer than to label them.

    Args:
        mask: (H, W) uint8, 255 on ink.
        labels: (H, W), of its components.
        count: of the components, paper included.
    """
    stats = np.zeros((count, 5), np.int32)
    if count == 1:
        return stats
    rows, columns, lengths, firsts, lasts = runs_of(mask, labels, count)
    left, right = np.minimum.reduceat(columns, firsts), np.maximum.reduceat(columns + lengths, firsts)
    top, bottom = rows[firsts], rows[lasts]
    stats[1:] = np.stack([left, top, right - left, bottom - top + 1, np.add.reduceat(lengths, firsts)], axis=1)
    return stats


def runs_of(mask: Mask, labels: Labels, count: int) -> Runs:
    """The runs of all components, those of the first before those of the second.

    Args:
        mask: (H, W) uint8, 255 on ink.
        labels: (H, W), of its components; at least one.
        count: of the components, paper included.
    """
    height, width = mask.shape
    # a column of paper on the left keeps the end of a row from the beginning of the next
    flat = np.zeros(height * (width + 1) + 1, np.uint8)
    flat[:-1].reshape(height, width + 1)[:, 1:] = mask
    edges = np.flatnonzero(flat[1:] != flat[:-1])
    # the edge lies just before the run, the wall before the row: its place in the walled row is the column
    rows = edges[::2] // (width + 1)
    columns = edges[::2] - rows * (width + 1)
    owners = labels[rows, columns]
    order = np.argsort(owners, kind="stable")
    ends = np.bincount(owners, minlength=count)[1:].cumsum()
    firsts = np.concatenate([[0], ends[:-1]])
    lengths = edges[1::2] - edges[::2]
    rows, columns, lengths = (each.take(order).astype(np.int32) for each in (rows, columns, lengths))
    return Runs(rows, columns, lengths, firsts, ends - 1)


def _labelled(mask: Mask, depth: int) -> tuple[int, Labels]:
    count, labels = cv2.connectedComponents(mask, connectivity=8, ltype=depth)
    return count, np.asarray(labels, np.uint16) if labels.dtype == np.uint16 else np.asarray(labels, np.int32)
