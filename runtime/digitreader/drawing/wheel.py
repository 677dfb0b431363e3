"""One counter wheel in its window: digits that roll past, bent and shaded with the wheel."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.drawing.lettering import Setting, ink_signs, set_line
from digitreader.drawing.surface import lerp, rectangle_hull
from digitreader.drawing.wheel_style import WheelStyle
from digitreader.values import ColourImage, Ink

AS_DIGIT = 0.2
"""A wheel at most this part of a turn away from a digit shows that digit."""


def sign_at(position: float) -> str:
    """What a wheel shows: a digit, or "?" between two."""
    away = position - round(position)
    return str(round(position) % 10) if abs(away) <= AS_DIGIT + 1e-6 else "?"


def draw_wheel(
    position: float, style: WheelStyle, *, window_wh: tuple[int, int], last: bool
) -> tuple[ColourImage, Ink, npt.NDArray[np.float32]]:
    """What is seen of one wheel in its window.

    Args:
        position: 0 to below 10.
        style: the make.
        window_wh: of the window, in pixels.
        last: whether it has the colours of the last wheels.

    Returns:
        (h, w, 3) uint8 BGR; its ink, (h, w) uint8; and the corners round the digit's visible ink, or round the whole
        window between two.
    """
    width, height = window_wh
    digit_px, turn_px = style.setting.digit_px, style.turn * style.setting.digit_px
    radius = turn_px * 10 / (2 * np.pi)
    # A row of the window, and how far along the wheel's rim that is from its middle
    rows = (np.arange(height) - (height - 1) / 2) / radius
    along = radius * np.arcsin(np.clip(rows, -0.99, 0.99))
    layer = np.zeros((height, width), np.uint8)
    shown = np.zeros((height, width), np.uint8)
    for step in (-1, 0, 1, 2):
        digit = (int(position) + step) % 10
        away = (step - position % 1) * turn_px * (1 if style.upwards else -1)
        ink = _rolled(str(digit), style.setting, along, away, width=width, digit_px=digit_px)
        np.maximum(layer, ink, out=layer)
        if step == round(position % 1):
            shown = ink
    ground = style.colours.last_ground if last else style.colours.ground
    colour = style.colours.last_digit if last else style.colours.digit
    image = lerp(np.full((height, width, 3), ground, np.uint8), colour, layer.astype(np.float32) / 255)
    edge = np.abs(np.linspace(-1, 1, height))[:, None] ** 2.2
    image = lerp(image, (6.0, 6.0, 6.0), np.asarray(np.broadcast_to(style.shading * edge, (height, width)), np.float32))
    if sign_at(position) == "?":
        return image, layer, rectangle_hull(0, 0, width, height)
    return image, layer, rectangle_hull(*cv2.boundingRect(np.asarray(shown > 40, np.uint8)))


def _rolled(
    sign: str, setting: Setting, along: npt.NDArray[np.float64], away: float, *, width: int, digit_px: float
) -> Ink:
    """One digit's ink in its window, bent with the wheel.

    Args:
        sign: a digit.
        setting: its typeface.
        along: (h,) where on the rim each row of the window is, in pixels from its middle.
        away: where on the rim the middle of the digit is.
        width: of the window, in pixels.
        digit_px: how high a digit is.
    """
    signs, after = set_line(sign, setting, left=0, baseline=round(2 * digit_px))
    inked = ink_signs(signs, (max(1, round(after) + 4), round(3 * digit_px)))
    x, y, wide, high = cv2.boundingRect(inked)
    ink = inked[y : y + high, x : x + wide]
    scale = min(1.0, (0.9 * width) / max(wide, 1))
    middle = 2 * digit_px - digit_px / 2 - y
    columns = (np.arange(width) - (width - 1) / 2) / scale + (wide - 1) / 2
    rows = along - away + middle
    map_x, map_y = np.meshgrid(columns.astype(np.float32), rows.astype(np.float32))
    return np.asarray(cv2.remap(ink, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT), np.uint8)
