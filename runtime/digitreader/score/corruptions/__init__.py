"""The fifteen corruptions of MNIST-C, by name: each takes a digit and a generator and gives the digit spoiled."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from digitreader.score.corruptions.blur import glass_blur, motion_blur
from digitreader.score.corruptions.geometry import rotate, scale, shear, translate
from digitreader.score.corruptions.light import brightness, canny_edges, stripe
from digitreader.score.corruptions.noise import impulse_noise, shot_noise
from digitreader.score.corruptions.scribble import dotted_line, zigzag
from digitreader.score.corruptions.weather import fog, spatter
from digitreader.values import GrayImage

Corruption = Callable[[GrayImage, np.random.Generator], GrayImage]
"""Takes (H, W) uint8, white ink on black, and gives a new one of the same shape."""

CORRUPTIONS: Mapping[str, Corruption] = {
    "shot_noise": shot_noise,
    "impulse_noise": impulse_noise,
    "glass_blur": glass_blur,
    "motion_blur": motion_blur,
    "shear": shear,
    "scale": scale,
    "rotate": rotate,
    "brightness": brightness,
    "translate": translate,
    "stripe": stripe,
    "fog": fog,
    "spatter": spatter,
    "dotted_line": dotted_line,
    "zigzag": zigzag,
    "canny_edges": canny_edges,
}
"""Source: N. Mu and J. Gilmer, "MNIST-C: a robustness benchmark for computer vision", 2019: names, and the strengths
and chances of the published recipe at its defaults.
"""

__all__ = ["CORRUPTIONS", "Corruption", "corrupt"]


def corrupt(name: str, image: GrayImage, *, seed: int, index: int) -> GrayImage:
    """Spoil one image; the same name, seed and index spoil it alike, whatever was spoiled before.

    Args:
        name: a key of `CORRUPTIONS`.
        image: (H, W) uint8, white ink on black.
        seed: 0 or more.
        index: the image's place in its set, 0 or more.
    """
    kind = list(CORRUPTIONS).index(name)
    return CORRUPTIONS[name](image, np.random.default_rng((seed, kind, index)))
