"""The checked settings of the variants, and of further training for each way of making a network smaller."""

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


@dataclass(frozen=True, slots=True)
class FineTuning:
    """The settings of further training.

    Attributes:
        epochs: how many.
        learning_rate_share: of the training's own learning rate.
        keep_best: keep the epoch that reads most validation digits; else the last one, where what is done to the
            weights grows from epoch to epoch.
        one_step_at_a_time: call the callbacks between any two steps, which is slower.
    """

    epochs: int
    learning_rate_share: float
    keep_best: bool = True
    one_step_at_a_time: bool = False


QUANTIZING = FineTuning(epochs=1, learning_rate_share=0.02)
"""Only the rounding is new to the network, so it needs little: one pass over 800,000 glyphs."""

PRUNING = FineTuning(epochs=4, learning_rate_share=0.25, keep_best=False, one_step_at_a_time=True)
"""The mask is renewed between steps."""

CLUSTERING = FineTuning(epochs=3, learning_rate_share=0.1)
