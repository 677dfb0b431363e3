"""The losses of the finder's network: how far its maps and its geometry are from the truth."""

from __future__ import annotations

from typing import Any

from digitreader_train.backend import tf

INK_WEIGHT, SMALL_WEIGHT = 12.0, 4.0
"""Weights of the ink's loss and of the loss of what is too small; the centres' loss has the weight 1."""
INKED_WEIGHT = 2.0
"""A pixel full of ink weighs so much more than one of paper, because there are fewer of them."""
CENTRE = 0.995
"""Where the hill is at least this high, a digit has its centre."""


def maps_loss(truth: Any, logits: Any) -> Any:
    """Loss of the ten maps.

    Args:
        truth: (N, C, C, 11) float32 0..1, the maps and where the hill counts.
        logits: (N, C, C, 10) float32.

    Returns:
        Scalar float32.
    """
    heatmap, ink, small, counts = truth[..., :1], truth[..., 1:9], truth[..., 9:10], truth[..., 10:11]
    inked = tf.nn.sigmoid_cross_entropy_with_logits(ink, logits[..., 1:9]) * (1 + (INKED_WEIGHT - 1) * ink)
    too_small = tf.nn.sigmoid_cross_entropy_with_logits(small, logits[..., 9:10])
    centres = _centres_loss(heatmap, counts, logits[..., :1])
    return centres + INK_WEIGHT * tf.reduce_mean(inked) + SMALL_WEIGHT * tf.reduce_mean(too_small)


def _centres_loss(heatmap: Any, counts: Any, logits: Any) -> Any:
    """Penalty-reduced focal loss: a sum over the cells, divided by the number of digits.

    Args:
        hill: (N, C, C, 1) float32 0..1.
        counts: (N, C, C, 1) float32, 1 where the hill counts, else 0.
        logits: (N, C, C, 1) float32.

    Source: Law and Deng, "CornerNet", 2018; Zhou et al., "Objects as points", 2019.
    """
    chance = tf.clip_by_value(tf.sigmoid(logits), 1e-4, 1 - 1e-4)
    is_centre = tf.cast(heatmap >= CENTRE, tf.float32)
    near = is_centre * (1 - chance) ** 2 * tf.math.log(chance)
    far = (1 - is_centre) * (1 - heatmap) ** 4 * chance**2 * tf.math.log(1 - chance)
    return -tf.reduce_sum((near + far) * counts) / tf.maximum(1.0, tf.reduce_sum(is_centre * counts))


def geometry_loss(truth: Any, predicted: Any) -> Any:
    """Mean absolute error of centre and size, where they count.

    Args:
        truth: (N, C, C, 5) float32, the geometry and 0 or 1 for whether it counts.
        predicted: (N, C, C, 4) float32.

    Returns:
        Scalar float32.
    """
    counts = truth[..., 4:]
    return tf.reduce_sum(tf.abs(truth[..., :4] - predicted) * counts) / tf.maximum(1.0, tf.reduce_sum(counts))
