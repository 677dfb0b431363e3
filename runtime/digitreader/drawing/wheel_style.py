"""Makes of counters: colours, frames, windows, typefaces; some are kept back for the test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from digitreader.drawing.lettering import Setting
from digitreader.drawing.surface import Colour
from digitreader.drawing.typeface import Typeface


@dataclass(frozen=True, slots=True)
class WheelColours:
    """Colours of wheels: ground and digits, and the same of the last wheels."""

    ground: Colour
    digit: Colour
    last_ground: Colour
    last_digit: Colour


BLACK, WHITE, RED = (30.0, 28.0, 28.0), (228.0, 234.0, 234.0), (36.0, 32.0, 176.0)
BROWN, CREAM = (28.0, 40.0, 58.0), (190.0, 226.0, 240.0)
COLOURS: Mapping[str, WheelColours] = {
    "white on black": WheelColours(BLACK, WHITE, BLACK, WHITE),
    "last red": WheelColours(BLACK, WHITE, RED, WHITE),
    "red digits": WheelColours(BLACK, WHITE, WHITE, RED),
    "black on white": WheelColours(WHITE, BLACK, WHITE, RED),
}
HELD_BACK_COLOURS: Mapping[str, WheelColours] = {
    "cream on brown": WheelColours(
        (28.0, 40.0, 58.0), (190.0, 226.0, 240.0), (190.0, 226.0, 240.0), (28.0, 40.0, 58.0)
    ),
    "white on blue": WheelColours((96.0, 48.0, 22.0), (240.0, 238.0, 232.0), RED, WHITE),
    "black on yellow": WheelColours((90.0, 205.0, 232.0), (26.0, 24.0, 24.0), RED, WHITE),
}
FRAMES = ("single", "joined")
HELD_BACK_FRAMES = ("rounded",)


@dataclass(frozen=True, slots=True)
class WheelStyle:
    """One make of counter; lengths in digit heights.

    Attributes:
        colours: of wheels and digits.
        frame: "single" windows, one for all wheels ("joined"), or "rounded" single ones.
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
    window_wh: tuple[float, float]
    gap: float
    turn: float
    shading: float
    last: int
    upwards: bool
    setting: Setting


def draw_wheel_style(
    rng: np.random.Generator, typefaces: Sequence[Typeface], *, held_back: bool, digit_px: float
) -> WheelStyle:
    """Choose a make of counter.

    Args:
        rng: where it comes from.
        typefaces: for the digits.
        held_back: one that is never practised with: its colours or its frames are kept for the test.
        digit_px: how high a digit is.
    """
    new = str(rng.choice(("colours", "frame"))) if held_back else ""
    colours = HELD_BACK_COLOURS if new == "colours" else COLOURS
    frames = HELD_BACK_FRAMES if new == "frame" else FRAMES
    upright = [face for face in typefaces if not face.italic] or list(typefaces)
    families = sorted({face.family for face in upright})
    family = families[int(rng.integers(len(families)))]
    faces = [face for face in upright if face.family == family]
    setting = Setting(faces[int(rng.integers(len(faces)))], digit_px)
    height = float(rng.uniform(1.3, 1.9))
    return WheelStyle(
        colours=colours[str(rng.choice(tuple(colours)))],
        frame=str(rng.choice(frames)),
        window_wh=(float(rng.uniform(0.8, 1.15)), height),
        gap=float(rng.uniform(0.04, 0.35)),
        turn=float(np.clip(rng.uniform(0.72, 1.05) * height, 1.2, 1.7)),
        shading=float(rng.uniform(0.25, 0.85)),
        last=int(rng.choice((0, 1, 1, 2, 3))),
        upwards=bool(rng.random() < 0.7),
        setting=setting,
    )
