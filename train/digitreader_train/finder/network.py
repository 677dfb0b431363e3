"""The finder's network: a small U of plain convolutions, from a picture to maps of ink and centres.

The picture goes down to a 32nd of its size and back up to a quarter. A layer at half size would cost more than all the
others, so the first two halve at once, and ink is told for the four quarters of a cell. Sizes are never constants of
the graph (depth to space, no resizing), so that it runs on pictures of any multiple of 32.
"""

from __future__ import annotations

from typing import Any

import tensorflow as tf
import tf_keras as keras

MAPS, GEOMETRY = 10, 4
WIDTHS = (8, 16, 32, 48, 64)
TOP = 24
"""Channels of the last layer before the heads."""
PRIOR = -4.0
"""The logit of a centre before anything is learned: most cells hold none."""


def build_finder(side_px: int | None = None) -> keras.Model:
    """Build the network, untrained.

    Args:
        side_px: of the pictures that it takes; None for any.

    Returns:
        From (N, S, S, 3) float32 in 0..1 to (N, S/4, S/4, 10) logits of `Targets.maps` and (N, S/4, S/4, 4) of
        `Targets.geometry`.
    """
    picture = keras.Input((side_px, side_px, 3), name="picture")
    stem = _conv(_conv(picture, WIDTHS[0], 2), WIDTHS[1], 2)
    levels = [_conv(stem, WIDTHS[1])]
    for width in WIDTHS[2:]:
        levels.append(_conv(_conv(_conv(levels[-1], width, 2), width), width))
    x = levels.pop()
    while levels:
        level = levels.pop()
        width = level.shape[-1] if levels else TOP
        if not levels:
            level = _conv(level, width, 1, 1)
        x = _conv(_up(x, width) + level, width)
    x = _conv(x, TOP)
    bias = keras.initializers.Constant([PRIOR] + [-2.0] * (MAPS - 1))
    maps = keras.layers.Conv2D(MAPS, 1, bias_initializer=bias, name="maps")(x)
    geometry = keras.layers.Conv2D(GEOMETRY, 1, name="geometry")(x)
    return keras.Model(picture, [maps, geometry], name="finder")


def _conv(x: Any, width: int, stride: int = 1, side: int = 3) -> Any:
    x = keras.layers.Conv2D(width, side, stride, padding="same", use_bias=False)(x)
    return keras.layers.ReLU()(keras.layers.BatchNormalization(momentum=0.95)(x))


def _up(x: Any, width: int) -> Any:
    """Twice as wide and high, with `width` channels."""
    x = keras.layers.Conv2D(4 * width, 1, use_bias=False)(x)
    x = keras.layers.BatchNormalization(momentum=0.95)(x)
    return keras.layers.Lambda(lambda y: tf.nn.depth_to_space(y, 2))(x)
