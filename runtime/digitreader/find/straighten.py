"""Find: ink is turned upright where its line slopes."""

from __future__ import annotations

import math

import cv2
import numpy as np

from digitreader.values import Ink

LEAST_TILT_RAD = math.radians(3)


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
