"""The finder's network: a small U-Net of plain convolutions, from a picture to maps of ink and centres.

The picture is reduced to a 32nd of its size and enlarged again to a quarter. A layer at half size would cost more than
all the others, so the first two layers halve at once, and ink is predicted for the four quarters of a cell. No size is
a constant of the graph (it enlarges by depth to space, not by resizing), so that it runs on pictures of any multiple
of 32.
"""

from __future__ import annotations

from typing import Any

from digitreader_train.backend import keras, tf

MAPS, GEOMETRY = 10, 4
"""Channels of the two outputs."""
WIDTHS = (8, 16, 32, 48, 64)
"""Channels at a half, a quarter, an eighth, a 16th and a 32nd of the picture's size."""
TOP = 24
"""Channels of the last layer before the outputs."""
CENTRE_PRIOR, INK_PRIOR = -4.0, -2.0
"""Logits before anything is learned: most cells hold no centre, and most no ink."""
MOMENTUM = 0.95
"""Of the batch normalisation's moving averages."""


def build_finder(side_px: int | None = None) -> keras.Model:
    """Build the network, untrained.

    Args:
        side_px: width and height of the pictures that it takes, a multiple of 32; None for any.

    Returns:
        From (N, S, S, 3) float32 in 0..1 to (N, S/4, S/4, 10) logits of `Targets.maps` and (N, S/4, S/4, 4) of
        `Targets.geometry`.
    """
    picture = keras.Input((side_px, side_px, 3), name="picture")
    x = _enlarge(_reduce(picture))
    priors = keras.initializers.Constant([CENTRE_PRIOR] + [INK_PRIOR] * (MAPS - 1))
    maps = keras.layers.Conv2D(MAPS, 1, bias_initializer=priors, name="maps")(x)
    geometry = keras.layers.Conv2D(GEOMETRY, 1, name="geometry")(x)
    return keras.Model(picture, [maps, geometry], name="finder")


def _reduce(picture: Any) -> list[Any]:
    """What the network sees at a quarter, an eighth, a 16th and a 32nd of the picture's size."""
    stem = _conv(_conv(picture, WIDTHS[0], 2), WIDTHS[1], 2)
    levels = [_conv(stem, WIDTHS[1])]
    for width in WIDTHS[2:]:
        levels.append(_conv(_conv(_conv(levels[-1], width, 2), width), width))
    return levels


def _enlarge(levels: list[Any]) -> Any:
    """From the coarsest level back to the finest, adding each on the way; it has `TOP` channels."""
    *finer, x = levels
    for level in reversed(finer[1:]):
        width = level.shape[-1]
        x = _conv(_double(x, width) + level, width)
    finest = _conv(finer[0], TOP, 1, 1)
    return _conv(_conv(_double(x, TOP) + finest, TOP), TOP)


def _conv(x: Any, width: int, stride: int = 1, side: int = 3) -> Any:
    """A convolution with batch normalisation and ReLU."""
    x = keras.layers.Conv2D(width, side, stride, padding="same", use_bias=False)(x)
    return keras.layers.ReLU()(keras.layers.BatchNormalization(momentum=MOMENTUM)(x))


def _double(x: Any, width: int) -> Any:
    """Twice as wide and high, with `width` channels."""
    x = keras.layers.Conv2D(4 * width, 1, use_bias=False)(x)
    x = keras.layers.BatchNormalization(momentum=MOMENTUM)(x)
    return keras.layers.Lambda(lambda y: tf.nn.depth_to_space(y, 2))(x)
