"""Pictures of a sheet on a desk, with the truth about them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Self

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.drawing.paper import draw_desk
from digitreader.drawing.sheet import DemoSettings, Sheet, draw_sheet
from digitreader.drawing.view import (
    Bounds,
    Homography,
    Light,
    Pose,
    SensorNoise,
    compress,
    digit_bounds,
    draw_light,
    draw_pose,
    homography,
    mark_bounds,
)
from digitreader.errors import UsageError
from digitreader.values import Box, ColourImage

BORDER_PX = 12
"""How much more of a scene is drawn at each side than one frame shows, so that the picture can wander."""


@dataclass(frozen=True, slots=True, eq=False)
class Scenery:
    """What stays while sheets come and go: desk, light and sensor. Arrays are `BORDER_PX` larger at each side."""

    size_wh: tuple[int, int]
    desk: ColourImage
    light: Light
    noise: SensorNoise
    settings: DemoSettings

    @classmethod
    def draw(cls, size_wh: tuple[int, int], rng: np.random.Generator, *, settings: DemoSettings) -> Self:
        """Draw a stage for frames of a size.

        Raises:
            UsageError: the size is not one that numbers can be shown in.
        """
        if min(size_wh) < 32:
            raise UsageError(f"the demo cannot show numbers in {size_wh[0]}x{size_wh[1]} pixels; 32x32 is the least")
        wide_wh = size_wh[0] + 2 * BORDER_PX, size_wh[1] + 2 * BORDER_PX
        return cls(
            size_wh=size_wh,
            desk=draw_desk(wide_wh, rng),
            light=draw_light(wide_wh, rng, settings=settings),
            noise=SensorNoise.draw(size_wh, rng, sigma=settings.noise),
            settings=settings,
        )


def lay(desk: ColourImage, sheet: Sheet, matrix: Homography) -> ColourImage:
    """Lay a sheet onto the desk, with the shadow that it throws."""
    height, width = sheet.image.shape[:2]
    corners = np.array([[(0, 0), (width, 0), (width, height), (0, height)]], np.float32)
    seen = cv2.perspectiveTransform(corners, matrix)[0]
    shaded = _shade_round(desk, seen)
    # Corners beyond the picture's edge cost nothing: a transparent border leaves the desk as it is.
    size_wh, border = (desk.shape[1], desk.shape[0]), cv2.BORDER_TRANSPARENT
    cv2.warpPerspective(sheet.image, matrix, size_wh, dst=shaded, flags=cv2.INTER_LINEAR, borderMode=border)
    return shaded


def _shade_round(desk: ColourImage, corners: npt.NDArray[np.float32]) -> ColourImage:
    mask = np.full((desk.shape[0] // 4 + 1, desk.shape[1] // 4 + 1), 255, np.uint8)
    cv2.fillConvexPoly(mask, np.round(np.add(corners, (3, 6)) / 4).astype(np.int32), 90)
    mask = np.asarray(cv2.resize(cv2.blur(mask, (5, 5)), (desk.shape[1], desk.shape[0])))
    return np.asarray(cv2.multiply(desk, cv2.cvtColor(mask, cv2.COLOR_GRAY2BGR), scale=1 / 255), np.uint8)


def light_up(stage: Scenery, image: ColourImage, streak: tuple[int, int] = (1, 1)) -> ColourImage:
    """Let the light fall on a picture and pass it through the lens.

    Args:
        stage: whose light and lens.
        image: (H, W, 3) uint8 of the stage's size.
        streak: how far things move during the exposure, in whole pixels across and down.
    """
    lit = cv2.multiply(image, stage.light, dtype=cv2.CV_8U)
    if stage.settings.blur_px > 0:
        lit = cv2.GaussianBlur(lit, (0, 0), stage.settings.blur_px)
    return np.asarray(lit if streak == (1, 1) else cv2.blur(lit, streak), np.uint8)


def expose(stage: Scenery, lit: ColourImage, corner: tuple[float, float], rng: np.random.Generator) -> ColourImage:
    """Take one frame out of a lit scene.

    Args:
        stage: whose sensor.
        lit: (H, W, 3) uint8 of the stage's size.
        corner: x and y of the frame's upper left corner in the scene, 0 to twice `BORDER_PX`, fractions as well.
        rng: where the noise is moved.

    Returns:
        (H, W, 3) uint8 of the frame's size.
    """
    width, height = stage.size_wh
    middle = corner[0] + (width - 1) / 2, corner[1] + (height - 1) / 2
    image = stage.noise.add_to(np.asarray(cv2.getRectSubPix(lit, stage.size_wh, middle), np.uint8), rng)
    quality = stage.settings.jpeg_quality
    return image if quality is None else compress(image, quality)


_AWAY = 1.35
"""How far from the middle a sheet is out of sight, in frame widths or heights."""

_SHUTTER = 0.4
"""The share of a frame's time for which the sensor collects light; what moves meanwhile is smeared."""


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """A lit scene, `BORDER_PX` larger than the frame at each side.

    Attributes:
        sheet: the sheet that can be read here; None while there is none or while it moves.
        bounds: where its digits are, in the lit scene.
    """

    lit: ColourImage
    moving: bool = False
    sheet: Sheet | None = None
    bounds: Bounds = field(default_factory=lambda: np.zeros((0, 4), np.float32))


def film(stage: Scenery, numbers: Sequence[str] | None, rng: np.random.Generator, *, fps: float) -> Iterator[Shot]:
    """Show one sheet after the other.

    Args:
        stage: where it is shown, and the settings.
        numbers: one text a sheet; None draws them without end.
        rng: where numbers, hands and papers come from.
        fps: frames a second.
    """
    desk = Shot(light_up(stage, stage.desk))
    away = round(stage.settings.away_s * fps)
    for text in _draw_numbers(stage.settings, rng) if numbers is None else numbers:
        yield from [desk] * away
        sheet = draw_sheet(text, rng, frame_wh=stage.size_wh, settings=stage.settings)
        pose = draw_pose(sheet, rng, frame_wh=stage.size_wh, settings=stage.settings)
        yield from _slide(stage, sheet, pose, rng, fps=fps, coming=True)
        yield from [_hold(stage, sheet, pose)] * max(1, round(stage.settings.held_s * fps))
        yield from _slide(stage, sheet, pose, rng, fps=fps, coming=False)
    yield from [desk] * away


def _draw_numbers(settings: DemoSettings, rng: np.random.Generator) -> Iterator[str]:
    """Numbers without end; the first sheet is never blank, so that something is there to be read at once."""
    yield draw_text(settings, rng)
    while True:
        yield "" if rng.random() < settings.blank_sheets else draw_text(settings, rng)


def draw_text(settings: DemoSettings, rng: np.random.Generator) -> str:
    """Draw the lines of digits for one sheet, as many as the settings say."""
    lines = rng.integers(settings.lines[0], settings.lines[1] + 1)
    return "\n".join(_draw_line(settings, rng) for _ in range(lines))


def _draw_line(settings: DemoSettings, rng: np.random.Generator) -> str:
    count = int(rng.integers(settings.digits[0], settings.digits[1] + 1))
    line = "".join(str(digit) for digit in rng.integers(0, 10, count))
    if count < 4 or rng.random() >= settings.groups:
        return line
    cut = int(rng.integers(2, count - 1))
    return f"{line[:cut]} {line[cut:]}"


def _hold(stage: Scenery, sheet: Sheet, pose: Pose) -> Shot:
    matrix = homography(sheet, pose, frame_wh=stage.size_wh, offset=BORDER_PX)
    return Shot(light_up(stage, lay(stage.desk, sheet, matrix)), sheet=sheet, bounds=digit_bounds(sheet, matrix))


def _slide(
    stage: Scenery, sheet: Sheet, pose: Pose, rng: np.random.Generator, *, fps: float, coming: bool
) -> Iterator[Shot]:
    steps = round(stage.settings.moving_s * fps)
    way = np.array([(-_AWAY, 0.1), (_AWAY, 0.1), (0.1, _AWAY)][int(rng.integers(3))])
    turn = float(rng.normal(0.0, 0.12))
    for step in range(steps):
        left = (1.0 - (step + 0.5) / steps) ** 2 if coming else ((step + 0.5) / steps) ** 2
        x, y = np.array(pose.centre) + left * way
        moved = replace(pose, tilt=pose.tilt + left * turn, centre=(float(x), float(y)))
        matrix = homography(sheet, moved, frame_wh=stage.size_wh, offset=BORDER_PX)
        speed = 2.0 * np.sqrt(left) / steps * np.abs(way) * stage.size_wh * _SHUTTER
        streak = (1 + int(speed[0]), 1 + int(speed[1]))
        yield Shot(light_up(stage, lay(stage.desk, sheet, matrix), streak), moving=True)


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
    stage = Scenery.draw(size_wh, rng, settings=settings)
    return photograph(stage, draw_sheet(text, rng, frame_wh=size_wh, settings=settings), rng)


def photograph(stage: Scenery, sheet: Sheet, rng: np.random.Generator) -> Scene:
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
