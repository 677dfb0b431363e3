"""What the finder's network is punished for."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

INK_WEIGHT, SMALL_WEIGHT = 12.0, 2.0
INKED_WEIGHT = 2.0
"""A pixel of ink weighs so much more than one of paper, which there is more of."""
CENTRE = 0.995
"""Where the hill is this high, the digit has its centre."""


def maps_loss(truth: Any, logits: Any) -> Any:
    """Loss of the ten maps.

    The centres' is the penalty-reduced focal loss of Law and Deng, "CornerNet", 2018, and Zhou et al., "Objects as
    points", 2019: a sum over the cells divided by the number of digits.

    Args:
        truth: (N, C, C, 11) float32 0..1, the maps and where the hill is asked for.
        logits: (N, C, C, 10) float32.
    """
    hill, ink, small, asked = truth[..., :1], truth[..., 1:9], truth[..., 9:10], truth[..., 10:11]
    chance = tf.clip_by_value(tf.sigmoid(logits[..., :1]), 1e-4, 1 - 1e-4)
    is_centre = tf.cast(hill >= CENTRE, tf.float32)
    near = is_centre * (1 - chance) ** 2 * tf.math.log(chance)
    far = (1 - is_centre) * (1 - hill) ** 4 * chance**2 * tf.math.log(1 - chance)
    centres = -tf.reduce_sum((near + far) * asked) / tf.maximum(1.0, tf.reduce_sum(is_centre * asked))
    inked = tf.nn.sigmoid_cross_entropy_with_logits(ink, logits[..., 1:9]) * (1 + (INKED_WEIGHT - 1) * ink)
    too_small = tf.nn.sigmoid_cross_entropy_with_logits(small, logits[..., 9:10])
    return centres + INK_WEIGHT * tf.reduce_mean(inked) + SMALL_WEIGHT * tf.reduce_mean(too_small)


def geometry_loss(truth: Any, told: Any) -> Any:
    """Mean absolute error of centre and size, where the truth says that they are asked for.

    Args:
        truth: (N, C, C, 5) float32, the geometry and 0 or 1 for whether it counts.
        told: (N, C, C, 4) float32.
    """
    counts = truth[..., 4:]
    return tf.reduce_sum(tf.abs(truth[..., :4] - told) * counts) / tf.maximum(1.0, tf.reduce_sum(counts))
