"""Makes of seven-segment displays: forms, colours, unlit segments, points; some are kept back for the test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from digitreader.drawing.segments import FORMS, HELD_BACK_FORMS, SegmentStyle, draw_segment_style
from digitreader.drawing.surface import Colour
from digitreader.drawing.typeface import Typeface, draw_glyph


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
        typeface: draws the segments, in place of `segments`, which then says only how much room they take.
    """

    segments: SegmentStyle
    palette: Palette
    unlit: float
    pitch: float
    tails: tuple[bool, bool, bool]
    bloom: float
    points: bool
    typeface: Typeface | None = None


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


def with_typeface(style: DisplayStyle, typeface: Typeface) -> DisplayStyle:
    """The same make, whose segments a typeface draws."""
    width = draw_glyph(typeface, "8", size_px=100 / typeface.digit_height).ink.shape[1] / 100
    segments = replace(style.segments, width=width, slant_deg=0.0)
    return replace(style, segments=segments, pitch=style.pitch - style.segments.width + width, typeface=typeface)


def _varied(palette: Palette, rng: np.random.Generator) -> Palette:
    """The same colours, a little lighter, darker or tinted."""
    ground = np.array(palette.ground) * rng.uniform(0.8, 1.2) + rng.uniform(-5, 8, 3)
    lit = np.array(palette.lit) * rng.uniform(0.85, 1.0) + rng.uniform(-4, 8, 3)
    mixed = [tuple(float(value) for value in np.clip(colour, 0, 255)) for colour in (lit, ground)]
    return Palette(mixed[0], mixed[1], palette.glows)  # type: ignore[arg-type]
