"""One still picture of one sheet, and the truth about it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from digitreader.demo.settings import DemoSettings
from digitreader.demo.sheet import Sheet, draw_sheet
from digitreader.demo.stage import BORDER_PX, Stage, expose, lay, light_up
from digitreader.demo.view import Bounds, Homography, digit_bounds, draw_pose, homography, mark_bounds
from digitreader.values import Box, ColourImage


@dataclass(frozen=True, slots=True)
class DigitBox:
    """A digit that is really there: which, where in the frame, and on which line, counted from 0."""

    digit: int
    box: Box
    line: int


@dataclass(frozen=True, slots=True)
class MarkBox:
    """A mark that stands among digits: which character, where in the frame, and on which line, counted from 0."""

    sign: str
    box: Box
    line: int


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A picture and the truth about it.

    Attributes:
        image: (H, W, 3) uint8 BGR.
        boxes: of the digits, in reading order.
        truth: the digits as they are to be read, a space between groups, a newline between lines.
        marks: what else is written in the digits' lines.
    """

    image: ColourImage
    boxes: tuple[DigitBox, ...]
    truth: str
    marks: tuple[MarkBox, ...] = ()


def scene(
    text: str,
    *,
    size_wh: tuple[int, int] = (640, 480),
    settings: DemoSettings | None = None,
    rng: np.random.Generator,
) -> Scene:
    """Show one sheet with given lines of digits.

    Args:
        text: digits, spaces, newlines, and marks as `write_number` takes them; "" for a blank sheet.
        size_wh: of the picture, in pixels.
        settings: how hard it is to read.
        rng: where hand, pen, paper, light and noise come from.

    Raises:
        UsageError: a character that cannot be written, or a picture smaller than 32x32.
    """
    settings = settings or DemoSettings()
    stage = Stage.draw(size_wh, rng, settings=settings)
    return photograph(stage, draw_sheet(text, rng, frame_wh=size_wh, settings=settings), rng)


def photograph(stage: Stage, sheet: Sheet, rng: np.random.Generator) -> Scene:
    """Lay a sheet under the camera and take one picture of it."""
    size_wh, settings = stage.size_wh, stage.settings
    pose = draw_pose(sheet, rng, frame_wh=size_wh, settings=settings)
    matrix = homography(sheet, pose, frame_wh=size_wh, offset=BORDER_PX)
    centre = (float(BORDER_PX), float(BORDER_PX))
    image = expose(stage, light_up(stage, lay(stage.desk, sheet, matrix)), centre, rng)
    return Scene(
        image, see_boxes(sheet, digit_bounds(sheet, matrix), centre), sheet.text, see_marks(sheet, matrix, centre)
    )


def see_boxes(sheet: Sheet, bounds: Bounds, corner: tuple[float, float]) -> tuple[DigitBox, ...]:
    """The digits' boxes in a frame whose upper left corner is at `corner` of the scene."""
    pairs = zip(sheet.digits, _boxes_at(bounds, corner), strict=True)
    return tuple(DigitBox(digit=inked.digit, box=box, line=inked.line) for inked, box in pairs)


def see_marks(sheet: Sheet, matrix: Homography, corner: tuple[float, float]) -> tuple[MarkBox, ...]:
    """The marks' boxes in such a frame."""
    pairs = zip(sheet.marks, _boxes_at(mark_bounds(sheet, matrix), corner), strict=True)
    return tuple(MarkBox(inked.sign, box, inked.line) for inked, box in pairs)


def _boxes_at(bounds: Bounds, corner: tuple[float, float]) -> list[Box]:
    places = bounds - np.array((*corner, *corner), np.float32)
    left_top = np.floor(places[:, :2]).astype(int)
    width_height = np.ceil(places[:, 2:]).astype(int) + 1 - left_top
    return [Box(*row) for row in np.concatenate([left_top, width_height], axis=1).tolist()]
