"""Puts writing on a sheet at given places and photographs the sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from digitreader.drawing import (
    PAPERS,
    PENS,
    DemoSettings,
    Hand,
    InkedDigit,
    InkedMark,
    Paper,
    Pen,
    Scene,
    Writing,
    write_number,
)
from digitreader.drawing.paper import draw_paper, ink_over
from digitreader.drawing.pen import vary_pen
from digitreader.drawing.scene import BORDER_PX, Scenery, expose, lay, light_up, see_boxes, see_marks
from digitreader.drawing.sheet import Sheet
from digitreader.drawing.view import Pose, digit_bounds, draw_pose, homography
from digitreader.values import ColourImage, Ink

Draw = Callable[[np.random.Generator], Scene]
"""Draws one picture of a kind."""

MODEST = DemoSettings(
    sheet_fill=(1.0, 1.08), folds=0.0, tilt_deg=1.5, perspective_deg=5.0, light_falloff=0.3, shadow=0.1, blur_px=0.5,
    noise=2.5,
)  # fmt: skip
"""A sheet that fills the frame, nearly straight, in good light: the kind alone makes it hard."""


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """Writing, and where the upper left corner of its ink lies on the sheet, in pixels."""

    writing: Writing
    x: int
    y: int


def digits_text(count: int, rng: np.random.Generator) -> str:
    """This many digits, each as often as another."""
    return "".join(str(digit) for digit in rng.integers(0, 10, count))


def choose_pen(rng: np.random.Generator, *names: str) -> Pen:
    """A pen of one of these kinds, a little wider or narrower than another."""
    return vary_pen(PENS[str(rng.choice(names))], rng)


def straight_hand(rng: np.random.Generator) -> Hand:
    """A hand whose lines do not fall or rise, so that they stay on a rule."""
    return replace(Hand.random(rng), drift=0.0)


def write_to_fit(
    text: str, rng: np.random.Generator, hand: Hand, *, pen: Pen, height_px: float, most_wh: tuple[float, float]
) -> Writing:
    """Write a line, smaller than asked for where it would not fit.

    Args:
        text: digits, and marks as `write_number` takes them.
        rng: where this time's forms come from.
        hand: who writes.
        pen: what writes.
        height_px: how high a digit is, about.
        most_wh: the most that its ink may be wide and high, in pixels.
    """
    seed = int(rng.integers(2**63))
    while True:
        writing = write_number(text, np.random.default_rng(seed), hand, pen=pen, height_px=height_px)
        height, width = writing.ink.shape
        shrink = min(most_wh[0] / width, most_wh[1] / height)
        if shrink >= 1.0 or height_px <= 4.0:
            return writing
        height_px *= 0.97 * shrink


def stand(writing: Writing, left: float, baseline: float) -> Placed:
    """Let a line of writing stand on a baseline of the sheet, in pixels."""
    return Placed(writing, round(left), round(baseline - writing.baseline_px))


def centre(writing: Writing, x: float, y: float) -> Placed:
    """Put the middle of a line of writing at a place of the sheet, in pixels."""
    height, width = writing.ink.shape
    return Placed(writing, round(x - width / 2), round(y - height / 2))


def ink_layer(placed: Iterable[Placed], size_wh: tuple[int, int]) -> Ink:
    """All ink on an empty layer of a size; what lies beyond its edges is cut off.

    Returns:
        (height, width) uint8, white on black.
    """
    layer = np.zeros((size_wh[1], size_wh[0]), np.uint8)
    for each in placed:
        left, top = max(each.x, 0), max(each.y, 0)
        ink = each.writing.ink[top - each.y :, left - each.x :]
        part = layer[top : top + ink.shape[0], left : left + ink.shape[1]]
        np.maximum(part, ink[: part.shape[0], : part.shape[1]], out=part)
    return layer


def sheet_of(image: ColourImage, rows: Sequence[Sequence[Placed]], pen: Pen) -> Sheet:
    """Write rows onto a sheet.

    Args:
        image: (H, W, 3) uint8 BGR, the empty sheet.
        rows: each is one line to be read, its parts from left to right; one without digits is not a line.
        pen: whose colour the ink has.
    """
    size_wh = image.shape[1], image.shape[0]
    inked = ink_over(image, ink_layer((each for row in rows for each in row), size_wh), pen.colour_bgr, pen.strength)
    full = [row for row in rows if any(each.writing.digits for each in row)]
    digits = tuple(
        InkedDigit(digit.digit, line, digit.hull + np.array((each.x, each.y), np.float32))
        for line, row in enumerate(full)
        for each in row
        for digit in each.writing.digits
    )
    text = "\n".join("".join(each.writing.text for each in row) for row in full)
    marks = tuple(
        InkedMark(mark.sign, line, mark.hull + np.array((each.x, each.y), np.float32))
        for line, row in enumerate(full)
        for each in row
        for mark in each.writing.marks
    )
    return Sheet(inked, digits, text, marks)


def empty_paper(name: str, rng: np.random.Generator, *, size_wh: tuple[int, int], digit_px: float = 60) -> ColourImage:
    """An empty sheet of one of the demo's papers, (height, width, 3) uint8 BGR."""
    return paper_of(PAPERS[name], rng, size_wh=size_wh, digit_px=digit_px)


def paper_of(paper: Paper, rng: np.random.Generator, *, size_wh: tuple[int, int], digit_px: float = 60) -> ColourImage:
    """An empty sheet of any paper, (height, width, 3) uint8 BGR; its printed lines go by the digits' height."""
    return draw_paper(paper, rng, size_wh=size_wh, digit_px=digit_px, baseline_px=float(rng.uniform(0, 2 * digit_px)))


def page_of(
    writings: Sequence[Writing], rng: np.random.Generator, *, image: ColourImage, pen: Pen, pitch_px: float
) -> Sheet:
    """Write lines below each other, somewhere on a sheet.

    Args:
        writings: one a line, each narrower than the sheet.
        rng: where the place comes from.
        image: (H, W, 3) uint8 BGR, the empty sheet.
        pen: whose colour the ink has.
        pitch_px: from baseline to baseline.
    """
    height, width = image.shape[:2]
    above = writings[0].baseline_px
    deep = above + pitch_px * (len(writings) - 1) + (writings[-1].ink.shape[0] - writings[-1].baseline_px)
    first = above + max(height - deep, 0) * rng.uniform(0.25, 0.75)
    spare = max(width - max(writing.ink.shape[1] for writing in writings), 0)
    left = spare * rng.uniform(0.15, 0.7)
    rows = [
        [stand(writing, left + spare * rng.uniform(0, 0.12), first + row * pitch_px)]
        for row, writing in enumerate(writings)
    ]
    return sheet_of(image, rows, pen)


def photographed(
    sheet: Sheet,
    rng: np.random.Generator,
    *,
    size_wh: tuple[int, int],
    settings: DemoSettings = MODEST,
    tilt_deg: float | None = None,
) -> Scene:
    """Photograph a sheet on a desk.

    Args:
        sheet: what is seen.
        rng: where desk, light, pose and noise come from.
        size_wh: of the picture, in pixels.
        settings: how modest light, blur, noise and pose are.
        tilt_deg: turns the sheet by exactly this much, clockwise; None leaves it to the settings.
    """
    stage = Scenery.draw(size_wh, rng, settings=settings)
    pose = draw_pose(sheet, rng, frame_wh=size_wh, settings=settings)
    if tilt_deg is not None:
        pose = replace(pose, tilt=float(np.radians(tilt_deg)))
    return _taken(stage, sheet, pose, rng)


def _taken(stage: Scenery, sheet: Sheet, pose: Pose, rng: np.random.Generator) -> Scene:
    matrix = homography(sheet, pose, frame_wh=stage.size_wh, offset=BORDER_PX)
    corner = (float(BORDER_PX), float(BORDER_PX))
    image = expose(stage, light_up(stage, lay(stage.desk, sheet, matrix)), corner, rng)
    boxes, marks = see_boxes(sheet, digit_bounds(sheet, matrix), corner), see_marks(sheet, matrix, corner)
    return Scene(image, boxes, sheet.text, marks)


def as_it_is(sheet: Sheet) -> Scene:
    """A sheet as a picture without any camera, such as a program draws it."""
    return Scene(sheet.image, see_boxes(sheet, digit_bounds(sheet, np.eye(3)), (0.0, 0.0)), sheet.text)
