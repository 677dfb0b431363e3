"""The slow wandering of a picture that a hand holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

_WAVES = 3


@dataclass(frozen=True, slots=True, eq=False)
class Wander:
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
