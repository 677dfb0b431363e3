"""Golden glyphs: drawn digits, and marks that are none, with the exact answers that a model must give to them."""

from __future__ import annotations

import numpy as np

from digitreader.demo import write_glyph, write_mark
from digitreader.model.card import Golden, pack_glyph
from digitreader.model.engine import Engine
from digitreader.normalise import normalise_glyph
from digitreader.values import Glyphs

SEED = 28
MARKS = ("x", "A", "+", "scribble")
FLOAT_DECIMALS = 3


def draw_golden_glyphs() -> tuple[tuple[str, ...], Glyphs]:
    """Draw the ten digits and four marks, the same ones each time.

    Returns:
        what each shows, and (14, 28, 28) uint8.
    """
    rng = np.random.default_rng(SEED)
    inks = [write_glyph(digit, rng) for digit in range(10)] + [write_mark(mark, rng) for mark in MARKS]
    shows = (*(str(digit) for digit in range(10)), *MARKS)
    return shows, np.stack([normalise_glyph(ink) for ink in inks])


def golden_answers(engine: Engine) -> tuple[Golden, ...]:
    """Let the engine answer the golden glyphs."""
    shows, glyphs = draw_golden_glyphs()
    rows = np.round(engine.integers(glyphs).astype(np.float64), FLOAT_DECIMALS).tolist()
    whole = engine.output.dtype != "float32"
    return tuple(
        Golden(show, pack_glyph(glyph), tuple(int(number) if whole else number for number in row))
        for show, glyph, row in zip(shows, glyphs, rows, strict=True)
    )
