"""Magnitude pruning: the smallest weights become zero, and the others learn to do their work."""

from __future__ import annotations

from typing import Any

from digitreader.host.progress import ProgressBar
from digitreader_export.fine_tuning import PRUNING
from digitreader_export.loaded_run import LoadedRun, steps_of
from digitreader_export.tfmot import tfmot

GROWING_SHARE = 0.6
"""Of the steps, in which a gradual sparsity grows; in the rest the network recovers."""

RENEWALS = 60
"""How often the mask is chosen again while the sparsity grows."""


def pruned(loaded: LoadedRun, bar: ProgressBar) -> Any:
    """Prune a run's network.

    Returns:
        a Keras network that ends in logits; the chosen share of each layer's weights is zero.
    """
    wrapped = tfmot.sparsity.keras.prune_low_magnitude(loaded.trained_logits(), pruning_schedule=_schedule(loaded))
    loaded.fine_tune(wrapped, PRUNING, bar, tfmot.sparsity.keras.UpdatePruningStep())
    return tfmot.sparsity.keras.strip_pruning(wrapped)


def preserving_scheme() -> Any:
    """The quantization that keeps zero weights zero."""
    return tfmot.experimental.combine.Default8BitPrunePreserveQuantizeScheme()


def _schedule(loaded: LoadedRun) -> Any:
    settings, steps = loaded.settings, steps_of(loaded.run.record.recipe, loaded.practice, PRUNING)
    growing = max(round(GROWING_SHARE * steps), 1)
    frequency = max(growing // RENEWALS, 1)
    if settings.schedule == "constant":
        return tfmot.sparsity.keras.ConstantSparsity(settings.sparsity, 0, growing, frequency)
    return tfmot.sparsity.keras.PolynomialDecay(0.0, settings.sparsity, 0, growing, frequency=frequency)
