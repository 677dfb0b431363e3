"""The built-in camera that shows handwritten numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from digitreader.drawing.scene import BORDER_PX, DigitBox, Scenery, Shot, expose, film, see_boxes
from digitreader.drawing.sheet import DemoSettings
from digitreader.errors import UsageError
from digitreader.values import Frame

_WAVES = 3


@dataclass(frozen=True, slots=True, eq=False)
class HandShake:
    """A few slow waves across and down, added up.

    Attributes:
        middle_px: the place that is wandered about, the same across and down.
        reach_px: the farthest from it.
        speeds: (3, 2) float64, in radians a second; phases likewise, in radians.
    """

    middle_px: float
    reach_px: float
    speeds: npt.NDArray[np.float64]
    phases: npt.NDArray[np.float64]

    @classmethod
    def draw(cls, rng: np.random.Generator, *, middle_px: float, reach_px: float) -> Self:
        """Draw how a hand wanders: between once in three seconds and twice a second."""
        speeds = 2.0 * np.pi * rng.uniform(0.3, 2.0, (_WAVES, 2))
        return cls(middle_px, reach_px, speeds, rng.uniform(0.0, 2.0 * np.pi, (_WAVES, 2)))

    def place(self, time_s: float) -> tuple[float, float]:
        """Where it is at a time, in pixels across and down."""
        x, y = self.middle_px + self.reach_px * np.sin(self.speeds * time_s + self.phases).mean(axis=0)
        return float(x), float(y)


@dataclass(frozen=True, slots=True, eq=False)
class DemoFrame:
    """A frame and the truth about it.

    Attributes:
        truth: the digits in view as they are to be read, a space between groups, a newline between lines; "" where
            there are none or where they move.
        boxes: of the digits, in reading order; none where the truth is empty.
        moving: a sheet is being moved, so that whatever is read or not read is no mistake.
    """

    frame: Frame
    truth: str
    boxes: tuple[DigitBox, ...]
    moving: bool


class DemoCamera:
    """A camera without hardware, that gives frames as fast as they are taken: it keeps no clock.

    The same arguments give the same bytes, however often `frames` is called.
    """

    name = "demo"

    def __init__(
        self,
        size_wh: tuple[int, int] = (640, 480),
        *,
        seed: int = 0,
        fps: float = 30.0,
        numbers: Sequence[str] | None = None,
        settings: DemoSettings | None = None,
    ) -> None:
        """Set the camera up; nothing is drawn yet.

        Args:
            size_wh: of the frames, in pixels.
            seed: 0 or more; another seed shows other numbers in other hands under another light.
            fps: frames a second, by which the frames get their times, and a sheet its number of frames.
            numbers: what to show, one text a sheet ("" is a blank one), and then end; None draws numbers without end.
            settings: how hard it is to read, and how long a sheet stays.

        Raises:
            UsageError: a negative seed, or no frames a second.
        """
        if seed < 0 or fps <= 0:
            raise UsageError(f"the demo cannot run with seed {seed} and {fps} frames/s; take seed >= 0 and fps > 0")
        self.size_wh, self.seed, self.fps = size_wh, seed, fps
        self.numbers = None if numbers is None else tuple(numbers)
        self.settings = settings or DemoSettings()

    def frames(self) -> Iterator[DemoFrame]:
        """Film the empty desk, a sheet slid in, held and taken away, and the next.

        Raises:
            UsageError: frames smaller than 32x32, or a number that cannot be written.
        """
        # Three streams, so that the numbers shown do not depend on how many frames were taken of each.
        for_stage, for_sheets, for_frames = np.random.default_rng(self.seed).spawn(3)
        stage = Scenery.draw(self.size_wh, for_stage, settings=self.settings)
        reach_px = min(self.settings.shake_px, BORDER_PX / 2)
        wander = HandShake.draw(for_frames, middle_px=BORDER_PX, reach_px=reach_px)
        for index, shot in enumerate(film(stage, self.numbers, for_sheets, fps=self.fps)):
            time_s = index / self.fps
            yield self._take(stage, shot, wander.place(time_s), index, for_frames)

    def _take(
        self, stage: Scenery, shot: Shot, corner: tuple[float, float], index: int, rng: np.random.Generator
    ) -> DemoFrame:
        image = expose(stage, shot.lit, corner, rng)
        frame = Frame(image=image, source=self.name, index=index, time_s=index / self.fps)
        if shot.sheet is None:
            return DemoFrame(frame, truth="", boxes=(), moving=shot.moving)
        return DemoFrame(frame, shot.sheet.text, see_boxes(shot.sheet, shot.bounds, corner), moving=False)
