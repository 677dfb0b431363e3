"""Writing one character: a digit, or a mark that is none."""

from __future__ import annotations

import numpy as np

from digitreader.demo.digit_ways import DIGIT_WAYS
from digitreader.demo.free_marks import draw_free_paths
from digitreader.demo.hand import Hand, form_paths
from digitreader.demo.mark_ways import FREE_MARKS, MARK_WAYS
from digitreader.demo.pen import PENS, Pen, draw_ink
from digitreader.demo.sign_paths import SIGNS, draw_sign_paths
from digitreader.demo.strokes import Path
from digitreader.errors import UsageError
from digitreader.values import Ink


def write_glyph(
    digit: int,
    rng: np.random.Generator,
    hand: Hand | None = None,
    *,
    pen: Pen = PENS["felt"],
    height_px: float = 64.0,
) -> Ink:
    """Write one digit.

    Args:
        digit: 0 to 9.
        rng: where this time's form comes from.
        hand: whose hand; without one, another person writes each time.
        pen: what writes.
        height_px: how high the digit is, about.

    Returns:
        (h, w) uint8, white ink on black, an empty margin of at least one pixel round it.

    Raises:
        UsageError: no such digit.
    """
    hand = hand or Hand.random(rng)
    return draw_ink(digit_paths(digit, hand, rng), pen, rng, height_px=height_px, pressure=hand.pressure)[0]


def write_mark(
    kind: str,
    rng: np.random.Generator,
    hand: Hand | None = None,
    *,
    pen: Pen = PENS["felt"],
    height_px: float = 64.0,
) -> Ink:
    """Write something that is not a digit.

    Args:
        kind: a key of `MARK_WAYS` (letters, operators, dots), or one of `SIGNS` or `FREE_MARKS`.
        rng: where this time's form comes from.
        hand: whose hand; without one, another person writes each time.
        pen: what writes.
        height_px: how high a digit would be, about.

    Returns:
        as `write_glyph`.

    Raises:
        UsageError: no such mark.
    """
    hand = hand or Hand.random(rng)
    return draw_ink(mark_paths(kind, hand, rng), pen, rng, height_px=height_px, pressure=hand.pressure)[0]


def digit_paths(digit: int, hand: Hand, rng: np.random.Generator) -> list[Path]:
    """The pen's paths for a digit written once, as `form_paths` gives them."""
    if digit not in range(len(DIGIT_WAYS)):
        raise UsageError(f"{digit!r} cannot be written as a digit; give one of 0 to 9")
    return form_paths(hand.way(digit, rng), hand, rng)


def mark_paths(kind: str, hand: Hand, rng: np.random.Generator) -> list[Path]:
    """The pen's paths for a mark drawn once, as `form_paths` gives them."""
    if kind in MARK_WAYS:
        return form_paths(MARK_WAYS[kind], hand, rng)
    if kind in SIGNS:
        return draw_sign_paths(kind, hand, rng)
    if kind in FREE_MARKS:
        return draw_free_paths(kind, rng)
    known = " ".join([*MARK_WAYS, *SIGNS, *FREE_MARKS])
    raise UsageError(f"{kind!r} cannot be written; known are the digits and {known}")
