"""Random numbers that several files of this folder draw in the same way."""

from __future__ import annotations

import numpy as np


def log_uniform(rng: np.random.Generator, least: float, most: float) -> float:
    """Draw a positive number whose logarithm is uniform: from 8 to 16 it is as likely as from 16 to 32."""
    return float(np.exp(rng.uniform(np.log(least), np.log(most))))


def random_factor(rng: np.random.Generator, spread: float) -> float:
    """Draw a factor near 1.

    Args:
        spread: standard deviation of the factor's natural logarithm.
    """
    return float(np.exp(rng.normal(0, spread)))
