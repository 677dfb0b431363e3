"""Pages of lines: digits, numbers and words one after another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from digitreader_train.finder.chance import log_uniform, random_factor
from digitreader_train.finder.layout import Layout
from digitreader_train.finder.page import Page
from digitreader_train.finder.page_characters import PageCharacters

SINGLE_LINES = 0.25
"""This share of the pages has only the line nearest to the middle."""
WORD_LINES = 0.9
"""This share of the lines of a page of words has words alone."""
SHORT_LINES, LONGEST_SHORT = 0.6, 14
"""This share of the lines ends after a few runs, at most so many; the others go on to the edge."""
ENDLESS = 10**6
CLOSEST = 0.28
"""Left edges of neighbours are at least so many digit heights apart; 1s that are closer cannot be told from one."""


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line.

    Attributes:
        foot: its y.
        jitter: standard deviation of the characters' feet from it, in digit heights.
        is_words: whether it has words alone.
        runs: so many words and numbers at most.
    """

    foot: float
    jitter: float
    is_words: bool
    runs: int


def write_lines(page: Page, layout: Layout, characters: PageCharacters, rng: np.random.Generator) -> None:
    """Fill a page with lines of digits or of words; ``rows`` are ragged rows of a table without rules."""
    jitter = 0.12 if layout.kind == "rows" else 0.04
    for foot in _feet(page, layout, rng):
        x = _start_of_line(page, layout, rng)
        is_words = layout.kind == "words" and rng.random() < WORD_LINES
        runs = int(log_uniform(rng, 1, LONGEST_SHORT)) if rng.random() < SHORT_LINES else ENDLESS
        line = TextLine(foot, jitter, is_words, runs)
        for _ in range(line.runs):
            if x >= page.side_px:
                break
            x = _write_run(page, layout, characters, rng, line=line, x=x)


def _feet(page: Page, layout: Layout, rng: np.random.Generator) -> list[float]:
    """The y of each line."""
    height = layout.digit_px
    feet = np.arange(layout.first_px, page.side_px + height, layout.pitch_px)
    if rng.random() < SINGLE_LINES:
        middle = np.abs(feet - page.side_px / 2 - height / 2).argmin()
        feet = feet[middle : middle + 1]
    return [float(foot) for foot in feet]


def _start_of_line(page: Page, layout: Layout, rng: np.random.Generator) -> float:
    if rng.random() < 0.7:
        return float(rng.uniform(-1, 2)) * layout.digit_px
    return page.side_px * float(rng.uniform(0.1, 0.6))


def _write_run(
    page: Page, layout: Layout, characters: PageCharacters, rng: np.random.Generator, *, line: TextLine, x: float
) -> float:
    """Write words, or a number, from `x` on.

    Returns:
        The x where the next run begins.
    """
    if line.is_words or (layout.marks and rng.random() < 0.3 * layout.marks):
        height = layout.digit_px
        strip = characters.words(height * float(rng.uniform(0.7, 1.1)), rng)
        page.put(strip, x, line.foot - strip.rise * height)
        return float(x + strip.ink.shape[1] + height * float(rng.uniform(0.3, 1.2)))
    return _write_number(page, layout, characters, rng, line=line, x=x)


def _write_number(
    page: Page, layout: Layout, characters: PageCharacters, rng: np.random.Generator, *, line: TextLine, x: float
) -> float:
    """Write one to eight digits and marks from `x` on, and give the x where the next run begins."""
    height = layout.digit_px
    for _ in range(int(rng.integers(1, 9))):
        character = characters.digit_or_mark(height, rng, marks=layout.marks)
        foot = line.foot - character.rise * height + float(rng.normal(0, line.jitter * height))
        page.put(character, x, foot, strength=layout.strength(rng))
        gap = layout.gap if layout.gap < 0 else layout.gap * random_factor(rng, 0.35)
        x += max(CLOSEST * height, character.ink.shape[1] + gap * height)
        if layout.kind == "rows":
            x += height * float(rng.uniform(2.0, 6.0))
    return x + (height * float(rng.uniform(0.3, 2.5)) if rng.random() < 0.6 else 0.0)
