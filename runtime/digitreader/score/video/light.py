"""Light that changes while the camera looks: clouds, a lamp switched, its flicker."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

import cv2
import numpy as np

from digitreader.values import ColourImage

DARK = 0.3
"""What is left of the light when the lamp is off."""
ADAPTING_S = 0.6
"""How long the camera's exposure takes to follow."""


@dataclass(frozen=True, slots=True)
class Weather:
    """How the light changes within a take.

    Attributes:
        cloud: how much light a cloud takes away; cloud_s: how long one takes.
        switched_s: when the lamp is switched off; lit_s: when on again.
        flicker: how strongly the lamp flickers, as a share of its light; beats: how often a second.
    """

    cloud: float = 0.0
    cloud_s: float = 6.0
    switched_s: float = math.inf
    lit_s: float = math.inf
    flicker: float = 0.0
    beats: float = 0.0

    @classmethod
    def draw(cls, rng: np.random.Generator, *, length_s: float) -> Self:
        """Draw one of the three."""
        kind = int(rng.integers(3))
        if kind == 0:
            return cls(cloud=float(rng.uniform(0.2, 0.6)), cloud_s=float(rng.uniform(2.0, 6.0)))
        if kind == 1:
            off = float(rng.uniform(0.2, 0.5)) * length_s
            return cls(switched_s=off, lit_s=off + float(rng.uniform(0.15, 0.4)) * length_s)
        return cls(flicker=float(rng.uniform(0.03, 0.12)), beats=float(rng.uniform(2.0, 9.0)))

    def gain(self, time_s: float) -> float:
        """How much of the light there is at a time, as the camera sees it."""
        cloud = 1.0 - self.cloud * (0.5 - 0.5 * math.cos(2 * math.pi * time_s / self.cloud_s))
        flicker = 1.0 + self.flicker * math.sin(2 * math.pi * self.beats * time_s)
        return cloud * flicker * self._lamp(time_s)

    def _lamp(self, time_s: float) -> float:
        """Dark at once, and brighter as the exposure follows; too bright at once when the lamp is on again."""
        if time_s < self.switched_s:
            return 1.0
        if time_s < self.lit_s:
            return 0.8 - (0.8 - DARK) * math.exp((self.switched_s - time_s) / ADAPTING_S)
        return 1.0 + 0.8 * math.exp((self.lit_s - time_s) / ADAPTING_S)

    def cast(self, image: ColourImage, time_s: float) -> ColourImage:
        """The image in the light of a time; a copy where that is not 1."""
        gain = self.gain(time_s)
        return image if gain == 1.0 else np.asarray(cv2.convertScaleAbs(image, alpha=gain), np.uint8)
