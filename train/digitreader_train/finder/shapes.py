"""Shapes whose corners lie between pixels: rectangles, and lines from point to point."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.values import Ink


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle in pixels: (x, y) is its upper left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The x of its right side."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The y of its lower side."""
        return self.y + self.height


SHIFT = 4
"""OpenCV takes points in whole numbers of 1 / 2**SHIFT pixels."""

Points = npt.NDArray[np.float64]
"""(N, 2) float64, x and y in pixels."""


def draw_polyline(plane: Ink, points: Points, width_px: int, *, tone: int = 255, closed: bool = False) -> None:
    """Draw straight lines from point to point.

    Args:
        plane: (H, W) uint8; it is drawn on.
        points: the corners; those outside the plane are cut off.
        width_px: of the line.
        tone: of the line, 0..255.
        closed: whether the last point is joined to the first.
    """
    places = np.round(points * (1 << SHIFT)).astype(np.int32)
    cv2.polylines(plane, [places], closed, tone, width_px, cv2.LINE_AA, SHIFT)
