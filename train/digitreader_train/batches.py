"""Batches for Keras: shuffled anew in each epoch, scaled to 0..1."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from digitreader.values import Glyphs
from digitreader_train.backend import tf
from digitreader_train.practice import NO_DIGIT
from digitreader_train.recipes import Recipe


class Labelled(Protocol):
    """Glyphs (N, 28, 28) uint8 with labels (N,) uint8, 0 to 9 or `NO_DIGIT`."""

    @property
    def glyphs(self) -> Glyphs:
        """(N, 28, 28) uint8."""
        ...

    @property
    def labels(self) -> npt.NDArray[np.uint8]:
        """(N,) uint8."""
        ...


def training_batches(digits: Labelled, recipe: Recipe) -> Any:
    """An endless tf.data.Dataset of (pixels, targets): (B, 28, 28) float32 0..1 and (B, 10) float32, 0 or 1."""
    glyphs, targets = _tensors(digits)
    count = len(digits.labels)

    def gather(places: Any) -> tuple[Any, Any]:
        return tf.cast(tf.gather(glyphs, places), tf.float32) / 255.0, tf.gather(targets, places)

    # one epoch's places at a time, gathered from memory: four times faster than handing Keras the arrays
    places = tf.data.Dataset.range(count).shuffle(count, seed=recipe.seed).repeat().batch(recipe.batch)
    return places.map(gather)


def steps_per_epoch(digits: Labelled, recipe: Recipe) -> int:
    """How many batches make one pass over the digits."""
    return max(1, round(len(digits.labels) / recipe.batch))


def validation_batches(digits: Labelled) -> Any:
    """All validation digits as one batch, in their order."""
    glyphs, targets = _tensors(digits)
    return tf.data.Dataset.from_tensors((tf.cast(glyphs, tf.float32) / 255.0, targets))


def _tensors(digits: Labelled) -> tuple[Any, Any]:
    targets = np.eye(NO_DIGIT + 1, NO_DIGIT, dtype=np.float32)[digits.labels]
    return tf.constant(digits.glyphs), tf.constant(targets)
