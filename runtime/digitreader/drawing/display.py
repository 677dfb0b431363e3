"""Seven-segment displays: dark on light or glowing, with unlit segments, points, blank places and what is no digit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from digitreader.demo import Scene
from digitreader.drawing.display_front import draw_front, draw_glare
from digitreader.drawing.segments import (
    FORMS,
    HELD_BACK_FORMS,
    NO_DIGIT,
    SegmentStyle,
    draw_nonsense,
    draw_segment_style,
    outline,
    segments_of,
)
from digitreader.drawing.surface import Colour, Sign, Spoiling, Surface, lerp, picture_of, reading_text
from digitreader.drawing.typefaces import Typeface
from digitreader.values import ColourImage, Ink

SHARP = 4
"""Segments are drawn so many times larger and taken down."""


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of a display: lit segments, the ground behind them, whether they glow."""

    lit: Colour
    ground: Colour
    glows: bool


PALETTES: Mapping[str, Palette] = {
    "lcd": Palette((38, 42, 36), (140, 172, 160), glows=False),
    "lcd-green": Palette((30, 40, 28), (96, 178, 150), glows=False),
    "lcd-grey": Palette((50, 50, 48), (188, 196, 192), glows=False),
    "led-red": Palette((40, 40, 255), (12, 8, 22), glows=True),
    "led-green": Palette((90, 255, 70), (12, 22, 10), glows=True),
    "led-amber": Palette((20, 150, 255), (8, 14, 22), glows=True),
    "vfd": Palette((220, 255, 120), (22, 26, 16), glows=True),
}
HELD_BACK_PALETTES: Mapping[str, Palette] = {
    "lcd-blue": Palette((245, 238, 228), (150, 60, 20), glows=False),
    "lcd-yellow": Palette((34, 40, 40), (60, 190, 205), glows=False),
    "led-blue": Palette((255, 130, 40), (24, 10, 8), glows=True),
    "led-white": Palette((255, 246, 236), (18, 16, 16), glows=True),
}


@dataclass(frozen=True, slots=True)
class DisplayStyle:
    """One make of display.

    Attributes:
        segments: how they are formed.
        palette: its colours.
        unlit: how strongly unlit segments are seen, as a share of lit ones.
        pitch: from digit to digit, in digit heights.
        tails: whether its 6 and 9 have tails, and its 7 a hook.
        bloom: how much light spreads round lit segments.
        points: whether unlit points can be seen like unlit segments.
    """

    segments: SegmentStyle
    palette: Palette
    unlit: float
    pitch: float
    tails: tuple[bool, bool, bool]
    bloom: float
    points: bool


def draw_display_style(rng: np.random.Generator, *, held_back: bool) -> DisplayStyle:
    """Choose a make of display.

    Args:
        rng: where it comes from.
        held_back: one that is never practised with: its form or its colours, or both, are kept for the test.
    """
    forms: tuple[str, ...] = FORMS
    palettes = dict(PALETTES)
    if held_back:
        new = str(rng.choice(("form", "palette", "both")))
        forms = FORMS if new == "palette" else HELD_BACK_FORMS
        palettes = dict(PALETTES if new == "form" else HELD_BACK_PALETTES)
    segments = draw_segment_style(rng, form=str(rng.choice(forms)))
    palette = _varied(palettes[str(rng.choice(tuple(palettes)))], rng)
    unlit = 0.0 if rng.random() < 0.35 else float(rng.uniform(0.02, 0.25))
    lean = np.tan(np.radians(segments.slant_deg))
    pitch = segments.width + float(rng.uniform(0.16, 0.4)) + 0.15 * float(lean)
    tails = bool(rng.random() < 0.8), bool(rng.random() < 0.8), bool(rng.random() < 0.15)
    return DisplayStyle(segments, palette, unlit, pitch, tails, float(rng.uniform(0.1, 0.8)), bool(rng.random() < 0.5))


def draw_display(
    rng: np.random.Generator,
    *,
    held_back: bool,
    size_wh: tuple[int, int] = (640, 480),
    height_px: tuple[float, float] = (20.0, 160.0),
    no_digits: float = 0.12,
    typefaces: Sequence[Typeface] = (),
    spoiling: Spoiling | None = None,
) -> Scene:
    """Draw one picture of a display.

    Args:
        rng: where every choice comes from.
        held_back: a make that is never practised with.
        size_wh: of the picture, in pixels.
        height_px: the least and the most height of a digit.
        no_digits: the chance that a place shows a letter, a minus or nonsense instead of a digit.
        typefaces: for the print round the display; none where there are none.
        spoiling: the most that may be wrong with the picture.
    """
    style = draw_display_style(rng, held_back=held_back)
    text = _draw_text(rng, no_digits)
    least, most = height_px
    most = max(least, min(most, 0.55 * size_wh[1], 0.8 * size_wh[0] / (2 * style.pitch)))
    digit_px = float(np.exp(rng.uniform(np.log(least), np.log(most))))
    text = text[: max(1, int((0.86 * size_wh[0] / digit_px - 0.5) / style.pitch))]
    surface = display_surface(rng, text, style, size_wh=size_wh, digit_px=digit_px, typefaces=typefaces)
    return picture_of(surface, rng, size_wh=size_wh, spoiling=spoiling, fill=(0.9, 1.1))


def display_surface(
    rng: np.random.Generator,
    text: Sequence[str],
    style: DisplayStyle,
    *,
    size_wh: tuple[int, int],
    digit_px: float,
    typefaces: Sequence[Typeface] = (),
) -> Surface:
    """The front of a device with a display.

    Args:
        rng: where its housing and the print come from.
        text: one a place: a digit, a key of `NO_DIGIT`, " ", or "?" for nonsense; "." or ":" may follow.
        style: the make.
        size_wh: in pixels.
        digit_px: how high a digit is.
        typefaces: for the print round the display.
    """
    wide_px = digit_px * (style.pitch * (len(text) - 1) + style.segments.width + _lean(style))
    left = (size_wh[0] - wide_px) * float(rng.uniform(0.35, 0.65))
    top = (size_wh[1] - digit_px) * float(rng.uniform(0.35, 0.65))
    window = (left, top, wide_px, digit_px)
    image, printed = draw_front(rng, window, size_wh=size_wh, ground=style.palette.ground, typefaces=typefaces)
    lit, unlit, signs = _draw_places(rng, text, style, size_wh=size_wh, corner=(left, top), digit_px=digit_px)
    image = _light(image, lit, unlit, style, digit_px)
    image = draw_glare(image, rng, window)
    line = 0 if any(sign.sign.isdigit() for sign in signs) else 1
    marks = tuple(replace(sign, line=line) for sign in printed)
    return Surface(
        image, (*signs, *marks), reading_text(["".join(place[0] if place[0].isdigit() else " " for place in text)])
    )


def _draw_places(
    rng: np.random.Generator, text: Sequence[str], style: DisplayStyle, *, size_wh: tuple[int, int],
    corner: tuple[float, float], digit_px: float,
) -> tuple[Ink, Ink, list[Sign]]:  # fmt: skip
    """Lit and unlit segments as two layers of ink, and the signs that are lit."""
    lit_layer = np.zeros((size_wh[1] * SHARP, size_wh[0] * SHARP), np.uint8)
    unlit_layer = lit_layer.copy()
    signs: list[Sign] = []
    for number, place in enumerate(text):
        x = corner[0] + number * style.pitch * digit_px
        shown = place[0]
        lit = _lit_segments(shown, rng, style.tails)
        hulls = []
        for segment in "abcdefg":
            corners = outline(segment, style.segments) * digit_px + (x, corner[1])
            _fill(lit_layer if segment in lit else unlit_layer, corners)
            hulls += [corners] if segment in lit else []
        if hulls:
            signs.append(Sign(shown, 0, np.concatenate(hulls).astype(np.float32)))
        for dots, on in _dots(place, style):
            places = [dot * digit_px + (x, corner[1]) for dot in dots]
            for dot in places if on or style.points else ():
                _fill(lit_layer if on else unlit_layer, dot)
            if on:
                signs.append(Sign(place[1], 0, np.concatenate(places).astype(np.float32)))
    return _taken_down(lit_layer, size_wh), _taken_down(unlit_layer, size_wh), signs


def _dots(place: str, style: DisplayStyle) -> list[tuple[list[np.ndarray], bool]]:
    """The point or colon after a place: outlines in digit heights, and whether it is lit."""
    half, lean = style.segments.thickness * 0.55, np.tan(np.radians(style.segments.slant_deg))
    gap = style.pitch - style.segments.width
    x = style.segments.width + gap / 2
    turn = np.linspace(0, 2 * np.pi, 13)[:-1]
    disc = np.column_stack([np.cos(turn), np.sin(turn)]) * min(half, 0.4 * gap)
    point = [disc + np.array((x, 1 - half))]
    if place[1:] == ":":
        return [([disc + np.array((x + lean * (1 - y), y)) for y in (0.3, 0.7)], True)]
    return [(point, place[1:] == ".")]


def _lit_segments(shown: str, rng: np.random.Generator, tails: tuple[bool, bool, bool]) -> str:
    if shown.isdigit():
        return segments_of(int(shown), tails=tails)
    return draw_nonsense(rng) if shown == "?" else NO_DIGIT.get(shown, "")


def _light(image: ColourImage, lit: Ink, unlit: Ink, style: DisplayStyle, digit_px: float) -> ColourImage:
    """Put segments onto a display; those that glow spread light round them, and burn out in their middle."""
    cover, faint = lit.astype(np.float32) / 255, unlit.astype(np.float32) / 255
    image = lerp(image, style.palette.lit, style.unlit * faint)
    if not style.palette.glows:
        image = lerp(image, (0.0, 0.0, 0.0), 0.15 * np.roll(cover, (max(1, round(digit_px / 40)),) * 2, (0, 1)))
        return lerp(image, style.palette.lit, cover * np.float32(0.96))
    near = cv2.GaussianBlur(cover, (0, 0), 0.05 * digit_px)
    far = cv2.GaussianBlur(cover, (0, 0), 0.22 * digit_px)
    glow = style.bloom * (0.45 * near + 0.4 * far)
    image = lerp(image, style.palette.lit, np.clip(cover + glow, 0, 1).astype(np.float32))
    burnt = np.clip(style.bloom * 0.9 * cover * np.asarray(near) - 0.15, 0, 0.75)
    return lerp(image, (255.0, 255.0, 255.0), burnt.astype(np.float32))


def _draw_text(rng: np.random.Generator, no_digits: float) -> list[str]:
    """Two to eight places; blank ones stand before the first digit."""
    count = int(rng.integers(2, 9))
    blanks = int(rng.integers(1, count)) if rng.random() < 0.25 else 0
    places = [" "] * blanks
    for _ in range(count - blanks):
        other = rng.random() < no_digits
        places.append(str(rng.choice((*NO_DIGIT, *"?" * 8))) if other else str(rng.integers(0, 10)))
    if rng.random() < 0.65 and count > 1:
        at = int(rng.integers(blanks, count)) if blanks < count else count - 1
        places[at] += "." if at == count - 1 else str(rng.choice((".", ".", ":")))
    return places


def _varied(palette: Palette, rng: np.random.Generator) -> Palette:
    """The same colours, a little lighter, darker or tinted."""
    ground = np.array(palette.ground) * rng.uniform(0.8, 1.2) + rng.uniform(-5, 8, 3)
    lit = np.array(palette.lit) * rng.uniform(0.85, 1.0) + rng.uniform(-4, 8, 3)
    mixed = [tuple(float(value) for value in np.clip(colour, 0, 255)) for colour in (lit, ground)]
    return Palette(mixed[0], mixed[1], palette.glows)  # type: ignore[arg-type]


def _lean(style: DisplayStyle) -> float:
    return float(np.tan(np.radians(style.segments.slant_deg)))


def _fill(layer: Ink, corners: np.ndarray) -> None:
    fine = np.round(corners * SHARP * 16).astype(np.int32)
    cv2.fillPoly(layer, [fine[:, None]], 255, cv2.LINE_AA, 4)


def _taken_down(layer: Ink, size_wh: tuple[int, int]) -> Ink:
    return np.asarray(cv2.resize(layer, size_wh, interpolation=cv2.INTER_AREA), np.uint8)
