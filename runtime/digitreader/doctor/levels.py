"""The grey levels of a digit and of what it is written on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from digitreader.values import Box

BORDER_PX = 4


@dataclass(frozen=True, slots=True)
class Levels:
    """Grey levels in and beside a digit's box; less than a third of it is ink."""

    darkest: float
    darker: float
    lighter: float
    lightest: float

    @property
    def on_board(self) -> bool:
        """It is written in chalk on a board, not in ink on paper."""
        return self.lightest - self.darker > self.lighter - self.darkest

    @property
    def span(self) -> float:
        """From paper to ink, or from board to chalk."""
        return max(self.lighter - self.darkest, self.lightest - self.darker)

    @property
    def contrast(self) -> float:
        """The share of light, 0..1, that the ink swallows, or the board."""
        return self.span / max(1.0, self.lightest)


def levels_of(gray: npt.NDArray[np.uint8] | npt.NDArray[np.float32], box: Box) -> Levels:
    """Measure a digit of a picture (H, W), of which every level is 0..255."""
    top, left = max(0, box.y - BORDER_PX), max(0, box.x - BORDER_PX)
    around = gray[top : box.y + box.height + BORDER_PX, left : box.x + box.width + BORDER_PX]
    return Levels(*(float(level) for level in np.percentile(around, (3, 30, 70, 97))))
