"""What a hand writes beside digits: slashes, brackets, bars, and joined handwriting."""

from __future__ import annotations

import numpy as np

from digitreader.values import Ink
from digitreader_train.finder.ink import Character, resize_ink
from digitreader_train.finder.polyline import Points, draw_polyline
from digitreader_train.finder.strokes import ink_paths
from digitreader_train.finder.writer import Writer
from digitreader_train.practice.pens import trim

LEAN = (0.4, 0.9)
"""How far a slash leans, in digit heights; one that leans less may be a 1."""
X_HEIGHT_PX = 24
"""Joined handwriting is drawn with lower-case letters about so high."""


def write_slash_or_bracket(writer: Writer, height_px: float, rng: np.random.Generator) -> Character:
    """Write a slash or a bracket among digits `height_px` high."""
    tall, lean = float(rng.uniform(1.0, 1.7)), float(rng.uniform(*LEAN))
    bow = float(rng.normal(0, 0.04)) if rng.random() < 0.6 else float(rng.choice((-1, 1)) * rng.uniform(0.12, 0.3))
    if abs(bow) > 0.1:  # a bracket stands upright
        lean = float(rng.normal(0, 0.05))
    along = np.linspace(0, 1, 12)
    path = np.stack([lean * (1 - along) + 4 * bow * along * (1 - along), tall * along], axis=1)
    return Character(resize_ink(ink_paths([path], writer, height_px, rng), tall * height_px), None, 0.5 - tall / 2)


def write_joined(rng: np.random.Generator) -> Ink:
    """Write one to four words of loops, arches and humps that are no letters.

    Returns:
        (h, w) uint8, trimmed.
    """
    pen_px = max(2, round(float(rng.uniform(0.04, 0.14)) * 2 * X_HEIGHT_PX))
    words, x = [], 0.0
    for _ in range(int(rng.integers(1, 5))):
        turns = _turns_of_word(x, rng)
        words.append(_smooth(turns) * X_HEIGHT_PX)
        x = float(turns[-3, 0]) + float(rng.uniform(0.7, 1.4))  # from the last upper turn on
    return _ink_words(words, pen_px)


def _turns_of_word(x: float, rng: np.random.Generator) -> Points:
    """Where the pen turns: (3 * N, 2), for each of N letters above, below and in the middle, in x-heights."""
    letters = int(rng.integers(6, 22))
    tall = np.where(rng.random(letters) < 0.25, rng.uniform(1.6, 2.1, letters), rng.uniform(0.7, 1.1, letters))
    deep = np.where(rng.random(letters) < 0.12, rng.uniform(0.5, 0.8, letters), 0.0)
    above = np.stack([x + np.cumsum(rng.uniform(0.25, 0.6, letters)), -tall], axis=1)
    below = np.stack([above[:, 0] + rng.uniform(-0.15, 0.2, letters), deep], axis=1)
    between = np.stack([above[:, 0] + rng.uniform(0.0, 0.35, letters), -tall * 0.6], axis=1)
    return np.stack([above, below, between], axis=1).reshape(-1, 2)


def _smooth(turns: Points) -> Points:
    """Round the corners of a path."""
    fine = np.linspace(0, len(turns) - 1, 6 * len(turns))
    lines = [np.interp(fine, np.arange(len(turns)), turns[:, axis]) for axis in (0, 1)]
    window = np.hanning(9)[1:-1] / np.hanning(9)[1:-1].sum()
    return np.stack([np.convolve(line, window, "valid") for line in lines], axis=1)


def _ink_words(words: list[Points], pen_px: int) -> Ink:
    low = np.concatenate(words).min(axis=0) - pen_px - 1
    size = np.concatenate(words).max(axis=0) - low + pen_px + 1
    canvas = np.zeros((int(size[1]) + 1, int(size[0]) + 1), np.uint8)
    for word in words:
        draw_polyline(canvas, word - low, pen_px)
    return trim(canvas)
