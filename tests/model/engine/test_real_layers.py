"""A .tflite of any maker as layers in real numbers, and its integers in NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from digitreader.errors import ModelFormatError
from digitreader.model.engine.litert import LARGEST_BATCH
from digitreader.model.engine.numpy_engine import Layer as RealLayer
from digitreader.model.engine.numpy_engine import LayeredNetwork
from digitreader.model.own.engine import LiteRTNetwork, NumpyNetwork
from digitreader.model.own.layers import RealNetwork, read_layers

from .layer import Layer


def real_layers(layer: Layer) -> tuple[RealLayer, ...]:
    return read_layers(layer.content(), "made").layers


def test_weights_and_biases_are_their_integers_times_their_steps(layer: Layer) -> None:
    (found,) = real_layers(layer)
    np.testing.assert_allclose(found.weights, layer.tensors[3].data * 0.02, rtol=1e-6)
    np.testing.assert_allclose(found.biases, layer.tensors[4].data * 0.02 / 255, rtol=1e-6)
    assert found.activation == "none"


def test_biases_without_steps_of_their_own_have_those_of_their_sums(layer: Layer) -> None:
    layer.change(4, scales=(), zero_points=())
    (found,) = real_layers(layer)
    np.testing.assert_allclose(found.biases, layer.tensors[4].data * 0.02 / 255, rtol=1e-6)


@pytest.mark.parametrize("inputs", [(2, 3, -1), (2, 3)])
def test_a_layer_may_have_no_biases(layer: Layer, inputs: tuple[int, ...]) -> None:
    layer.change_operator(1, inputs=inputs)
    (found,) = real_layers(layer)
    np.testing.assert_array_equal(found.biases, np.zeros(10))


def test_weights_that_the_file_dequantizes_are_read(layer: Layer) -> None:
    layer.tensors.append(layer.make.tensor((10, 784), "float32"))
    layer.operators.insert(0, layer.make.operator("DEQUANTIZE", (3,), (6,)))
    layer.change_operator(2, inputs=(2, 6, 4))
    (found,) = real_layers(layer)
    np.testing.assert_allclose(found.weights, layer.tensors[3].data * 0.02, rtol=1e-6)


CHANGES: dict[str, Any] = {
    "weights that are computed": lambda layer: layer.change(3, data=None),
    "no weights": lambda layer: layer.change_operator(1, inputs=(2,)),
    "biases for other neurons": lambda layer: layer.change(4, shape=(9,), data=np.zeros(9, np.int32)),
    "an activation that is not known": lambda layer: layer.change_operator(1, activation="RELU_N1_TO_1"),
    "a layer beside the chain": lambda layer: layer.change_operator(1, inputs=(0, 3, 4)),
}


@pytest.mark.parametrize("change", list(CHANGES))
def test_a_graph_that_is_no_chain_of_layers_has_none(layer: Layer, change: str) -> None:
    CHANGES[change](layer)
    network = read_layers(layer.content(), "made")
    assert network.layers == ()
    assert network.operators == ("RESHAPE", "FULLY_CONNECTED")


@pytest.mark.parametrize(
    ("activation", "given"),
    [
        ("none", [-2.0, 0.0, 8.0]),
        ("relu", [0.0, 0.0, 8.0]),
        ("relu6", [0.0, 0.0, 6.0]),
        ("tanh", [-0.9640276, 0.0, 0.9999998]),
        ("sigmoid", [0.1192029, 0.5, 0.9996647]),
        ("softmax", [0.0000454, 0.0003353, 0.9996193]),
    ],
)
def test_the_activations_of_a_hidden_layer_are_those_of_its_function(activation: str, given: list[float]) -> None:
    hidden = RealLayer(np.eye(3, dtype=np.float32), np.array([-2, 0, 6], np.float32), activation)
    network = RealNetwork((hidden, hidden), ("FULLY_CONNECTED",))
    (found,) = network.hidden(np.array([0, 0, 2], np.float32))
    np.testing.assert_allclose(found, given, atol=1e-6)  # float32 has seven digits


def test_a_network_of_integers_answers_in_numpy_as_in_litert(layer: Layer) -> None:
    mine, theirs = (network(layer.content(), "made") for network in (NumpyNetwork, LiteRTNetwork))
    assert mine.form == theirs.form
    numbers = np.random.default_rng(2).integers(-128, 128, (LARGEST_BATCH + 3, 784)).astype(np.int8)
    given = mine.run(numbers)
    np.testing.assert_array_equal(given, theirs.run(numbers))
    assert given.dtype == np.int8
    assert len(np.unique(given)) > 20


def test_a_network_that_gives_neither_ten_nor_eleven_numbers_is_refused(layer: Layer) -> None:
    layer.change(5, shape=(1, 12))
    with pytest.raises(ModelFormatError, match=r"made: gives .*; need ten numbers, one for each digit, or eleven"):
        NumpyNetwork(layer.content(), "made")


def test_a_chain_without_a_layer_of_neurons_cannot_be_shown(layer: Layer) -> None:
    layer.operators, layer.ends = layer.operators[:1], (0, 2)
    with pytest.raises(ModelFormatError, match=r"^made: has no layers of neurons$"):
        LayeredNetwork(layer.content(), "made")


def test_the_activations_of_more_glyphs_than_a_batch_are_refused(layer: Layer) -> None:
    with pytest.raises(ValueError, match=f"glyphs at once; at most {LARGEST_BATCH}"):
        LayeredNetwork(layer.content(), "made").activations(np.zeros((LARGEST_BATCH + 1, 28, 28), np.uint8))
