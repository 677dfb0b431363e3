"""How far a test set's figures may be trusted: an interval for an accuracy, a test for a difference."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

CONFIDENCE = 0.95
SIGNIFICANT = 0.05
"""A difference that chance alone brings about less often than this counts as one."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Where a share (0..1) lies that was measured on a sample."""

    low: float
    high: float


def wilson_interval(right: int, images: int, *, confidence: float = CONFIDENCE) -> Interval:
    """The interval that holds the true share with this confidence.

    Args:
        right: how many of the images were read right.
        images: at least 1.
        confidence: 0..1, how often such intervals hold the truth.

    Source: Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", 1927.
    """
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share, weight = right / images, z * z / images
    centre = (share + weight / 2) / (1 + weight)
    half = math.sqrt(share * (1 - share) * weight + weight * weight / 4) / (1 + weight)
    # rounding alone would leave a share of 1 outside
    return Interval(max(0.0, centre - half), min(1.0, max(centre + half, share)))


def mcnemar_p(lost: int, gained: int) -> float:
    """How often chance alone splits the images on which two models differ at least as unevenly (exact, two-sided).

    Args:
        lost: images that only the first model reads right.
        gained: images that only the second one does.

    Returns:
        0..1; 1 if the models are right on the same images.

    Source: McNemar, "Note on the Sampling Error of the Difference Between Correlated Proportions", 1947, with the
    binomial distribution itself in place of its approximation.
    """
    differing = lost + gained
    tail, ways = 0, 1
    for place in range(min(lost, gained) + 1):
        tail += ways
        ways = ways * (differing - place) // (place + 1)
    return min(1.0, 2 * tail / (1 << differing))
