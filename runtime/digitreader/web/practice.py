"""A small set of drawn digits on which a browser can train the network for a minute."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from digitreader.drawing.writing import write_glyph
from digitreader.model.glyph.normalise import normalise_glyph
from digitreader.values import Glyph

DIGITS, SEED, HEIGHT_PX = 1200, 5, 40.0


@lru_cache(maxsize=1)
def practice_bytes() -> bytes:
    """`DIGITS` glyphs, each of 784 bytes and one more for its label; the same ones each time."""
    rng = np.random.default_rng(SEED)
    digits = [number % 10 for number in range(DIGITS)]
    return b"".join(_draw(digit, rng).tobytes() + bytes([digit]) for digit in digits)


def drawn_glyph(digit: int) -> Glyph:
    """A digit as somebody may write it, the same each time."""
    return _draw(digit, np.random.default_rng(SEED))


def _draw(digit: int, rng: np.random.Generator) -> Glyph:
    return normalise_glyph(write_glyph(digit, rng, height_px=HEIGHT_PX))
