"""Converts a Keras network that ends in logits into .tflite files."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np

from digitreader.errors import DataError
from digitreader.host.native_stderr import native_stderr_muted
from digitreader.values import GLYPH_SIDE, Glyphs
from digitreader_export.settings import LEAST_CALIBRATION
from digitreader_train.backend import tf
from digitreader_train.practice import NO_DIGIT, Practice


def to_float32(logits: Any) -> bytes:
    """Convert to float32: one glyph (1, 28, 28) in 0..1 in, ten logits out."""
    return _convert(_converter(logits))


def to_float16(logits: Any) -> bytes:
    """Convert to float32 in and out, with weights that are stored as 16-bit floats."""
    converter = _converter(logits)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.target_spec.supported_types = [tf.float16]
    return _convert(converter)


def to_dynamic_range(logits: Any) -> bytes:
    """Convert to float32 in and out, with 8-bit weights; each layer rounds what comes in by its own extremes."""
    converter = _converter(logits)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    return _convert(converter)


def to_integers(logits: Any, calibration: Glyphs, *, given: str, gives: str) -> bytes:
    """Convert to integers alone.

    Args:
        logits: the float network.
        calibration: (N, 28, 28) uint8, shows the converter how large each layer's values grow.
        given: dtype of the glyph: ``uint8`` takes it as it is; ``int16`` makes all values 16-bit.
        gives: dtype of the logits.
    """
    converter = _as_integers(_converter(logits), given, gives)
    converter.representative_dataset = lambda: _samples(calibration)
    wide = tf.lite.OpsSet.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8
    narrow = tf.lite.OpsSet.TFLITE_BUILTINS_INT8
    converter.target_spec.supported_ops = [wide if given == "int16" else narrow]
    return _convert(converter)


def to_integers_as_trained(quantized_logits: Any) -> bytes:
    """Convert a network that was trained with its rounding, and brings its own scales: uint8 in, int8 out."""
    return _convert(_as_integers(_converter(quantized_logits), "uint8", "int8"))


def _converter(logits: Any) -> Any:
    # a fixed batch of one leaves out the operators that would work out the batch each time; engines resize it
    glyph = tf.TensorSpec((1, GLYPH_SIDE, GLYPH_SIDE), tf.float32, name="glyph")
    function = tf.function(lambda pixels: logits(pixels, training=False)).get_concrete_function(glyph)
    return tf.lite.TFLiteConverter.from_concrete_functions([function], logits)


def _as_integers(converter: Any, given: str, gives: str) -> Any:
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.inference_input_type = getattr(tf, given)
    converter.inference_output_type = getattr(tf, gives)
    return converter


def _convert(converter: Any) -> bytes:
    with native_stderr_muted(), warnings.catch_warnings():
        # it misses statistics of the input that only TensorFlow 1 networks needed
        warnings.simplefilter("ignore", UserWarning)
        content: bytes = converter.convert()
    return content


def _samples(calibration: Glyphs) -> Iterator[list[Any]]:
    for glyph in _full_range(calibration):
        yield [glyph[None].astype(np.float32) / np.float32(255)]


def _full_range(calibration: Glyphs) -> Glyphs:
    # the input's scale comes from the extremes that are seen, and must be 1/255 with zero point 0 to the bit
    glyphs = calibration.copy()
    brightest = np.unravel_index(glyphs[0].argmax(), glyphs[0].shape)
    glyphs[0][brightest], glyphs[0, 0, 0] = 255, 0
    return glyphs


def choose_calibration_set(practice: Practice, *, seed: int, per_label: int) -> Glyphs:
    """Choose as many glyphs of each digit as of what is none; all, where there are fewer.

    Args:
        practice: what the network learned from, and nothing else.
        seed: chooses which.
        per_label: how many of each.

    Returns:
        (M, 28, 28) uint8.

    Raises:
        DataError: of some digit there are too few to show anything.
    """
    counts = np.bincount(practice.labels, minlength=NO_DIGIT + 1)[:NO_DIGIT]
    if counts.min() < LEAST_CALIBRATION:
        raise DataError(
            f"the run learned from {counts.min()} images of the digit {counts.argmin()}, too few for a calibration set "
            f"that needs at least {LEAST_CALIBRATION}; train with a larger --limit"
        )
    rng = np.random.default_rng(seed)
    labels = range(NO_DIGIT + 1)
    chosen = [rng.permutation(np.flatnonzero(practice.labels == label))[:per_label] for label in labels]
    glyphs: Glyphs = practice.glyphs[rng.permutation(np.concatenate(chosen))]
    return glyphs
