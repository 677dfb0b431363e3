"""Follows a graph from its pixels to its logits, and refuses what the integer C has no form for."""

from __future__ import annotations

import dataclasses
import math

import numpy as np

from digitreader.model.engine.engine import TensorForm, pixel_table
from digitreader.model.engine.integer_arithmetic import sigmoid_steps
from digitreader.model.tflite.graph import Graph, Operator, Tensor
from digitreader_export.c99.errors import NoCFormError
from digitreader_export.c99.layers import BYTE_OFFSET, DenseLayer, check_layer

PIXELS, DIGITS = 784, 10
SHARES = TensorForm("int8", 1 / 256, -BYTE_OFFSET)
"""The one form in which LiteRT gives what lies between 0 and 1; its steps are the bytes of the C."""
INSTEAD = "give a full-integer --variant (qat, int8 or uint8)"


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Network:
    """A graph as the C sees it.

    Attributes:
        layers: from the pixels to the logits.
        input: the form of the pixels that the .tflite takes.
        output: the form of its logits; int8 or uint8.
    """

    layers: tuple[DenseLayer, ...]
    input: TensorForm
    output: TensorForm


def read_network(graph: Graph, source: str) -> Network:
    """Turn a graph into the layers of the C.

    Args:
        graph: of the .tflite.
        source: names it in messages.

    Raises:
        NoCFormError: it is not a chain of dense int8 layers from one glyph to ten logits.
    """
    chain = _Chain(graph, source)
    for operator in graph.operators:
        chain.follow(operator)
    layers, output = tuple(chain.layers), graph.tensors[chain.place]
    if graph.outputs != (chain.place,) or not layers or layers[-1].neurons != DIGITS:
        raise NoCFormError(f"{source}: does not lead from {PIXELS} pixels to {DIGITS} logits; export the run again")
    if layers[-1].table is not None:
        raise NoCFormError(f"{source}: ends in activations, but the C code needs logits; export the run again")
    for layer in layers:
        check_layer(layer, source)
    return Network(layers, chain.form(graph.tensors[graph.inputs[0]]), chain.form(output))


class _Chain:
    """The part of a graph that was followed: the tensor that was reached, and the layers before it."""

    def __init__(self, graph: Graph, source: str) -> None:
        self.layers: list[DenseLayer] = []
        self._tensors, self._source = graph.tensors, source
        if len(graph.inputs) != 1:
            raise NoCFormError(f"{source}: takes {len(graph.inputs)} tensors, the C code takes one glyph")
        self.place = graph.inputs[0]
        self._check_pixels(graph.tensors[self.place])

    def follow(self, operator: Operator) -> None:
        """Go one operator on."""
        steps = {
            "QUANTIZE": self._relabel,
            "RESHAPE": self._relabel,
            "FULLY_CONNECTED": self._fully_connected,
            "RELU": self._relu,
            "LOGISTIC": self._logistic,
        }
        if operator.kind not in steps:
            raise self._refuse(f"its {operator.kind} cannot be written as integer C")
        if operator.inputs[:1] != (self.place,) or len(operator.outputs) != 1:
            raise self._refuse(f"its {operator.kind} does not continue where the operator before it ends")
        steps[operator.kind](operator)
        self.place = operator.outputs[0]

    def form(self, tensor: Tensor) -> TensorForm:
        """The one scale and zero point of a tensor of bytes."""
        if tensor.dtype not in {"int8", "uint8"}:
            raise self._refuse(f"{tensor.name} is {tensor.dtype}, the C code handles 8-bit values only")
        scale = float(tensor.scales[0]) if len(tensor.scales) == 1 else math.nan
        zero_point, limits = int(tensor.zero_points.sum()), np.iinfo(tensor.dtype)
        if not (0 < scale < math.inf and limits.min <= zero_point <= limits.max):
            raise self._refuse(f"{tensor.name} has no single scale and zero point for its {tensor.dtype}")
        return TensorForm(tensor.dtype, scale, zero_point)

    def _check_pixels(self, tensor: Tensor) -> None:
        table = pixel_table(self.form(tensor)).astype(np.int64)
        if not np.array_equal(table + (BYTE_OFFSET if tensor.dtype == "int8" else 0), np.arange(256)):
            raise self._refuse(f"its pixels are not 0 to 255 as they are but scaled by {tensor.scales[0]:g}")

    def _ends(self, operator: Operator) -> tuple[TensorForm, TensorForm]:
        return self.form(self._tensors[operator.inputs[0]]), self.form(self._tensors[operator.outputs[0]])

    def _relabel(self, operator: Operator) -> None:
        given, gives = self._ends(operator)
        if _byte_form(given) != _byte_form(gives):
            raise self._refuse(f"its {operator.kind} changes more than the sign of a byte")

    def _relu(self, operator: Operator) -> None:
        given, gives = self._ends(operator)
        if not self.layers or self.layers[-1].table is not None or given != gives:
            raise self._refuse("its RELU does not follow a layer in its scale")
        self.layers[-1] = dataclasses.replace(self.layers[-1], least=self.layers[-1].zero)

    def _fully_connected(self, operator: Operator) -> None:
        given, gives = self._ends(operator)
        weights, zero = self._weights(operator), gives.zero_point + BYTE_OFFSET
        if operator.activation not in {"NONE", "RELU"} or (given.dtype, gives.dtype) != ("int8", "int8"):
            raise self._refuse(f"its FULLY_CONNECTED with {operator.activation} from {given.dtype} to {gives.dtype}")
        data = np.asarray(weights.data, np.int8)
        folded = (given.zero_point + BYTE_OFFSET) * data.astype(np.int64).sum(axis=1)
        # in float32, in this order: so LiteRT works them out
        scales = np.float32(given.scale) * weights.scales / np.float32(gives.scale)
        least = zero if operator.activation == "RELU" else 0
        scales = np.broadcast_to(scales, len(data)).astype(np.float32)
        self.layers.append(DenseLayer(data, self._biases(operator, len(data)) - folded, scales, zero, least))

    def _weights(self, operator: Operator) -> Tensor:
        if len(operator.inputs) < 2 or operator.inputs[1] < 0:
            raise self._refuse("its FULLY_CONNECTED has no weights")
        weights = self._tensors[operator.inputs[1]]
        plain = weights.data is not None and weights.dtype == "int8" and len(weights.shape) == 2
        scaled = len(weights.scales) in {1, weights.shape[0]} and not weights.zero_points.any() and weights.axis == 0
        if not plain or not scaled:
            raise self._refuse(f"its weights are {weights.dtype} {weights.shape}, need constant int8 around 0")
        inputs = self.layers[-1].neurons if self.layers else PIXELS
        if weights.shape[1] != inputs:
            raise self._refuse(f"a layer takes {weights.shape[1]} values and is given {inputs}")
        return weights

    def _biases(self, operator: Operator, neurons: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        place = operator.inputs[2] if len(operator.inputs) > 2 else -1
        if place < 0:
            return np.zeros(neurons, np.int64)
        biases = self._tensors[place]
        if biases.dtype != "int32" or biases.data is None or biases.shape != (neurons,):
            raise self._refuse(f"its biases are {biases.dtype} {biases.shape}, need constant int32 ({neurons},)")
        return biases.data.astype(np.int64)

    def _logistic(self, operator: Operator) -> None:
        given, gives = self._ends(operator)
        if not self.layers or self.layers[-1].table is not None or (given.dtype, gives.dtype) != ("int8", "int8"):
            raise self._refuse("its LOGISTIC does not follow a layer in int8")
        if gives != SHARES:
            raise self._refuse(
                f"its LOGISTIC gives steps of {gives.scale:g} from {gives.zero_point}, need 1/256 from -128"
            )
        table = sigmoid_steps(given, "default").astype(np.uint8)
        self.layers[-1] = dataclasses.replace(self.layers[-1], table=table)

    def _refuse(self, reason: str) -> NoCFormError:
        return NoCFormError(f"{self._source}: {reason}; {INSTEAD}")


def _byte_form(form: TensorForm) -> tuple[float, int]:
    return form.scale, form.zero_point + (BYTE_OFFSET if form.dtype == "int8" else 0)
