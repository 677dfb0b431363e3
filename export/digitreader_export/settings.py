"""The checked settings of the variants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from digitreader.errors import UsageError

Schedule = Literal["gradual", "constant"]

LEAST_CALIBRATION = 5
"""Glyphs of each kind; with fewer the converter guesses how large the values grow."""

CLUSTERS = (2, 256)


@dataclass(frozen=True, slots=True)
class VariantSettings:
    """The settings of the variants.

    Attributes:
        sparsity: the share of weights that pruning sets to zero, above 0 and below 1.
        schedule: whether it grows to that gradually, or is there from the first step on.
        clusters: how many different weights clustering leaves to each layer, 2 to 256.
        calibration: how many practice glyphs of each kind show the converter how large the values grow.

    Raises:
        UsageError: a value that cannot be meant.
    """

    sparsity: float = 0.5
    schedule: Schedule = "gradual"
    clusters: int = 16
    calibration: int = 50

    def __post_init__(self) -> None:
        """Refuse impossible values."""
        if not 0 < self.sparsity < 1:
            raise UsageError(
                f"a sparsity of {self.sparsity:g} is not possible; give a share between 0 and 1, such as 0.5"
            )
        if not CLUSTERS[0] <= self.clusters <= CLUSTERS[1]:
            raise UsageError(f"{self.clusters} clusters are not possible; give {CLUSTERS[0]} to {CLUSTERS[1]}")
        if self.calibration < LEAST_CALIBRATION:
            raise UsageError(
                f"a calibration set of {self.calibration} glyphs of each kind is too small; "
                f"give at least {LEAST_CALIBRATION}"
            )
