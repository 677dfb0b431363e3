"""Kinds of lines in which signs and letters stand among digits, and lines of sloping 1s without any."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from digitreader.demo import MARK_WAYS, Scene
from digitreader.score.finding.compose import (
    choose_pen,
    empty_paper,
    page_of,
    photographed,
    straight_hand,
    write_to_fit,
)

SIZE_WH = (640, 480)
LINES = 3
ROOM_WH = (540, 130)
LETTERS = tuple(sorted(character for character in MARK_WAYS if character.isalpha() and character != "x"))
SLASHED = ("dd/dd", "d/dd", "d/d", "dd/dd/dddd", "dddd/dd", "d/d d/d", "d d/d")
SIGNED = (
    "(dd)", "dd:dd", "dd.dd", "d,dd", "d-d)+d", "dd-dd", "d+d=d", "dxd=dd", "dd%", "(d+d)xd", "dd.dd.dddd", "d,ddd",
    "-dd", "d-d", "(d-d)+d", "ddd,dd", "dd:dd:dd", "(d)", "dd=d+d", "ddd-ddd", "d.d", "dd x d", "d - d",
)  # fmt: skip
WORDED = ("l dd l d", "lll dd", "dd ll", "ldd", "ddl", "lll ddd lll", "l-ddd", "dd lll d", "ll dd ll d", "lllll d")
PLAIN = ("dd", "ddd", "d", "dddd", "ddddd", "dd dd", "d d", "ddd ddd")
ONE_SHARE, SEVEN_SHARE = 0.15, 0.05
"""How many more digits are a 1 or a 7 than by chance; in lines of 1s, as the second of each pair there."""
ONES, SEVENS = 0.7, 0.15
STEEPEST = 0.6
"""The furthest that a hand of sloping 1s leans to the right, in digit heights."""


def slashes(rng: np.random.Generator) -> Scene:
    """Three lines of dates and fractions with slashes between the digits."""
    return _lines(SLASHED, rng)


def signs(rng: np.random.Generator) -> Scene:
    """Three lines of sums, times, prices and the like: brackets, operators, dots, commas, colons, percent signs."""
    return _lines(SIGNED, rng)


def words_and_digits(rng: np.random.Generator) -> Scene:
    """Three lines of digits with letters and short words before, between and behind them."""
    return _lines(WORDED, rng)


def ones(rng: np.random.Generator) -> Scene:
    """Three lines of digits alone, mostly 1s, in upright and in sloping hands."""
    return _lines(PLAIN, rng, one=ONES, seven=SEVENS, slant=float(rng.uniform(-0.15, STEEPEST)))


def _lines(
    patterns: Sequence[str],
    rng: np.random.Generator,
    *,
    one: float = ONE_SHARE,
    seven: float = SEVEN_SHARE,
    slant: float | None = None,
) -> Scene:
    pen, hand = choose_pen(rng, "felt", "gel", "blue", "ballpoint", "marker"), straight_hand(rng)
    hand = hand if slant is None else replace(hand, slant=slant)
    height_px = float(rng.uniform(28, 72))
    texts = [text_of(str(rng.choice(patterns)), rng, one, seven) for _ in range(LINES)]
    writings = [write_to_fit(text, rng, hand, pen=pen, height_px=height_px, most_wh=ROOM_WH) for text in texts]
    image = empty_paper(str(rng.choice(("white", "cream", "gray"))), rng, size_wh=SIZE_WH, digit_px=height_px)
    pitch_px = height_px * float(rng.uniform(1.8, 2.2))
    return photographed(page_of(writings, rng, image=image, pen=pen, pitch_px=pitch_px), rng, size_wh=SIZE_WH)


def text_of(pattern: str, rng: np.random.Generator, one: float, seven: float) -> str:
    """A pattern with a digit for each d, and a letter for each l."""
    return "".join(_character(place, rng, one, seven) for place in pattern)


def _character(place: str, rng: np.random.Generator, one: float, seven: float) -> str:
    if place == "l":
        return str(rng.choice(LETTERS))
    if place != "d":
        return place
    chance = rng.random()
    return "1" if chance < one else "7" if chance < one + seven else str(rng.integers(0, 10))
