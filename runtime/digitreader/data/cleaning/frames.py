"""Frames and ruled lines: what a form prints round a digit or below it."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.data.cleaning.ground import edge_of
from digitreader.data.cleaning.tone import FAINTEST_SHARE
from digitreader.values import Ink

Part = npt.NDArray[np.bool_]

CLOSED_SHARE = 0.95
"""A frame covers at least this share of the image's edge; its corners may be round."""
FRAME_PARTS = 12
"""A frame's line is no wider than a twelfth of the shorter side ..."""
BESIDE_SHARE = 0.4
"""... and within it less than this share of a ring is inked."""
SPAN_SHARE = 0.8
"""A frame that is a part of its own spans so much of the image, across and down ..."""
RIM_PARTS = 8
"""... all of it lies in an eighth along its sides ..."""
SIDE_SHARE = 0.9
"""... and so much of each side is there; no loop is so square."""
LEAST_SHARE = 0.01
"""A digit that is left covers at least this share of the image."""
RULED_SHARE = 0.08
"""A ruled line goes from edge to edge and is no higher than this share of the image."""


def drop_frame(ink: Ink) -> Ink:
    """Take off a frame that runs along the image's very edge, where it is a line and no ground."""
    faintest = int(ink.max()) // FAINTEST_SHARE
    edge = edge_of(ink)
    if np.count_nonzero(edge > faintest) < CLOSED_SHARE * len(edge):
        return ink
    inked = ink > faintest
    for width in range(1, max(2, min(ink.shape) // FRAME_PARTS) + 1):
        within = (slice(width, -width), slice(width, -width))
        if edge_of(inked[within]).mean() < BESIDE_SHARE:
            bare = np.zeros_like(ink)
            bare[within] = ink[within]
            return bare
    return ink


def foreign_parts(labels: npt.NDArray[np.int32], stats: npt.NDArray[np.int32]) -> list[int]:
    """Which parts are a frame or a ruled line; none where hardly anything else would be left.

    Args:
        labels: (h, w), of `cv2.connectedComponentsWithStats`; 0 is the paper.
        stats: (parts, 5), of the same.
    """
    height, width = labels.shape
    wide = stats[:, cv2.CC_STAT_WIDTH] >= SPAN_SHARE * width
    high = stats[:, cv2.CC_STAT_HEIGHT] >= SPAN_SHARE * height
    found = []
    for part in np.flatnonzero(wide | high).tolist():
        x, y, w, h, _ = stats[part].tolist()
        level = w == width and h <= RULED_SHARE * height
        upright = h == height and w <= RULED_SHARE * width
        framed = bool(wide[part] and high[part]) and is_frame(labels[y : y + h, x : x + w] == part)
        if part and (level or upright or framed):
            found.append(part)
    others = np.delete(stats[1:, cv2.CC_STAT_AREA], np.array(found, np.intp) - 1)
    return found if others.max(initial=0) >= LEAST_SHARE * labels.size else []


def is_frame(part: Part) -> bool:
    """Whether a part, cut to its own box, runs along all four sides and nowhere else."""
    rim_y, rim_x = (max(2, side // RIM_PARTS) for side in part.shape)
    if part[rim_y:-rim_y, rim_x:-rim_x].any():
        return False
    sides = (part[:rim_y].any(0), part[-rim_y:].any(0), part[:, :rim_x].any(1), part[:, -rim_x:].any(1))
    return all(bool(side.mean() > SIDE_SHARE) for side in sides)
