"""Converts a Keras network that ends in logits into .tflite files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from digitreader.quiet import native_stderr_muted
from digitreader.values import GLYPH_SIDE, Glyphs
from digitreader_train.backend import tf


def to_float_tflite(logits: Any) -> bytes:
    """Convert to float32: one glyph (1, 28, 28) in 0..1 in, ten logits out."""
    return _convert(_converter(logits))


def to_integer_tflite(logits: Any, calibration: Glyphs) -> bytes:
    """Convert to integers alone: one raw glyph (1, 28, 28) uint8 in, ten logits as int8 out.

    Args:
        logits: the float network.
        calibration: (N, 28, 28) uint8, shows the converter how large each layer's values grow.
    """
    converter = _converter(logits)
    converter.representative_dataset = lambda: _samples(calibration)
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    return _convert(_as_integers(converter))


def to_integer_tflite_as_trained(quantized_logits: Any) -> bytes:
    """Convert a network that was trained with its quantization in mind, which brings its own scales."""
    return _convert(_as_integers(_converter(quantized_logits)))


def _converter(logits: Any) -> Any:
    # a fixed batch of one leaves out the operators that would work out the batch each time; engines resize it
    glyph = tf.TensorSpec((1, GLYPH_SIDE, GLYPH_SIDE), tf.float32, name="glyph")
    function = tf.function(lambda pixels: logits(pixels, training=False)).get_concrete_function(glyph)
    return tf.lite.TFLiteConverter.from_concrete_functions([function], logits)


def _as_integers(converter: Any) -> Any:
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.inference_input_type = tf.uint8
    converter.inference_output_type = tf.int8
    return converter


def _convert(converter: Any) -> bytes:
    with native_stderr_muted():
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
