"""Reads the layers of neurons in a .tflite of any maker as real numbers, for `digitreader explain`."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from digitreader.model.engine.numpy_engine import Layer
from digitreader.model.tflite.graph import Graph, Operator, Tensor
from digitreader.model.tflite.read import read_graph

ACTIVATIONS: Mapping[str, str] = {
    "NONE": "none",
    "RELU": "relu",
    "RELU6": "relu6",
    "TANH": "tanh",
    "LOGISTIC": "sigmoid",
    "SOFTMAX": "softmax",
}
SAME_VALUES = ("RESHAPE", "SQUEEZE", "EXPAND_DIMS", "QUANTIZE", "DEQUANTIZE")
"""Operators that pass the numbers on unchanged, or nearly."""
ABOUT_SHAPES = ("SHAPE", "STRIDED_SLICE", "PACK")
"""Operators that only compute a shape."""


@dataclass(frozen=True, slots=True)
class RealNetwork:
    """A network in real numbers.

    Attributes:
        layers: its layers of neurons, one after another; empty if it has other parts, such as convolutions.
        operators: the kinds of all its operators, each once, in their order.
    """

    layers: tuple[Layer, ...]
    operators: tuple[str, ...]

    def hidden(self, inputs: npt.NDArray[np.float32]) -> list[npt.NDArray[np.float32]]:
        """The activations of each layer except the last, (neurons,) float32 each.

        Args:
            inputs: (784,) float32, the network's input.
        """
        given = []
        for layer in self.layers[:-1]:
            inputs = _activated(layer.weights @ inputs + layer.biases, layer.activation)
            given.append(inputs)
        return given


def read_layers(content: bytes, source: str) -> RealNetwork:
    """Read the layers of a .tflite; its integers are converted to real numbers.

    Args:
        content: the bytes of the file.
        source: names it in messages.

    Raises:
        ModelFormatError: it is not a .tflite.
    """
    graph = read_graph(content, source)
    kinds = tuple(dict.fromkeys(each.kind for each in graph.operators))
    layers = _layers_of(graph)
    return RealNetwork(() if layers is None else layers, kinds)


def _layers_of(graph: Graph) -> tuple[Layer, ...] | None:
    """The layers; None if the graph is not a chain of them."""
    place, layers = graph.inputs[0], list[Layer]()
    constants: dict[int, npt.NDArray[np.float32]] = {}
    for operator in graph.operators:
        first = operator.inputs[0] if operator.inputs else -1
        if operator.kind == "DEQUANTIZE" and graph.tensors[first].data is not None:
            constants[operator.outputs[0]] = _reals_of(graph.tensors[first])
            continue
        if operator.kind in ABOUT_SHAPES:
            continue
        if first != place or len(operator.outputs) != 1:
            return None
        place = operator.outputs[0]
        if operator.kind == "FULLY_CONNECTED":
            layer = _layer_of(operator, graph, constants)
            if layer is None:
                return None
            layers.append(layer)
        elif operator.kind in ACTIVATIONS and layers and layers[-1].activation == "none":
            layers[-1] = layers[-1]._replace(activation=ACTIVATIONS[operator.kind])
        elif operator.kind not in SAME_VALUES:
            return None
    return tuple(layers) if layers and place == graph.outputs[0] else None


def _layer_of(operator: Operator, graph: Graph, constants: Mapping[int, npt.NDArray[np.float32]]) -> Layer | None:
    def real(place: int) -> npt.NDArray[np.float32] | None:
        tensor = graph.tensors[place]
        return constants.get(place, None if tensor.data is None else _reals_of(tensor))

    weights = real(operator.inputs[1]) if len(operator.inputs) > 1 else None
    if weights is None or weights.ndim != 2 or operator.activation not in ACTIVATIONS:
        return None
    biases: npt.NDArray[np.float32] | None = np.zeros(len(weights), np.float32)
    if len(operator.inputs) > 2 and operator.inputs[2] >= 0:
        bias = graph.tensors[operator.inputs[2]]
        biases = real(operator.inputs[2])
        if biases is not None and bias.dtype in {"int32", "int64"} and not len(bias.scales):
            steps = [graph.tensors[place].scales.astype(np.float64) for place in operator.inputs[:2]]
            biases = np.asarray(biases * math.prod(steps), np.float32)
    if biases is None or biases.shape != (len(weights),):
        return None
    return Layer(weights, biases, ACTIVATIONS[operator.activation])


def _reals_of(tensor: Tensor) -> npt.NDArray[np.float32]:
    data = np.asarray(tensor.data)
    if not len(tensor.scales) or data.dtype.kind == "f":
        return np.asarray(data, np.float32)
    shape = [1] * data.ndim
    if len(tensor.scales) > 1:
        shape[tensor.axis] = len(tensor.scales)
    zeros, scales = tensor.zero_points.reshape(shape), tensor.scales.astype(np.float64).reshape(shape)
    return np.asarray((data.astype(np.int64) - zeros) * scales, np.float32)


def _activated(sums: npt.NDArray[np.float32], activation: str) -> npt.NDArray[np.float32]:
    if activation in {"relu", "relu6"}:
        return np.clip(sums, 0, 6 if activation == "relu6" else None)
    if activation == "tanh":
        return np.tanh(sums)
    if activation == "sigmoid":
        return np.asarray(0.5 * np.tanh(0.5 * sums) + 0.5, np.float32)
    if activation == "softmax":
        powers = np.exp(sums - sums.max())
        return np.asarray(powers / powers.sum(), np.float32)
    return sums


def kinds_in_words(operators: Sequence[str]) -> str:
    """The kinds of a network's operators as text: ``CONV_2D, MAX_POOL_2D and SOFTMAX``."""
    *others, last = operators
    return f"{', '.join(others)} and {last}" if others else last
