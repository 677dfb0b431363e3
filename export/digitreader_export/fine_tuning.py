"""The settings of further training for each way of making a network smaller."""

from __future__ import annotations

from dataclasses import dataclass


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
