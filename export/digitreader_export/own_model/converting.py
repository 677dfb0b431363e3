"""Converts a Keras model of a user's own into .tflite files; its graph stays as it is, softmax and all."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from digitreader.host.native_stderr import native_stderr_muted
from digitreader.model.own.numbers import InputScale
from digitreader.values import Glyphs
from digitreader_export.own_model.keras_model import OwnKeras
from digitreader_train.backend import tf

with native_stderr_muted():
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

Convert = Callable[[OwnKeras, Glyphs, InputScale], bytes]


def _float32(model: OwnKeras, _: Glyphs, __: InputScale) -> bytes:
    return _convert(_converter(model))


def _float16(model: OwnKeras, _: Glyphs, __: InputScale) -> bytes:
    converter = _optimised(model)
    converter.target_spec.supported_types = [tf.float16]
    return _convert(converter)


def _dynamic(model: OwnKeras, _: Glyphs, __: InputScale) -> bytes:
    return _convert(_optimised(model))


def _int8(model: OwnKeras, calibration: Glyphs, shown: InputScale) -> bytes:
    return integers_calibrated(model, calibration, shown, "int8")


def _uint8(model: OwnKeras, calibration: Glyphs, shown: InputScale) -> bytes:
    return integers_calibrated(model, calibration, shown, "uint8")


def _int16x8(model: OwnKeras, calibration: Glyphs, shown: InputScale) -> bytes:
    return integers_calibrated(model, calibration, shown, "int16")


OWN_VARIANTS: Mapping[str, Convert] = {
    "float32": _float32,
    "float16": _float16,
    "dynamic": _dynamic,
    "int8": _int8,
    "uint8": _uint8,
    "int16x8": _int16x8,
}
"""By the names that `digitreader export` has for them; those of `tuning.py` are trained on first."""


def _converter(model: OwnKeras) -> Any:
    # a fixed batch of one leaves out the operators that would work out the batch each time; engines resize it
    digit = tf.TensorSpec((1, *model.shape), tf.float32, name="digit")
    function = tf.function(lambda pixels: model.network(pixels, training=False)).get_concrete_function(digit)
    # the converter finds no values for the variables of Keras 3 by itself
    frozen = convert_variables_to_constants_v2(function)
    return tf.lite.TFLiteConverter.from_concrete_functions([frozen], tf.Module())


def _optimised(model: OwnKeras) -> Any:
    converter = _converter(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    return converter


def integers_as_trained(model: OwnKeras) -> bytes:
    """Convert a model that was trained with its rounding, and brings its own scales: int8 in and out."""
    converter = _optimised(model)
    converter.inference_input_type = converter.inference_output_type = tf.int8
    return _convert(converter)


def integers_calibrated(model: OwnKeras, calibration: Glyphs, shown: InputScale, dtype: str) -> bytes:
    """Convert to integers alone, `dtype` in and out; the calibration glyphs show how large the values grow."""
    converter = _optimised(model)
    converter.representative_dataset = lambda: _samples(model, calibration, shown)
    wide = tf.lite.OpsSet.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8
    converter.target_spec.supported_ops = [wide if dtype == "int16" else tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = converter.inference_output_type = getattr(tf, dtype)
    return _convert(converter)


def _samples(model: OwnKeras, calibration: Glyphs, shown: InputScale) -> Iterator[list[Any]]:
    glyphs = calibration.copy()
    glyphs[0, 0, 0], glyphs[0, 0, 1] = 0, 255  # the input's scale comes from the extremes that are seen
    for glyph in shown.levels()[glyphs]:
        yield [np.ascontiguousarray(glyph.reshape(1, *model.shape), np.float32)]


def _convert(converter: Any) -> bytes:
    with native_stderr_muted(), warnings.catch_warnings():
        # it misses statistics of the input that only TensorFlow 1 networks needed
        warnings.simplefilter("ignore", UserWarning)
        content: bytes = converter.convert()
    return content
