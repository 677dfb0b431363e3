"""Makes of counters: colours, windows and typefaces of their wheels, and which of them are kept for the test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from digitreader.drawing.lettering import TextStyle
from digitreader.drawing.surface import Colour, unlike
from digitreader.drawing.typefaces import Typeface


@dataclass(frozen=True, slots=True)
class WheelColours:
    """Colours of wheels: ground and digits, and the same of the last wheels."""

    ground: Colour
    digit: Colour
    last_ground: Colour
    last_digit: Colour


BLACK, WHITE, RED = (30.0, 28.0, 28.0), (228.0, 234.0, 234.0), (36.0, 32.0, 176.0)
COLOURS: Mapping[str, WheelColours] = {
    "white on black": WheelColours(BLACK, WHITE, BLACK, WHITE),
    "last red": WheelColours(BLACK, WHITE, RED, WHITE),
    "red digits": WheelColours(BLACK, WHITE, WHITE, RED),
    "black on white": WheelColours(WHITE, BLACK, WHITE, RED),
}
HELD_OUT_COLOURS: Mapping[str, WheelColours] = {
    "cream on brown": WheelColours(
        (28.0, 40.0, 58.0), (190.0, 226.0, 240.0), (190.0, 226.0, 240.0), (28.0, 40.0, 58.0)
    ),
    "white on blue": WheelColours((96.0, 48.0, 22.0), (240.0, 238.0, 232.0), RED, WHITE),
    "black on yellow": WheelColours((90.0, 205.0, 232.0), (26.0, 24.0, 24.0), RED, WHITE),
}
ANY_COLOURS, ALIKE, LEAST_CONTRAST = 0.4, 70.0, 90.0
"""This share of the makes that are learned from has any colours. None of them is nearer than this to a ground and digit
that are kept for the test; ground and digit differ by at least so much in brightness."""
FRAMES = ("single", "joined", "rounded")
HELD_OUT_FRAMES = ("octagonal",)
CORNERS = (0.04, 0.4)
"""How much of a window's shorter side its rounded or cut corners take."""
ROUNDNESS, TAPER = (2.5, 8.0), 0.15
"""The exponents of a curved outline, which is an ellipse at 2 and nearly a rectangle at the second value, and how much
wider or narrower it is at most above than in the middle."""
STRAIGHT = (0.0, 0.0)
"""The outline of a window that is not curved."""


@dataclass(frozen=True, slots=True)
class WheelStyle:
    """One make of counter; lengths in digit heights.

    Attributes:
        colours: of wheels and digits.
        frame: "single" windows, one for all wheels ("joined"), or single ones with "rounded" or cut corners
            ("octagonal") or a "curved" outline.
        corner: of a rounded or cut corner, in parts of the window's shorter side.
        outline: of a curved one, its exponent, and how much wider it is above than in the middle; else `STRAIGHT`.
        window_wh: of a wheel's window.
        gap: between two windows.
        turn: from one digit to the next on a wheel.
        shading: how dark a wheel is at its upper and lower edge, 0 to 1.
        last: so many wheels have the colours of the last.
        upwards: whether the next digit comes from below.
        setting: the digits' typeface and weight.
    """

    colours: WheelColours
    frame: str
    corner: float
    outline: tuple[float, float]
    window_wh: tuple[float, float]
    gap: float
    turn: float
    shading: float
    last: int
    upwards: bool
    setting: TextStyle


def draw_wheel_style(
    rng: np.random.Generator,
    typefaces: Sequence[Typeface],
    *,
    held_out: bool,
    digit_px: float,
    curved: float = 0.0,
) -> WheelStyle:
    """Choose a make of counter.

    Args:
        rng: where it comes from.
        typefaces: for the digits.
        held_out: one that is never practised with: its colours or its frames are kept for the test.
        digit_px: how high a digit is.
        curved: the chance of windows with a curved outline.
    """
    new = str(rng.choice(("colours", "frame"))) if held_out else ""
    upright = [face for face in typefaces if not face.italic] or list(typefaces)
    families = sorted({face.family for face in upright})
    family = families[int(rng.integers(len(families)))]
    faces = [face for face in upright if face.family == family]
    setting = TextStyle(faces[int(rng.integers(len(faces)))], digit_px)
    height = float(rng.uniform(1.3, 1.9))
    outline = _choose_outline(rng) if curved and rng.random() < curved else STRAIGHT
    return WheelStyle(
        colours=_choose_colours(rng, held_out=new == "colours"),
        frame="curved" if outline != STRAIGHT else str(rng.choice(HELD_OUT_FRAMES if new == "frame" else FRAMES)),
        corner=float(rng.uniform(*CORNERS)),
        outline=outline,
        window_wh=(float(rng.uniform(0.8, 1.15)), height),
        gap=float(rng.uniform(0.04, 0.35)),
        turn=float(np.clip(rng.uniform(0.72, 1.05) * height, 1.2, 1.7)),
        shading=float(rng.uniform(0.25, 0.85)),
        last=int(rng.choice((0, 1, 1, 2, 3))),
        upwards=bool(rng.random() < 0.7),
        setting=setting,
    )


def _choose_outline(rng: np.random.Generator) -> tuple[float, float]:
    return float(rng.uniform(*ROUNDNESS)), float(rng.uniform(-TAPER, TAPER))


def _choose_colours(rng: np.random.Generator, *, held_out: bool) -> WheelColours:
    """Colours that are kept for the test, or others: those of a common make, or any."""
    if held_out or rng.random() >= ANY_COLOURS:
        known = HELD_OUT_COLOURS if held_out else COLOURS
        return known[str(rng.choice(tuple(known)))]
    ground, digit = _any_two_colours(rng)
    return WheelColours(ground, digit, *(_any_two_colours(rng) if rng.random() < 0.5 else (digit, ground)))


def _any_two_colours(rng: np.random.Generator) -> tuple[Colour, Colour]:
    """A ground and digits on it that can be read, in none of the colours that are kept for the test."""
    kept = [(each.ground, each.digit) for each in HELD_OUT_COLOURS.values()]
    while True:
        mixed = rng.uniform(15, 240, (2, 1)) + rng.normal(0, 30, (2, 3))
        two = np.clip(mixed, 0, 255)
        if unlike(two, kept, least=ALIKE) and abs(float(two[0].mean() - two[1].mean())) >= LEAST_CONTRAST:
            ground, digit = ((float(blue), float(green), float(red)) for blue, green, red in two)
            return ground, digit
