"""The front of a device: housing, the window of its display, print round it, and glare on the glass."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from digitreader.drawing.lettering import SetSign, Setting, ink_signs, set_line, signs_on
from digitreader.drawing.surface import Colour, Sign, lerp
from digitreader.drawing.typeface import Typeface
from digitreader.values import ColourImage, Ink

Window = tuple[float, float, float, float]
"""x, y, width and height of what is shown, in pixels."""
UNITS = (
    "kWh",
    "°C",
    "V",
    "A",
    "W",
    "Hz",
    "MODE",
    "SET",
    "kg",
    "mmHg",
    "bar",
    "rpm",
    "m/s",
    "TIMER",
    "ALARM",
    "%",
    "MAX",
)


def draw_front(
    rng: np.random.Generator,
    window: Window,
    *,
    size_wh: tuple[int, int],
    ground: Colour,
    typefaces: Sequence[Typeface] = (),
) -> tuple[ColourImage, Ink, list[Sign]]:
    """Draw an empty display in its housing.

    Args:
        rng: where colours and print come from.
        window: what the lit segments will take; the display is larger.
        size_wh: of the picture, in pixels.
        ground: the display's colour.
        typefaces: for units and names; no print without.

    Returns:
        (H, W, 3) uint8 BGR; the ink of the print, (H, W) uint8; and the printed letters.
    """
    x, y, width, height = window
    tone = float(rng.choice((rng.uniform(20, 70), rng.uniform(130, 235))))
    tint = rng.normal(0, 6, 3)
    image = np.full((size_wh[1], size_wh[0], 3), tone, np.float32) + tint.astype(np.float32)
    image = image + rng.normal(0, rng.uniform(0.5, 3), (size_wh[1], size_wh[0], 1)).astype(np.float32)
    housing = np.asarray(np.clip(image, 0, 255), np.uint8)
    margin_x, margin_y = height * float(rng.uniform(0.2, 0.8)), height * float(rng.uniform(0.15, 0.5))
    rim = height * float(rng.choice((0.0, rng.uniform(0.03, 0.2))))
    corner, end = (x - margin_x, y - margin_y), (x + width + margin_x, y + height + margin_y)
    if rim >= 1:
        shade = float(np.clip(tone * rng.choice((0.4, 0.7, 1.25)), 0, 255))
        housing = _fill(housing, (corner[0] - rim, corner[1] - rim), (end[0] + rim, end[1] + rim), (shade,) * 3)
    shown = _fill(housing, corner, end, ground)
    shown = _shade_top(shown, corner, end, 0.06 * height)
    print_colour = (25.0,) * 3 if tone > 110 else (225.0,) * 3
    signs: list[SetSign] = []
    if typefaces and rng.random() < 0.6:
        signs = _print_round(rng, typefaces, corner=corner, end=end, size_wh=size_wh, height=height)
    ink = ink_signs(signs, size_wh)
    return lerp(shown, print_colour, ink.astype(np.float32) / 255), ink, signs_on(signs, 0)


def draw_glare(image: ColourImage, rng: np.random.Generator, window: Window) -> ColourImage:
    """A soft bright streak or spot over the glass, in a third of the pictures."""
    if rng.random() > 0.33:
        return image
    height, width = image.shape[:2]
    layer = np.zeros((height, width), np.uint8)
    x, y = window[0] + window[2] * float(rng.random()), window[1] + window[3] * float(rng.random())
    along, across = window[3] * float(rng.uniform(0.5, 2)), window[3] * float(rng.uniform(0.05, 0.4))
    axes = (max(1, round(along)), max(1, round(across)))
    cv2.ellipse(layer, (round(x), round(y)), axes, float(rng.uniform(0, 180)), 0, 360, 255, cv2.FILLED)
    soft = cv2.GaussianBlur(layer, (0, 0), max(0.5, 0.3 * across)).astype(np.float32) / 255
    return lerp(image, (255.0, 255.0, 250.0), np.asarray(soft * np.float32(rng.uniform(0.05, 0.45)), np.float32))


def _print_round(
    rng: np.random.Generator,
    typefaces: Sequence[Typeface],
    *,
    corner: tuple[float, float],
    end: tuple[float, float],
    size_wh: tuple[int, int],
    height: float,
) -> list[SetSign]:
    """A unit or a name above the display, and one below, where there is room."""
    setting = Setting(typefaces[int(rng.integers(len(typefaces)))], max(8.0, height * float(rng.uniform(0.12, 0.3))))
    signs: list[SetSign] = []
    for baseline in (corner[1] - 0.25 * height, end[1] + 0.35 * height + setting.digit_px):
        x = corner[0] + float(rng.uniform(0, 0.5)) * (end[0] - corner[0])
        more, after = set_line(str(rng.choice(UNITS)), setting, left=x, baseline=baseline)
        if after < size_wh[0] and setting.digit_px < baseline < size_wh[1] and rng.random() < 0.8:
            signs += more
    return signs


def _fill(image: ColourImage, start: tuple[float, float], end: tuple[float, float], colour: Colour) -> ColourImage:
    filled = image.copy()
    cv2.rectangle(filled, (round(start[0]), round(start[1])), (round(end[0]), round(end[1])), colour, cv2.FILLED)
    return filled


def _shade_top(
    image: ColourImage, start: tuple[float, float], end: tuple[float, float], depth_px: float
) -> ColourImage:
    """The shadow of the housing's edge on the display behind it."""
    rows = np.arange(image.shape[0], dtype=np.float32)[:, None]
    columns = np.arange(image.shape[1], dtype=np.float32)[None, :]
    inside = (rows >= start[1]) & (rows <= end[1]) & (columns >= start[0]) & (columns <= end[0])
    fade = np.exp(-np.maximum(rows - start[1], 0) / max(depth_px, 0.5)) * inside
    return lerp(image, (0.0, 0.0, 0.0), np.asarray(0.45 * fade, np.float32))
