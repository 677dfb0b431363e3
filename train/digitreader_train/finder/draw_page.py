"""Draws a flat page: writing, and the lines that are printed or drawn on it."""

from __future__ import annotations

import numpy as np

from digitreader_train.finder.cells import write_cells
from digitreader_train.finder.characters import Characters
from digitreader_train.finder.freehand_lines import draw_freehand
from digitreader_train.finder.layout import Layout, choose_layout
from digitreader_train.finder.lines import write_lines
from digitreader_train.finder.page import Page
from digitreader_train.finder.page_characters import PageCharacters
from digitreader_train.finder.rules import rule_page
from digitreader_train.finder.scattered import write_anywhere, write_single
from digitreader_train.finder.writer import choose_writer

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
