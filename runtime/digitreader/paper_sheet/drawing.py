"""Draws a test sheet: corner marks, its identity, and each number above the boxes into which it is to be copied."""

from __future__ import annotations

from digitreader.paper_sheet.identity import bits_of
from digitreader.paper_sheet.layout import (
    MARK_MM,
    NAME_MM,
    NOTE_MM,
    NOTE_PITCH_MM,
    NOTES_MM,
    NUMBER_GAP_MM,
    NUMBER_MM,
    Sheet,
    bit_squares,
    mark_middles,
    numbers_of,
    square_about,
)
from digitreader.paper_sheet.pdf import Page

LINE_GREY, LINE_MM = 0.85, 0.2
"""Of the boxes: visible to who writes, and fainter than any pen, so that the reader passes over them."""
NUMBER_GREY = 0.25

HOW = (
    "Print at 100 %. Copy each number by hand into the boxes below it, one digit in a box, with your usual pen.",
    "Take a picture with all four corner marks in it, then run: digitreader score --sheet PICTURE",
)


def draw_sheet(sheet: Sheet) -> bytes:
    """Draw a sheet as a PDF of one page, on its side; the same sheet gives the same bytes."""
    page = Page(sheet.size_mm, title=f"digitreader test sheet {sheet.name}")
    for middle in mark_middles(sheet):
        _draw_mark(page, middle)
    for squares, bit in zip(bit_squares(sheet), bits_of(sheet), strict=True):
        page.fill(squares[0 if bit else 1])
    left, first = NOTES_MM
    for row, line in enumerate(HOW):
        page.write(line, (left, first + row * NOTE_PITCH_MM), size_mm=NOTE_MM)
    _draw_numbers(page, sheet)
    page.write(f"digitreader test sheet {sheet.name}", (left, sheet.size_mm[1] - NAME_MM), size_mm=NOTE_MM)
    return page.packed()


def _draw_mark(page: Page, middle: tuple[float, float]) -> None:
    for modules, grey in ((7, 0.0), (5, 1.0), (3, 0.0)):
        page.fill(square_about(middle, MARK_MM * modules / 7), grey)


def _draw_numbers(page: Page, sheet: Sheet) -> None:
    for number in numbers_of(sheet):
        field = number.field
        page.write(number.text, (field.x, field.y - NUMBER_GAP_MM), size_mm=NUMBER_MM, grey=NUMBER_GREY)
        for box in number.boxes:
            page.outline(box, LINE_GREY, width_mm=LINE_MM)
