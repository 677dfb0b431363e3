"""Reliability: readings sorted by their confidence into bins, and how many of each were right."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from digitreader.model.calibration import BINS


@dataclass(frozen=True, slots=True)
class Bin:
    """The readings whose confidence lies within two limits.

    Attributes:
        start: the least confidence; end: the next bin's.
        n: how many.
        confidence: their mean; 0 where there are none.
        right: the share of them that is right; 0 where there are none.
    """

    start: float
    end: float
    n: int
    confidence: float
    right: float


def bins_of(confidences: npt.NDArray[np.float64], right: npt.NDArray[np.bool_], *, bins: int = BINS) -> tuple[Bin, ...]:
    """Sort readings into bins of equal width, as the expected calibration error does.

    Args:
        confidences: (N,) 0..1.
        right: (N,).
        bins: how many.
    """
    which = np.minimum((confidences * bins).astype(int), bins - 1)
    counts = np.bincount(which, minlength=bins)
    least = np.maximum(counts, 1)
    sure = np.bincount(which, weights=confidences, minlength=bins) / least
    shares = np.bincount(which, weights=right, minlength=bins) / least
    rows = zip(counts.tolist(), sure.tolist(), shares.tolist(), strict=True)
    return tuple(Bin(at / bins, (at + 1) / bins, *row) for at, row in enumerate(rows))
