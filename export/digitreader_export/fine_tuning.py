"""Three ways to fine-tune a network so that it can be stored smaller: rounded, clustered, pruned."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np

from digitreader.host.progress import ProgressBar
from digitreader.values import Features
from digitreader_export.loaded_run import LoadedRun, steps_of
from digitreader_export.settings import CLUSTERING, PRUNING, QUANTIZING
from digitreader_export.tfmot import tfmot

GLANCES = 16
"""Batches from which the quantizers' ranges begin."""


def quantization_aware(loaded: LoadedRun, logits: Any, bar: ProgressBar, *, scheme: Any = None) -> Any:
    """Train a network on with every weight and value rounded as the integers will be.

    Args:
        logits: ends in logits.
        scheme: which quantization; 8 bits where None.

    Returns:
        a Keras network that carries its quantization.
    """
    if scheme is None:
        quantized = tfmot.quantization.keras.quantize_model(logits)
    else:
        annotated = tfmot.quantization.keras.quantize_annotate_model(logits)
        quantized = tfmot.quantization.keras.quantize_apply(annotated, scheme)
    batch = loaded.run.record.recipe.batch
    settle_ranges(quantized, logits, loaded.practice.glyphs, batch=batch, seed=loaded.run.record.recipe.seed)
    loaded.fine_tune(quantized, QUANTIZING, bar)
    return quantized


def settle_ranges(quantized: Any, logits: Any, features: Features, *, batch: int, seed: int) -> None:
    """Begin the range of each quantizer at the values that it will see.

    They would all begin at -6 to 6 and follow the values by a thousandth a step, so that in a short training what lies
    beyond stays cut off.

    Args:
        quantized: the network made of `logits`; changed in place.
        logits: the network before.
        features: (N, 28, 28) uint8, what it learns from.
        batch: how many pass at once; the range is the mean over some batches.
        seed: chooses them.
    """
    chosen = np.random.default_rng(seed).integers(len(features), size=(GLANCES, batch))
    values = features[chosen].astype(np.float32).reshape(-1, *features.shape[1:]) / np.float32(255)
    set_range(quantized.layers[0], values, batch)
    for layer in logits.layers:
        values = np.asarray(layer(values))
        set_range(quantized.get_layer(f"quant_{layer.name}"), values, batch)


def set_range(layer: Any, values: Any, batch: int) -> None:
    """Begin the ranges of a layer's quantizers at the least and largest of values, each the mean over batches."""
    groups = values.reshape(-1, batch, *values.shape[1:])
    inner = tuple(range(1, groups.ndim))
    ends = {"min": min(0.0, groups.min(axis=inner).mean()), "max": groups.max(axis=inner).mean()}
    for variable in layer.weights:
        name = variable.name.removesuffix(":0").rsplit("/", 1)[-1]
        for end, value in ends.items():
            if name in {f"post_activation_{end}", f"quantize_layer_{end}"}:
                variable.assign(value)


# on the way to cluster-preserving quantization it warns of every layer that has no zero weights, which is none's fault
logging.getLogger().addFilter(lambda record: "apply CQAT instead" not in record.getMessage())


def clustered(loaded: LoadedRun, bar: ProgressBar) -> Any:
    """Cluster the weights of a run's network.

    Returns:
        a Keras network that ends in logits; each layer has the chosen number of different weights, or fewer.
    """
    wrapped = tfmot.clustering.keras.cluster_weights(
        loaded.trained_logits(),
        number_of_clusters=loaded.settings.clusters,
        cluster_centroids_init=tfmot.clustering.keras.CentroidInitialization.KMEANS_PLUS_PLUS,
    )
    loaded.fine_tune(wrapped, CLUSTERING, bar)
    return tfmot.clustering.keras.strip_clustering(wrapped)


def equals_preserving_scheme() -> Any:
    """The quantization that keeps weights that are equal equal."""
    return tfmot.experimental.combine.Default8BitClusterPreserveQuantizeScheme()


def stripped(quantized: Any) -> Any:
    """Take out what only the training of a clustered and quantized network needs."""
    return tfmot.experimental.combine.strip_clustering_cqat(quantized)


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


def zeros_preserving_scheme() -> Any:
    """The quantization that keeps zero weights zero."""
    return tfmot.experimental.combine.Default8BitPrunePreserveQuantizeScheme()


def _schedule(loaded: LoadedRun) -> Any:
    settings, steps = loaded.settings, steps_of(loaded.run.record.recipe, loaded.practice, PRUNING)
    growing = max(round(GROWING_SHARE * steps), 1)
    frequency = max(growing // RENEWALS, 1)
    if settings.schedule == "constant":
        return tfmot.sparsity.keras.ConstantSparsity(settings.sparsity, 0, growing, frequency)
    return tfmot.sparsity.keras.PolynomialDecay(0.0, settings.sparsity, 0, growing, frequency=frequency)
