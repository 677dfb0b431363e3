"""The film's script: what lies under the demo camera, frame by frame, before the sensor sees it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from digitreader.demo.settings import DemoSettings
from digitreader.demo.sheet import Sheet, draw_sheet
from digitreader.demo.stage import BORDER_PX, Stage, lay, light_up
from digitreader.demo.view import Bounds, Pose, digit_bounds, draw_pose, homography
from digitreader.values import ColourImage

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


def film(stage: Stage, numbers: Sequence[str] | None, rng: np.random.Generator, *, fps: float) -> Iterator[Shot]:
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


def _hold(stage: Stage, sheet: Sheet, pose: Pose) -> Shot:
    matrix = homography(sheet, pose, frame_wh=stage.size_wh, offset=BORDER_PX)
    return Shot(light_up(stage, lay(stage.desk, sheet, matrix)), sheet=sheet, bounds=digit_bounds(sheet, matrix))


def _slide(
    stage: Stage, sheet: Sheet, pose: Pose, rng: np.random.Generator, *, fps: float, coming: bool
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
