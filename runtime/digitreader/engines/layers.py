"""The layers of an integer .tflite, in real numbers: their weights, and what each neuron gives for a glyph."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from digitreader.engines.pixel_steps import PixelSteps
from digitreader.engines.planning import KINDS, Stage, form_of, plan
from digitreader.engines.steps import LARGEST_BATCH
from digitreader.errors import ModelFormatError
from digitreader.tflite.graph import Tensor
from digitreader.tflite.read import read_graph
from digitreader.values import Features

ACTIVATIONS = {"RELU": "relu", "LOGISTIC": "sigmoid"}
"""What an operator behind a layer, or fused into it, makes of the weighted sums."""


class Layer(NamedTuple):
    """A layer of neurons.

    Attributes:
        weights: (neurons, inputs) float32, what each of its integers stands for.
        biases: (neurons,) float32, the same.
        activation: ``relu``, ``sigmoid`` or ``none``.
    """

    weights: npt.NDArray[np.float32]
    biases: npt.NDArray[np.float32]
    activation: str


class LayeredNetwork:
    """A network of layers that shows what is in it.

    It runs as `NumpyEngine` does, in the very integers that LiteRT gives, and turns those of every layer into the real
    numbers that they stand for.

    Args:
        model_bytes: the content of the .tflite.
        source: names it in messages.

    Raises:
        ModelFormatError: no .tflite, or one that is no chain of integer layers.
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
        """What each layer's neurons give.

        Args:
            features: (N, 28, 28) uint8, N at most `LARGEST_BATCH`.

        Returns:
            For each layer (N, neurons) float32; the last layer's are logits where the graph ends with them.
        """
        if len(features) > LARGEST_BATCH:
            raise ValueError(f"{len(features)} glyphs at once; at most {LARGEST_BATCH}")
        steps, given = self._pixels(features), []
        for stages in self._layers:
            for stage in stages:
                steps = steps if stage.run is None else stage.run(steps)
            given.append(steps.astype(np.float32) * np.float32(stages[-1].part.given.scale))
        return given


def _by_layer(stages: tuple[Stage, ...], source: str) -> list[list[Stage]]:
    """The stages in groups: each ends before the next layer begins, the first holds what comes before all layers."""
    starts = [at for at, stage in enumerate(stages) if stage.kind == "FULLY_CONNECTED"]
    if not starts:
        raise ModelFormatError(f"{source}: has no layers of neurons")
    ends = [*starts[1:], len(stages)]
    return [list(stages[first:last]) for first, last in zip([0, *starts[1:]], ends, strict=True)]


def _layer_of(stages: list[Stage]) -> Layer:
    dense = next(stage for stage in stages if stage.kind == "FULLY_CONNECTED")
    weights, *biases = dense.part.constants
    kinds = [dense.part.activation, *(stage.kind for stage in stages[stages.index(dense) + 1 :])]
    activation = next((ACTIVATIONS[kind] for kind in kinds if kind in ACTIVATIONS), "none")
    bias = _real(biases[0]) if biases and biases[0] is not None else np.zeros(dense.part.width, np.float32)
    return Layer(_real(weights), bias, activation)


def _real(tensor: Tensor | None) -> npt.NDArray[np.float32]:
    """The real numbers of constants whose zero is 0; `Dense` has checked that they are such."""
    if tensor is None or tensor.data is None:
        raise ModelFormatError("a layer has no weights")
    scales = tensor.scales.astype(np.float64)
    scales = scales.reshape((-1,) + (1,) * (tensor.data.ndim - 1)) if len(scales) > 1 else scales
    return np.asarray(tensor.data * scales, np.float32)
