"""What a display shows: lit and unlit segments, points and colons, place by place."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from digitreader.drawing.display_style import DisplayStyle
from digitreader.drawing.lettering import SetSign, ink_signs, signs_on
from digitreader.drawing.segments import NO_DIGIT, draw_nonsense, outline, segments_of
from digitreader.drawing.surface import Sign
from digitreader.drawing.typeface import Typeface, draw_glyph
from digitreader.values import Ink

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


def _fill(layer: Ink, corners: np.ndarray) -> None:
    fine = np.round(corners * SHARP * 16).astype(np.int32)
    cv2.fillPoly(layer, [fine[:, None]], 255, cv2.LINE_AA, 4)


def _taken_down(layer: Ink, size_wh: tuple[int, int]) -> Ink:
    return np.asarray(cv2.resize(layer, size_wh, interpolation=cv2.INTER_AREA), np.uint8)
