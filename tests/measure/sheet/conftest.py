"""Prints test sheets, lets the demo's hands fill them in, and photographs them with the demo's camera."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import cv2
import numpy as np
import pytest

from digitreader.drawing import PENS, DemoSettings, Hand, InkedDigit, write_glyph
from digitreader.drawing.paper import ink_over
from digitreader.drawing.scene import Scenery, photograph
from digitreader.drawing.sheet import Sheet as Paper
from digitreader.measure.sheet.layout import MARK_MM, PrintedSheet, draw_sheet, mark_middles, numbers_of
from digitreader.values import ColourImage, GrayImage

PX_PER_MM = 6.0
PX_PER_POINT = PX_PER_MM * 25.4 / 72
DIGIT_MM = 10.5


def print_pdf(packed: bytes) -> GrayImage:
    """Draw the page of one of our PDFs, 6 pixels a millimetre: all of the format that a sheet uses, and no more."""
    content = packed.partition(b"stream\n")[2].partition(b"\nendstream")[0].decode("ascii")
    (size,) = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", packed)
    width, height = (round(float(side) * PX_PER_POINT) for side in size)
    page = np.full((height, width), 255, np.uint8)
    for line in content.splitlines():
        _draw(page, line)
    return page


def _draw(page: GrayImage, line: str) -> None:
    numbers = [float(word) for word in re.findall(r"(?<![\w(])-?\d+(?:\.\d+)?(?![\w)])", line.partition(" Td")[0])]
    grey = round(255 * numbers[0])
    if line.endswith(" f"):
        x, y, width, height = numbers[1:]
        start, end = _place(page, x, y + height), _place(page, x + width, y)
        page[start[1] : end[1], start[0] : end[0]] = grey
    elif line.endswith(" S"):
        thick, x, y, width, height = numbers[1:]
        ends = _place(page, x, y + height), _place(page, x + width, y)
        cv2.rectangle(page, *ends, color=(grey,), thickness=max(1, round(thick * PX_PER_POINT)))
    else:
        size, x, y = numbers[1:]
        (text,) = re.findall(r"\((.*)\) Tj", line)
        font, thick = cv2.FONT_HERSHEY_DUPLEX, 2
        cv2.putText(page, text, _place(page, x, y), font, size * PX_PER_POINT / 34, (grey,), thick, cv2.LINE_AA)


def _place(page: GrayImage, x: float, y: float) -> tuple[int, int]:
    return round(x * PX_PER_POINT), page.shape[0] - round(y * PX_PER_POINT)


def fill_in(
    printed: GrayImage,
    sheet: PrintedSheet,
    *,
    seed: int = 0,
    pen: str = "gel",
    empty: tuple[int, ...] = (),
    instead: Mapping[tuple[int, int], str] | None = None,
) -> ColourImage:
    """Copy the numbers into their boxes in one person's hand.

    Args:
        printed: the sheet.
        empty: the numbers that are left out.
        instead: what is written in the place of a digit, by its number and its place in it; "" is nothing.
    """
    rng = np.random.default_rng(seed)
    hand, tool, ink = Hand.random(rng), PENS[pen], np.zeros_like(printed)
    for at, number in enumerate(numbers_of(sheet)):
        for place, (digit, box) in enumerate(zip(number.text, number.boxes, strict=True)):
            glyph = write_glyph(int(digit), rng, hand, pen=tool, height_px=DIGIT_MM * PX_PER_MM)
            written = (instead or {}).get((at, place), digit)
            if at in empty or not written:
                continue
            if written != digit:
                glyph = write_glyph(int(written), rng, hand, pen=tool, height_px=DIGIT_MM * PX_PER_MM)
            height, width = glyph.shape
            x, y = (
                int(m * PX_PER_MM - s / 2 + rng.normal(0, 3)) for m, s in zip(box.middle, (width, height), strict=True)
            )
            part = ink[y : y + height, x : x + width]
            np.maximum(part, glyph, out=part)
    paper = np.asarray(cv2.cvtColor(cv2.convertScaleAbs(printed, alpha=0.93), cv2.COLOR_GRAY2BGR), np.uint8)
    return ink_over(paper, ink, tool.colour_bgr, tool.strength)


def shoot(
    image: ColourImage, sheet: PrintedSheet, *, seed: int = 0, size_wh: tuple[int, int] = (1280, 960), **knobs: float
) -> ColourImage:
    """Photograph a sheet on the demo's desk, with its perspective, light and noise, and all marks in view."""
    rng = np.random.default_rng(seed)
    reach = np.array([(-1, -1), (1, 1)], np.float32) * MARK_MM * 0.6
    hulls = [((np.array(middle, np.float32) + reach) * PX_PER_MM).astype(np.float32) for middle in mark_middles(sheet)]
    paper = Paper(image, tuple(InkedDigit(0, 0, hull) for hull in hulls), "")
    stage = Scenery.draw(size_wh, rng, settings=DemoSettings(**knobs))  # type: ignore[arg-type] # knobs that are numbers
    return photograph(stage, paper, rng).image


@pytest.fixture(scope="session")
def printed() -> Callable[[PrintedSheet], GrayImage]:
    """Prints a sheet: (H, W) uint8, 6 pixels a millimetre."""
    return lambda sheet: print_pdf(draw_sheet(sheet))


@pytest.fixture(scope="session")
def filled(printed: Callable[[PrintedSheet], GrayImage]) -> Callable[..., ColourImage]:
    """Prints a sheet and fills it in, as `fill_in` says."""

    def fill(sheet: PrintedSheet, **how: object) -> ColourImage:
        return fill_in(printed(sheet), sheet, **how)  # type: ignore[arg-type] # as it is called

    return fill


@pytest.fixture(scope="session")
def photographed_sheet(filled: Callable[..., ColourImage]) -> Callable[..., ColourImage]:
    """Prints a sheet, fills it in and photographs it, as `fill_in` and `shoot` say."""

    def take(
        sheet: PrintedSheet, *, seed: int = 0, size_wh: tuple[int, int] = (1280, 960), **how: object
    ) -> ColourImage:
        return shoot(filled(sheet, seed=seed, **how), sheet, seed=seed, size_wh=size_wh)

    return take


@pytest.fixture(scope="session")
def shot() -> Callable[..., ColourImage]:
    """Photographs a sheet's picture, as `shoot` says."""
    return shoot
