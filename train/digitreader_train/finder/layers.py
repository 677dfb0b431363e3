"""Ink and lines as layers of colour over a ground."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.values import Ink
from digitreader_train.finder.colours import Colour
from digitreader_train.finder.textures import smooth_noise

FloatImage = npt.NDArray[np.float32]
"""(S, S, 3) float32, blue, green, red, about 0..255."""
FROM_BACK, SHINES_THROUGH = 0.7, (0.03, 0.25)
"""This share of what shines through stands on the back of the paper; and so much of its ink is seen."""


def lay_over(image: FloatImage, layer: Ink, colour: Colour, strength: float) -> FloatImage:
    """Lay a colour over an image.

    Args:
        image: (S, S, 3) float32.
        layer: (S, S) uint8, how much of each pixel the colour covers.
        colour: blue, green, red, 0..255.
        strength: 1 where the colour lets nothing show through, less where it does.

    Returns:
        (S, S, 3) float32, a new array.
    """
    share = layer.astype(np.float32)[:, :, None] * np.float32(strength / 255)
    return np.asarray(image + (colour - image) * share, np.float32)


def draw_unevenly(writing: Ink, digit_px: float, rng: np.random.Generator) -> Ink:
    """Let the ink of some pages change along the strokes, as of a pencil, a dry pen or on rough paper.

    Args:
        writing: (S, S) uint8.
        digit_px: height of the digits.
        rng: where every choice comes from.

    Returns:
        (S, S) uint8; half of the pages come back unchanged.
    """
    chance = rng.random()
    if chance > 0.5:
        return writing
    wave_px = max(6.0, min(digit_px, 100) * float(rng.uniform(0.2, 1.0)))
    depth = float(rng.uniform(0.1, 0.75))
    share = 1 - depth * (0.5 + 0.5 * smooth_noise(rng, writing.shape[0], wave_px))
    if chance < 0.2:  # the grain of the paper breaks the strokes
        share = share * (1 - float(rng.uniform(0, 0.6)) * rng.random(writing.shape, np.float32))
    return np.asarray(np.clip(writing * np.clip(share, 0.2, 1), 0, 255), np.float32).astype(np.uint8)


def show_back(ground: FloatImage, writing: Ink, ink: Colour, rng: np.random.Generator) -> FloatImage:
    """Let writing shine through, blurred and faint: mirrored from the back, or as it is from the sheet below."""
    seen = writing[:, ::-1] if rng.random() < FROM_BACK else writing
    blurred = cv2.GaussianBlur(np.ascontiguousarray(seen), (0, 0), float(rng.uniform(0.7, 3)))
    down, right = (int(shift) for shift in rng.integers(-60, 60, 2))
    behind = np.roll(np.asarray(blurred, np.uint8), (down, right), (0, 1))
    return lay_over(ground, behind, ink, float(rng.uniform(*SHINES_THROUGH)))
