"""The calibration set: practice glyphs that show the converter how large the network's values grow."""

from __future__ import annotations

import numpy as np

from digitreader.values import Glyphs
from digitreader_train.practice import NO_DIGIT, Practice

PER_LABEL = 50


def choose_calibration_set(practice: Practice, *, seed: int, per_label: int = PER_LABEL) -> Glyphs:
    """Choose as many glyphs of each digit as of what is none; all, where there are fewer.

    Args:
        practice: what the network learned from, and nothing else.
        seed: chooses which.
        per_label: how many of each.

    Returns:
        (M, 28, 28) uint8.
    """
    rng = np.random.default_rng(seed)
    labels = range(NO_DIGIT + 1)
    chosen = [rng.permutation(np.flatnonzero(practice.labels == label))[:per_label] for label in labels]
    glyphs: Glyphs = practice.glyphs[rng.permutation(np.concatenate(chosen))]
    return glyphs
