"""The teacher's network: convolutions, eleven logits."""

from __future__ import annotations

from typing import Any

from digitreader.values import GLYPH_SIDE
from digitreader_train.backend import keras, tf

TURN = 0.05
SHIFT_PX = 0.7


def build_teacher() -> Any:
    """Three convolutions and a dense layer, 0.43 million weights: (28, 28) in 0..1 to 11 logits, the last of none."""
    layers = keras.layers
    return keras.Sequential(
        [
            layers.Reshape((GLYPH_SIDE, GLYPH_SIDE, 1), input_shape=(GLYPH_SIDE, GLYPH_SIDE)),
            *_convolution(16, 5, strides=2),
            *_convolution(32, 3, strides=2),
            *_convolution(64, 3),
            layers.Flatten(),
            layers.Dropout(0.25),
            layers.Dense(128, use_bias=False),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Dropout(0.3),
            layers.Dense(11),
        ],
        name="teacher",
    )


def _convolution(filters: int, side: int, *, strides: int = 1) -> list[Any]:
    layers = keras.layers
    return [
        layers.Conv2D(filters, side, strides=strides, padding="same", use_bias=False),
        layers.BatchNormalization(),
        layers.ReLU(),
    ]


def shake(pixels: Any) -> Any:
    """Turn, stretch, shear and shift each glyph a little, another way each time.

    Args:
        pixels: (B, 28, 28) float32 in 0..1.
    """
    count = tf.shape(pixels)[0]
    spread = tf.constant([[TURN, TURN, SHIFT_PX, TURN, TURN, SHIFT_PX]])
    a = tf.random.normal((count, 6)) * spread + tf.constant([[1.0, 0, 0, 0, 1.0, 0]])
    centre, none = (GLYPH_SIDE - 1) / 2, tf.zeros(count)
    shift_x = a[:, 2] + centre * (1 - a[:, 0] - a[:, 1])
    shift_y = a[:, 5] + centre * (1 - a[:, 3] - a[:, 4])
    maps = tf.stack([a[:, 0], a[:, 1], shift_x, a[:, 3], a[:, 4], shift_y, none, none], axis=1)
    return tf.raw_ops.ImageProjectiveTransformV3(
        images=pixels[..., None],
        transforms=maps,
        output_shape=[GLYPH_SIDE, GLYPH_SIDE],
        interpolation="BILINEAR",
        fill_mode="CONSTANT",
        fill_value=0.0,
    )[..., 0]
