"""Draws a flat page: lines of writing, tables and forms, or characters anywhere, and the rules and strokes on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from digitreader_train.finder.chance import log_uniform, random_factor
from digitreader_train.finder.characters import Characters, PageCharacters
from digitreader_train.finder.page import Layout, Page, choose_layout
from digitreader_train.finder.rules import draw_box, draw_freehand, line_width, rule_page
from digitreader_train.finder.shapes import Rect
from digitreader_train.finder.writer import choose_writer

SINGLE_LINES = 0.25
"""This share of the pages has only the line nearest to the middle."""
WORD_LINES = 0.9
"""This share of the lines of a page of words has words alone."""
SHORT_LINES, LONGEST_SHORT = 0.6, 14
"""This share of the lines ends after a few runs, at most so many; the others go on to the edge."""
ENDLESS = 10**6
CLOSEST, CLOSEST_PX = 0.06, 3.0
"""Left edges of neighbours are at least the pen's width and so many digit heights apart, and at least so many pixels;
1s that are closer cannot be told from one."""


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
        least = max(CLOSEST_PX, (CLOSEST + characters.pen) * height)
        x += max(least, character.ink.shape[1] + gap * height)
        if layout.kind == "rows":
            x += height * float(rng.uniform(2.0, 6.0))
    return x + (height * float(rng.uniform(0.3, 2.5)) if rng.random() < 0.6 else 0.0)


WORD_CELLS = 0.12
"""This share of the filled cells has words, and up to twice as many where there are marks."""
PANEL_PAGES = 0.22
"""This share of the tables and forms shows panels of the ink's colour, as the windows of meters do."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Where the cells of a table or a form are, in pixels.

    Attributes:
        first: the upper left cell.
        rows: of cells.
        columns: of cells.
        gap_x: between columns.
        gap_y: between rows.
    """

    first: Rect
    rows: int
    columns: int
    gap_x: float
    gap_y: float

    def cells(self) -> Iterator[Rect]:
        """Row by row, from the left."""
        first = self.first
        for row in range(self.rows):
            for column in range(self.columns):
                x, y = first.x + column * (first.width + self.gap_x), first.y + row * (first.height + self.gap_y)
                yield Rect(x, y, first.width, first.height)


def write_cells(page: Page, layout: Layout, characters: PageCharacters, rng: np.random.Generator) -> None:
    """Draw a table, or one or two rows of a form, and fill its cells."""
    digit_px = min(layout.digit_px, 0.7 * page.side_px)
    first = _choose_first_cell(digit_px, rng)
    first, rows, columns = _choose_count(page, layout, first, rng)
    gap = float(rng.choice((0.0, 0.0, 0.15, 0.5))) * digit_px if layout.kind == "form" else 0.0
    empty_share = float(rng.choice((0.05, 0.3, 0.7)))
    width_px = line_width(layout, rng)
    grid = Grid(first, rows, columns, gap_x=gap, gap_y=gap if rng.random() < 0.5 else 0.0)
    has_panels = rng.random() < PANEL_PAGES
    for cell in grid.cells():
        if has_panels:
            _draw_panel(page, cell, edge=0.04 * cell.height if gap == 0 else 0.0)
        draw_box(page, cell, width_px, rng)
        if rng.random() >= empty_share:
            _fill_cell(page, layout, characters, rng, cell=cell, digit_px=digit_px)


def _choose_first_cell(digit_px: float, rng: np.random.Generator) -> Rect:
    """A cell near the upper left corner of the page, large enough for a digit."""
    height = digit_px * float(rng.uniform(1.1, 2.4))
    aspect = float(rng.uniform(0.75, 1.15)) if rng.random() < 0.7 else float(rng.uniform(1.2, 4))
    width = height * aspect
    x, y = (float(place) for place in rng.uniform(-1, 1, 2) * (width, height))
    return Rect(x, y, width, height)


def _choose_count(page: Page, layout: Layout, first: Rect, rng: np.random.Generator) -> tuple[Rect, int, int]:
    """The first cell, rows and columns: a table covers the page, a form does not."""
    rows, columns = int(page.side_px / first.height) + 2, int(page.side_px / first.width) + 2
    if layout.kind == "table":
        return first, rows, columns
    rows = int(rng.integers(1, 3))
    columns = int(rng.integers(2, columns + 1))
    y = float(rng.uniform(0.1, 0.7)) * page.side_px
    return Rect(max(first.x, -0.5 * first.width), y, first.width, first.height), rows, columns


def _draw_panel(page: Page, cell: Rect, *, edge: float) -> None:
    """Draw a panel that leaves `edge` pixels of its cell free at each side."""
    low, last = (round(cell.x + edge), round(cell.y + edge)), (round(cell.right - edge), round(cell.bottom - edge))
    cv2.rectangle(page.panels, low, last, 255, cv2.FILLED)


def _fill_cell(
    page: Page, layout: Layout, characters: PageCharacters, rng: np.random.Generator, *, cell: Rect, digit_px: float
) -> None:
    if rng.random() < WORD_CELLS * (1 + layout.marks):
        strip = characters.words(0.6 * digit_px, rng)
        page.put(strip, cell.x + 0.1 * digit_px, cell.y + 0.5 * (cell.height + strip.ink.shape[0]))
    else:
        _write_in_cell(page, layout, characters, rng, cell=cell, digit_px=digit_px)


def _write_in_cell(
    page: Page, layout: Layout, characters: PageCharacters, rng: np.random.Generator, *, cell: Rect, digit_px: float
) -> None:
    """Write digits, and half as many marks as elsewhere, until the cell is full or earlier."""
    x = cell.x + float(rng.uniform(0.02, 0.25)) * min(cell.width, cell.height)
    for _ in range(max(1, int(cell.width / digit_px * float(rng.uniform(0.5, 1.2))))):
        character = characters.digit_or_mark(digit_px, rng, marks=0.5 * layout.marks)
        width = character.ink.shape[1]
        if x + width > cell.x + 1.08 * cell.width:
            break
        if cell.width < 1.6 * digit_px:
            x = cell.x + 0.5 * (cell.width - width) + float(rng.normal(0, 0.08)) * cell.width
        foot = cell.y + 0.5 * (cell.height + digit_px) + float(rng.normal(0, 0.08)) * cell.height
        page.put(character, x, foot, strength=layout.strength(rng))
        x += width + max(layout.gap, 0.05) * digit_px


GRID_PITCH_X, GRID_PITCH_Y = (0.85, 1.6), (1.02, 1.7)
"""Ranges from digit to digit and from row to row of a grid, in digit heights."""
SAME_DIGITS = 0.5
"""In this share of the grids each row has one digit over and over."""
GRID_JITTER = 0.05
"""Standard deviation of a digit from the middle of its place, in digit heights."""


def write_grid(page: Page, layout: Layout, characters: PageCharacters, rng: np.random.Generator) -> None:
    """Fill the page with digits in rows and columns, without lines between."""
    height = layout.digit_px
    pitch_x, pitch_y = (height * float(rng.uniform(*pitch)) for pitch in (GRID_PITCH_X, GRID_PITCH_Y))
    is_same, first = rng.random() < SAME_DIGITS, int(rng.integers(10))
    for row, middle_y in enumerate(np.arange(float(rng.uniform(0, pitch_y)), page.side_px, pitch_y).tolist()):
        for middle_x in np.arange(float(rng.uniform(0, 0.1)) * pitch_x, page.side_px, pitch_x).tolist():
            digit = characters.digit(height, rng, wanted=(first + row // 2) % 10 if is_same else None)
            x, y = np.add((middle_x, middle_y), rng.normal(0, GRID_JITTER * height, 2)).tolist()
            page.put(digit, x - digit.ink.shape[1] / 2, y + digit.ink.shape[0] / 2, strength=layout.strength(rng))


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


RULED_TABLES = 0.3
"""This share of the tables and forms stands on ruled or squared paper."""
FREEHAND = 0.15
"""Through this share of the pages a pen drew lines."""
WRITE = {
    "lines": write_lines,
    "words": write_lines,
    "rows": write_lines,
    "single": write_single,
    "scatter": write_anywhere,
    "grid": write_grid,
    "table": write_cells,
    "form": write_cells,
}
"""Kinds of pages and what fills them; an empty page is not filled."""


def draw_page(characters: Characters, rng: np.random.Generator, *, side_px: int, seen_px: int) -> tuple[Page, Layout]:
    """Draw a page.

    Args:
        characters: what can stand on it.
        rng: where every choice comes from.
        side_px: width and height of the page.
        seen_px: width and height of its middle, which will be seen.
    """
    layout, own = choose_layout(rng, seen_px), PageCharacters(characters, choose_writer(rng))
    page = Page.empty(side_px)
    if layout.kind in WRITE:
        WRITE[layout.kind](page, layout, own, rng)
    if not layout.has_cells or rng.random() < RULED_TABLES:
        rule_page(page, layout, rng)
    if rng.random() < FREEHAND:
        draw_freehand(page, layout, own.pen, rng)
    return page, layout
