"""Seven segments: which are lit for what, their outlines, and makes of displays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from digitreader.drawing.surface import Colour, unlike
from digitreader.drawing.typefaces import Typeface, draw_glyph

Outline = npt.NDArray[np.float32]
"""(N, 2) float32, corners (x, y) in digit heights: (0, 0) is the upper left of an upright digit, y = 1 its foot."""

DIGIT_SEGMENTS = ("abcdef", "bc", "abged", "abgcd", "fgbc", "afgcd", "afgedc", "abc", "abcdefg", "abcdfg")
"""By digit; a is the top, b to f follow clockwise, g is the middle."""
WITHOUT_TAIL: Mapping[int, str] = {6: "fgedc", 9: "abfgc"}
"""A 6 without its top, a 9 without its foot."""
WITH_HOOK = "abcf"
"""A 7 with a stroke down at its left."""
NO_DIGIT: Mapping[str, str] = {
    "E": "adefg", "H": "bcefg", "L": "def", "P": "abefg", "F": "aefg", "C": "adef", "U": "bcdef", "A": "abcefg",
    "d": "bcdeg", "n": "ceg", "r": "eg", "t": "defg", "c": "deg", "h": "cefg", "-": "g", "_": "d",
    "=": "dg", "J": "bcde",
}  # fmt: skip
"""Letters and signs of displays, by what they are called."""
LOOKS_LIKE_DIGIT = frozenset(
    frozenset(lit) for lit in (*DIGIT_SEGMENTS, *WITHOUT_TAIL.values(), WITH_HOOK, "ef", "b", "c", "e", "f", "ac", "ab")
)
"""Never drawn as nonsense: digits, and what may be a 1."""
FORMS = ("chamfered", "rectangle", "rounded")
HELD_OUT_FORMS = ("trapezoid", "pointed")

THICKEST: Mapping[str, float] = {
    "chamfered": 0.17, "rectangle": 0.17, "rounded": 0.13, "trapezoid": 0.17, "pointed": 0.13,
}  # fmt: skip
"""In digit heights; thicker ones of some forms would fall apart into blocks."""
TIPS, BLUNT = (0.35, 1.2), (0.0, 0.6)
"""How far the tip of a chamfered segment reaches, and how blunt it is, in half thicknesses."""
POINTED_TIP = 1.6


@dataclass(frozen=True, slots=True)
class SegmentStyle:
    """How segments are formed; lengths in digit heights.

    Attributes:
        form: one of `FORMS` or `HELD_OUT_FORMS`.
        width: of a digit.
        thickness: of a segment.
        gap: between two segments that meet.
        slant_deg: how far digits lean to the right.
        tip: how far the tips of chamfered and pointed segments reach, in half thicknesses.
        blunt: how blunt those tips are, likewise.
    """

    form: str
    width: float
    thickness: float
    gap: float
    slant_deg: float
    tip: float
    blunt: float


def draw_segment_style(rng: np.random.Generator, *, form: str) -> SegmentStyle:
    """A style of a form, all else by chance."""
    thickness = float(rng.uniform(0.07, THICKEST[form]))
    slant = 0.0 if rng.random() < 0.35 else float(rng.uniform(3, 15))
    is_chamfered = form == "chamfered"
    return SegmentStyle(
        form,
        width=float(rng.uniform(0.44, 0.68)),
        thickness=thickness,
        gap=float(rng.uniform(0.04, 0.45)) * thickness,
        slant_deg=slant,
        tip=float(rng.uniform(*TIPS)) if is_chamfered else POINTED_TIP,
        blunt=float(rng.uniform(*BLUNT)) if is_chamfered else 0.0,
    )


def segments_of(digit: int, *, tails: tuple[bool, bool, bool]) -> str:
    """The lit segments of a digit.

    Args:
        digit: 0 to 9.
        tails: whether this display's 6 and 9 have tails, and its 7 a hook.
    """
    if digit in WITHOUT_TAIL and not tails[0 if digit == 6 else 1]:
        return WITHOUT_TAIL[digit]
    return WITH_HOOK if digit == 7 and tails[2] else DIGIT_SEGMENTS[digit]


def draw_nonsense(rng: np.random.Generator) -> str:
    """Segments lit together that are neither a digit nor one with a part missing that one would still read."""
    while True:
        lit = frozenset(segment for segment in "abcdefg" if rng.random() < 0.45)
        if len(lit) >= 2 and lit not in LOOKS_LIKE_DIGIT:
            return "".join(sorted(lit))


def outline(segment: str, style: SegmentStyle) -> Outline:
    """The outline of a segment, slanted.

    Args:
        segment: "a" to "g".
        style: how it is formed.

    Returns:
        Its corners; the digit's foot stays where it is and its top moves to the right.
    """
    corners = _upright(segment, style)
    shift = np.tan(np.radians(style.slant_deg)) * (1.0 - corners[:, 1])
    return np.asarray(np.column_stack([corners[:, 0] + shift, corners[:, 1]]), np.float32)


def _upright(segment: str, style: SegmentStyle) -> Outline:
    half, width = style.thickness / 2, style.width
    left, right = half, width - half
    if segment in "adg":
        y = {"a": half, "g": 0.5, "d": 1 - half}[segment]
        along = _bar(right - left, style, side={"a": -1, "d": 1}.get(segment, 0))
        return np.asarray(np.add(along, (left, y)), np.float32)
    x, side = (left, -1) if segment in "ef" else (right, 1)
    top, foot = (half, 0.5) if segment in "bf" else (0.5, 1 - half)
    along = _bar(foot - top, style, side=side, upper=segment in "bf")
    return np.asarray(np.add(along[:, ::-1], (x, top)), np.float32)


def _bar(length: float, style: SegmentStyle, *, side: int, upper: bool | None = None) -> Outline:
    """A bar along x from the middle of one joint to the middle of the next.

    Args:
        length: between the two joints.
        style: how it is formed.
        side: -1 or 1 where y < 0 or y > 0 is the digit's outside; 0 for the middle one.
        upper: whether an upright bar is an upper one; its other end meets the middle.
    """
    half, gap = style.thickness / 2, style.gap * 0.7
    start, end = gap, length - gap
    if style.form == "rectangle":
        # Upright bars reach the digit's upper and lower edge; the others lie between them
        near = -half if upper is True else start if upper is False else start + half
        far = length + half if upper is False else end if upper is True else end - half
        return np.array([(near, -half), (far, -half), (far, half), (near, half)])
    if style.form == "rounded":
        turn = np.linspace(np.pi / 2, 3 * np.pi / 2, 9)
        ends = np.column_stack([np.cos(turn), np.sin(turn)]) * half
        return np.concatenate([np.add(ends, (start + half, 0)), np.subtract((end - half, 0), ends)])
    if style.form == "trapezoid" and side:
        # Mitred on the outside, where two outer bars meet; chamfered where one meets the middle
        at_start = -half if upper is not False else half
        at_end = -half if upper is not True else half
        outer, inner = side * half, -side * half
        first = [(start + at_start, outer), (start + half, inner)] if at_start < 0 else _tip(start, half, side, 1)
        last = [(end - half, inner), (end - at_end, outer)] if at_end < 0 else _tip(end, half, side, -1)
        return np.array(first + last)
    reach, cut = half * style.tip, half * style.blunt
    return np.array([
        (start, -cut), (start + reach, -half), (end - reach, -half), (end, -cut),
        (end, cut), (end - reach, half), (start + reach, half), (start, cut),
    ])  # fmt: skip


def _tip(place: float, half: float, side: int, direction: int) -> list[tuple[float, float]]:
    """The end of an outer bar at the middle one: pointed towards the digit's outside."""
    outer, inner = side * half, -side * half
    tip = [(place, outer), (place, outer * 0.4), (place + direction * half, inner)]
    return tip if direction > 0 else tip[::-1]


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
HELD_OUT_PALETTES: Mapping[str, Palette] = {
    "lcd-blue": Palette((245, 238, 228), (150, 60, 20), glows=False),
    "lcd-yellow": Palette((34, 40, 40), (60, 190, 205), glows=False),
    "led-blue": Palette((255, 130, 40), (24, 10, 8), glows=True),
    "led-white": Palette((255, 246, 236), (18, 16, 16), glows=True),
}


ANY_COLOURS, ALIKE, LEAST_CONTRAST = 0.4, 60.0, 80.0
"""This share of the makes that are learned from has any colours. None of them is nearer than this to a palette that is
kept for the test; in one channel lit segments and ground differ by at least so much."""


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


def draw_display_style(rng: np.random.Generator, *, held_out: bool) -> DisplayStyle:
    """Choose a make of display.

    Args:
        rng: where it comes from.
        held_out: one that is never practised with: its form or its colours, or both, are kept for the test.
    """
    forms: tuple[str, ...] = FORMS
    palettes = dict(PALETTES)
    if held_out:
        new = str(rng.choice(("form", "palette", "both")))
        forms = FORMS if new == "palette" else HELD_OUT_FORMS
        palettes = dict(PALETTES if new == "form" else HELD_OUT_PALETTES)
    segments = draw_segment_style(rng, form=str(rng.choice(forms)))
    if not held_out and rng.random() < ANY_COLOURS:
        palette = _any_palette(rng)
    else:
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


def _any_palette(rng: np.random.Generator) -> Palette:
    """Any colours that can be told apart: lit segments that glow on a dark ground, or darker or lighter ones on any."""
    kept = [(each.lit, each.ground) for each in HELD_OUT_PALETTES.values()]
    while True:
        glows = bool(rng.random() < 0.4)
        ground = rng.uniform(5, 45) + rng.normal(0, 6, 3) if glows else rng.uniform(20, 235) + rng.normal(0, 25, 3)
        lit = rng.uniform(30, 255, 3) if glows else rng.uniform(20, 235) + rng.normal(0, 25, 3)
        two = np.clip([lit, ground], 0, 255)
        if unlike(two, kept, least=ALIKE) and np.abs(two[0] - two[1]).max() >= LEAST_CONTRAST:
            mixed = [(float(blue), float(green), float(red)) for blue, green, red in two]
            return Palette(mixed[0], mixed[1], glows)


def _varied(palette: Palette, rng: np.random.Generator) -> Palette:
    """The same colours, a little lighter, darker or tinted."""
    ground = np.array(palette.ground) * rng.uniform(0.8, 1.2) + rng.uniform(-5, 8, 3)
    lit = np.array(palette.lit) * rng.uniform(0.85, 1.0) + rng.uniform(-4, 8, 3)
    mixed = [tuple(float(value) for value in np.clip(colour, 0, 255)) for colour in (lit, ground)]
    return Palette(mixed[0], mixed[1], palette.glows)  # type: ignore[arg-type]
