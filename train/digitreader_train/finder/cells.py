"""Tables and forms: boxes with a digit, several, words or nothing in each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from digitreader_train.finder.layout import Layout
from digitreader_train.finder.page import Page
from digitreader_train.finder.page_characters import PageCharacters
from digitreader_train.finder.rect import Rect
from digitreader_train.finder.rules import draw_box, line_width

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
        _write_number(page, layout, characters, rng, cell=cell, digit_px=digit_px)


def _write_number(
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
