"""The calibration set: practice glyphs that show the converter how large the network's values grow."""

from __future__ import annotations

import numpy as np

from digitreader.errors import DataError
from digitreader.values import Glyphs
from digitreader_export.settings import LEAST_CALIBRATION
from digitreader_train.practice import NO_DIGIT, Practice


def choose_calibration_set(practice: Practice, *, seed: int, per_label: int) -> Glyphs:
    """Choose as many glyphs of each digit as of what is none; all, where there are fewer.

    Args:
        practice: what the network learned from, and nothing else.
        seed: chooses which.
        per_label: how many of each.

    Returns:
        (M, 28, 28) uint8.

    Raises:
        DataError: of some digit there are too few to show anything.
    """
    counts = np.bincount(practice.labels, minlength=NO_DIGIT + 1)[:NO_DIGIT]
    if counts.min() < LEAST_CALIBRATION:
        raise DataError(
            f"the run learned from {counts.min()} images of the digit {counts.argmin()}, too few for a calibration set "
            f"that needs at least {LEAST_CALIBRATION}; train with a larger --limit"
        )
    rng = np.random.default_rng(seed)
    labels = range(NO_DIGIT + 1)
    chosen = [rng.permutation(np.flatnonzero(practice.labels == label))[:per_label] for label in labels]
    glyphs: Glyphs = practice.glyphs[rng.permutation(np.concatenate(chosen))]
    return glyphs
