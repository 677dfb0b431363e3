"""Light on a page and on the desk round it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from digitreader.values import ColourImage, Ink
from digitreader_train.finder.layers import FloatImage
from digitreader_train.finder.textures import draw_texture

UNEVEN_LIGHT = 0.6
"""On this share of the scenes the light is not the same everywhere; of those ..."""
SHADOWS, CREASES = 0.3, 0.1
"""... these shares have the edge of a shadow and a crease in the paper."""


def light_up(image: FloatImage, sheet: Ink, rng: np.random.Generator) -> ColourImage:
    """Lay a page on a desk and let light fall on both.

    Args:
        image: (S, S, 3) float32, the page.
        sheet: (S, S) uint8, 255 where the page is, 0 where the desk is seen.
        rng: where every choice comes from.

    Returns:
        (S, S, 3) uint8 BGR.
    """
    side_px = sheet.shape[0]
    if sheet.min() < 255:
        desk = draw_texture(rng, side_px).astype(np.float32)
        share = (sheet.astype(np.float32) / 255)[:, :, None]
        image = np.asarray(desk + (image - desk) * share, np.float32)
    if rng.random() < UNEVEN_LIGHT:
        image = image * _light(rng, side_px)
    return np.clip(image, 0, 255).astype(np.uint8)


def _light(rng: np.random.Generator, side_px: int) -> npt.NDArray[np.float32]:
    """Factors on the brightness: (S, S, 1) float32; light falls off to one side."""
    y, x = np.mgrid[-1 : 1 : side_px * 1j, -1 : 1 : side_px * 1j].astype(np.float32)
    angle = float(rng.uniform(0, 2 * np.pi))
    along = np.cos(angle) * x + np.sin(angle) * y
    light = 1 - float(rng.uniform(0, 0.45)) * (along + 1) / 2
    if rng.random() < SHADOWS:
        edge = (along - float(rng.uniform(-0.7, 0.7))) / float(np.exp(rng.uniform(-4.5, -1)))
        light = light * (1 - float(rng.uniform(0.1, 0.55)) / (1 + np.exp(-np.clip(edge, -30, 30))))
    if rng.random() < CREASES:
        across = np.cos(angle + 1) * x + np.sin(angle + 1) * y
        crease = np.exp(-(across**2) / float(rng.uniform(0.0003, 0.01)))
        light = light * (1 - float(rng.uniform(-0.1, 0.25)) * crease)
    return np.asarray(light, np.float32)[:, :, None]
