"""Quantization-aware training: the network learns to live with its rounding."""

from __future__ import annotations

from typing import Any

import numpy as np

from digitreader.host.progress import ProgressBar
from digitreader.values import Features
from digitreader_export.fine_tuning import QUANTIZING
from digitreader_export.loaded_run import LoadedRun
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
