"""Find, step 6: each mark's ink is cut out alone, at full contrast, upright where its line is tilted."""

from __future__ import annotations

import math

import cv2
import numpy as np

from digitreader.find.marks import Labels
from digitreader.values import GrayImage, Ink

EDGE_PX = 1
BLACK_SHARE = 0.25
WHITE_SHARE = 0.65
LEAST_TILT_RAD = math.radians(3)


def cut_ink(darkness: GrayImage, labels: Labels, box: tuple[int, int, int, int], members: tuple[int, ...]) -> Ink:
    """The ink of one mark, without what stands beside it.

    Args:
        darkness: (H, W) uint8.
        labels: (H, W), as in `Marks`.
        box: x, y, width, height.
        members: the labels that belong to the mark.

    Returns:
        (height + 2, width + 2) uint8, white on black with soft edges, stretched to the full range.
    """
    x, y, width, height = box
    top, left = max(0, y - EDGE_PX), max(0, x - EDGE_PX)
    window = np.s_[top : y + height + EDGE_PX, left : x + width + EDGE_PX]
    own = np.isin(labels[window], members) if len(members) > 1 else labels[window] == members[0]
    return stretch(darkness[window], own.view(np.uint8))


def stretch(darkness: GrayImage, own: GrayImage) -> Ink:
    """Darkness within one pixel of a mark's own pixels (non-zero in `own`), stretched to 0..255; 0 elsewhere."""
    peak = max(1.0, dark_half(darkness, own))
    scale = 255.0 / (peak * (WHITE_SHARE - BLACK_SHARE))
    ink = cv2.addWeighted(darkness, scale, darkness, 0.0, -BLACK_SHARE * peak * scale)
    reach = cv2.dilate(own, np.ones((2 * EDGE_PX + 1, 2 * EDGE_PX + 1), np.uint8))
    return np.asarray(cv2.bitwise_and(ink, ink, mask=reach), np.uint8)


def dark_half(darkness: GrayImage, own: GrayImage) -> float:
    """The mean darkness of those own pixels that are darker than the mean of all: the ink without its soft edge."""
    middle = cv2.mean(darkness, mask=own)[0]
    darker = cv2.threshold(darkness, middle - 1, 1, cv2.THRESH_BINARY)[1]
    return cv2.mean(darkness, mask=cv2.bitwise_and(own, darker))[0]


def straighten(ink: Ink, *, tilt_rad: float) -> Ink:
    """Turn ink back by the tilt of its line; small tilts are left to the normalisation."""
    if abs(tilt_rad) < LEAST_TILT_RAD:
        return ink
    height, width = ink.shape
    cos, sin = math.cos(tilt_rad), math.sin(tilt_rad)
    size_wh = (math.ceil(width * cos + height * abs(sin)) + 2, math.ceil(height * cos + width * abs(sin)) + 2)
    turn = np.array([[cos, sin, 0.0], [-sin, cos, 0.0]])
    turn[:, 2] = np.array(size_wh) / 2 - turn[:, :2] @ (width / 2, height / 2)
    return np.asarray(cv2.warpAffine(ink, turn, size_wh, flags=cv2.INTER_LINEAR), np.uint8)
