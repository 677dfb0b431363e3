"""What of a picture is burnt out to white."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.values import Box, ColourImage, GrayImage

Burnt = npt.NDArray[np.uint8]
"""(H, W) uint8, 1 where a pixel is burnt out, else 0."""

BURNT = 250
LEAST_SPOT = 0.3
"""A spot that may hide a stroke is as wide as this share of a digit's height."""


def burnt_in(image: ColourImage | GrayImage) -> Burnt:
    """Where every channel of a picture is at its end."""
    darkest = image if image.ndim == 2 else image.min(axis=2)
    return np.asarray(darkest >= BURNT, np.uint8)


def has_spot_near(burnt: Burnt, boxes: Sequence[Box]) -> bool:
    """Whether a spot is burnt out in a digit, or no farther from it than it is high."""
    height = int(np.median([box.height for box in boxes]))
    width = max(3, round(LEAST_SPOT * height))
    spots = cv2.morphologyEx(burnt, cv2.MORPH_OPEN, np.ones((width, width), np.uint8))
    return any(
        spots[
            max(0, box.y - height) : box.y + box.height + height, max(0, box.x - height) : box.x + box.width + height
        ].any()
        for box in boxes
    )
