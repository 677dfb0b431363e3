"""What is written on a scene's sheet: digits as the settings say, and marks among them."""

from __future__ import annotations

import numpy as np

from digitreader.demo import MARK_WAYS
from digitreader.demo.shots import draw_text
from digitreader.score.scenes.difficulty import Difficulty


def draw_writing(difficulty: Difficulty, rng: np.random.Generator) -> str:
    """Draw the lines for one sheet; each digit but the first is replaced by a mark as often as `marks` says."""
    text = draw_text(difficulty.settings, rng)
    kinds = list(MARK_WAYS)
    first = True
    written = []
    for character in text:
        replaced = character.isdigit() and not first and rng.random() < difficulty.marks
        first = first and not character.isdigit()
        written.append(kinds[int(rng.integers(len(kinds)))] if replaced else character)
    return "".join(written)
