"""Pages without lines: a single digit, or characters anywhere."""

from __future__ import annotations

import numpy as np

from digitreader_train.finder.chance import random_factor
from digitreader_train.finder.layout import Layout
from digitreader_train.finder.page import Page
from digitreader_train.finder.page_characters import PageCharacters

LARGE_SPREAD, SMALL_SPREAD = 0.01, 0.135
"""Standard deviation, in sides of the page, of a single digit from the middle: of large digits, of small ones."""


def write_single(page: Page, layout: Layout, characters: PageCharacters, rng: np.random.Generator) -> None:
    """Write one digit near the middle of the page; a large one nearer than a small one."""
    digit = characters.digit(layout.digit_px, rng)
    height, width = digit.ink.shape
    spread = LARGE_SPREAD if layout.digit_px > 0.25 * page.side_px else SMALL_SPREAD
    middle = page.side_px * (0.5 + rng.normal(0, spread, 2).clip(-0.3, 0.3))
    page.put(digit, float(middle[0] - width / 2), float(middle[1] + height / 2))


def write_anywhere(page: Page, layout: Layout, characters: PageCharacters, rng: np.random.Generator) -> None:
    """Write characters of several sizes anywhere; one that would touch another is left out."""
    taken = np.zeros((page.side_px, page.side_px), bool)
    for _ in range(int(rng.integers(2, 30))):
        wanted_px = layout.digit_px * random_factor(rng, 0.3)
        character = characters.digit_or_mark(wanted_px, rng, marks=layout.marks)
        height, width = character.ink.shape
        x, y = (int(place) for place in rng.uniform(-0.3 * wanted_px, page.side_px - 0.5 * wanted_px, 2))
        place = np.s_[max(0, y - 2) : max(0, y + height + 2), max(0, x - 2) : max(0, x + width + 2)]
        if not taken[place].any():
            taken[place] = True
            page.put(character, x, y + height, strength=layout.strength(rng))
