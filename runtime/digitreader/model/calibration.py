"""Calibration: whether a confidence of 0.9 is right nine times in ten."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

BINS = 15


def expected_calibration_error(
    confidences: npt.NDArray[np.float64], correct: npt.NDArray[np.bool_], *, bins: int = BINS
) -> float:
    """Average, over bins of equal width, how far the mean confidence is from the share that is right.

    Args:
        confidences: (N,) 0..1.
        correct: (N,) whether the answer was right.
        bins: how many.
    Returns:
        0 (perfect) to 1; 0 where N is 0.
    Source: Naeini, Cooper, Hauskrecht, "Obtaining Well Calibrated Probabilities Using Bayesian Binning", 2015.
    """
    if len(confidences) == 0:
        return 0.0
    which = np.minimum((confidences * bins).astype(int), bins - 1)
    # per bin: the sum of (confidence - right); its size over N is the bin's weighted gap
    gaps = np.bincount(which, weights=confidences - correct, minlength=bins)
    return float(np.abs(gaps).sum() / len(confidences))
