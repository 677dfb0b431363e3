"""Draws a grid in pixels and the boxes of digits on a frame, so that a person can choose a region."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from digitreader.output.overlay import LIKELY, WHITE, Lettering, draw_readings
from digitreader.values import Box, ColourImage, Frame, Page, around, cut_to, grown, touch

MOST_LINES = 16
"""Grid lines across the longer side."""
ROOMS = (0.6, 0.4, 0.25, 0.1)
"""Margins round the digits of a region, in digit heights; the first one that reaches no other box is taken."""
DARK = (40, 40, 40)


def grid_step(longer_px: int) -> int:
    """The distance between grid lines: a round number of pixels."""
    steps = (digit * 10**power for power in range(1, 6) for digit in (1, 2, 5))
    return int(next(step for step in steps if longer_px <= step * MOST_LINES))


def region_round(boxes: Sequence[Box], size_wh: tuple[int, int], others: Sequence[Box] = ()) -> Box:
    """A region with these boxes and as much margin as the other boxes leave, within a picture of this size."""
    height = max(box.height for box in boxes)
    regions = [cut_to(grown(around(*boxes), round(room * height), round(room * height)), size_wh) for room in ROOMS]
    return next((each for each in regions if not any(touch(each, other) for other in others)), regions[-1])


def draw_snapshot(frame: Frame, page: Page, region: Box | None = None) -> ColourImage:
    """Draw a grid with pixel numbers, what was read and the region into a copy of a frame.

    Args:
        frame: the whole picture, turned as it will be read.
        page: what was read in it.
        region: is drawn if it is given; everything outside it is dimmed.

    Returns:
        (H, W, 3) uint8 BGR, of the frame's size, so that an image viewer shows the pixel numbers of ``--region``.
    """
    image = frame.image
    canvas = np.asarray(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR) if image.ndim == 2 else image.copy(), np.uint8)
    if region is not None:
        canvas = _dimmed_outside(canvas, region, frame.scale)
    _draw_grid(canvas, frame.scale)
    draw_readings(canvas, page, 1 / frame.scale)
    return canvas


def _dimmed_outside(canvas: ColourImage, region: Box, scale: float) -> ColourImage:
    ends = (region.x, region.y, region.x + region.width, region.y + region.height)
    left, top, right, bottom = (round(end / scale) for end in ends)
    dimmed = np.asarray(canvas // 2 + 40, np.uint8)
    dimmed[top:bottom, left:right] = canvas[top:bottom, left:right]
    width = max(2, max(canvas.shape) // 400)
    cv2.rectangle(dimmed, (left, top), (right - 1, bottom - 1), LIKELY, width)
    return dimmed


def _draw_grid(canvas: ColourImage, scale: float) -> None:
    """Draw lines that can be seen on dark and on light ground, with their pixel numbers at the upper and left edge."""
    height, width = canvas.shape[:2]
    step = grid_step(round(max(height, width) * scale))
    lines = canvas.copy()
    across = range(step, round(width * scale), step)
    down = range(step, round(height * scale), step)
    for x in across:
        cv2.line(lines, (round(x / scale), 0), (round(x / scale), height - 1), LIKELY, 1)
    for y in down:
        cv2.line(lines, (0, round(y / scale)), (width - 1, round(y / scale)), LIKELY, 1)
    canvas[:] = cv2.addWeighted(canvas, 0.5, lines, 0.5, 0)
    size = max(9, max(height, width) // 90)
    for x in across:
        _draw_number(canvas, str(x), (round(x / scale) + 2, size + 3), size)
    for y in down:
        _draw_number(canvas, str(y), (2, round(y / scale) + size + 3), size)


def _draw_number(canvas: ColourImage, text: str, base_xy: tuple[int, int], height: int) -> None:
    word = Lettering(text, height, weight=600)
    x, y = base_xy
    cv2.rectangle(canvas, (x - 2, y - height - 2), (x + word.width + 2, y + 2), DARK, cv2.FILLED)
    word.draw(canvas, base_xy, WHITE)
