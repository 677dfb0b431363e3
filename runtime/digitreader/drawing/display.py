"""Seven-segment displays: dark on light or glowing, with unlit segments, points, blank places and what is no digit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from digitreader.drawing.lettering import SetSign, TextStyle, ink_signs, set_line, signs_on
from digitreader.drawing.scene import Scene
from digitreader.drawing.segments import (
    NO_DIGIT,
    DisplayStyle,
    draw_display_style,
    draw_nonsense,
    outline,
    segments_of,
    with_typeface,
)
from digitreader.drawing.surface import Colour, Degradation, Sign, Surface, lerp, picture_of, reading_text
from digitreader.drawing.typefaces import Typeface, displays, draw_glyph
from digitreader.values import ColourImage, Ink

SHARP = 2
"""Segments are drawn so many times larger and taken down."""


def draw_places(
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
        for segment in "abcdefg" if style.typeface is None else "":
            corners = outline(segment, style.segments) * digit_px + np.array((x, corner[1]))
            _fill_segment(lit_layer if segment in lit else unlit_layer, corners)
            hulls += [corners] if segment in lit else []
        if hulls:
            signs.append(Sign(shown, 0, np.concatenate(hulls).astype(np.float32)))
        for dots, on in _dots(place, style):
            places = [dot * digit_px + (x, corner[1]) for dot in dots]
            for dot in places if on or style.points else ():
                _fill_segment(lit_layer if on else unlit_layer, dot)
            if on:
                signs.append(Sign(place[1], 0, np.concatenate(places).astype(np.float32)))
    lit_ink, unlit_ink = _taken_down(lit_layer, size_wh), _taken_down(unlit_layer, size_wh)
    if style.typeface is not None:
        typed = _type_places(text, style, style.typeface, corner=corner, digit_px=digit_px)
        every = _type_places("8" * len(text), style, style.typeface, corner=corner, digit_px=digit_px)
        typed_ink = ink_signs(typed, size_wh)
        lit_ink = np.maximum(lit_ink, typed_ink)
        unlit_ink = np.maximum(unlit_ink, cv2.subtract(ink_signs(every, size_wh), typed_ink))
        signs += signs_on(typed, 0)
    return lit_ink, np.asarray(unlit_ink, np.uint8), sorted(signs, key=lambda sign: float(sign.hull[:, 0].min()))


def _type_places(
    text: Sequence[str], style: DisplayStyle, typeface: Typeface, *, corner: tuple[float, float], digit_px: float
) -> list[SetSign]:
    """The signs of a display that a typeface draws; it has no nonsense, so that such a place stays dark."""
    size_px = digit_px / typeface.digit_height
    first = draw_glyph(typeface, "8", size_px=size_px)
    placed = []
    for number, place in enumerate(text):
        if place[0] in "? ":
            continue
        glyph = draw_glyph(typeface, place[0], size_px=size_px)
        x = corner[0] + number * style.pitch * digit_px + glyph.left - first.left
        placed.append(SetSign(place[0], glyph.ink, round(x), round(corner[1] + first.top - glyph.top)))
    return placed


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


def _fill_segment(layer: Ink, corners: np.ndarray) -> None:
    fine = np.round(corners * SHARP * 16).astype(np.int32)
    cv2.fillPoly(layer, [fine[:, None]], 255, cv2.LINE_AA, 4)


def _taken_down(layer: Ink, size_wh: tuple[int, int]) -> Ink:
    return np.asarray(cv2.resize(layer, size_wh, interpolation=cv2.INTER_AREA), np.uint8)


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
        housing = _fill_rectangle(
            housing, (corner[0] - rim, corner[1] - rim), (end[0] + rim, end[1] + rim), (shade,) * 3
        )
    shown = _fill_rectangle(housing, corner, end, ground)
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
    setting = TextStyle(typefaces[int(rng.integers(len(typefaces)))], max(8.0, height * float(rng.uniform(0.12, 0.3))))
    signs: list[SetSign] = []
    for baseline in (corner[1] - 0.25 * height, end[1] + 0.35 * height + setting.digit_px):
        x = corner[0] + float(rng.uniform(0, 0.5)) * (end[0] - corner[0])
        more, after = set_line(str(rng.choice(UNITS)), setting, left=x, baseline=baseline)
        if after < size_wh[0] and setting.digit_px < baseline < size_wh[1] and rng.random() < 0.8:
            signs += more
    return signs


def _fill_rectangle(
    image: ColourImage, start: tuple[float, float], end: tuple[float, float], colour: Colour
) -> ColourImage:
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


OF_A_TYPEFACE = 0.4
"""This share of displays kept back is drawn with a typeface, where there are such."""


def draw_display(
    rng: np.random.Generator,
    *,
    held_out: bool,
    size_wh: tuple[int, int] = (640, 480),
    height_px: tuple[float, float] = (20.0, 160.0),
    no_digits: float = 0.12,
    typefaces: Sequence[Typeface] = (),
    degradation: Degradation | None = None,
) -> Scene:
    """Draw one picture of a display.

    Args:
        rng: where every choice comes from.
        held_out: a make that is never practised with.
        size_wh: of the picture, in pixels.
        height_px: the least and the most height of a digit.
        no_digits: the chance that a place shows a letter, a minus or nonsense instead of a digit.
        typefaces: for the print round the display, none where there are none; those that are displays themselves are
            only used for displays that are kept back.
        degradation: the most that may be wrong with the picture.
    """
    style = draw_display_style(rng, held_out=held_out)
    faces = displays(typefaces) if held_out else ()
    if faces and rng.random() < OF_A_TYPEFACE:
        style = with_typeface(style, faces[int(rng.integers(len(faces)))])
    text = draw_display_text(rng, no_digits)
    least, most = height_px
    most = max(least, min(most, 0.55 * size_wh[1], 0.8 * size_wh[0] / (2 * style.pitch)))
    digit_px = float(np.exp(rng.uniform(np.log(least), np.log(most))))
    # What does not fit is left out in front, where the blank places are
    text = text[-max(1, int((0.86 * size_wh[0] / digit_px - 0.5) / style.pitch)) :]
    print_faces = [face for face in typefaces if not face.segments]
    surface = display_surface(rng, text, style, size_wh=size_wh, digit_px=digit_px, typefaces=print_faces)
    return picture_of(surface, rng, size_wh=size_wh, degradation=degradation, fill=(0.9, 1.1))


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
    image, print_ink, printed = draw_front(
        rng, window, size_wh=size_wh, ground=style.palette.ground, typefaces=typefaces
    )
    lit, unlit, signs = draw_places(rng, text, style, size_wh=size_wh, corner=(left, top), digit_px=digit_px)
    image = _light(image, lit, unlit, style, digit_px)
    image = draw_glare(image, rng, window)
    line = 0 if any(sign.sign.isdigit() for sign in signs) else 1
    marks = tuple(replace(sign, line=line) for sign in printed)
    shown = reading_text(["".join(place[0] if place[0].isdigit() else " " for place in text)])
    return Surface(image, np.maximum(lit, print_ink), (*signs, *marks), shown)


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


def draw_display_text(rng: np.random.Generator, no_digits: float) -> list[str]:
    """What a display shows, as `display_surface` takes it: two to eight places, blank ones before the first digit."""
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


def _lean(style: DisplayStyle) -> float:
    return float(np.tan(np.radians(style.segments.slant_deg)))
