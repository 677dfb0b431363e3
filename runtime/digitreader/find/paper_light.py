"""The light on a sheet: how bright its bare paper is under the writing."""

from __future__ import annotations

import cv2
import numpy as np

from digitreader.values import ColourImage, GrayImage

CELL_PX = 8
"""Side of the cells in which light is measured, in pixels."""
PAPER_SPAN = 0.22
"""A dark thing wider than this share of the image's shorter side is no ink but ground."""
DARKEST_PAPER = 0.35
"""Ground darker than this share of the bright ground counts as wholly black, such as a desk."""
PAPER_SHARE = 0.95
"""Quantile of the ground's brightness that counts as "bright ground"."""


def to_gray(image: ColourImage | GrayImage) -> GrayImage:
    """(H, W, 3) BGR or (H, W) gray to (H, W) gray, both uint8; a gray image is returned as it is."""
    if image.ndim == 2:
        return image
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)


def paper_under(gray: GrayImage) -> GrayImage:
    """How bright the paper is under every pixel, as if nothing were written on it.

    Args:
        gray: (H, W) uint8, dark ink on light paper.

    Returns:
        (H, W) uint8, at least 1.
    """
    return spread(ground_under(cells_of(gray)), gray.shape)


def cells_of(gray: GrayImage) -> GrayImage:
    """The mean brightness of every cell, (H / CELL_PX, W / CELL_PX) uint8."""
    height, width = gray.shape
    cells_wh = (max(1, width // CELL_PX), max(1, height // CELL_PX))
    return np.asarray(cv2.resize(gray, cells_wh, interpolation=cv2.INTER_AREA), np.uint8)


def ground_under(cells: GrayImage) -> GrayImage:
    """How bright the ground is in every cell, as if nothing were written on it.

    Args:
        cells: (h, w) uint8, of `cells_of`; dark ink on light paper.

    Returns:
        (h, w) uint8, at least 1.
    """
    closed = cv2.morphologyEx(cells, cv2.MORPH_CLOSE, widest_stroke(cells))
    ground = np.asarray(cv2.blur(closed, (3, 3)), np.uint8)
    floor = DARKEST_PAPER * share_below(ground, PAPER_SHARE)
    return np.maximum(ground, np.uint8(max(1.0, floor)))


def spread(cells: GrayImage, shape: tuple[int, ...]) -> GrayImage:
    """What is known of cells, for every pixel of an image of this shape."""
    # plain INTER_LINEAR gives other pixels on ARM than on x86
    return np.asarray(cv2.resize(cells, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR_EXACT), np.uint8)


def widest_stroke(cells: GrayImage) -> GrayImage:
    """A disc as wide as the widest stroke may be, in cells."""
    span = max(3, int(min(cells.shape) * PAPER_SPAN)) | 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (span, span)), np.uint8)


def share_below(gray: GrayImage, share: float) -> int:
    """The least value that at least this share of the pixels does not exceed (a percentile, by counting)."""
    counts = cv2.calcHist([gray], [0], None, [256], [0, 256]).ravel().cumsum(dtype=np.float64)
    return int(np.searchsorted(counts, share * counts[-1]))
