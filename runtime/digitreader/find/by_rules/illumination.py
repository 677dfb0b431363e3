"""Find, step 1: take the light away. Every pixel's darkness is measured against the paper around it."""

from __future__ import annotations

import cv2
import numpy as np

from digitreader.find.by_rules.settings import FindSettings
from digitreader.paper_light import cells_of, ground_under, share_below, spread, widest_stroke
from digitreader.values import GrayImage

BRIGHTEST_SHARE = 0.997


def bring_to_working_size(gray: GrayImage, settings: FindSettings) -> tuple[GrayImage, float]:
    """Shrink an image whose longer side is above `working_side_px`; enlarge one too small for cells of light.

    Returns:
        The image, and how many of its old pixels one new pixel is wide (1.0 where nothing was done).
    """
    height, width = gray.shape
    longest, enough = max(height, width) / settings.working_side_px, min(height, width) / settings.least_side_px
    scale = max(longest, min(1.0, enough))
    if scale == 1:
        return gray, 1.0
    size_wh = (max(1, round(width / scale)), max(1, round(height / scale)))
    # plain INTER_LINEAR gives other pixels on ARM than on x86
    interpolation = cv2.INTER_AREA if scale > 1 else cv2.INTER_LINEAR_EXACT
    return np.asarray(cv2.resize(gray, size_wh, interpolation=interpolation), np.uint8), scale


def written_darkness(gray: GrayImage, settings: FindSettings) -> GrayImage:
    """How dark the writing is on its paper, whether it is dark on light or light on dark.

    Returns:
        (H, W) uint8, as `darkness_of` of the image or of its negative.
    """
    cells = cells_of(gray)
    if is_light_on_dark(gray, cells, settings):
        gray = np.asarray(cv2.bitwise_not(gray), np.uint8)
        cells = cells_of(gray)
    return darkness_of(gray, ground_under(cells))


def is_light_on_dark(gray: GrayImage, cells: GrayImage, settings: FindSettings) -> bool:
    """Whether the brightest pixels form nothing wide enough to be paper, and are no paper that is densely written on.

    Args:
        gray: (H, W) uint8.
        cells: of `cells_of`.
    """
    kernel = widest_stroke(cells)
    widest = cv2.morphologyEx(cells, cv2.MORPH_OPEN, kernel)
    brightest = share_below(gray[::4, ::4], BRIGHTEST_SHARE)
    return float(widest.max()) < settings.darkest_board * brightest and is_mostly_dark(cells, kernel)


def is_mostly_dark(cells: GrayImage, kernel: GrayImage) -> bool:
    """Whether most cells are nearer to the darkest around them than to the lightest: ink is the lesser part.

    Args:
        kernel: what is around a cell.
    """
    lightest, darkest = cv2.dilate(cells, kernel).astype(np.float32), cv2.erode(cells, kernel).astype(np.float32)
    return float(np.sum(2 * cells.astype(np.float32) - lightest - darkest)) < 0


def darkness_of(gray: GrayImage, ground: GrayImage) -> GrayImage:
    """How much light each pixel swallows: 0 is bare paper, 255 is black, whatever the lamp.

    Args:
        gray: (H, W) uint8.
        ground: of `paper_light.ground_under`.

    Returns:
        (H, W) uint8, 255 * (1 - gray / ground).
    """
    return np.asarray(cv2.bitwise_not(cv2.divide(gray, spread(ground, gray.shape), scale=255)), np.uint8)
