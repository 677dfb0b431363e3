"""What a network of layers shows of itself is what LiteRT runs."""

from __future__ import annotations

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter, OpResolverType

from digitreader.drawing import write_glyph
from digitreader.errors import ModelFormatError
from digitreader.model.engine.numpy_engine import LayeredNetwork
from digitreader.model.glyph.features import features_of
from digitreader.model.glyph.normalise import normalise_glyphs
from digitreader.model.load import load_model
from digitreader.model.locate import shipped_models
from digitreader.model.tflite.read import read_graph
from digitreader.values import Features

READERS = [name for name in shipped_models() if name != "finder"]


@pytest.fixture(scope="module")
def features() -> Features:
    rng = np.random.default_rng(3)
    glyphs = normalise_glyphs([write_glyph(digit, rng) for digit in range(10)])
    return features_of(glyphs, "directions")


def network_of(name: str) -> LayeredNetwork:
    return LayeredNetwork(shipped_models()[name].read_bytes(), name)


@pytest.mark.parametrize("name", READERS)
def test_the_last_layer_gives_the_very_logits_of_the_engine(name: str, features: Features) -> None:
    given = network_of(name).activations(features)
    np.testing.assert_array_equal(given[-1], load_model(name).engine.logits(features))


@pytest.mark.parametrize("name", READERS)
def test_each_hidden_layer_gives_what_litert_gives_to_a_step(name: str, features: Features) -> None:
    content = shipped_models()[name].read_bytes()
    graph, network = read_graph(content, name), network_of(name)
    layers = [operator for operator in graph.operators if operator.kind == "FULLY_CONNECTED"]
    interpreter = Interpreter(
        model_content=content,
        experimental_preserve_all_tensors=True,
        experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
    )
    interpreter.allocate_tensors()
    details = {each["index"]: each for each in interpreter.get_tensor_details()}
    given = network.activations(features)
    for glyph in range(len(features)):
        interpreter.set_tensor(interpreter.get_input_details()[0]["index"], features[glyph][None])
        interpreter.invoke()
        for layer, operator in enumerate(layers[:-1]):
            scale, zero_point = details[operator.outputs[0]]["quantization"]
            numbers = interpreter.get_tensor(operator.outputs[0])[0].astype(np.float64)
            np.testing.assert_allclose(given[layer][glyph], (numbers - zero_point) * scale, atol=1.01 * scale)


@pytest.mark.parametrize("name", READERS)
def test_weights_times_what_goes_in_and_the_bias_is_what_a_neuron_gives(name: str, features: Features) -> None:
    network = network_of(name)
    before = features.reshape(len(features), -1) / np.float32(255)
    for layer, given in zip(network.layers, network.activations(features), strict=True):
        sums = (before @ layer.weights.T + layer.biases).astype(np.float32)
        sums = np.maximum(sums, 0) if layer.activation == "relu" else sums
        step = np.diff(np.unique(given)).min()
        inside = given < given.max()  # the greatest number that a step can say stands for all that are greater
        assert np.abs(sums - given)[inside].max() < 0.75 * step
        before = given.astype(np.float32)


def test_only_the_first_layers_are_relu() -> None:
    for name in READERS:
        assert [layer.activation for layer in network_of(name).layers] == ["relu", "relu", "none"]


def test_a_network_of_convolutions_is_refused_in_one_line() -> None:
    with pytest.raises(ModelFormatError, match="finder: has CONV_2D in it; only a network of layers"):
        network_of("finder")
