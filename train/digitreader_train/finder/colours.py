"""The colours of paper and ink."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Colour = npt.NDArray[np.float32]
"""(3,) float32, blue, green, red, 0..255."""

LEAST_CONTRAST = 42
"""In at least one channel paper and ink differ by so much."""


@dataclass(frozen=True, slots=True, eq=False)
class Colours:
    """The two colours of a page."""

    paper: Colour
    ink: Colour


def choose_colours(rng: np.random.Generator) -> Colours:
    """Draw the colours of paper and ink, which differ enough to be read."""
    paper, ink = (np.clip(colour, 0, 255).astype(np.float32) for colour in _any_colours(rng))
    if np.abs(paper - ink).max() < LEAST_CONTRAST:
        ink = np.where(paper > 127, paper * 0.5, 255 - (255 - paper) * 0.5).astype(np.float32)
    return Colours(paper, ink)


def _any_colours(rng: np.random.Generator) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Paper and ink as they come: (3,) each, not yet clipped."""
    chance = rng.random()
    if chance < 0.5:  # a pen on paper
        paper = rng.uniform(150, 255) + rng.normal(0, 8, 3)
        return paper, paper * (0.03 + 0.69 * rng.uniform() ** 1.5) + rng.normal(0, 8, 3)
    if chance < 0.68:  # a coloured pen on paper
        paper = rng.uniform(170, 255) + rng.normal(0, 8, 3)
        return paper, paper * rng.uniform(0.1, 1.0, 3)
    if chance < 0.82:  # chalk, screens, the images of data sets
        paper = rng.uniform(0, 110) + rng.normal(0, 8, 3)
        return paper, paper + rng.uniform(60, 255 - paper.mean()) + rng.normal(0, 12, 3)
    return rng.uniform(0, 255, 3), rng.uniform(0, 255, 3)
