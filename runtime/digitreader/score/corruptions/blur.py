"""Corruptions by a lens: seen through rough glass, smeared by a shaken camera."""

from __future__ import annotations

import math

import cv2
import numpy as np

from digitreader.values import GrayImage


def glass_blur(
    image: GrayImage, rng: np.random.Generator, *, sigma_px: float = 0.7, reach_px: int = 1, rounds: int = 2
) -> GrayImage:
    """Blur, let every pixel change places with a near one a few times over, and blur again.

    Args:
        reach_px: how far away the other pixel is at most, across and down.
        rounds: how often every pixel does so.
    """
    blurred = np.asarray(cv2.GaussianBlur(image, (0, 0), sigma_px), np.uint8)
    for _ in range(rounds):
        blurred = shuffled(blurred, rng, reach_px=reach_px)
    return np.asarray(cv2.GaussianBlur(blurred, (0, 0), sigma_px), np.uint8)


def shuffled(image: GrayImage, rng: np.random.Generator, *, reach_px: int) -> GrayImage:
    """Let one pixel after the other change places with one that is near it; none is lost."""
    height, width = image.shape
    away = rng.integers(-reach_px, reach_px + 1, (2, height, width))
    rows, columns = np.indices(image.shape) + away
    others = np.clip(rows, 0, height - 1) * width + np.clip(columns, 0, width - 1)
    pixels = image.ravel().tolist()  # swaps follow from one another, and in a list they are quick
    for at, other in enumerate(others.ravel().tolist()):
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
