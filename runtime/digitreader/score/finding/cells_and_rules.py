"""Kinds with lines drawn or printed round the digits: dark rules, sudokus, rows of cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from digitreader.demo import Pen, Scene, Writing
from digitreader.demo.paper import ink_over
from digitreader.demo.pen import draw_ink
from digitreader.demo.sheet import Sheet
from digitreader.score.finding.compose import (
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

RULED_WH = (960, 720)
SUDOKU_PX, CELL_PX = 960, 92
GIVEN = 27
"""So many cells of a sudoku have a digit."""
PRINT_BGR = ((40, 40, 40), (90, 90, 90), (20, 20, 20), (130, 70, 30), (60, 120, 220))
"""The colours in which forms are printed: black, gray, blue, orange."""


def dark_rules(rng: np.random.Generator) -> Scene:
    """Three lines of six digits that stand on rules as dark as the pen."""
    pen, hand = choose_pen(rng, "gel", "felt", "ballpoint", "blue"), straight_hand(rng)
    height_px = float(rng.uniform(60, 95))
    pitch_px, thick = height_px * float(rng.uniform(1.6, 2.1)), pen.width * height_px * float(rng.uniform(0.4, 1.0))
    first = 110 + float(rng.uniform(0, 40))
    image = ruled(empty_paper("white", rng, size_wh=RULED_WH), pen, first=first, pitch_px=pitch_px, thick_px=thick)
    writings = [
        write_to_fit(digits_text(6, rng), rng, hand, pen=pen, height_px=height_px, most_wh=(800, 2 * height_px))
        for _ in range(3)
    ]
    rows = [
        [stand(writing, rng.uniform(50, 100), first + row * pitch_px)] for row, writing in enumerate(writings)
    ]
    return photographed(sheet_of(image, rows, pen), rng, size_wh=RULED_WH)


def ruled(image: ColourImage, pen: Pen, *, first: float, pitch_px: float, thick_px: float) -> ColourImage:
    """Draw rules across a whole sheet in the colour of a pen, (H, W, 3) uint8 BGR, a new array."""
    height, width = image.shape[:2]
    lines = np.zeros((height, width), np.uint8)
    for y in np.arange(first, height, pitch_px).tolist():
        top = round(y - thick_px / 2)
        lines[max(top, 0) : top + max(1, round(thick_px))] = 255
    return ink_over(image, lines, pen.colour_bgr, pen.strength)


def sudoku(rng: np.random.Generator) -> Scene:
    """A sudoku drawn by hand with a marker on squared paper, seen straight and large."""
    settings = replace(MODEST, sheet_fill=(0.72, 0.78))
    return photographed(sudoku_sheet(rng), rng, size_wh=(1280, 960), settings=settings)


def sudoku_small(rng: np.random.Generator) -> Scene:
    """The same seen from far away: digits of about 20 px."""
    return photographed(sudoku_sheet(rng), rng, size_wh=(800, 600), settings=replace(MODEST, sheet_fill=(0.44, 0.52)))


def sudoku_turned(rng: np.random.Generator) -> Scene:
    """The same turned by 20 degrees to the one or the other side."""
    settings = replace(MODEST, sheet_fill=(0.58, 0.64))
    tilt_deg = float(rng.choice((-1, 1)) * rng.uniform(18, 22))
    return photographed(sudoku_sheet(rng), rng, size_wh=(1280, 960), settings=settings, tilt_deg=tilt_deg)


def sudoku_sheet(rng: np.random.Generator, *, given: int = GIVEN) -> Sheet:
    """Squared paper with nine times nine cells drawn by hand, so many of them with a digit."""
    pen, hand = choose_pen(rng, "marker", "felt"), straight_hand(rng)
    image = empty_paper("squared", rng, size_wh=(SUDOKU_PX, SUDOKU_PX), digit_px=CELL_PX / 2 / 0.583)
    image = ink_over(image, _hand_drawn_grid(rng), pen.colour_bgr, pen.strength)
    height_px, filled = CELL_PX * float(rng.uniform(0.48, 0.64)), set(rng.choice(81, given, replace=False).tolist())
    first = (SUDOKU_PX - 8 * CELL_PX) / 2
    rows = []
    for row in range(9):
        columns = [column for column in range(9) if 9 * row + column in filled]
        places = [first + CELL_PX * (np.array((column, row)) + rng.normal(0, 0.04, 2)) for column in columns]
        digits = [_cell_digit(rng, pen=pen, height_px=height_px, cell_wh=(CELL_PX, CELL_PX), hand=hand) for _ in places]
        rows.append([centre(digit, *place) for digit, place in zip(digits, places, strict=True)])
    return sheet_of(image, rows, pen)


def _cell_digit(
    rng: np.random.Generator, *, pen: Pen, height_px: float, cell_wh: tuple[float, float], hand: object
) -> Writing:
    raise NotImplementedError
