"""A small random network of the finder's kind, built with Keras and quantized by TensorFlow's converter."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

BIASES, SAMPLES = 0.2, 8
SIDE = 64


def finder_like_tflite(seed: int) -> bytes:
    """Make a .tflite with skips, depth-to-space and two heads ("geometry" of 4 channels, then "maps" of 10).

    Args:
        seed: of its weights, its biases and the pictures that it is quantized with.
    """
    import tensorflow as tf
    import tf_keras as keras

    keras.utils.set_random_seed(seed)
    converter = tf.lite.TFLiteConverter.from_keras_model(_network(keras, tf.nn.depth_to_space))
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: ([picture] for picture in _pictures(seed))
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type, converter.inference_output_type = tf.uint8, tf.int8
    with warnings.catch_warnings():
        # it asks for the statistics that the pictures give it
        warnings.filterwarnings("ignore", message="Statistics for quantized inputs", category=UserWarning)
        return bytes(converter.convert())


def _network(keras: Any, depth_to_space: Any) -> Any:
    layers = keras.layers

    def conv(taken: Any, channels: int, side: int = 3, stride: int = 1, activation: str | None = "relu") -> Any:
        biases = keras.initializers.RandomNormal(0, BIASES)
        return layers.Conv2D(channels, side, stride, "same", activation=activation, bias_initializer=biases)(taken)

    def double(taken: Any, skip: Any) -> Any:
        larger = depth_to_space(conv(taken, 4 * skip.shape[-1], 1, activation=None), 2)
        return layers.ReLU()(layers.Add()([larger, skip]))

    pixels = keras.Input((SIDE, SIDE, 3), batch_size=1)
    quarter = conv(conv(conv(pixels, 8, stride=2), 16, stride=2), 16)
    eighth = conv(conv(quarter, 24, stride=2), 24, activation="relu6")
    sixteenth = conv(conv(eighth, 32, stride=2), 32)
    smallest = conv(conv(sixteenth, 48, stride=2), 48)
    grown = conv(double(conv(double(smallest, sixteenth), 32), eighth), 24)
    joined = conv(double(grown, conv(quarter, 20, 1, activation=None)), 20)
    heads = (layers.Conv2D(channels, 1, name=name)(joined) for name, channels in (("maps", 10), ("geometry", 4)))
    return keras.Model(pixels, list(heads))


def _pictures(seed: int) -> Iterator[npt.NDArray[np.float32]]:
    rng = np.random.default_rng(seed)
    for _ in range(SAMPLES):
        picture = rng.random((1, SIDE, SIDE, 3), np.float32)
        picture[0, 0, 0], picture[0, 0, 1] = 0, 1  # the whole range of a pixel, so that it goes in as it is
        yield picture
