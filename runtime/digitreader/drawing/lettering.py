"""Lines of print: signs set in a typeface, as a layer of ink."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.drawing.surface import Sign, rectangle_hull
from digitreader.drawing.typefaces import Typeface, TypefaceGlyph, draw_glyph
from digitreader.values import Ink

Layer = npt.NDArray[np.uint8]
"""(H, W) uint8, ink white on black."""


@dataclass(frozen=True, slots=True)
class TextStyle:
    """How signs are set.

    Attributes:
        typeface: with which.
        digit_px: how high a 0 is.
        spacing: added after each sign, in digit heights.
        zero: "plain", "slashed" or "dotted".
        heavier_px: strokes are so much wider on each side, in whole pixels; negative ones are finer.
    """

    typeface: Typeface
    digit_px: float
    spacing: float = 0.0
    zero: str = "plain"
    heavier_px: int = 0

    @property
    def size_px(self) -> float:
        """What size the typeface is asked for in."""
        return self.digit_px / self.typeface.digit_height


@dataclass(frozen=True, slots=True, eq=False)
class SetSign:
    """A sign in its place: x of its left edge, y of its top, in pixels of the layer."""

    sign: str
    ink: Ink
    x: int
    y: int


def set_line(text: str, setting: TextStyle, *, left: float, baseline: float) -> tuple[list[SetSign], float]:
    """Set a line.

    Returns:
        What of it has ink, and x behind its last sign.
    """
    x, signs = left, []
    for sign in text:
        glyph = _glyph(sign, setting)
        if glyph.ink.size:
            signs.append(SetSign(sign, glyph.ink, round(x) + glyph.left, round(baseline) - glyph.top))
        x += glyph.advance + setting.spacing * setting.digit_px
    return signs, x


def ink_signs(signs: Sequence[SetSign], size_wh: tuple[int, int]) -> Layer:
    """The ink of signs on an empty layer; what lies beyond it is cut off."""
    layer = np.zeros((size_wh[1], size_wh[0]), np.uint8)
    for each in signs:
        ink_over(layer, each.ink, (each.x, each.y))
    return layer


def ink_over(layer: Layer, ink: Ink, corner_xy: tuple[int, int]) -> None:
    """Put ink onto a layer, which it changes; what lies beyond it is cut off.

    Args:
        layer: (H, W) uint8.
        ink: (h, w) uint8.
        corner_xy: where in the layer its upper left corner comes, in pixels.
    """
    left, top = max(corner_xy[0], 0), max(corner_xy[1], 0)
    seen = ink[top - corner_xy[1] :, left - corner_xy[0] :]
    part = layer[top : top + seen.shape[0], left : left + seen.shape[1]]
    np.maximum(part, seen[: part.shape[0], : part.shape[1]], out=part)


def signs_on(signs: Sequence[SetSign], line: int) -> list[Sign]:
    """Where set signs stand."""
    return [
        Sign(each.sign, line, rectangle_hull(each.x, each.y, each.ink.shape[1], each.ink.shape[0])) for each in signs
    ]


def _glyph(sign: str, setting: TextStyle) -> TypefaceGlyph:
    glyph = draw_glyph(setting.typeface, sign, size_px=setting.size_px)
    if not glyph.ink.size:
        return glyph
    if sign == "0" and setting.zero != "plain":
        glyph = replace(glyph, ink=mark_zero(glyph.ink, dotted=setting.zero == "dotted"))
    return _heavier(glyph, setting.heavier_px) if setting.heavier_px else glyph


def _heavier(glyph: TypefaceGlyph, by_px: int) -> TypefaceGlyph:
    """Wider or finer strokes; unchanged where finer ones would vanish."""
    if by_px > 0:
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * by_px + 1, 2 * by_px + 1))
        padded = cv2.copyMakeBorder(glyph.ink, by_px, by_px, by_px, by_px, cv2.BORDER_CONSTANT, value=0)
        ink = np.asarray(cv2.dilate(padded, kernel), np.uint8)
        return TypefaceGlyph(ink, glyph.left - by_px, glyph.top + by_px, glyph.advance + by_px)
    thin = cv2.erode(glyph.ink, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (1 - 2 * by_px, 1 - 2 * by_px)))
    return replace(glyph, ink=np.asarray(thin, np.uint8)) if thin.sum() > 0.45 * glyph.ink.sum() else glyph


def mark_zero(ink: Ink, *, dotted: bool) -> Ink:
    """Draw a slash through or a dot into a 0, in the width of its stroke; unchanged where its middle is not empty.

    Args:
        ink: (h, w) uint8, a 0 cut to its ink, white on black.
        dotted: a dot, else a slash.
    """
    height, width = ink.shape
    middle = ink[height // 2]
    inner = np.flatnonzero(middle < 64)
    if not inner.size or middle[2 * width // 5 : 3 * width // 5 + 1].max(initial=0) > 64:
        return ink
    stroke = max(1.0, float((middle > 127).sum()) / 2)
    room = float(inner.size)
    marked = ink.copy()
    if dotted:
        radius = min(max(0.6, 0.6 * stroke), 0.36 * room)
        _fill(marked, lambda canvas, scale: cv2.ellipse(
            canvas, (round(width / 2 * scale), round(height / 2 * scale)),
            (max(1, round(radius * scale)), max(1, round(1.5 * radius * scale))), 0, 0, 360, 255, cv2.FILLED,
        ))  # fmt: skip
        return marked
    line = max(1.0, min(0.7 * stroke, 0.4 * room))
    start, end = (0.5 * stroke, 0.8 * height), (width - 0.5 * stroke, 0.2 * height)
    _fill(marked, lambda canvas, scale: cv2.line(
        canvas, (round(start[0] * scale), round(start[1] * scale)), (round(end[0] * scale), round(end[1] * scale)), 255,
        max(1, round(line * scale)),
    ))  # fmt: skip
    return marked


def _fill(ink: Ink, draw: object, scale: int = 8) -> None:
    """Draw in a larger canvas and take it down, so that edges are soft."""
    canvas = np.zeros((ink.shape[0] * scale, ink.shape[1] * scale), np.uint8)
    draw(canvas, scale)  # type: ignore[operator]
    small = cv2.resize(canvas, (ink.shape[1], ink.shape[0]), interpolation=cv2.INTER_AREA)
    np.maximum(ink, small, out=ink)
