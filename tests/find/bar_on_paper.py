"""Plain paper with one stroke on it."""

from __future__ import annotations

import numpy as np

from digitreader.values import GrayImage


def paper(value: int = 200, shape: tuple[int, int] = (240, 320)) -> GrayImage:
    """Paper of one brightness."""
    return np.full(shape, value, np.uint8)


def with_bar(image: GrayImage, value: int) -> GrayImage:
    """A stroke 6 pixels wide and 60 high in the middle."""
    row, column = image.shape[0] // 2, image.shape[1] // 2
    written = image.copy()
    written[row - 30 : row + 30, column - 3 : column + 3] = value
    return written
