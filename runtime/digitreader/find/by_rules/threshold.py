"""Find, step 2: decide which pixels are ink, against the paper's noise and the darkest ink nearby."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.find.by_rules.settings import FindSettings
from digitreader.paper_light import CELL_PX, share_below, spread
from digitreader.values import GrayImage

Mask = npt.NDArray[np.uint8]
"""(H, W) uint8, 255 where it holds and 0 elsewhere."""

SOLID_DARKNESS = 110
SOLID_CELLS = 5
LEAST_SAMPLE = 100
STEP_TO_DEVIATION = 1 / (0.6745 * 2**0.5)
"""The median of |a - b| of two normal values is this much smaller than their standard deviation."""


def ink_mask(darkness: GrayImage, settings: FindSettings) -> Mask:
    """Where the ink is.

    Args:
        darkness: (H, W) uint8 of `darkness_of`.

    Returns:
        (H, W) uint8, 255 on ink.
    """
    lightest, darkest = cell_extremes(darkness, cell=CELL_PX)
    peak = cv2.convertScaleAbs(peak_nearby(lightest, darkest, settings), alpha=settings.peak_share)
    texture = cv2.convertScaleAbs(texture_of(lightest, darkest, settings), alpha=settings.texture_factor)
    least = np.uint8(min(250.0, max(settings.least_darkness, settings.noise_factor * noise_of(darkness))))
    limit = spread(np.maximum(np.maximum(peak, texture), least), darkness.shape)
    return np.asarray(cv2.compare(darkness, limit, cv2.CMP_GT), np.uint8)


def noise_of(darkness: GrayImage) -> float:
    """The standard deviation of the paper's noise, from the median step between pixels two apart."""
    left, right = darkness[::4, :-2:4], darkness[::4, 2::4]
    bare = (left < SOLID_DARKNESS).view(np.uint8)
    if np.count_nonzero(bare) < LEAST_SAMPLE:
        return 0.0
    return STEP_TO_DEVIATION * share_below(np.asarray(cv2.absdiff(left, right), np.uint8), 0.5, bare)


def peak_nearby(lightest: GrayImage, darkest: GrayImage, settings: FindSettings) -> GrayImage:
    """The darkest ink around every cell; ground that is dark all over (a desk) does not count as ink."""
    solid = cv2.threshold(lightest, SOLID_DARKNESS, 255, cv2.THRESH_BINARY)[1]
    square = np.ones((SOLID_CELLS, SOLID_CELLS), np.uint8)
    desk = cv2.dilate(cv2.morphologyEx(solid, cv2.MORPH_OPEN, square), square)
    ink = cv2.bitwise_and(darkest, cv2.bitwise_not(desk))
    reach = max(3, int(2 * min(ink.shape) * settings.peak_reach)) | 1
    return np.asarray(cv2.blur(cv2.dilate(ink, np.ones((reach, reach), np.uint8)), (reach, reach)), np.uint8)


def texture_of(lightest: GrayImage, darkest: GrayImage, settings: FindSettings) -> GrayImage:
    """The contrast that the calmest cells have: little on paper, however densely written; much on wood or cloth."""
    calmest = cv2.erode(cv2.subtract(darkest, lightest), np.ones((3, 3), np.uint8))
    return np.asarray(cv2.medianBlur(calmest, settings.texture_cells), np.uint8)


def cell_extremes(image: GrayImage, *, cell: int) -> tuple[GrayImage, GrayImage]:
    """The least and the greatest value in every cell of `cell` x `cell` pixels; a rest at the edge is left out."""
    rows, columns = max(1, image.shape[0] // cell), max(1, image.shape[1] // cell)
    cut = image[: rows * cell, : columns * cell]
    bands = cut.reshape(rows, -1, cut.shape[1])
    least, greatest = np.minimum.reduce(bands, axis=1), np.maximum.reduce(bands, axis=1)
    # along the rows OpenCV is faster: the extreme of each pixel and some to its right, of which one a cell is kept
    across = np.ones((1, cut.shape[1] // columns), np.uint8)
    least = np.asarray(cv2.erode(least, across, anchor=(0, 0)), np.uint8)
    greatest = np.asarray(cv2.dilate(greatest, across, anchor=(0, 0)), np.uint8)
    return np.ascontiguousarray(least[:, ::cell]), np.ascontiguousarray(greatest[:, ::cell])
