"""Chooses how sure is sure enough: the evidence at which photographed digits are read with the least harm."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from digitreader.model.accept import Evidence
from digitreader.values import Activations
from digitreader_train.practice import NO_DIGIT

HARM_OF_A_WRONG_DIGIT = 2
"""A digit misread or invented harms as much as so many that are left out, for it is seen when one is missing."""

HARDLY_MORE = 1.05
"""So much of the least harm is no worse: chance moves it by more, and between equals it is better to read."""

THRESHOLDS = np.arange(20, 81) / 100
KEPT_SHARE = 0.99
"""Of the validation digits as they are, where too few were photographed."""

Seen = tuple[Activations, npt.NDArray[np.uint8]]
"""What a network makes of photographed candidates, (K, 10), and the truth, (K,)."""


def least_harmful(evidence: Evidence, labels: npt.NDArray[np.uint8]) -> float:
    """The lowest threshold at which digits left out and digits misread or invented do hardly more than the least harm.

    Args:
        evidence: (K, 10), of photographed candidates.
        labels: (K,), the truth.

    Returns:
        0.2 to 0.8 in hundredths.
    """
    surest, right = evidence.max(axis=1), evidence.argmax(axis=1) == labels
    taken = surest[:, None] >= THRESHOLDS
    left_out = (~taken & (labels != NO_DIGIT)[:, None]).sum(axis=0)
    wrong = (taken & ~right[:, None]).sum(axis=0)
    harm = left_out + HARM_OF_A_WRONG_DIGIT * wrong
    return float(THRESHOLDS[int((harm <= HARDLY_MORE * harm.min()).argmax())])


def keeping(evidence: Evidence, share: float = KEPT_SHARE) -> float:
    """The threshold in hundredths that this share of digits reach.

    Args:
        evidence: (N, 10), of digits.
    """
    return math.floor(100 * float(np.quantile(evidence.max(axis=1), 1 - share))) / 100
