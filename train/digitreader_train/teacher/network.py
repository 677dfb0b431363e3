"""The teacher's network: a wide MLP with dropout, eleven logits."""

from __future__ import annotations

from typing import Any

from digitreader.values import GLYPH_SIDE
from digitreader_train.backend import keras

WIDTHS = (1024, 512)
MISSING = 0.1
"""The share of its features that it does without, others each time."""
IDLE = 0.3
"""The share of its neurons that rest, others each time."""


def build_teacher() -> Any:
    """Two wide hidden layers, 1.3 million weights: (28, 28) features in 0..1 to 11 logits, the last of no digit."""
    layers = keras.layers
    hidden = [layer for width in WIDTHS for layer in _dense(width)]
    first = [layers.Flatten(input_shape=(GLYPH_SIDE, GLYPH_SIDE)), layers.Dropout(MISSING)]
    return keras.Sequential([*first, *hidden, layers.Dense(11)], name="teacher")


def _dense(width: int) -> list[Any]:
    layers = keras.layers
    return [
        layers.Dense(width, use_bias=False, kernel_initializer="he_normal"),
        layers.BatchNormalization(),
        layers.ReLU(),
        layers.Dropout(IDLE),
    ]
