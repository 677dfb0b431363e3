"""Chooses how sure is sure enough: the evidence at which photographed digits are read with the least harm."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from digitreader.accept import Evidence
from digitreader.values import Activations, Glyphs
from digitreader_train.digits import LabelledGlyphs
from digitreader_train.practice import NO_DIGIT, Practice
from digitreader_train.practice.camera import photograph_digits
from digitreader_train.practice.drawing import draw_cached, tasks_over

SEED = (53,)
"""Not one of practice, which photographs other digits."""

HARM_OF_A_WRONG_DIGIT = 2
"""A digit misread or invented harms as much as so many that are left out, for it is seen when one is missing."""

HARDLY_MORE = 1.05
"""So much of the least harm is no worse: chance moves it by more, and between equals it is better to read."""

THRESHOLDS = np.arange(20, 81) / 100
LEAST_DIGITS = 500
"""With fewer photographed digits than this, chance would choose."""
KEPT_SHARE = 0.99
"""Of the validation digits as they are, where too few were photographed."""


@dataclass(frozen=True, slots=True, eq=False)
class Photographed:
    """Digits that no network learned from, as a camera shows them, and what else the finder took for candidates.

    Attributes:
        glyphs: (K, 28, 28) uint8, or what a network is shown of them.
        labels: (K,) uint8, 0 to 9, or `NO_DIGIT`.
    """

    glyphs: Glyphs
    labels: npt.NDArray[np.uint8]

    def is_enough(self) -> bool:
        """Whether a threshold may be chosen on them."""
        return int(np.count_nonzero(self.labels != NO_DIGIT)) >= LEAST_DIGITS


def photograph_validation(validation: LabelledGlyphs, cache: Path) -> Photographed:
    """Each validation digit once on a drawn sheet, letters and operators among them.

    Args:
        validation: digits that the network did not learn from.
        cache: the cache folder, from which they come where they were drawn before.
    """
    (tasks,) = tasks_over(validation.images, validation.labels, SEED, share=1)
    drawn: Practice = draw_cached(photograph_digits, "validation photographs", tasks, cache)
    return Photographed(drawn.glyphs, drawn.labels)


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


Seen = tuple[Activations, npt.NDArray[np.uint8]]
"""What a network makes of photographed candidates, (K, 10), and the truth, (K,)."""
