"""Kinds of printed forms: rows of cells with gaps between them and some empty, and cells that share their walls."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from digitreader.demo import Hand, Pen, Scene
from digitreader.demo.paper import ink_over
from digitreader.demo.sheet import Sheet
from digitreader.score.finding.compose import (
    Placed,
    centre,
    choose_pen,
    digits_text,
    empty_paper,
    photographed,
    sheet_of,
    straight_hand,
    write_to_fit,
)
from digitreader.values import ColourImage

FORM_WH = (1280, 720)
ROWS, ACROSS = 3, 10
PRINT_BGR = ((40, 40, 40), (90, 90, 90), (20, 20, 20), (130, 70, 30), (60, 120, 220))
"""The colours in which forms are printed: black, gray, blue, orange."""
LABELS = ("NAME", "ACCOUNT", "Amount", "Date", "Number", "Phone", "Branch", "CUSTOMER", "Reference", "Total")


@dataclass(frozen=True, slots=True)
class Cells:
    """Rows of printed cells; lengths in pixels.

    Attributes:
        across: how many stand in a row.
        cell_wh: the outer size of each.
        pitch_px: from the left edge of one to that of the next; less than its width where they share a wall.
        wall_px: how thick the walls are.
        left: of the first cell.
        tops: of each row.
        colour_bgr: of the print.
    """

    across: int
    cell_wh: tuple[int, int]
    pitch_px: int
    wall_px: int
    left: int
    tops: tuple[int, ...]
    colour_bgr: tuple[int, int, int]


def form_row(rng: np.random.Generator) -> Scene:
    """Three rows of ten cells with gaps between them, a label above each row, one to four cells of a row empty."""
    return photographed(form_sheet(rng, filled=(6, 9)), rng, size_wh=FORM_WH)


def touching_cells(rng: np.random.Generator) -> Scene:
    """Three rows of ten cells, all filled, that share walls of 1 to 4 px."""
    pen = choose_pen(rng, "ballpoint", "gel", "blue", "felt")
    cells = _cells(rng, gap_px=0)
    image = print_cells(empty_paper("white", rng, size_wh=FORM_WH), cells)
    return photographed(_filled(image, cells, (10, 10), pen, rng), rng, size_wh=FORM_WH)


def form_sheet(rng: np.random.Generator, *, filled: tuple[int, int]) -> Sheet:
    """A form whose rows have at least and at most so many cells filled."""
    pen = choose_pen(rng, "ballpoint", "gel", "blue", "felt")
    cells = _cells(rng, gap_px=int(rng.integers(3, 18)))
    image = print_cells(empty_paper(str(rng.choice(("white", "cream"))), rng, size_wh=FORM_WH), cells)
    return _filled(print_labels(image, cells, rng), cells, filled, pen, rng)


def _cells(rng: np.random.Generator, *, gap_px: int) -> Cells:
    """Draw the form's measures; without a gap neighbours have their wall in common."""
    width, wall_px = int(rng.integers(62, 92)), int(rng.integers(1, 5))
    height = round(width * rng.uniform(1.05, 1.4))
    tops = tuple(70 + int(rng.integers(0, 20)) + row * (height + 75) for row in range(ROWS))
    colour = PRINT_BGR[int(rng.integers(len(PRINT_BGR)))]
    pitch_px = width + gap_px if gap_px else width - wall_px
    left = (FORM_WH[0] - ACROSS * pitch_px) // 2 + int(rng.integers(-25, 25))
    return Cells(ACROSS, (width, height), pitch_px, wall_px, left, tops, colour)


def print_cells(image: ColourImage, cells: Cells) -> ColourImage:
    """Print the cells onto a sheet, (H, W, 3) uint8 BGR, a new array."""
    mask = np.zeros(image.shape[:2], np.uint8)
    (width, height), wall = cells.cell_wh, cells.wall_px
    for top in cells.tops:
        for column in range(cells.across):
            left = cells.left + column * cells.pitch_px
            mask[top : top + height, left : left + width] = 255
            mask[top + wall : top + height - wall, left + wall : left + width - wall] = 0
    return ink_over(image, mask, cells.colour_bgr, 0.9)


def print_labels(image: ColourImage, cells: Cells, rng: np.random.Generator) -> ColourImage:
    """Print a word above each row, (H, W, 3) uint8 BGR, a new array."""
    mask = np.zeros(image.shape[:2], np.uint8)
    scale = float(rng.uniform(0.6, 0.9))
    for top, label in zip(cells.tops, rng.choice(LABELS, len(cells.tops)), strict=True):
        place = (cells.left, top - 12)
        cv2.putText(mask, str(label), place, cv2.FONT_HERSHEY_SIMPLEX, scale, 255, 2, cv2.LINE_AA)
    return ink_over(image, mask, cells.colour_bgr, 0.9)


def _filled(image: ColourImage, cells: Cells, filled: tuple[int, int], pen: Pen, rng: np.random.Generator) -> Sheet:
    """Write digits into the cells, at least and at most so many a row, in one hand."""
    hand = straight_hand(rng)
    height_px = cells.cell_wh[1] * float(rng.uniform(0.52, 0.68))
    rows = []
    for top in cells.tops:
        count = int(rng.integers(filled[0], filled[1] + 1))
        columns = np.sort(rng.choice(cells.across, count, replace=False)).tolist()
        rows.append([_in_cell(cells, top, column, hand, rng, pen=pen, height_px=height_px) for column in columns])
    return sheet_of(image, rows, pen)


def _in_cell(
    cells: Cells, top: int, column: int, hand: Hand, rng: np.random.Generator, *, pen: Pen, height_px: float
) -> Placed:
    """One digit about in the middle of its cell, inside its walls."""
    width, height = cells.cell_wh
    room_wh = (width - 2 * cells.wall_px - 6, height - 2 * cells.wall_px - 6)
    digit = write_to_fit(digits_text(1, rng), rng, hand, pen=pen, height_px=height_px, most_wh=room_wh)
    spare = np.subtract(room_wh, digit.ink.shape[::-1]) / 2
    x, y = np.clip(rng.normal(0, (3, 4)), -spare, spare)
    return centre(digit, cells.left + column * cells.pitch_px + width / 2 + x, top + height / 2 + y)
