"""Begins a training where an earlier one ended: takes the weights of an exported finder.

The file holds no floats and no batch normalisation. Its weights are integers times a scale, and each normalisation was
worked into the convolution before it. So the weights are scaled back, and each normalisation is set so that it changes
nothing: it takes off the mean and the spread that some scenes show, and puts the same on again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from digitreader.errors import DataError
from digitreader.model.tflite.graph import Graph, Tensor
from digitreader.model.tflite.read import read_graph
from digitreader_train.backend import keras
from digitreader_train.finder.network import build_finder

Array = npt.NDArray[np.float32]
Folded = tuple[Array, Array]
"""A convolution's weights as Keras has them, (height, width, in, out), and its biases, (out,)."""

HEADS = ("maps", "geometry")


@dataclass(frozen=True, slots=True)
class Earlier:
    """An exported finder.

    Attributes:
        content: of its .tflite.
        source: names the file in messages.
    """

    content: bytes
    source: str

    @property
    def sha256(self) -> str:
        """Of the file."""
        return hashlib.sha256(self.content).hexdigest()

    def check(self) -> None:
        """Refuse what is no finder, before scenes are drawn for it.

        Raises:
            ModelFormatError: it is no .tflite that can be read.
            DataError: it is of another network.
        """
        self._fitting(_convolutions(build_finder()))

    def give_weights(self, network: Any, scenes: npt.NDArray[np.uint8]) -> None:
        """Give a network the weights of this one.

        Args:
            network: of `build_finder`; it is changed.
            scenes: (N, S, S, 3) uint8; show how large each layer's values grow.

        Raises:
            ModelFormatError: it is no .tflite that can be read.
            DataError: it is of another network.
        """
        layers = _convolutions(network)
        for (layer, following), (weights, biases) in zip(layers, self._fitting(layers), strict=True):
            if following is None:
                layer.set_weights([weights, biases])
                continue
            layer.set_weights([weights])
            zeros, ones = np.zeros_like(biases), np.ones_like(biases)
            following.set_weights([ones, biases, zeros, ones - following.epsilon])
        _normalise(
            network, [pair for pair in layers if pair[1] is not None], scenes.astype(np.float32) / np.float32(255)
        )

    def _fitting(self, layers: list[tuple[Any, Any]]) -> list[Folded]:
        folded = _in_order(_folded_weights(read_graph(self.content, self.source)))
        if [tuple(layer.kernel.shape) for layer, _ in layers] != [weights.shape for weights, _ in folded]:
            raise DataError(f"{self.source}: no finder of this form; give a finder.tflite that digitreader exported")
        return folded


def read_earlier(path: Path) -> Earlier:
    """Read an exported finder.

    Raises:
        DataError: the file cannot be read.
    """
    try:
        return Earlier(path.read_bytes(), str(path))
    except OSError as error:
        raise DataError(f"{path}: {error.strerror or error}; give a finder.tflite") from error


def _normalise(network: Any, layers: list[tuple[Any, Any]], pictures: Array) -> None:
    """Tell each normalisation the mean and the spread of what it takes, and let it undo both."""
    probe = keras.Model(network.input, [layer.output for layer, _ in layers])
    for (_, following), told in zip(layers, probe.predict(pictures, batch_size=16, verbose=0), strict=True):
        mean, variance = told.mean(axis=(0, 1, 2)), told.var(axis=(0, 1, 2))
        biases = following.get_weights()[1]
        following.set_weights([np.sqrt(variance + following.epsilon), biases + mean, mean, variance])


def _convolutions(network: Any) -> list[tuple[Any, Any]]:
    """Each convolution in the order in which the network was built, the heads last, with the normalisation after it."""
    layers = sorted((layer for layer in network.layers if _is_plain(layer)), key=lambda layer: _number(layer.name))
    pairs = [(layer, layer.outbound_nodes[0].outbound_layer) for layer in layers]
    return [*pairs, *((network.get_layer(name), None) for name in HEADS)]


def _is_plain(layer: Any) -> bool:
    return isinstance(layer, keras.layers.Conv2D) and layer.name not in HEADS


def _folded_weights(graph: Graph) -> Iterator[tuple[str, Folded]]:
    """The convolutions of a graph by the names of their layers."""
    for operator in graph.operators:
        if operator.kind == "CONV_2D" and len(operator.inputs) == 3:
            weights, biases = (graph.tensors[place] for place in operator.inputs[1:])
            name = weights.name.split("/")[-2] if "/" in weights.name else weights.name
            yield name, (_real(weights).transpose(1, 2, 3, 0), _real(biases))


def _in_order(folded: Iterator[tuple[str, Folded]]) -> list[Folded]:
    by_name: Mapping[str, Folded] = dict(folded)
    plain = sorted((name for name in by_name if name not in HEADS), key=_number)
    return [by_name[name] for name in (*plain, *(head for head in HEADS if head in by_name))]


def _real(tensor: Tensor) -> Array:
    """What a constant's integers are worth; the first axis has a scale for each place, or all have one."""
    if tensor.data is None or not len(tensor.scales):
        return np.zeros(tensor.shape, np.float32)
    scales = tensor.scales.reshape(-1, *(1,) * (tensor.data.ndim - 1))
    return np.asarray(tensor.data * scales, np.float32)


def _number(name: str) -> int:
    """The number in a layer's name; Keras gives the first of a kind none."""
    found = re.search(r"_(\d+)$", name)
    return int(found[1]) if found else 0
