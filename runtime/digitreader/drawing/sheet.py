"""A sheet of paper with handwriting, and the settings of the demo."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from digitreader.drawing.hand import Hand
from digitreader.drawing.paper import PAPERS, Paper, draw_paper, fold, ink_over
from digitreader.drawing.pen import PENS, Pen, vary_pen
from digitreader.drawing.writing import InkedDigit, InkedMark, Writing, write_number
from digitreader.errors import UsageError
from digitreader.values import ColourImage, Ink


@dataclass(frozen=True, slots=True)
class DemoSettings:
    """The demo's knobs. A pair is the least and the most of what is drawn by chance.

    Attributes:
        digits: how many stand in a line.
        lines: how many lines stand on a sheet.
        groups: the chance that a line is written in two groups.
        pens: names in `PENS`, one of which is taken for each sheet.
        pen_width: 1.0 as the pens are; 2.0 is twice as thick.
        faintness: how much of the ink's strength is missing, 0 to 1.
        papers: names in `PAPERS`, one of which is taken for each sheet.
        digit_height: of the frame's height; less where the text needs the room.
        spacing: the gap between digits in digit heights; negative ones touch; None leaves it to the hand.
        folds: the chance that the sheet was folded.
        show_through: how strongly the writing on the back shines through, 0 to 1.
        sheet_fill: how much of the frame the sheet takes; above 1.0 no desk is seen.
        tilt_deg: the largest rotation of the sheet.
        perspective_deg: the largest angle at which the camera looks onto the sheet.
        light_falloff: how much light is missing in the darkest corner, 0 to 1.
        shadow: how much light a shadow with a soft edge takes away, 0 to 1.
        blur_px: the lens's unsharpness, standard deviation.
        noise: the sensor's, standard deviation in grey levels.
        jpeg_quality: 1 to 100, for the traces of a camera's compression; None leaves them out.
        shake_px: how far the picture wanders while a sheet is held.
        held_s: how long a sheet is held still.
        moving_s: how long it takes to slide in, and out.
        away_s: how long the desk is empty.
        blank_sheets: the chance that a sheet bears nothing.
    """

    digits: tuple[int, int] = (3, 6)
    lines: tuple[int, int] = (1, 2)
    groups: float = 0.12
    pens: tuple[str, ...] = ("ballpoint", "gel", "felt", "felt", "marker", "pencil", "blue", "red")
    pen_width: float = 1.0
    faintness: float = 0.0
    papers: tuple[str, ...] = ("white", "white", "cream", "ruled", "squared")
    digit_height: tuple[float, float] = (0.14, 0.24)
    spacing: float | None = None
    folds: float = 0.2
    show_through: float = 0.0
    sheet_fill: tuple[float, float] = (0.82, 1.0)
    tilt_deg: float = 5.0
    perspective_deg: float = 18.0
    light_falloff: float = 0.35
    shadow: float = 0.2
    blur_px: float = 0.6
    noise: float = 3.0
    jpeg_quality: int | None = None
    shake_px: float = 1.5
    held_s: float = 1.5
    moving_s: float = 0.3
    away_s: float = 0.4
    blank_sheets: float = 0.1


OVERSIZE = 1.15
"""A sheet's pixels to a frame's: finer, so that the view of it stays sharp."""

WRITABLE_WH = (0.86, 0.80)
"""How much of the sheet's width and height the writing may take."""


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """A sheet, flat and evenly lit, with the hulls of its digits and marks in its own pixels."""

    image: ColourImage
    digits: tuple[InkedDigit, ...]
    text: str
    marks: tuple[InkedMark, ...] = ()


def draw_sheet(text: str, rng: np.random.Generator, *, frame_wh: tuple[int, int], settings: DemoSettings) -> Sheet:
    """Take a sheet, a pen and a person by chance, and let them write.

    Args:
        text: lines of digits, as `write_number` takes them; "" for a blank sheet.
        rng: where every choice comes from.
        frame_wh: the frame in which it will be seen, which its size goes by.
        settings: which pens, papers and sizes there are to choose from.

    Returns:
        a sheet somewhat finer than the frame.

    Raises:
        UsageError: the settings name a pen or paper that there is not.
    """
    paper, pen, hand = choose_paper(settings, rng), choose_pen(settings, rng), _choose_hand(settings, rng)
    size_wh = sheet_size(frame_wh, rng)
    digit_px = float(rng.uniform(*settings.digit_height)) * frame_wh[1] * OVERSIZE
    writing, digit_px = _write_to_fit(text, rng, hand=hand, pen=pen, size_wh=size_wh, digit_px=digit_px)
    return ink_sheet(writing, rng, paper=paper, pen=pen, size_wh=size_wh, digit_px=digit_px, settings=settings)


def ink_sheet(
    writing: Writing,
    rng: np.random.Generator,
    *,
    paper: Paper,
    pen: Pen,
    size_wh: tuple[int, int],
    digit_px: float,
    settings: DemoSettings,
) -> Sheet:
    """Put writing somewhere on a sheet of paper.

    Args:
        writing: not larger than the sheet.
        rng: where its place, the paper's texture and the folds come from.
        paper: what it is written on.
        pen: whose colour it has.
        size_wh: of the sheet, in pixels.
        digit_px: how high a digit is.
        settings: how likely folds are, and how strongly the back shines through.
    """
    ink, offset = _lay_out(writing, size_wh, rng)
    image = draw_paper(paper, rng, size_wh=size_wh, digit_px=digit_px, baseline_px=offset[1] + writing.baseline_px)
    if settings.show_through > 0:
        behind = cv2.GaussianBlur(ink[:, ::-1], (0, 0), digit_px / 40)
        image = ink_over(image, np.asarray(behind, np.uint8), pen.colour_bgr, 0.3 * settings.show_through)
    image = ink_over(image, ink, pen.colour_bgr, pen.strength)
    if rng.random() < settings.folds:
        image = fold(image, rng)
    moved = np.array(offset, np.float32)
    digits = tuple(replace(digit, hull=digit.hull + moved) for digit in writing.digits)
    marks = tuple(replace(mark, hull=mark.hull + moved) for mark in writing.marks)
    return Sheet(image=image, digits=digits, text=writing.text, marks=marks)


def choose_paper(settings: DemoSettings, rng: np.random.Generator) -> Paper:
    """Take one of the settings' papers.

    Raises:
        UsageError: they name one that there is not.
    """
    name = str(rng.choice(settings.papers))
    if name not in PAPERS:
        raise UsageError(f"no paper is called {name!r}; take one of {' '.join(PAPERS)}")
    return PAPERS[name]


def choose_pen(settings: DemoSettings, rng: np.random.Generator) -> Pen:
    """Take one of the settings' pens, as wide and strong as they say.

    Raises:
        UsageError: they name one that there is not.
    """
    name = str(rng.choice(settings.pens))
    if name not in PENS:
        raise UsageError(f"no pen is called {name!r}; take one of {' '.join(PENS)}")
    pen = vary_pen(PENS[name], rng)
    return replace(pen, width=pen.width * settings.pen_width, strength=pen.strength * (1.0 - settings.faintness))


def _choose_hand(settings: DemoSettings, rng: np.random.Generator) -> Hand:
    hand = Hand.random(rng)
    return hand if settings.spacing is None else replace(hand, spacing=settings.spacing)


def sheet_size(frame_wh: tuple[int, int], rng: np.random.Generator) -> tuple[int, int]:
    """About the frame's own form, so that a sheet fills it well."""
    stretch = rng.uniform(0.94, 1.08)
    return max(8, round(frame_wh[0] * OVERSIZE * stretch)), max(8, round(frame_wh[1] * OVERSIZE / stretch))


def _write_to_fit(
    text: str, rng: np.random.Generator, *, hand: Hand, pen: Pen, size_wh: tuple[int, int], digit_px: float
) -> tuple[Writing, float]:
    """Write, and where the sheet is too small for it, write the same smaller."""
    seed = int(rng.integers(2**63))
    room_wh = WRITABLE_WH[0] * size_wh[0], WRITABLE_WH[1] * size_wh[1]
    while True:
        writing = write_number(text, np.random.default_rng(seed), hand, pen=pen, height_px=digit_px)
        height, width = writing.ink.shape
        shrink = min(room_wh[0] / width, room_wh[1] / height)
        if shrink >= 1.0 or digit_px <= 2.0:
            return writing, digit_px
        digit_px *= 0.97 * shrink


def _lay_out(writing: Writing, size_wh: tuple[int, int], rng: np.random.Generator) -> tuple[Ink, tuple[float, float]]:
    """Put the writing somewhere on the sheet, rather in its middle."""
    height, width = writing.ink.shape
    spare = np.maximum(np.array(size_wh) - (width, height), 0)
    x, y = (int(place) for place in spare * np.clip(rng.normal(0.5, 0.12, 2), 0.1, 0.9))
    ink = np.zeros((size_wh[1], size_wh[0]), np.uint8)
    part = ink[y : y + height, x : x + width]
    part[:] = writing.ink[: part.shape[0], : part.shape[1]]
    return ink, (float(x), float(y))
