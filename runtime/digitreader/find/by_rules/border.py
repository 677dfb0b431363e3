"""Find: ink at the edge of the image is a digit that the picture only just holds, or ground that runs off (a desk)."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.find.by_rules.threshold import Mask

Verdicts = npt.NDArray[np.bool_]
"""(N,) bool, one for each box."""

MARGIN_PX = 1
GREATEST_CONTACT = 0.2
"""Ground lies along more than this share of the image's whole edge; a digit that fills the image rests on less."""
MOST_CORNERS = 1
"""Ground fills two corners of the image or more; a digit, one at the most."""


def with_margin(mask: Mask) -> Mask:
    """The ink as if the outermost pixels of the image were paper, so that all that is inked has an outline.

    Args:
        mask: (H, W) uint8, 255 on ink.
    """
    inner = mask[MARGIN_PX:-MARGIN_PX, MARGIN_PX:-MARGIN_PX]
    if not inner.size:
        return np.zeros_like(mask)
    sides = (MARGIN_PX,) * 4
    return np.asarray(cv2.copyMakeBorder(inner, *sides, cv2.BORDER_CONSTANT, value=(0,)), np.uint8)


def at_border(boxes: npt.NDArray[np.int32], shape: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    """Which edges of the image each box reaches: (N, 4) bool, left, top, right, bottom.

    Args:
        boxes: (N, 4) int32, x, y, width, height.
        shape: of the image, with its margin.
    """
    ends = np.array([shape[1], shape[0]]) - MARGIN_PX
    reached: npt.NDArray[np.bool_] = np.hstack([boxes[:, :2] <= MARGIN_PX, boxes[:, :2] + boxes[:, 2:] >= ends])
    return reached


def ground_at_border(labels: npt.NDArray[np.integer], count: int) -> Verdicts:
    """Which components run off the image as ground does.

    Args:
        labels: (H, W), the component of each pixel, its outermost pixels 0.
        count: of the components, paper included.

    Returns:
        (count,) bool.
    """
    inner = labels[MARGIN_PX:-MARGIN_PX, MARGIN_PX:-MARGIN_PX]
    if not inner.size:
        return np.zeros(count, bool)
    edge = np.concatenate([inner[0], inner[-1], inner[:, 0], inner[:, -1]])
    contact = np.bincount(edge, minlength=count)
    corners = np.bincount(inner[[0, 0, -1, -1], [0, -1, 0, -1]], minlength=count)
    return np.asarray((contact > GREATEST_CONTACT * len(edge)) | (corners > MOST_CORNERS), np.bool_)
