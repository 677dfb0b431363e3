"""Counter wheels: printed digits that roll behind windows; what stands between two digits is no digit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from digitreader.demo import Scene
from digitreader.drawing.lettering import Setting, ink_over, ink_signs, set_line, signs_on
from digitreader.drawing.surface import Sign, Spoiling, Surface, lerp, picture_of
from digitreader.drawing.typeface import Typeface
from digitreader.drawing.wheel import AS_DIGIT, draw_wheel, sign_at
from digitreader.drawing.wheel_face import draw_face, show_wheel
from digitreader.drawing.wheel_style import WheelStyle, draw_wheel_style
from digitreader.values import ColourImage, Ink

BETWEEN = (0.3, 0.7)
"""A wheel so far past a digit shows two halves, and no digit."""
HIDDEN = 0.12
"""At most this share of a digit's height is beyond its window, else the wheel stands straighter."""


def draw_wheels(
    rng: np.random.Generator,
    typefaces: Sequence[Typeface],
    *,
    held_back: bool,
    size_wh: tuple[int, int] = (640, 480),
    height_px: tuple[float, float] = (16.0, 90.0),
    between: float = 0.12,
    serial: bool = False,
    spoiling: Spoiling | None = None,
) -> Scene:
    """Draw one picture of a counter.

    Args:
        rng: where every choice comes from.
        typefaces: for the wheels and the print round them, at least one.
        held_back: a make that is never practised with.
        size_wh: of the picture, in pixels.
        height_px: the least and the most height of a digit.
        between: the chance that a wheel stands between two digits; the last one does so three times as often.
        serial: prints a serial number below; its digits are to be read too.
        spoiling: the most that may be wrong with the picture.
    """
    count = int(rng.integers(4, 9))
    least, most = height_px
    most = max(least, min(most, 0.4 * size_wh[1], 0.85 * size_wh[0] / (1.15 * count)))
    digit_px = float(np.exp(rng.uniform(np.log(least), np.log(most))))
    style = draw_wheel_style(rng, typefaces, held_back=held_back, digit_px=digit_px)
    count = max(1, min(count, int(0.92 * size_wh[0] / digit_px / (style.window_wh[0] + style.gap))))
    positions = draw_positions(rng, count, style, between=between)
    surface = wheels_surface(rng, positions, style, size_wh=size_wh, typefaces=typefaces, serial=serial)
    return picture_of(surface, rng, size_wh=size_wh, spoiling=spoiling, fill=(0.95, 1.1))


def draw_positions(rng: np.random.Generator, count: int, style: WheelStyle, *, between: float) -> list[float]:
    """Where wheels stand, each 0 to below 10; a whole number is a digit in the middle of its window."""
    most = min(AS_DIGIT, max(0.0, (style.window_wh[1] / 2 - 0.5 + HIDDEN) / style.turn))
    positions = []
    for wheel in range(count):
        chance = between * (3.0 if wheel == count - 1 else 0.7)
        digit = int(rng.integers(0, 10))
        away = rng.uniform(*BETWEEN) if rng.random() < chance else np.clip(rng.normal(0, 0.07), -most, most)
        positions.append(float((digit + away) % 10))
    return positions


def wheels_surface(
    rng: np.random.Generator,
    positions: Sequence[float],
    style: WheelStyle,
    *,
    size_wh: tuple[int, int],
    typefaces: Sequence[Typeface],
    serial: bool = False,
) -> Surface:
    """The front of a counter.

    Args:
        rng: where its face and the print come from.
        positions: of the wheels, each 0 to below 10.
        style: the make.
        size_wh: in pixels.
        typefaces: for the print.
        serial: prints a serial number below.
    """
    digit_px = style.setting.digit_px
    window_wh = round(style.window_wh[0] * digit_px), round(style.window_wh[1] * digit_px)
    gap = max(1, round(style.gap * digit_px))
    wide = len(positions) * (window_wh[0] + gap) - gap
    left = round(max(0, size_wh[0] - wide) * float(rng.uniform(0.3, 0.7)))
    top = round((size_wh[1] - window_wh[1]) * float(rng.uniform(0.35, 0.6)))
    image = draw_face(rng, (left, top, wide, window_wh[1]), size_wh=size_wh, gap_px=gap, joined=style.frame == "joined")
    ink = np.zeros(image.shape[:2], np.uint8)
    signs: list[Sign] = []
    for number, position in enumerate(positions):
        corner = left + number * (window_wh[0] + gap), top
        last = number >= len(positions) - style.last
        wheel, wheel_ink, hull = draw_wheel(position, style, window_wh=window_wh, last=last)
        image = show_wheel(image, wheel, corner, rounded=style.frame == "rounded")
        ink_over(ink, wheel_ink, corner)
        signs.append(Sign(sign_at(position), 0, hull + np.array(corner, np.float32)))
    text = "".join(sign.sign for sign in signs)
    image, print_ink, printed, serial_number = _print_round(
        image, rng, typefaces, window=(left, top, wide, window_wh[1]), digit_px=digit_px, serial=serial
    )
    line = 1 if any(sign.sign.isdigit() for sign in signs) else 0
    signs += [replace(sign, line=line) for sign in printed]
    return Surface(
        image, np.maximum(ink, print_ink), tuple(signs), "\n".join(filter(None, (text.replace("?", ""), serial_number)))
    )


def _print_round(
    image: ColourImage,
    rng: np.random.Generator,
    typefaces: Sequence[Typeface],
    *,
    window: tuple[int, int, int, int],
    digit_px: float,
    serial: bool,
) -> tuple[ColourImage, Ink, list[Sign], str]:
    """Print the unit beside the wheels and names above and below, and perhaps a serial number."""
    x, y, wide, high = window
    small = max(9.0, digit_px * float(rng.uniform(0.25, 0.5)))
    setting = Setting(typefaces[int(rng.integers(len(typefaces)))], small)
    number = "".join(str(digit) for digit in rng.integers(0, 10, int(rng.integers(5, 10)))) if serial else ""
    below = y + high + 0.5 * digit_px + 1.6 * small
    places = [
        (str(rng.choice(("kWh", "m³", "km", "h", "Wh", "gal"))), x + wide + 0.6 * digit_px, y + high / 2 + small / 2),
        (str(rng.choice(("WATER", "GAS", "METER", "HOURS", "Type AC", "Made in EU"))), x, y - 0.5 * digit_px),
        (number or str(rng.choice(("pulse", "Class B", "IP"))), x + 0.1 * wide, below),
    ]
    set_signs = []
    for index, (text, left, baseline) in enumerate(places):
        signs, after = set_line(text, setting, left=left, baseline=baseline)
        fits = after < image.shape[1] and small < baseline < image.shape[0] - 2
        if fits and (rng.random() < 0.7 or (index == 2 and number)):
            set_signs += signs
        elif index == 2:
            number = ""
    tone = float(image[max(0, y - round(0.45 * digit_px)), x].mean())
    colour = (30.0,) * 3 if tone > 110 else (215.0,) * 3
    ink = ink_signs(set_signs, (image.shape[1], image.shape[0]))
    return lerp(image, colour, ink.astype(np.float32) / 255), ink, signs_on(set_signs, 0), number
