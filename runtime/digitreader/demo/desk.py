"""The dark desk round the sheet."""

from __future__ import annotations

import cv2
import numpy as np

from digitreader.values import ColourImage

_DESKS_BGR = ((34, 48, 74), (40, 41, 44), (62, 50, 40), (48, 66, 92), (30, 32, 34))


def draw_desk(size_wh: tuple[int, int], rng: np.random.Generator) -> ColourImage:
    """Draw a desk of dark wood, leather or laminate.

    Returns:
        (height, width, 3) uint8.
    """
    width, height = size_wh
    colour = np.array(_DESKS_BGR[int(rng.integers(len(_DESKS_BGR)))], np.float32) * rng.uniform(0.8, 1.25)
    stretch = rng.uniform(1.0, 40.0)  # 1 is leather, 40 the grain of wood
    coarse = rng.standard_normal((max(2, height // 2), max(2, round(width / (2 * stretch)))), np.float32)
    grain = cv2.resize(cv2.GaussianBlur(coarse, (0, 0), 0.7), (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(np.clip(colour * (1.0 + 0.16 * grain[:, :, None]), 0, 255), np.uint8)
