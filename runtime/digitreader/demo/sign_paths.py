"""Signs that are drawn freely among digits, another one each time: slashes, brackets, percent signs."""

from __future__ import annotations

import numpy as np

from digitreader.demo.hand import Hand
from digitreader.demo.strokes import Path, smooth_path

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
