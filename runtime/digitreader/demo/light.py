"""Light: falling off towards one side, dimmer in the corners, warm or cold, with the soft edge of a shadow."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from digitreader.demo.settings import DemoSettings

Light = npt.NDArray[np.float32]
"""(H, W, 3) float32, the share of each channel that reaches the camera, about 0 to 1."""

Grid = npt.NDArray[np.float32]


def draw_light(size_wh: tuple[int, int], rng: np.random.Generator, *, settings: DemoSettings) -> Light:
    """Draw how a scene is lit.

    Returns:
        (height, width, 3) float32, 1.0 about where it is brightest.
    """
    width, height = size_wh
    x = np.linspace(-1.0, 1.0, width, dtype=np.float32)[None, :]
    y = np.linspace(-1.0, 1.0, height, dtype=np.float32)[:, None]
    light = _falloff(x, y, settings.light_falloff, rng) * _shadow(x, y, settings.shadow, rng)
    warmth = rng.uniform(-0.05, 0.07)
    colour = np.array([1.0 - warmth, 1.0, 1.0 + 0.6 * warmth], np.float32) * np.float32(rng.uniform(0.9, 1.02))
    return np.asarray(light[:, :, None] * colour, np.float32)


def _falloff(x: Grid, y: Grid, falloff: float, rng: np.random.Generator) -> Grid:
    """Dimmer with the square of the distance from a lamp that stands somewhere at the side."""
    lamp_x, lamp_y = rng.uniform(-1.1, 1.1), rng.uniform(-1.2, 0.2)
    distance = (x - np.float32(lamp_x)) ** 2 + (y - np.float32(lamp_y)) ** 2
    vignette = 0.25 * (x**2 + y**2) / 2.0
    dark = 0.75 * distance / distance.max() + vignette
    return np.asarray(1.0 - np.float32(falloff) * (dark - dark.min()), np.float32)


def _shadow(x: Grid, y: Grid, depth: float, rng: np.random.Generator) -> Grid:
    """A half-plane of shade with a soft, slightly curved edge, as a head or an arm throws it."""
    angle = rng.uniform(0.0, 2.0 * np.pi)
    along = np.float32(np.cos(angle)) * x + np.float32(np.sin(angle)) * y
    across = np.float32(np.cos(angle)) * y - np.float32(np.sin(angle)) * x
    edge = along - np.float32(rng.uniform(0.1, 0.6)) + np.float32(rng.uniform(-0.3, 0.3)) * across**2
    softness = np.float32(rng.uniform(0.03, 0.16))
    return np.asarray(1.0 - np.float32(depth) / (1.0 + np.exp(-np.clip(edge / softness, -30, 30))), np.float32)
