"""Find, step 1: take the light away. Every pixel's darkness is measured against the paper around it."""

from __future__ import annotations

import cv2
import numpy as np

from digitreader.find.settings import FindSettings
from digitreader.values import ColourImage, GrayImage


def to_gray(image: ColourImage | GrayImage) -> GrayImage:
    """(H, W, 3) BGR or (H, W) gray to (H, W) gray, both uint8; a gray image is returned as it is."""
    if image.ndim == 2:
        return image
    gray: GrayImage = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    return gray


def shrink_to_working_size(gray: GrayImage, settings: FindSettings) -> tuple[GrayImage, float]:
    """Shrink an image whose longer side is above `working_side_px`.

    Returns:
        The image, and how many of its old pixels one new pixel is wide (1.0 where nothing was done).
    """
    height, width = gray.shape
    scale = max(height, width) / settings.working_side_px
    if scale <= 1:
        return gray, 1.0
    size_wh = (max(1, round(width / scale)), max(1, round(height / scale)))
    return cv2.resize(gray, size_wh, interpolation=cv2.INTER_AREA), scale


def ground_of(gray: GrayImage, settings: FindSettings) -> GrayImage:
    """The brightness of the ground under every cell: the paper as if nothing were written on it.

    Returns:
        (H / cell, W / cell) uint8, at least 1.
    """
    height, width = gray.shape
    cells_wh = (max(1, width // settings.cell_px), max(1, height // settings.cell_px))
    cells = cv2.resize(gray, cells_wh, interpolation=cv2.INTER_AREA)
    span = max(3, int(min(cells.shape) * settings.paper_span)) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (span, span))
    ground = cv2.blur(cv2.morphologyEx(cells, cv2.MORPH_CLOSE, kernel), (3, 3))
    floor = settings.darkest_paper * float(np.percentile(ground, 95))
    return np.maximum(ground, np.uint8(max(1.0, floor)))


def darkness_of(gray: GrayImage, ground: GrayImage) -> GrayImage:
    """How much light each pixel swallows: 0 is bare paper, 255 is black, whatever the lamp.

    Args:
        gray: (H, W) uint8.
        ground: of `ground_of`.

    Returns:
        (H, W) uint8, 255 * (1 - gray / ground).
    """
    height, width = gray.shape
    paper = cv2.resize(ground, (width, height), interpolation=cv2.INTER_LINEAR)
    darkness: GrayImage = cv2.bitwise_not(cv2.divide(gray, paper, scale=255))
    return darkness
