"""Changes the colours of scenes while they are learned from; the same seed and step change them the same way."""

from __future__ import annotations

from typing import Any

from digitreader_train.backend import tf
from digitreader_train.finder.recipe import Exposure

LEAST = 1e-4
"""Of 1: the gradient of a power is not defined at 0."""


def expose(images: Any, exposure: Exposure, seed: int, step: Any) -> Any:
    """Change the colours of a batch.

    Args:
        images: (N, S, S, 3) uint8.
        exposure: how far.
        seed: of the training.
        step: scalar int, counted from 0.

    Returns:
        (N, S, S, 3) float32, 0..1.
    """
    draw = _Draws(tf.shape(images)[0], seed, step)
    x = tf.cast(images, tf.float32) / 255
    inverted = draw.happens(exposure.inverted)
    x = x * (1 - inverted) + (1 - x) * inverted
    x = x * draw.uniform(*exposure.gain, channels=3) + draw.uniform(-exposure.offset, exposure.offset)
    x = tf.clip_by_value(x, LEAST, 1.0) ** tf.exp(draw.uniform(-exposure.gamma, exposure.gamma))
    gray = draw.happens(exposure.gray)
    x = x * (1 - gray) + gray * tf.reduce_mean(x, -1, keepdims=True)
    return tf.cond(draw.happens(exposure.swapped)[0, 0, 0, 0] > 0, lambda: x[..., ::-1], lambda: x)


class _Draws:
    """Random numbers for each picture of a batch; each call draws others."""

    def __init__(self, count: Any, seed: int, step: Any) -> None:
        self._count, self._number = count, 0
        self._seed = tf.random.experimental.stateless_fold_in(tf.constant([seed, 0]), tf.cast(step, tf.int32))

    def uniform(self, least: float, most: float, *, channels: int = 1) -> Any:
        """(N, 1, 1, channels) float32."""
        self._number += 1
        seed = tf.random.experimental.stateless_fold_in(self._seed, self._number)
        return tf.random.stateless_uniform((self._count, 1, 1, channels), seed, least, most)

    def happens(self, share: float) -> Any:
        """(N, 1, 1, 1) float32: 1 for this share of the pictures, else 0."""
        return tf.cast(self.uniform(0.0, 1.0) < share, tf.float32)
