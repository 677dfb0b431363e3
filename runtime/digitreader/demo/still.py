"""One still picture of one sheet, and the truth about it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from digitreader.demo.settings import DemoSettings
from digitreader.demo.sheet import Sheet, draw_sheet
from digitreader.demo.stage import BORDER_PX, Stage, expose, lay, light_up
from digitreader.demo.view import Bounds, digit_bounds, draw_pose, homography
from digitreader.values import Box, ColourImage


@dataclass(frozen=True, slots=True)
class DigitBox:
    """A digit that is really there: which, where in the frame, and on which line, counted from 0."""

    digit: int
    box: Box
    line: int


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A picture and the truth about it.

    Attributes:
        image: (H, W, 3) uint8 BGR.
        boxes: of the digits, in reading order.
        truth: the digits as they are to be read, a space between groups, a newline between lines.
    """

    image: ColourImage
    boxes: tuple[DigitBox, ...]
    truth: str


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
    return Scene(image=image, boxes=see_boxes(sheet, digit_bounds(sheet, matrix), centre), truth=sheet.text)


def see_boxes(sheet: Sheet, bounds: Bounds, corner: tuple[float, float]) -> tuple[DigitBox, ...]:
    """The digits' boxes in a frame whose upper left corner is at `corner` of the scene."""
    places = bounds - np.array((*corner, *corner), np.float32)
    left_top = np.floor(places[:, :2]).astype(int)
    width_height = np.ceil(places[:, 2:]).astype(int) + 1 - left_top
    rows = np.concatenate([left_top, width_height], axis=1).tolist()
    pairs = zip(sheet.digits, rows, strict=True)
    return tuple(DigitBox(digit=inked.digit, box=Box(*row), line=inked.line) for inked, row in pairs)
