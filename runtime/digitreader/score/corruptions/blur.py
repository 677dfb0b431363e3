"""Corruptions by a lens: seen through rough glass, smeared by a shaken camera."""

from __future__ import annotations

import math

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.values import GrayImage


def glass_blur(
    image: GrayImage, rng: np.random.Generator, *, sigma_px: float = 0.7, reach_px: int = 1, rounds: int = 2
) -> GrayImage:
    """Blur, let every pixel change places with near ones a few times over, and blur again.

    Args:
        reach_px: how far a pixel can go in one round, across and down.
        rounds: how often they change places.
    """
    blurred = np.asarray(cv2.GaussianBlur(image, (0, 0), sigma_px), np.uint8)
    for _ in range(rounds):
        for axis in (0, 1):
            blurred = np.take_along_axis(blurred, shuffled_places(image.shape, axis, reach_px, rng), axis)
    return np.asarray(cv2.GaussianBlur(blurred, (0, 0), sigma_px), np.uint8)


def shuffled_places(shape: tuple[int, ...], axis: int, reach: int, rng: np.random.Generator) -> npt.NDArray[np.intp]:
    """For each place along an axis another one, at most `reach` away, each place once."""
    # places in the order of themselves plus chance: two that are farther apart than the chance reaches keep theirs
    return np.argsort(np.indices(shape)[axis] + rng.uniform(0.0, reach + 1.0, shape), axis=axis)


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
