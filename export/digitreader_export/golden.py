"""Golden inks: drawn digits, and marks that are not digits, with the result of each step of reading."""

from __future__ import annotations

import numpy as np

from digitreader.drawing import write_glyph, write_mark
from digitreader.model.card import Golden, pack_pixels
from digitreader.model.checks import sigmoid
from digitreader.model.engine import Engine
from digitreader.model.glyph.features import FeatureKind, features_of
from digitreader.model.glyph.normalise import normalise_glyphs
from digitreader.values import Ink

SEED = 28
HEIGHT_PX = 32
MARKS = ("x", "A", "+", "scribble")
FLOAT_DECIMALS = 3
ACTIVATION_DECIMALS = 5


def draw_golden_inks() -> dict[str, Ink]:
    """Draw the ten digits and four marks, the same ones each time; each (h, w) uint8, by what it shows."""
    rng = np.random.default_rng(SEED)
    digits = {str(digit): write_glyph(digit, rng, height_px=HEIGHT_PX) for digit in range(10)}
    return digits | {mark: write_mark(mark, rng, height_px=HEIGHT_PX) for mark in MARKS}


def golden_answers(engine: Engine, features: FeatureKind) -> tuple[Golden, ...]:
    """Take the golden inks through the chain."""
    inks = draw_golden_inks()
    glyphs = normalise_glyphs(list(inks.values()))
    numbers = engine.integers(features_of(glyphs, features))
    rows = np.round(numbers.astype(np.float64), FLOAT_DECIMALS).tolist()
    neurons = np.round(sigmoid(engine.output.to_real(numbers)).astype(np.float64), ACTIVATION_DECIMALS).tolist()
    whole = engine.output.dtype != "float32"
    return tuple(
        Golden(
            shows,
            ink.shape[1],
            pack_pixels(ink),
            pack_pixels(glyph),
            tuple(int(number) if whole else number for number in row),
            tuple(activations),
        )
        for (shows, ink), glyph, row, activations in zip(inks.items(), glyphs, rows, neurons, strict=True)
    )
