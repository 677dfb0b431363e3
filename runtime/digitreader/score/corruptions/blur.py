"""Corruptions by a lens: seen through rough glass, smeared by a shaken camera."""

from __future__ import annotations

import math

import cv2
import numpy as np

from digitreader.values import GrayImage


def glass_blur(
    image: GrayImage, rng: np.random.Generator, *, sigma_px: float = 0.7, reach_px: int = 1, rounds: int = 2
) -> GrayImage:
    """Blur, let half of the pixels change places with a near one a few times over, and blur again.

    Args:
        sigma_px: of both blurs, which go up and down only.
        reach_px: see `shuffled`.
        rounds: how often the pixels change places.
    """
    smooth = blurred_down(image, sigma_px)
    for _ in range(rounds):
        smooth = shuffled(smooth, rng, reach_px=reach_px)
    return blurred_down(smooth, sigma_px)


def blurred_down(image: GrayImage, sigma_px: float) -> GrayImage:
    """Blur each column by itself: the published blur took the columns of a grey image for its colours."""
    size_wh = 1, 2 * int(4 * sigma_px + 0.5) + 1
    smooth = cv2.GaussianBlur(image.astype(np.float32), size_wh, sigma_px, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(smooth, np.uint8)


def shuffled(image: GrayImage, rng: np.random.Generator, *, reach_px: int) -> GrayImage:
    """Let half of the pixels, from the last to the first, change places with one that is near; none is lost.

    Args:
        reach_px: the other pixel is at most so many rows above and columns to the left, and one less below and to the
            right, as the published swaps leave their upper bound out; 1 or more.
    """
    height, width = image.shape
    rows, columns = np.mgrid[height - reach_px : reach_px : -1, width - reach_px : reach_px : -1]
    away = rng.integers(-reach_px, reach_px, (2, *rows.shape))
    chosen = rng.random(rows.shape) < 0.5
    places = (rows * width + columns)[chosen].tolist()
    others = ((rows + away[0]) * width + columns + away[1])[chosen].tolist()
    pixels = image.ravel().tolist()  # swaps follow from one another, and in a list they are quick
    for at, other in zip(places, others, strict=True):
        pixels[at], pixels[other] = pixels[other], pixels[at]
    return np.array(pixels, np.uint8).reshape(image.shape)


def motion_blur(
    image: GrayImage, rng: np.random.Generator, *, radius_px: int = 10, sigma_px: float = 3.0, most_deg: float = 45.0
) -> GrayImage:
    """Smear the digit one way along a line that is within `most_deg` of level, the less the farther."""
    angle = math.radians(rng.uniform(-most_deg, most_deg))
    side = 2 * radius_px + 1
    kernel = np.zeros((side, side), np.float32)
    for step in range(radius_px + 1):
        place = radius_px + round(step * math.sin(angle)), radius_px + round(step * math.cos(angle))
        kernel[place] += math.exp(-(step**2) / (2 * sigma_px**2))
    return np.asarray(cv2.filter2D(image, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REPLICATE), np.uint8)
