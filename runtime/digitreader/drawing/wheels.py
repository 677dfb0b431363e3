"""Counters: wheels with digits behind windows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.drawing.lettering import TextStyle, ink_over, ink_signs, set_line, signs_on
from digitreader.drawing.scene import Scene
from digitreader.drawing.surface import Degradation, Sign, Surface, lerp, picture_of, rectangle_hull
from digitreader.drawing.typefaces import Typeface
from digitreader.drawing.wheel_makes import WheelStyle, draw_wheel_style
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
    sign: str, setting: TextStyle, along: npt.NDArray[np.float64], away: float, *, width: int, digit_px: float
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


def draw_face(
    rng: np.random.Generator,
    window: tuple[int, int, int, int],
    *,
    size_wh: tuple[int, int],
    gap_px: int,
    joined: bool,
    frame: float | None = None,
) -> ColourImage:
    """Draw a housing with the frame that the windows of wheels are cut into.

    Args:
        rng: where colours and sizes come from.
        window: x, y, width and height of all wheels together, in pixels.
        size_wh: of the picture, in pixels.
        gap_px: between two wheels.
        joined: all wheels are behind one window, and dark where none is.
        frame: how light the frame is, 0 to 255; by chance if it is not given.

    Returns:
        (H, W, 3) uint8 BGR.
    """
    x, y, wide, high = window
    tone = float(rng.choice((rng.uniform(150, 235), rng.uniform(150, 235), rng.uniform(30, 90))))
    plain = np.full((size_wh[1], size_wh[0], 3), tone) + rng.normal(0, 7, 3)
    image = np.clip(plain + rng.normal(0, rng.uniform(0.5, 3), (size_wh[1], size_wh[0], 1)), 0, 255).astype(np.uint8)
    margin = round(high * float(rng.uniform(0.06, 0.3)))
    any_tone = float(rng.choice((20.0, 45.0, 95.0, 150.0, float(np.clip(tone * 0.9, 0, 255)))))
    frame_tone = any_tone if frame is None else frame
    start, end = (x - margin, y - margin), (x + wide + margin, y + high + margin)
    cv2.rectangle(image, start, end, (frame_tone,) * 3, cv2.FILLED)
    cv2.rectangle(image, start, end, (frame_tone * 0.5,) * 3, max(1, round(high / 40)))
    if joined:
        cv2.rectangle(image, (x - gap_px, y - 1), (x + wide + gap_px, y + high), (10,) * 3, cv2.FILLED)
    return image


def show_wheel(image: ColourImage, wheel: ColourImage, place: tuple[int, int], mask: Ink) -> ColourImage:
    """Show a wheel in its window, with the shadow of the window's upper edge.

    Args:
        image: (H, W, 3) uint8, the front of the counter.
        wheel: (h, w, 3) uint8.
        place: of the window's upper left corner in it.
        mask: as `window_mask` gives it.
    """
    height, width = wheel.shape[:2]
    shadow = 0.5 * np.exp(-np.arange(height) / max(0.06 * height, 1))[:, None]
    wheel = lerp(wheel, (0.0, 0.0, 0.0), np.asarray(np.broadcast_to(shadow, (height, width)), np.float32))
    (x, y), out = place, image.copy()
    part = out[y : y + height, x : x + width]
    share = mask[: part.shape[0], : part.shape[1], None].astype(np.float32) / 255
    part[:] = np.round(part * (1 - share) + wheel[: part.shape[0], : part.shape[1]] * share).astype(np.uint8)
    return out


def window_mask(style: WheelStyle, window_wh: tuple[int, int]) -> Ink:
    """The form of a window: (h, w) uint8, 255 where one sees through."""
    width, height = window_wh
    cut = max(1, round(style.corner * min(width, height)))
    if style.frame == "rounded":
        return _rounded(width, height, cut)
    if style.frame == "curved":
        return _filled(width, height, _curve(width, height, *style.outline))
    if style.frame == "octagonal":
        corners = rectangle_hull(0, 0, width - 1, height - 1).round().astype(np.int32)
        return _filled(width, height, _with_cut_corners(corners, cut))
    return np.full((height, width), 255, np.uint8)


def _filled(width: int, height: int, outline: npt.NDArray[np.int32]) -> Ink:
    mask = np.zeros((height, width), np.uint8)
    cv2.fillPoly(mask, [outline], 255, cv2.LINE_AA)
    return mask


def _curve(width: int, height: int, exponent: float, taper: float) -> npt.NDArray[np.int32]:
    """(N, 2) int32, the outline of a rectangle whose corners are round, and that is wider above or below."""
    angle = np.linspace(0, 2 * np.pi, 96, endpoint=False)
    x, y = (np.sign(each) * np.abs(each) ** (2 / exponent) for each in (np.cos(angle), np.sin(angle)))
    x *= (1 - taper * y) / (1 + abs(taper))
    return np.stack([(x + 1) * (width - 1) / 2, (y + 1) * (height - 1) / 2], axis=1).round().astype(np.int32)


def _rounded(width: int, height: int, radius: int) -> Ink:
    """(height, width) uint8, 255 in a rectangle whose corners are quarters of a circle."""
    radius = min(radius, (width - 1) // 2, (height - 1) // 2)
    mask = np.zeros((height, width), np.uint8)
    cv2.rectangle(mask, (radius, 0), (width - 1 - radius, height - 1), 255, cv2.FILLED)
    cv2.rectangle(mask, (0, radius), (width - 1, height - 1 - radius), 255, cv2.FILLED)
    for x in (radius, width - 1 - radius):
        for y in (radius, height - 1 - radius):
            cv2.circle(mask, (x, y), radius, 255, cv2.FILLED, cv2.LINE_AA)
    return mask


def _with_cut_corners(corners: npt.NDArray[np.int32], cut: int) -> npt.NDArray[np.int32]:
    """(8, 2) int32, the (4, 2) corners of an upright rectangle, each replaced by two that are `cut` from it."""
    sides = np.roll(corners, -1, axis=0) - corners
    along = np.sign(sides) * np.minimum(cut, np.abs(sides) // 2)
    return np.stack([corners + along, np.roll(corners, -1, axis=0) - along], axis=1).reshape(-1, 2)


BETWEEN = (0.3, 0.7)
"""A wheel so far past a digit shows two halves, and no digit."""
HIDDEN = 0.12
"""At most this share of a digit's height is beyond its window, else the wheel stands straighter."""


def draw_wheels(
    rng: np.random.Generator,
    typefaces: Sequence[Typeface],
    *,
    held_out: bool,
    size_wh: tuple[int, int] = (640, 480),
    height_px: tuple[float, float] = (16.0, 90.0),
    between: float = 0.12,
    serial: bool = False,
    degradation: Degradation | None = None,
) -> Scene:
    """Draw one picture of a counter.

    Args:
        rng: where every choice comes from.
        typefaces: for the wheels and the print round them, at least one.
        held_out: a make that is never practised with.
        size_wh: of the picture, in pixels.
        height_px: the least and the most height of a digit.
        between: the chance that a wheel stands between two digits; the last one does so three times as often.
        serial: prints a serial number below; its digits are to be read too.
        degradation: the most that may be wrong with the picture.
    """
    count = int(rng.integers(4, 9))
    least, most = height_px
    most = max(least, min(most, 0.4 * size_wh[1], 0.85 * size_wh[0] / (1.15 * count)))
    digit_px = float(np.exp(rng.uniform(np.log(least), np.log(most))))
    style = draw_wheel_style(rng, typefaces, held_out=held_out, digit_px=digit_px)
    count = max(1, min(count, int(0.92 * size_wh[0] / digit_px / (style.window_wh[0] + style.gap))))
    positions = draw_positions(rng, count, style, between=between)
    surface = wheels_surface(rng, positions, style, size_wh=size_wh, typefaces=typefaces, serial=serial)
    return picture_of(surface, rng, size_wh=size_wh, degradation=degradation, fill=(0.95, 1.1))


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


def place_windows(
    rng: np.random.Generator, count: int, style: WheelStyle, *, size_wh: tuple[int, int]
) -> tuple[list[tuple[int, int]], tuple[int, int], int]:
    """Where the windows of wheels are in a picture, about in its middle: their upper left corners, size and gap."""
    width, height = (round(each * style.setting.digit_px) for each in style.window_wh)
    gap = max(1, round(style.gap * style.setting.digit_px))
    wide = count * (width + gap) - gap
    left = round(max(0, size_wh[0] - wide) * float(rng.uniform(0.3, 0.7)))
    top = round((size_wh[1] - height) * float(rng.uniform(0.35, 0.6)))
    return [(left + number * (width + gap), top) for number in range(count)], (width, height), gap


def wheels_surface(
    rng: np.random.Generator,
    positions: Sequence[float],
    style: WheelStyle,
    *,
    size_wh: tuple[int, int],
    typefaces: Sequence[Typeface],
    serial: bool = False,
    alike: float = 0.0,
) -> Surface:
    """The front of a counter.

    Args:
        rng: where its face and the print come from.
        positions: of the wheels, each 0 to below 10.
        style: the make.
        size_wh: in pixels.
        typefaces: for the print.
        serial: prints a serial number below.
        alike: the chance that the frame is as dark or light as the digits, so that only its form tells it from ink.
    """
    digit_px = style.setting.digit_px
    frame = float(np.mean(style.colours.digit)) if alike and rng.random() < alike else None
    corners, window_wh, gap = place_windows(rng, len(positions), style, size_wh=size_wh)
    (left, top), wide = corners[0], len(positions) * (window_wh[0] + gap) - gap
    window = (left, top, wide, window_wh[1])
    image = draw_face(rng, window, size_wh=size_wh, gap_px=gap, joined=style.frame == "joined", frame=frame)
    ink = np.zeros(image.shape[:2], np.uint8)
    signs: list[Sign] = []
    mask = window_mask(style, window_wh)
    for number, position in enumerate(positions):
        corner, last = corners[number], number >= len(positions) - style.last
        wheel, wheel_ink, hull = draw_wheel(position, style, window_wh=window_wh, last=last)
        image = show_wheel(image, wheel, corner, mask)
        ink_over(ink, np.minimum(wheel_ink, mask), corner)
        signs.append(Sign(sign_at(position), 0, hull + np.array(corner, np.float32)))
    text = "".join(sign.sign for sign in signs)
    image, print_ink, printed, serial_number = _print_round(
        image, rng, typefaces, window=window, digit_px=digit_px, serial=serial
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
    setting = TextStyle(typefaces[int(rng.integers(len(typefaces)))], small)
    number = "".join(str(digit) for digit in rng.integers(0, 10, int(rng.integers(5, 10)))) if serial else ""
    below = y + high + 0.5 * digit_px + 1.6 * small
    places = [
        (str(rng.choice(("kWh", "m³", "km", "h", "Wh", "gal"))), x + wide + 0.6 * digit_px, y + high / 2 + small / 2),
        (str(rng.choice(("WATER", "GAS", "METER", "HOURS", "Type AC", "Made in EU"))), x, y - 0.6 * digit_px),
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
    front = float(image[-1, -1].mean())
    colour = (30.0,) * 3 if front > 110 else (215.0,) * 3
    ink = ink_signs(set_signs, (image.shape[1], image.shape[0]))
    return lerp(image, colour, ink.astype(np.float32) / 255), ink, signs_on(set_signs, 0), number
