"""Lays images of single digits on pictures of paper, far apart in rows and columns, as dark ink."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.values import Box, ColourImage, GrayImage

COLUMNS, ROWS = 4, 3
CELL_PX = 160
"""A picture is 640x480 pixels in cells of so many, one image in the middle of each."""
IMAGES_A_PICTURE = COLUMNS * ROWS
DIGIT_PX = 60
"""How high the typical digit of a collection becomes ..."""
MOST_PX = 120
"""... unless its image would be larger than this: paper stays between two images."""
PAPER, INK = (222, 230, 234), (62, 48, 44)
"""Blue, green and red of what is black in an image, and of what is white in it."""


def zoom_of(images: npt.NDArray[np.uint8]) -> float:
    """How far to enlarge all images of a collection, so that its typical digit is `DIGIT_PX` high.

    Args:
        images: (N, H, W) uint8, white ink on black, not spoiled.
    """
    boxes = [cv2.boundingRect(cv2.threshold(image, 127, 255, cv2.THRESH_BINARY)[1]) for image in images]
    heights = [box[3] for box in boxes if box[3]]
    most = MOST_PX / max(images.shape[1:])
    return float(min(DIGIT_PX / np.median(heights), most)) if heights else most


def lay_out(images: Sequence[GrayImage], *, zoom: float) -> ColourImage:
    """Lay images on paper, the first in the upper left cell, row by row.

    Args:
        images: at most `IMAGES_A_PICTURE` of (H, W) uint8, white ink on black: the white becomes dark ink, the black
            paper, and what is between is mixed of both.
        zoom: how far each is enlarged; none may be larger than `CELL_PX` then.

    Returns:
        (480, 640, 3) uint8, blue-green-red.
    """
    interpolation = cv2.INTER_CUBIC if zoom > 1 else cv2.INTER_AREA
    ink = np.zeros((ROWS * CELL_PX, COLUMNS * CELL_PX), np.uint8)
    for cell, image in enumerate(images):
        grown = cv2.resize(image, None, fx=zoom, fy=zoom, interpolation=interpolation)
        box = cell_box(cell)
        top, left = box.y + (CELL_PX - grown.shape[0]) // 2, box.x + (CELL_PX - grown.shape[1]) // 2
        ink[top : top + grown.shape[0], left : left + grown.shape[1]] = grown
    return mixed_colours()[ink]


def mixed_colours() -> npt.NDArray[np.uint8]:
    """(256, 3) uint8: the colour of each grey level, from paper to ink."""
    share = np.linspace(0.0, 1.0, 256)[:, None]
    return np.asarray(np.rint((1 - share) * PAPER + share * INK), np.uint8)


def cell_box(cell: int) -> Box:
    """The place of a cell, counted from 0, row by row."""
    row, column = divmod(cell, COLUMNS)
    return Box(column * CELL_PX, row * CELL_PX, CELL_PX, CELL_PX)


def cell_at(box: Box) -> int:
    """The cell in which the middle of a box lies."""
    column, row = (box.x + box.width // 2) // CELL_PX, (box.y + box.height // 2) // CELL_PX
    return min(max(row, 0), ROWS - 1) * COLUMNS + min(max(column, 0), COLUMNS - 1)
