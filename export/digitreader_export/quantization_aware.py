"""Quantization-aware training: the network learns to live with its rounding."""

from __future__ import annotations

from typing import Any

from digitreader.progress import ProgressBar
from digitreader_export.tfmot import tfmot
from digitreader_export.tunings import QUANTIZING
from digitreader_export.workshop import Workshop


def quantization_aware(workshop: Workshop, logits: Any, bar: ProgressBar, *, scheme: Any = None) -> Any:
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
    workshop.fine_tune(quantized, QUANTIZING, bar)
    return quantized
