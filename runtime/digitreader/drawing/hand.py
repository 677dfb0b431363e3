"""One person's hand: its slant, its habits, its small irregularities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from digitreader.drawing.templates import DIGIT_TEMPLATES, KeyPoints, Path, Way, smooth_path


@dataclass(frozen=True, slots=True)
class Hand:
    """How one person writes. All lengths are in digit heights.

    Attributes:
        slant: how far the top leans to the right; negative leans left.
        width: 1.0 as in the templates, less is narrower.
        waist: how much the middle is moved down (positive) or up.
        warp: how far slow waves bend the digit's form, another way each time.
        wobble: standard deviation of the key points' places.
        tremor: standard deviation of the pen's unrest along the path.
        rounding: how far corners are worn off.
        size_jitter: standard deviation of the digits' heights.
        baseline_jitter: standard deviation of the digits' feet.
        turn_jitter: standard deviation of the digits' rotation, in radians.
        drift: how far the baseline falls per unit of length.
        spacing: the mean gap between two digits.
        pressure: how much the width of the line varies along a stroke, 0 to 1.
        ways: the person's usual way for each digit, an index into `DIGIT_TEMPLATES[digit]`.
        habit: how often the usual way is taken, 0 to 1.
    """

    slant: float = 0.08
    width: float = 1.0
    waist: float = 0.0
    warp: float = 0.02
    wobble: float = 0.010
    tremor: float = 0.003
    rounding: float = 0.012
    size_jitter: float = 0.04
    baseline_jitter: float = 0.02
    turn_jitter: float = 0.03
    drift: float = 0.0
    spacing: float = 0.2
    pressure: float = 0.15
    ways: tuple[int, ...] = (0,) * 10
    habit: float = 0.9

    @classmethod
    def random(cls, rng: np.random.Generator) -> Self:
        """Draw a person: mostly neat, mostly leaning to the right a little."""
        return cls(
            slant=float(np.clip(rng.normal(0.10, 0.13), -0.15, 0.42)),
            width=float(rng.uniform(0.82, 1.22)),
            waist=float(np.clip(rng.normal(0.0, 0.035), -0.06, 0.06)),
            warp=float(rng.uniform(0.015, 0.05)),
            wobble=float(rng.uniform(0.006, 0.018)),
            tremor=float(rng.uniform(0.001, 0.005)),
            rounding=float(rng.uniform(0.006, 0.026)),
            size_jitter=float(rng.uniform(0.02, 0.07)),
            baseline_jitter=float(rng.uniform(0.01, 0.045)),
            turn_jitter=float(rng.uniform(0.01, 0.06)),
            drift=float(rng.normal(0.0, 0.015)),
            spacing=float(rng.uniform(0.13, 0.36)),
            pressure=float(rng.uniform(0.05, 0.30)),
            ways=tuple(_choose(ways, rng) for ways in DIGIT_TEMPLATES),
            habit=float(rng.uniform(0.8, 1.0)),
        )

    def way(self, digit: int, rng: np.random.Generator) -> Way:
        """The way in which the digit is written this time."""
        ways = DIGIT_TEMPLATES[digit]
        usual = rng.random() < self.habit
        return ways[self.ways[digit] if usual else _choose(ways, rng)]


def form_paths(way: Way, hand: Hand, rng: np.random.Generator) -> list[Path]:
    """Write a template once: the pen's paths, bent by the hand and by chance.

    Returns:
        one (N, 2) path a stroke, in digit heights, the baseline at y = 1 and the left edge near x = 0.
    """
    written = [_write_stroke(stroke, hand, rng) for stroke in way.strokes]
    bends = _Bends(
        waves=rng.normal(0.0, (0.35, 0.35, hand.warp, hand.warp), (2, 4)),
        phases=rng.uniform(0.0, 2.0 * np.pi, 2),
        waist=hand.waist,
        width=hand.width * float(np.exp(rng.normal(0.0, 0.05))),
        slant=hand.slant + float(rng.normal(0.0, 0.03)),
        turn=float(rng.normal(0.0, hand.turn_jitter)),
    )
    return [_bend(path, bends) for path in written]


def _write_stroke(stroke: KeyPoints, hand: Hand, rng: np.random.Generator) -> Path:
    points = np.array(stroke, dtype=np.float64)
    jitter = rng.normal(0.0, hand.wobble, points.shape)
    corners = 1 + np.flatnonzero(np.all(points[1:] == points[:-1], axis=1))
    jitter[corners] = jitter[corners - 1]  # both copies of a corner must stay equal
    path = _wear(smooth_path(points + jitter), hand.rounding)
    return path + _tremor(len(path), hand.tremor, rng)


def _wear(path: Path, rounding: float, *, step: float = 0.012) -> Path:
    """Round the corners; the ends stay where they are, since the path is mirrored through them."""
    reach = min(round(rounding / step), len(path) - 1)
    if reach < 1:
        return path
    window = np.hanning(2 * reach + 3)[1:-1]
    padded = np.pad(path, ((reach, reach), (0, 0)), mode="reflect", reflect_type="odd")
    return np.stack([np.convolve(padded[:, axis], window / window.sum(), "valid") for axis in (0, 1)], axis=1)


def _tremor(count: int, sigma: float, rng: np.random.Generator) -> Path:
    """Slow sideways unrest: noise whose waves are about a tenth of a digit long."""
    knots = rng.normal(0.0, sigma, (count // 8 + 3, 2))
    along = np.linspace(0, len(knots) - 1, count)
    return np.stack([np.interp(along, np.arange(len(knots)), knots[:, axis]) for axis in (0, 1)], axis=1)


@dataclass(frozen=True, slots=True, eq=False)
class _Bends:
    """What is done to a whole character, so that its strokes stay together.

    Attributes:
        waves: (W, 4), each wave's frequency in x and y and its reach in x and y.
    """

    waves: npt.NDArray[np.float64]
    phases: npt.NDArray[np.float64]
    waist: float
    width: float
    slant: float
    turn: float


def _bend(path: Path, bends: _Bends) -> Path:
    swing = np.sin(2.0 * np.pi * path @ bends.waves[:, :2].T + bends.phases) - np.sin(bends.phases)
    x, y = (path + swing @ bends.waves[:, 2:]).T
    y = y + bends.waist * np.sin(np.pi * np.clip(y, 0.0, 1.0))
    x = x * bends.width + bends.slant * (1.0 - y)
    cos, sin = np.cos(bends.turn), np.sin(bends.turn)
    return np.stack([cos * x - sin * (y - 1.0), 1.0 + sin * x + cos * (y - 1.0)], axis=1)


def _choose(ways: tuple[Way, ...], rng: np.random.Generator) -> int:
    shares = np.array([way.share for way in ways])
    return int(rng.choice(len(ways), p=shares / shares.sum()))


SIGNS: tuple[str, ...] = ("/", "(", ")", "%")
SLASH_HEIGHT, SLASH_LEAN_DEG = (0.9, 1.6), (10.0, 45.0)
"""How high a slash is, in digit heights, and how much further than the hand it leans."""
BRACKET_HEIGHT, BRACKET_BOW = (1.05, 1.6), (0.08, 0.28)
RING = 0.16
"""The radius of the rings of a percent sign."""


def draw_sign_paths(sign: str, hand: Hand, rng: np.random.Generator) -> list[Path]:
    """Draw the paths of a sign.

    Args:
        sign: one of `SIGNS`.
        hand: whose slant it has.
        rng: where this time's form comes from.

    Returns:
        (N, 2) paths in digit heights, as `form_paths` gives them.
    """
    if sign == "/":
        return [_slash(hand, rng)]
    if sign == "%":
        return _percent(hand, rng)
    return [_bracket(hand, rng, side=-1 if sign == "(" else 1)]


def _slash(hand: Hand, rng: np.random.Generator) -> Path:
    high, lean = rng.uniform(*SLASH_HEIGHT), np.tan(np.radians(rng.uniform(*SLASH_LEAN_DEG)))
    foot = 1.0 + rng.uniform(0.2, 0.7) * (high - 1.0) + rng.normal(0.0, 0.03)
    along, bow = np.linspace(0.0, 1.0, 5), rng.normal(0.0, 0.03)
    x = high * (hand.slant + lean) * (1.0 - along) + 4 * bow * along * (1.0 - along)
    return smooth_path(np.stack([x, foot - high * (1.0 - along)], axis=1))


def _bracket(hand: Hand, rng: np.random.Generator, *, side: int) -> Path:
    high, bow = rng.uniform(*BRACKET_HEIGHT), rng.uniform(*BRACKET_BOW)
    foot = 1.0 + rng.uniform(0.3, 0.7) * (high - 1.0) + rng.normal(0.0, 0.03)
    along = np.linspace(0.0, 1.0, 7)
    x = high * hand.slant * (1.0 - along) + side * 4 * bow * along * (1.0 - along) + rng.normal(0.0, 0.008, 7)
    return smooth_path(np.stack([x - x.min(), foot - high * (1.0 - along)], axis=1))


def _percent(hand: Hand, rng: np.random.Generator) -> list[Path]:
    lean = hand.slant + float(rng.uniform(0.35, 0.6))
    slash = smooth_path(
        np.array([(0.1 + lean, 0.0), (0.1 + lean / 2, 0.5), (0.1, 1.0)]) + rng.normal(0.0, 0.015, (3, 2))
    )
    return [slash, _ring(rng, 0.12 + hand.slant * 0.7, 0.25), _ring(rng, 0.15 + lean, 0.78)]


def _ring(rng: np.random.Generator, x: float, y: float) -> Path:
    turn = np.linspace(0.0, 2 * np.pi, 9) + rng.uniform(0.0, 2 * np.pi)
    radius = RING * np.exp(rng.normal(0.0, 0.1, 9))
    radius[-1] = radius[0]
    return smooth_path(np.stack([x + radius * np.cos(turn), y + radius * np.sin(turn)], axis=1))
