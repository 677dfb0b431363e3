"""Corruptions by a noisy sensor: few photons, dead and hot pixels."""

from __future__ import annotations

import numpy as np

from digitreader.values import GrayImage


def shot_noise(image: GrayImage, rng: np.random.Generator, *, photons: float = 3.0) -> GrayImage:
    """Count photons: white is `photons` of them on average, and black is none."""
    counted = rng.poisson(image * (photons / 255.0)) / photons
    return np.asarray(255.0 * np.minimum(counted, 1.0), np.uint8)


def impulse_noise(image: GrayImage, rng: np.random.Generator, *, share: float = 0.17) -> GrayImage:
    """Turn a share of the pixels black or white, half of them each."""
    chance = rng.random(image.shape)
    peppered = np.where(chance < share / 2, np.uint8(0), image)
    return np.where(chance > 1.0 - share / 2, np.uint8(255), peppered)
