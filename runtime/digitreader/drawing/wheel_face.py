"""The front of a counter, without its wheels."""

from __future__ import annotations

import cv2
import numpy as np

from digitreader.values import ColourImage


def draw_face(
    rng: np.random.Generator,
    window: tuple[int, int, int, int],
    *,
    size_wh: tuple[int, int],
    gap_px: int,
    joined: bool,
) -> ColourImage:
    """Draw a housing with the frame that the windows of wheels are cut into.

    Args:
        rng: where colours and sizes come from.
        window: x, y, width and height of all wheels together, in pixels.
        size_wh: of the picture, in pixels.
        gap_px: between two wheels.
        joined: all wheels are behind one window, and dark where none is.

    Returns:
        (H, W, 3) uint8 BGR.
    """
    x, y, wide, high = window
    tone = float(rng.choice((rng.uniform(150, 235), rng.uniform(150, 235), rng.uniform(30, 90))))
    plain = np.full((size_wh[1], size_wh[0], 3), tone) + rng.normal(0, 7, 3)
    image = np.clip(plain + rng.normal(0, rng.uniform(0.5, 3), (size_wh[1], size_wh[0], 1)), 0, 255).astype(np.uint8)
    margin = round(high * float(rng.uniform(0.06, 0.3)))
    frame = float(rng.choice((20.0, 45.0, 95.0, 150.0, float(np.clip(tone * 0.9, 0, 255)))))
    start, end = (x - margin, y - margin), (x + wide + margin, y + high + margin)
    cv2.rectangle(image, start, end, (frame,) * 3, cv2.FILLED)
    cv2.rectangle(image, start, end, (frame * 0.5,) * 3, max(1, round(high / 40)))
    if joined:
        cv2.rectangle(image, (x - gap_px, y - 1), (x + wide + gap_px, y + high), (10,) * 3, cv2.FILLED)
    return image
