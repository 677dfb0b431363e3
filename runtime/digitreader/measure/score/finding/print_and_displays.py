"""Kinds of pictures without handwriting: screens, wheels, print, displays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from digitreader.drawing import (
    PENS,
    Hand,
    Pen,
    PrintPlan,
    Scene,
    Typeface,
    Writing,
    displays,
    draw_display,
    draw_print,
    draw_wheels,
    find_typefaces,
    held_out,
    write_number,
)
from digitreader.drawing.sheet import Sheet
from digitreader.measure.score.finding.compose import (
    MODEST,
    Placed,
    as_it_is,
    centre,
    digits_text,
    photographed,
    sheet_of,
    straight_hand,
    write_to_fit,
)
from digitreader.values import ColourImage

SHEET_ROWS, SHEET_COLUMNS, TILE_PX = 50, 100, 20
METER_WH = (640, 480)
WHITE = replace(PENS["felt"], colour_bgr=(255, 255, 255), strength=1.0)
"""The ink of what a program draws."""
FULL = 0.6
"""One digit cut to its ink leaves black on at least the rest of its picture."""


def digit_sheet(rng: np.random.Generator, *, rows: int = SHEET_ROWS) -> Scene:
    """Rows of 100 digits in 20 px cells, a tenth of the rows for each digit in turn; 50 rows are 5,000 digits.

    Args:
        rng: where hands and pens come from.
        rows: ten or a multiple of it.

    Returns:
        White on black, 2000 px wide and 20 px high a row.
    """
    image = np.zeros((rows * TILE_PX, SHEET_COLUMNS * TILE_PX, 3), np.uint8)
    placed = [[_tile(row * 10 // rows, row, column, rng) for column in range(SHEET_COLUMNS)] for row in range(rows)]
    return as_it_is(sheet_of(image, placed, WHITE))


def _tile(digit: int, row: int, column: int, rng: np.random.Generator) -> Placed:
    """One digit, 14 to 19 px high, in the middle of its cell, each in another hand."""
    pen = replace(WHITE, width=float(rng.uniform(0.09, 0.16)))
    # ink has an empty margin of a pixel, which may lie outside of the cell
    most_wh = (TILE_PX + 2, TILE_PX + 2)
    hand = Hand.random(rng)
    writing = write_to_fit(str(digit), rng, hand, pen=pen, height_px=float(rng.uniform(14, 18)), most_wh=most_wh)
    return centre(writing, (column + 0.5) * TILE_PX, (row + 0.5) * TILE_PX)


def cut_to_ink(rng: np.random.Generator) -> Scene:
    """One digit, white on black, 28 to 300 px high, and not a pixel round it."""
    height_px, text = float(np.exp(rng.uniform(np.log(28), np.log(300)))), digits_text(1, rng)
    pen = replace(WHITE, width=float(rng.uniform(0.07, 0.17)))
    writing = write_number(text, rng, pen=pen, height_px=height_px)
    x, y, width, height = cv2.boundingRect(writing.ink)
    # a plain 1 would fill its picture, and nobody could tell what is ink
    covered = writing.ink[y : y + height, x : x + width].mean() / 255
    side = max(0, round(width * (covered / FULL - 1) / 2)) if covered > FULL else 0
    image = np.zeros((height, width + 2 * side, 3), np.uint8)
    return as_it_is(sheet_of(image, [[Placed(writing, side - x, -y)]], pen))


def meter(rng: np.random.Generator) -> Scene:
    """White digits on the black wheels of a meter in its frame, with printed letters round it."""
    settings = replace(MODEST, light_falloff=0.45, shadow=0.2)
    return photographed(_meter_sheet(rng), rng, size_wh=METER_WH, settings=settings)


def _meter_sheet(rng: np.random.Generator) -> Sheet:
    wheels, wheel_wh = int(rng.integers(5, 8)), (int(rng.integers(44, 62)), int(rng.integers(70, 96)))
    left, top = (METER_WH[0] - wheels * wheel_wh[0]) // 2, int(rng.integers(150, 230))
    image = _meter_face(rng)
    _draw_frame(image, (left, top), (wheels * wheel_wh[0], wheel_wh[1]), rng)
    pen = Pen("wheel", float(rng.uniform(0.1, 0.16)), (228, 232, 230), 0.97, taper=0.0)
    hand, height_px = _neat(rng), wheel_wh[1] * float(rng.uniform(0.55, 0.68))
    row = []
    for wheel, digit in enumerate(digits_text(wheels, rng)):
        corner = (left + wheel * wheel_wh[0], top)
        _draw_wheel(image, corner, wheel_wh, red=wheel == wheels - 1 and rng.random() < 0.5)
        writing = _wheel_digit(digit, hand, rng, pen=pen, height_px=height_px, wheel_wh=wheel_wh)
        row.append(centre(writing, corner[0] + wheel_wh[0] / 2, top + wheel_wh[1] / 2 + rng.normal(0, 2)))
    return sheet_of(image, [row], pen)


def _neat(rng: np.random.Generator) -> Hand:
    """Upright and even, as digits on wheels are."""
    return replace(straight_hand(rng), slant=0.0, warp=0.01, wobble=0.004, tremor=0.0, turn_jitter=0.0, pressure=0.02)


def _wheel_digit(
    digit: str, hand: Hand, rng: np.random.Generator, *, pen: Pen, height_px: float, wheel_wh: tuple[int, int]
) -> Writing:
    most_wh = (wheel_wh[0] - 8, wheel_wh[1] - 8)
    return write_to_fit(digit, rng, hand, pen=pen, height_px=height_px, most_wh=most_wh)


def _meter_face(rng: np.random.Generator) -> ColourImage:
    """A light housing with words above and below where the wheels will be, (480, 640, 3) uint8 BGR."""
    shade = float(rng.uniform(165, 225))
    image = np.full((METER_WH[1], METER_WH[0], 3), shade, np.float64) + rng.normal(0, 2, (METER_WH[1], METER_WH[0], 1))
    face = np.asarray(np.clip(image, 0, 255), np.uint8)
    for word, y in (("ELECTRICITY METER", 80), ("kWh", 390), ("TYPE AC  MADE IN EU", 430)):
        x = int(rng.integers(60, 160))
        cv2.putText(
            face, word, (x, y), cv2.FONT_HERSHEY_SIMPLEX, float(rng.uniform(0.6, 0.9)), (40,) * 3, 2, cv2.LINE_AA
        )
    return face


def _draw_frame(
    image: ColourImage, corner: tuple[int, int], size_wh: tuple[int, int], rng: np.random.Generator
) -> None:
    """Draw a dark or metal frame with rounded light edges round the wheels into the image."""
    margin = int(rng.integers(8, 18))
    start = corner[0] - margin, corner[1] - margin
    end = corner[0] + size_wh[0] + margin, corner[1] + size_wh[1] + margin
    tone = int(rng.choice((50, 90, 140)))
    cv2.rectangle(image, start, end, (tone,) * 3, cv2.FILLED)
    cv2.rectangle(image, start, end, (tone // 2,) * 3, int(rng.integers(2, 5)))


def _draw_wheel(image: ColourImage, corner: tuple[int, int], size_wh: tuple[int, int], *, red: bool) -> None:
    """Draw one wheel, darker towards its upper and its lower edge, with a gap to its neighbour, into the image."""
    (x, y), (width, height) = corner, size_wh
    round_shade = np.sin(np.linspace(0.25 * np.pi, 0.75 * np.pi, height))[:, None, None]
    colour = np.array((30, 30, 150) if red else (34, 32, 32), np.float64)
    image[y : y + height, x : x + width] = 8
    image[y : y + height, x + 2 : x + width - 2] = (colour * round_shade).astype(np.uint8)


Folders = tuple[Path, ...]
PRINT_PX, SMALL_PX = (20.0, 120.0), (12.0, 20.0)
DISPLAY_PX, WHEEL_PX = (20.0, 160.0), (16.0, 90.0)
"""The least and the most height of a digit, in pixels of a picture of 640 x 480."""


class DrawWithFonts(Protocol):
    """Draws one picture with the system's typefaces and those of more folders."""

    def __call__(self, rng: np.random.Generator, *, fonts: Folders = ()) -> Scene:
        """Draw it."""
        ...


@cache
def unseen_typefaces(fonts: Folders) -> tuple[Typeface, ...]:
    """The typefaces kept back for the test: OpenCV's own, the system's, and those of more folders.

    Args:
        fonts: the folders.
    """
    found = find_typefaces(fonts, system=True)
    return (*held_out(found), *displays(found))


def printed(rng: np.random.Generator, *, fonts: Folders = ()) -> Scene:
    """A printed page with some words and signs among its digits."""
    return _page(rng, PrintPlan(PRINT_PX, words=0.2), fonts)


def printed_small(rng: np.random.Generator, *, fonts: Folders = ()) -> Scene:
    """The same in small print."""
    return _page(rng, PrintPlan(SMALL_PX, words=0.2), fonts)


def printed_bold(rng: np.random.Generator, *, fonts: Folders = ()) -> Scene:
    """The same in bold typefaces."""
    return _page(rng, PrintPlan(PRINT_PX, words=0.2, bold=True), fonts)


def seven_segment(rng: np.random.Generator, *, fonts: Folders = ()) -> Scene:
    """A seven-segment display."""
    return draw_display(rng, held_out=True, height_px=DISPLAY_PX, typefaces=unseen_typefaces(fonts))


def wheels(rng: np.random.Generator, *, fonts: Folders = ()) -> Scene:
    """Counter wheels; what is read of a wheel between two digits counts as invented."""
    faces = held_out(unseen_typefaces(fonts))
    return draw_wheels(rng, faces, held_out=True, height_px=WHEEL_PX, serial=bool(rng.random() < 0.2))


def _page(rng: np.random.Generator, plan: PrintPlan, fonts: Folders) -> Scene:
    return draw_print(rng, held_out(unseen_typefaces(fonts)), plan=plan)


DRAW_BY_KIND: Mapping[str, DrawWithFonts] = {
    "print": printed,
    "print-small": printed_small,
    "print-bold": printed_bold,
    "seven-segment": seven_segment,
    "wheels": wheels,
}
