"""The front of a counter: its housing, the frame, and the windows that its wheels are seen through."""

from __future__ import annotations

import cv2
import numpy as np

from digitreader.drawing.surface import lerp
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


def show_wheel(image: ColourImage, wheel: ColourImage, corner: tuple[int, int], *, rounded: bool) -> ColourImage:
    """Show a wheel in its window, with the shadow of the window's upper edge."""
    height, width = wheel.shape[:2]
    mask = np.full((height, width), 255, np.uint8)
    if rounded:
        radius = max(1, min(width, height) // 4)
        mask[:] = 0
        cv2.rectangle(mask, (radius, 0), (width - 1 - radius, height - 1), 255, cv2.FILLED)
        cv2.rectangle(mask, (0, radius), (width - 1, height - 1 - radius), 255, cv2.FILLED)
        for x in (radius, width - 1 - radius):
            for y in (radius, height - 1 - radius):
                cv2.circle(mask, (x, y), radius, 255, cv2.FILLED, cv2.LINE_AA)
    shadow = 0.5 * np.exp(-np.arange(height) / max(0.06 * height, 1))[:, None]
    wheel = lerp(wheel, (0.0, 0.0, 0.0), np.asarray(np.broadcast_to(shadow, (height, width)), np.float32))
    (x, y), out = corner, image.copy()
    part = out[y : y + height, x : x + width]
    share = mask[: part.shape[0], : part.shape[1], None].astype(np.float32) / 255
    part[:] = np.round(part * (1 - share) + wheel[: part.shape[0], : part.shape[1]] * share).astype(np.uint8)
    return out
