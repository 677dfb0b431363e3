"""What lens, sensor and compression do to a picture: blur, sharpening, grain, JPEG."""

from __future__ import annotations

import cv2
import numpy as np

from digitreader.values import ColourImage

GRAINY, COMPRESSED = 0.65, 0.25
"""Shares of the pictures."""


def lower_quality(image: ColourImage, rng: np.random.Generator) -> ColourImage:
    """Change a clean picture as cameras do.

    Args:
        image: (S, S, 3) uint8 BGR.
        rng: where every choice comes from.

    Returns:
        (S, S, 3) uint8.
    """
    image = _change_sharpness(image, rng)
    if rng.random() < GRAINY:
        image = _add_grain(image, rng)
    if rng.random() < COMPRESSED:
        _, packed = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 95))])
        image = np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)
    return image


def _change_sharpness(image: ColourImage, rng: np.random.Generator) -> ColourImage:
    """Blur, shake, sharpen, or enlarge from half the size; more than a quarter of the pictures stay as they are."""
    chance = rng.random()
    if chance < 0.5:
        return np.asarray(cv2.GaussianBlur(image, (0, 0), float(rng.uniform(0.3, 1.3))), np.uint8)
    if chance < 0.56:
        return np.asarray(cv2.blur(image, (int(rng.integers(1, 4)), int(rng.integers(1, 4)))), np.uint8)
    if chance < 0.62:
        soft = cv2.GaussianBlur(image, (0, 0), 1.0)
        return np.asarray(cv2.addWeighted(image, 2.0, soft, -1.0, 0), np.uint8)
    if chance < 0.72:
        small = cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        return np.asarray(cv2.resize(small, image.shape[1::-1], interpolation=cv2.INTER_LINEAR), np.uint8)
    return image


def _add_grain(image: ColourImage, rng: np.random.Generator) -> ColourImage:
    """Add noise, the same in all channels or not."""
    sigma = float(np.exp(rng.uniform(-0.7, 2.7)))
    channels = 1 if rng.random() < 0.5 else 3
    grain = rng.standard_normal((*image.shape[:2], channels), np.float32) * sigma
    return np.clip(image + grain, 0, 255).astype(np.uint8)
