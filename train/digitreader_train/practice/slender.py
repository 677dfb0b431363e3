"""Practice: bars that are no digits are left out."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from digitreader_train.practice.task import NO_DIGIT, Practice

SLENDER = 0.36
"""What is no digit and narrower than this, beside its height, is no practice: any bar may be a 1."""
INKED = 64


def without_slender(practice: Practice) -> Practice:
    """All digits, and of what is none everything but bars."""
    kept = (practice.labels != NO_DIGIT) | ~is_slender(practice)
    return Practice(practice.glyphs[kept], practice.labels[kept])


def is_slender(practice: Practice) -> npt.NDArray[np.bool_]:
    """(N,) which glyphs are as slender as a bar."""
    inked = practice.glyphs > INKED
    wide, high = (np.count_nonzero(inked.any(axis=axis), axis=1) for axis in (1, 2))
    return np.asarray(wide < SLENDER * high)
