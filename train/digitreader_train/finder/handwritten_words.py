"""Words that a hand writes letter by letter."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from digitreader.values import Ink
from digitreader_train.finder.chance import random_factor
from digitreader_train.finder.ink import Character
from digitreader_train.practice.pens import trim

WriteLetter = Callable[[], Character]

WORD_GAP = 0.45
"""Between words, in heights of capitals."""


def write_words(write_letter: WriteLetter, height_px: float, rng: np.random.Generator) -> Character:
    """Write one to three words, letter beside letter.

    Args:
        write_letter: writes one letter each time.
        height_px: of capitals.
        rng: decides how many letters there are and how close they stand.

    Returns:
        A strip; its foot stands on the line, but for letters that go below.
    """
    gap = float(rng.uniform(0.0, 0.2))
    placed, x = [], 0.0
    for _ in range(int(rng.integers(1, 4))):
        for _ in range(int(rng.integers(2, 9))):
            letter = write_letter()
            placed.append((letter, round(x)))
            x += letter.ink.shape[1] + gap * height_px * random_factor(rng, 0.4)
        x += WORD_GAP * height_px * random_factor(rng, 0.3)
    return _strip_of(placed, height_px)


def _strip_of(placed: list[tuple[Character, int]], height_px: float) -> Character:
    """Put letters side by side on one line."""
    lowest = min(letter.rise for letter, _ in placed)
    feet = [round((letter.rise - lowest) * height_px) for letter, _ in placed]
    height = max(letter.ink.shape[0] + foot for (letter, _), foot in zip(placed, feet, strict=True))
    width = max(letter.ink.shape[1] + x for letter, x in placed)
    strip: Ink = np.zeros((height, width), np.uint8)
    for (letter, x), foot in zip(placed, feet, strict=True):
        tall, wide = letter.ink.shape
        place = np.s_[height - foot - tall : height - foot, x : x + wide]
        np.maximum(strip[place], letter.ink, out=strip[place])
    return Character(trim(strip), None, lowest)
