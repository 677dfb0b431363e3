"""Batches for Keras: shuffled again in each epoch, scaled to 0..1."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from digitreader_train.backend import tf
from digitreader_train.digits import LabelledGlyphs
from digitreader_train.practice import NO_DIGIT, Practice
from digitreader_train.recipes import Recipe


def training_batches(practice: Practice, recipe: Recipe, *, skipped: int = 0) -> Any:
    """An endless tf.data.Dataset of (pixels, targets): (B, 28, 28) float32 0..1 and (B, 10) float32 0..1.

    The targets are the labels, and what the teacher believes as far as the recipe trusts it.

    Args:
        practice: what is learned from.
        recipe: the order and size of the batches.
        skipped: this many of the first batches are left out.
    """
    glyphs, targets = tf.constant(practice.glyphs), tf.constant(targets_of(practice, trust=recipe.teacher))
    count = len(practice)

    def gather(places: Any) -> tuple[Any, Any]:
        return tf.cast(tf.gather(glyphs, places), tf.float32) / 255.0, tf.gather(targets, places)

    # one epoch's places at a time, gathered from memory: four times faster than handing Keras the arrays
    places = tf.data.Dataset.range(count).shuffle(count, seed=recipe.seed).repeat().batch(recipe.batch)
    return places.skip(skipped).map(gather)


def targets_of(practice: Practice, *, trust: float) -> npt.NDArray[np.float32]:
    """What is to be learned of each glyph, (N, 10) float32 0..1; what is missing to 1 in a row is for no digit.

    Args:
        practice: with its teacher's beliefs, if it has one.
        trust: how much of it the beliefs decide, 0 to 1; the labels decide the rest.
    """
    labels = one_hot(practice.labels)
    if practice.beliefs is None or trust == 0:
        return labels
    return (1 - trust) * labels + np.float32(trust) * practice.beliefs[:, :NO_DIGIT].astype(np.float32)


def one_hot(labels: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """(N, 10) float32, one 1 in the row of a digit, none in that of a negative."""
    return np.eye(NO_DIGIT + 1, NO_DIGIT, dtype=np.float32)[labels]


def steps_per_epoch(practice: Practice, recipe: Recipe) -> int:
    """How many batches make one pass over the practice."""
    return max(1, round(len(practice) / recipe.batch))


def validation_batches(digits: LabelledGlyphs) -> Any:
    """All validation digits as one batch, in their order."""
    pixels = tf.cast(tf.constant(digits.glyphs), tf.float32) / 255.0
    return tf.data.Dataset.from_tensors((pixels, tf.constant(one_hot(digits.labels))))
