"""Kinds with lines round the digits: forms, ruled paper, tables."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from digitreader.drawing import Hand, Pen, Scene, Writing
from digitreader.drawing.paper import ink_over
from digitreader.drawing.pen import draw_ink
from digitreader.drawing.sheet import Sheet
from digitreader.measure.score.finding.compose import (
    MODEST,
    Placed,
    centre,
    choose_pen,
    digits_text,
    empty_paper,
    ink_layer,
    photographed,
    sheet_of,
    stand,
    straight_hand,
    write_to_fit,
)
from digitreader.values import ColourImage, Ink

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
    cells = _form_cells(rng, gap_px=0)
    image = print_cells(empty_paper("white", rng, size_wh=FORM_WH), cells)
    return photographed(_filled(image, cells, (10, 10), pen, rng), rng, size_wh=FORM_WH)


def form_sheet(rng: np.random.Generator, *, filled: tuple[int, int]) -> Sheet:
    """A form with a least and a greatest number of filled cells in each row."""
    pen = choose_pen(rng, "ballpoint", "gel", "blue", "felt")
    cells = _form_cells(rng, gap_px=int(rng.integers(3, 18)))
    image = print_cells(empty_paper(str(rng.choice(("white", "cream"))), rng, size_wh=FORM_WH), cells)
    return _filled(print_labels(image, cells, rng), cells, filled, pen, rng)


def _form_cells(rng: np.random.Generator, *, gap_px: int) -> Cells:
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
    """Write digits into the cells in one hand, with a least and a greatest number for each row."""
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


RULED_WH = (960, 720)
TABLE_WH = (1280, 720)
SUDOKU_PX, CELL_PX = 960, 92
GIVEN = 27
"""Cells of a sudoku that have a digit."""
SQUARES = 0.583
"""The distance of squared paper's lines in digit heights."""


def dark_rules(rng: np.random.Generator) -> Scene:
    """Three lines of six digits that stand on rules as dark as the pen, or reach a little through them."""
    pen, hand = choose_pen(rng, "gel", "felt", "ballpoint", "blue"), straight_hand(rng)
    pen = replace(pen, width=pen.width * float(rng.uniform(0.8, 1.6)))
    height_px = float(rng.uniform(50, 110))
    pitch_px, thick_px = height_px * float(rng.uniform(1.3, 2.0)), pen.width * height_px * float(rng.uniform(0.6, 1.3))
    first = height_px + float(rng.uniform(20, 60))
    image = empty_paper("white", rng, size_wh=RULED_WH)
    image = ruled(image, pen, first=first, pitch_px=pitch_px, thick_px=min(max(thick_px, 1.0), 8.0))
    most_wh = (800, 2 * height_px)
    writings = [
        write_to_fit(digits_text(6, rng), rng, hand, pen=pen, height_px=height_px, most_wh=most_wh) for _ in range(3)
    ]
    sunk_px = height_px * float(rng.uniform(0.02, 0.1))
    rows = [
        [_on_rule(writing, rng.uniform(50, 100), first + row * pitch_px + sunk_px)]
        for row, writing in enumerate(writings)
    ]
    return photographed(sheet_of(image, rows, pen), rng, size_wh=RULED_WH)


def _on_rule(writing: Writing, left: float, rule: float) -> Placed:
    """Let a line's feet, the lowest ink of most of its digits, touch a rule."""
    feet = float(np.median([digit.hull[:, 1].max() for digit in writing.digits]))
    return Placed(writing, round(left), round(rule - feet))


def ruled(image: ColourImage, pen: Pen, *, first: float, pitch_px: float, thick_px: float) -> ColourImage:
    """Draw rules across a whole sheet in the colour of a pen.

    Args:
        image: (H, W, 3) uint8 BGR.
        pen: whose colour and strength the rules have.
        first: y of the first rule's middle, in pixels.
        pitch_px: from rule to rule.
        thick_px: how thick each is.

    Returns:
        (H, W, 3) uint8 BGR, a new array.
    """
    height, width = image.shape[:2]
    lines = np.zeros((height, width), np.uint8)
    for y in np.arange(first, height, pitch_px).tolist():
        top = max(round(y - thick_px / 2), 0)
        lines[top : top + max(1, round(thick_px))] = 255
    return ink_over(image, lines, pen.colour_bgr, pen.strength)


def sudoku(rng: np.random.Generator) -> Scene:
    """A sudoku drawn by hand with a marker on squared paper, seen straight and large."""
    settings = replace(MODEST, sheet_fill=(0.72, 0.78))
    return photographed(sudoku_sheet(rng), rng, size_wh=(1280, 960), settings=settings)


def sudoku_small(rng: np.random.Generator) -> Scene:
    """The same seen from far away: digits of about 20 px."""
    settings = replace(MODEST, sheet_fill=(0.44, 0.52))
    return photographed(sudoku_sheet(rng), rng, size_wh=(800, 600), settings=settings)


def sudoku_turned(rng: np.random.Generator) -> Scene:
    """The same turned by about 20 degrees to the one or the other side."""
    settings, tilt_deg = replace(MODEST, sheet_fill=(0.58, 0.62)), float(rng.choice((-1, 1)) * rng.uniform(18, 22))
    return photographed(sudoku_sheet(rng), rng, size_wh=(1280, 960), settings=settings, tilt_deg=tilt_deg)


def sudoku_sheet(rng: np.random.Generator, *, given: int = GIVEN) -> Sheet:
    """Squared paper with nine times nine cells drawn by hand, some of them with a digit."""
    pen, hand = choose_pen(rng, "marker", "felt"), straight_hand(rng)
    size_wh = (SUDOKU_PX, SUDOKU_PX)
    image = empty_paper("squared", rng, size_wh=size_wh, digit_px=CELL_PX / 2 / SQUARES)
    grid = _hand_drawn_grid(rng, width_px=pen.width * CELL_PX * float(rng.uniform(0.3, 0.6)))
    image = ink_over(image, grid, pen.colour_bgr, pen.strength)
    filled = np.zeros(81, np.bool_)
    filled[rng.choice(81, given, replace=False)] = True
    height_px = CELL_PX * float(rng.uniform(0.48, 0.62))
    rows = [_cells(row, filled.reshape(9, 9)[row], rng, hand, pen=pen, height_px=height_px) for row in range(9)]
    return sheet_of(image, rows, pen)


def _cells(
    row: int, filled: np.ndarray[tuple[int], np.dtype[np.bool_]], rng: np.random.Generator, hand: Hand, *,
    pen: Pen, height_px: float,
) -> list[Placed]:  # fmt: skip
    """One row of a sudoku: a digit from 1 to 9 in each cell that is filled, nearly in its middle."""
    first = (SUDOKU_PX - 8 * CELL_PX) / 2
    placed = []
    for column in np.flatnonzero(filled).tolist():
        x, y = first + CELL_PX * (np.array((column, row)) + rng.normal(0, 0.04, 2))
        most_wh = (0.72 * CELL_PX, 0.76 * CELL_PX)
        text = str(rng.integers(1, 10))
        placed.append(centre(write_to_fit(text, rng, hand, pen=pen, height_px=height_px, most_wh=most_wh), x, y))
    return placed


def _hand_drawn_grid(rng: np.random.Generator, *, width_px: float) -> Ink:
    """Ten lines down and ten across, each third one thicker, (`SUDOKU_PX`, `SUDOKU_PX`) uint8."""
    start, end = (SUDOKU_PX - 9 * CELL_PX) / 2, (SUDOKU_PX + 9 * CELL_PX) / 2
    lines = []
    for number in range(10):
        wide = width_px * (1.7 if number % 3 == 0 else 1.0)
        at = start + number * CELL_PX
        lines.append(hand_drawn_line((at, start), (at, end), rng, width_px=wide))
        lines.append(hand_drawn_line((start, at), (end, at), rng, width_px=wide))
    return ink_layer(lines, (SUDOKU_PX, SUDOKU_PX))


def hand_drawn_line(
    start: tuple[float, float], end: tuple[float, float], rng: np.random.Generator, *, width_px: float
) -> Placed:
    """A line drawn without a ruler: its ends miss a little, it sways, and its width varies.

    Args:
        start: (x, y) on the sheet, in pixels.
        end: likewise.
        rng: where sway and width come from.
        width_px: how thick the pen is.
    """
    ends = np.array((start, end), np.float64) + rng.normal(0, 4, (2, 2))
    length = float(np.hypot(*(ends[1] - ends[0])))
    count = max(2, round(length / max(width_px / 6, 0.3)))
    knots = rng.normal(0.0, 1.8, (round(length / 120) + 3, 2))
    along, places = np.linspace(0, 1, count), np.linspace(0, 1, len(knots))
    sway = np.stack([np.interp(along, places, knots[:, axis]) for axis in (0, 1)], axis=1)
    path = ends[0] + (ends[1] - ends[0]) * along[:, None] + sway
    pen = Pen("line", width_px, (0, 0, 0), 1.0, grain=0.03, taper=0.1)
    ink, (x, y) = draw_ink([path], pen, rng, height_px=1.0, pressure=0.12)
    return Placed(Writing(ink, (), "", 0.0), int(x), int(y))


def table_rows(rng: np.random.Generator) -> Scene:
    """Four rows of four digits, 3 to 7 heights between two digits, each a little higher or lower than its neighbour."""
    pen, hand = choose_pen(rng, "felt", "gel", "blue", "marker"), straight_hand(rng)
    height_px = float(rng.uniform(30, 42))
    gap, pitch, jitter = rng.uniform(3, 7), rng.uniform(2.2, 3.0), rng.uniform(0.1, 0.24)
    left, top = rng.uniform(40, 70), rng.uniform(1.5, 2.5) * height_px
    rows = []
    for row in range(4):
        places = left + height_px * (0.6 + gap) * np.arange(4) + rng.normal(0, 0.3 * height_px, 4)
        baselines = top + height_px * (row * pitch + 1 + rng.normal(0, jitter, 4))
        digits = [
            write_to_fit(digits_text(1, rng), rng, hand, pen=pen, height_px=height_px, most_wh=(90, 90)) for _ in places
        ]
        rows.append([stand(digit, *place) for digit, *place in zip(digits, places, baselines, strict=True)])
    image = empty_paper(str(rng.choice(("white", "cream"))), rng, size_wh=TABLE_WH)
    return photographed(sheet_of(image, rows, pen), rng, size_wh=TABLE_WH)
