"""Corruptions by the weather: drifting fog, and spatters of mud on the lens."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.values import GrayImage

Field = npt.NDArray[np.float64]


def fog(
    image: GrayImage, rng: np.random.Generator, *, amount: float = 3.0, decay: float = 1.4, field_px: int = 256
) -> GrayImage:
    """Lay fog of changing thickness before the digit, and dim both until white is as white as before.

    Args:
        amount: how thick the fog may be; 1 is white ink.
        field_px: the side of the clouds of which the digit sees a corner; the wider, the more even the corner is.
    """
    ink = image / 255.0
    most = float(ink.max())
    clouds = plasma(max(field_px, *image.shape), rng, decay=decay)
    thickness = amount * clouds[: image.shape[0], : image.shape[1]]
    return np.asarray(255.0 * np.clip((ink + thickness) * most / (most + amount), 0.0, 1.0), np.uint8)


def plasma(least_side: int, rng: np.random.Generator, *, decay: float) -> Field:
    """Clouds by midpoint displacement: each halving of the step adds finer unrest, weaker by `decay` squared.

    Returns:
        (S, S) float64, 0 to 1, S the power of two at or above `least_side`; opposite edges fit each other.
    Source: A. Fournier, D. Fussell and L. Carpenter, "Computer rendering of stochastic models", 1982.
    """
    side = 1 << (least_side - 1).bit_length()
    clouds = np.zeros((side, side))
    step, unrest = side, 1.0
    while step >= 2:
        half = step // 2
        corners = clouds[::step, ::step]
        middles = mean_of_pairs(mean_of_pairs(corners, 0, -1), 1, -1) + unrest * rng.uniform(-1, 1, corners.shape)
        clouds[half::step, half::step] = middles
        # an edge's midpoint lies between two corners and two middles
        upper = (mean_of_pairs(corners, 1, -1) + mean_of_pairs(middles, 0, 1)) / 2
        clouds[::step, half::step] = upper + unrest * rng.uniform(-1, 1, corners.shape)
        left = (mean_of_pairs(corners, 0, -1) + mean_of_pairs(middles, 1, 1)) / 2
        clouds[half::step, ::step] = left + unrest * rng.uniform(-1, 1, corners.shape)
        step, unrest = half, unrest / decay**2
    clouds -= clouds.min()
    return np.asarray(clouds / max(clouds.max(), 1e-9))


def mean_of_pairs(grid: Field, axis: int, shift: int) -> Field:
    """The mean of each value and its neighbour, across the edge as well."""
    return np.asarray((grid + np.roll(grid, shift, axis)) / 2)


def spatter(
    image: GrayImage,
    rng: np.random.Generator,
    *,
    mean: float = 0.65,
    deviation: float = 0.3,
    drop_px: float = 1.0,
    threshold: float = 0.65,
    rim_px: float = 1.5,
    mud: int = 63,
) -> GrayImage:
    """Throw mud: where smoothed noise is high a drop sticks, dark grey on ink and on paper alike."""
    wet = blurred(rng.normal(mean, deviation, image.shape), drop_px)
    cover = blurred((wet > threshold).astype(np.float64), rim_px)
    cover[cover < 0.8] = 0.0
    return np.asarray(image * (1.0 - cover) + mud * cover, np.uint8)


def blurred(field: Field, sigma_px: float) -> Field:
    """Blur as if the edge went on."""
    return np.asarray(cv2.GaussianBlur(field, (0, 0), sigma_px, borderType=cv2.BORDER_REPLICATE))
