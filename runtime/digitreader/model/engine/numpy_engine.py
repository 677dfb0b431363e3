"""The NumPy engine: gives the same integers as LiteRT, if LiteRT is not installed."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from digitreader.errors import ModelFormatError
from digitreader.model.engine.dense import KINDS, PlannedLayer, form_of, plan
from digitreader.model.engine.engine import Logits, TensorForm, check_input_and_output, pixel_table
from digitreader.model.engine.integer_arithmetic import LARGEST_BATCH, QuantizedValues, Rounding
from digitreader.model.tflite.graph import Tensor
from digitreader.model.tflite.read import read_graph
from digitreader.values import GLYPH_SIDE, Features


class PixelSteps:
    """Turns the features of at most `LARGEST_BATCH` glyphs into the steps with which the NumPy engine computes.

    Args:
        form: the form of the network's input.
    """

    def __init__(self, form: TensorForm) -> None:
        steps = pixel_table(form).astype(np.float64) - form.zero_point
        # in most forms the number of steps is the pixel's value
        self._table = None if np.array_equal(steps, np.arange(256)) else steps
        self._steps = np.empty(
            (LARGEST_BATCH, GLYPH_SIDE * GLYPH_SIDE), np.float32 if self._table is None else np.float64
        )

    def __call__(self, features: Features) -> QuantizedValues:
        """Give (N, 784) steps for (N, 28, 28) uint8, in an array that the next call overwrites."""
        steps = self._steps[: len(features)]
        rows = features.reshape(len(features), -1)
        if self._table is None:
            steps[...] = rows
        else:
            self._table.take(rows, out=steps, mode="clip")
        return steps


class NumpyEngine:
    """Runs a chain of integer operators, and gives exactly LiteRT's integers.

    LiteRT has two ways of rounding a layer's sums to 8 bits, which differ in a few of 100,000 numbers. Its default
    (XNNPACK) multiplies by the layer's scale in float32 and rounds halves to even. Its reference kernels use float64
    and round halves away from zero. Cards are made with the default, and this engine follows it.

    Args:
        model_bytes: the content of the .tflite.
        source: names it in messages.
        rounding: which of the two; for SOFTMAX both are the default.

    Raises:
        ModelFormatError: it is not a .tflite, or has an operator that this engine does not run; the message names it.
    """

    name = "numpy"

    def __init__(self, model_bytes: bytes, source: str, *, rounding: Rounding = "default") -> None:
        graph = read_graph(model_bytes, source)
        given, gives = ([graph.tensors[place] for place in ends] for ends in (graph.inputs, graph.outputs))
        check_input_and_output(
            [(each.shape, each.dtype) for each in given], [(each.shape, each.dtype) for each in gives], source
        )
        self._operators = [stage.run for stage in plan(graph, source, rounding) if stage.run is not None]
        self.input, self.output = form_of(given[0], source), form_of(gives[0], source)
        self._pixels = PixelSteps(self.input)

    def integers(self, features: Features) -> npt.NDArray[Any]:
        """As `Engine`."""
        numbers: npt.NDArray[Any] = np.empty((len(features), 10), self.output.dtype)
        for first in range(0, len(features), LARGEST_BATCH):
            steps = self._pixels(features[first : first + LARGEST_BATCH])
            for operator in self._operators:
                steps = operator(steps)
            np.add(steps, self.output.zero_point, out=numbers[first : first + LARGEST_BATCH], casting="unsafe")
        return numbers

    def logits(self, features: Features) -> Logits:
        """As `Engine`."""
        return self.output.to_real(self.integers(features))


ACTIVATIONS = {"RELU": "relu", "LOGISTIC": "sigmoid"}
"""Names of activations, by the operator that follows a layer or is fused into it."""


class Layer(NamedTuple):
    """A layer of neurons.

    Attributes:
        weights: (neurons, inputs) float32, the real numbers of its integers.
        biases: (neurons,) float32, the same.
        activation: ``relu``, ``sigmoid`` or ``none``.
    """

    weights: npt.NDArray[np.float32]
    biases: npt.NDArray[np.float32]
    activation: str


class LayeredNetwork:
    """A network of layers whose weights and activations can be seen.

    It runs like `NumpyEngine`, with exactly LiteRT's integers, and converts those of every layer to real numbers.

    Args:
        model_bytes: the content of the .tflite.
        source: names it in messages.

    Raises:
        ModelFormatError: it is not a .tflite, or not a chain of integer layers.
    """

    def __init__(self, model_bytes: bytes, source: str) -> None:
        graph = read_graph(model_bytes, source)
        others = [each.kind for each in graph.operators if each.kind not in KINDS]
        if others:
            raise ModelFormatError(f"{source}: has {others[0]} in it; only a network of layers of neurons can be shown")
        self._pixels = PixelSteps(form_of(graph.tensors[graph.inputs[0]], source))
        self._layers = _by_layer(plan(graph, source, "default"), source)
        self.layers = tuple(map(_layer_of, self._layers))

    def activations(self, features: Features) -> list[npt.NDArray[np.float32]]:
        """The activations of each layer's neurons.

        Args:
            features: (N, 28, 28) uint8, N at most `LARGEST_BATCH`.

        Returns:
            For each layer (N, neurons) float32; for the last layer logits if the graph ends with them.
        """
        if len(features) > LARGEST_BATCH:
            raise ValueError(f"{len(features)} glyphs at once; at most {LARGEST_BATCH}")
        steps, given = self._pixels(features), []
        for stages in self._layers:
            for stage in stages:
                steps = steps if stage.run is None else stage.run(steps)
            given.append(steps.astype(np.float32) * np.float32(stages[-1].part.given.scale))
        return given


def _by_layer(stages: tuple[PlannedLayer, ...], source: str) -> list[list[PlannedLayer]]:
    """The stages in groups: each ends before the next layer begins; the first has everything before the first layer."""
    starts = [at for at, stage in enumerate(stages) if stage.kind == "FULLY_CONNECTED"]
    if not starts:
        raise ModelFormatError(f"{source}: has no layers of neurons")
    ends = [*starts[1:], len(stages)]
    return [list(stages[first:last]) for first, last in zip([0, *starts[1:]], ends, strict=True)]


def _layer_of(stages: list[PlannedLayer]) -> Layer:
    dense = next(stage for stage in stages if stage.kind == "FULLY_CONNECTED")
    weights, *biases = dense.part.constants
    kinds = [dense.part.activation, *(stage.kind for stage in stages[stages.index(dense) + 1 :])]
    activation = next((ACTIVATIONS[kind] for kind in kinds if kind in ACTIVATIONS), "none")
    bias = _real(biases[0]) if biases and biases[0] is not None else np.zeros(dense.part.width, np.float32)
    return Layer(_real(weights), bias, activation)


def _real(tensor: Tensor | None) -> npt.NDArray[np.float32]:
    """The real numbers of constants with zero point 0, which `Dense` has checked."""
    if tensor is None or tensor.data is None:
        raise ModelFormatError("a layer has no weights")
    scales = tensor.scales.astype(np.float64)
    scales = scales.reshape((-1,) + (1,) * (tensor.data.ndim - 1)) if len(scales) > 1 else scales
    return np.asarray(tensor.data * scales, np.float32)
