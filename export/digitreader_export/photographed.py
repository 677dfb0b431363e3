"""Photographs validation digits on drawn sheets, for choosing the threshold."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from digitreader.values import Glyphs
from digitreader_train.digits import LabelledGlyphs
from digitreader_train.practice import NO_DIGIT
from digitreader_train.practice.camera import photograph_digits
from digitreader_train.practice.drawing import draw_cached, tasks_over

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
