"""Photographs validation digits on drawn sheets, and glyphs that are not digits, for choosing the threshold."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from digitreader.values import Glyphs
from digitreader_train.digits import LabelledGlyphs
from digitreader_train.practice import NO_DIGIT, Task
from digitreader_train.practice.camera import photograph_digits
from digitreader_train.practice.drawing import draw_cached, tasks_over
from digitreader_train.practice.negatives import draw_negatives

SEED = (53,)
"""Not one of practice, which photographs other digits."""

LEAST_DIGITS = 500
"""With fewer photographed digits than this, chance would choose."""


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
    drawn = draw_cached(photograph_digits, "validation photographs", tasks, cache)
    return Photographed(drawn.glyphs, drawn.labels)


NEGATIVES_SEED = (47,)
"""Not one of practice, which draws the same kinds."""

MOST_NEGATIVES = 2_000


def draw_validation_negatives(validation: LabelledGlyphs, cache: Path) -> Glyphs:
    """One for each validation digit, at most 2,000; those made of digits are made of validation digits.

    Args:
        validation: digits that the network did not learn from.
        cache: the cache folder, from which they come where they were drawn before.

    Returns:
        (M, 28, 28) uint8.
    """
    task = Task(validation.images[:MOST_NEGATIVES], validation.labels[:MOST_NEGATIVES], NEGATIVES_SEED)
    return draw_cached(draw_negatives, "validation negatives", [task], cache).glyphs
