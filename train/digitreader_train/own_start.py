"""The weights of a .tflite of any maker as those that a training here goes on from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from digitreader.errors import UsageError
from digitreader.host.messages import print_info
from digitreader.model.engine.numpy_engine import Layer
from digitreader.model.own.card import OwnCard
from digitreader.model.own.layers import RealNetwork, read_layers
from digitreader.model.own.numbers import InputScale
from digitreader_train.recipes import Activation

Floats = npt.NDArray[np.float32]

AS_LEARNED_HERE = InputScale("0..1", "light")
DIGITS, PIXELS = 10, 784
SIGMOID: Activation = "sigmoid"
RELU: Activation = "relu"


def own_weights(path: Path) -> tuple[tuple[int, ...], Activation, dict[str, Floats]]:
    """The hidden neurons, their activation, and the weights by the names that a run gives them.

    What its first layer is shown, by its card or else 0 to 1 with light ink, becomes 0 to 1 with light ink, so its sums
    stay the same. A row for "no digit" is left out.

    Args:
        path: of the .tflite; its card may lie beside it.

    Raises:
        UsageError: it is not a chain of layers of neurons that a training here can go on from.
        ModelFormatError: it is damaged.
    """
    network = read_layers(path.read_bytes(), path.name)
    activation = _activation_of(network, path.name)
    card = path.with_suffix(".json")
    if card.is_file():
        own = OwnCard.from_bytes(card.read_bytes(), card.name)
        shown = InputScale(own.range, own.ink)
    else:
        print_info(f"{path.name}: has no card beside it; its pixels are taken for 0 to 1 with light ink")
        shown = AS_LEARNED_HERE
    weights: dict[str, Floats] = {}
    names = [*(f"hidden_{place}" for place in range(1, len(network.layers))), "digits"]
    for place, (name, layer) in enumerate(zip(names, network.layers, strict=True)):
        kernel, bias = _for_light_shares(layer, shown) if place == 0 else (layer.weights, layer.biases)
        weights |= {f"{name}.kernel": np.ascontiguousarray(kernel.T), f"{name}.bias": bias}
    for part in ("kernel", "bias"):
        weights[f"digits.{part}"] = np.ascontiguousarray(weights[f"digits.{part}"][..., :DIGITS])
    return tuple(len(layer.weights) for layer in network.layers[:-1]), activation, weights


def _for_light_shares(layer: Layer, shown: InputScale) -> tuple[Floats, Floats]:
    """Weights and biases that give the same sums from 0 to 1 with light ink."""
    black, white = shown.levels()[[0, -1]].astype(np.float64)
    kernel: npt.NDArray[Any] = layer.weights.astype(np.float64)
    biases = layer.biases + black * kernel.sum(axis=1)
    return np.asarray((white - black) * kernel, np.float32), np.asarray(biases, np.float32)


def _activation_of(network: RealNetwork, name: str) -> Activation:
    layers, hidden = network.layers, {layer.activation for layer in network.layers[:-1]}
    if not layers:
        others = ", ".join(network.operators)
        raise UsageError(f"{name}: is not a chain of layers of neurons ({others}); train --from goes on from no other")
    shape = [layers[0].weights.shape[1], *(len(layer.weights) for layer in layers)]
    if shape[0] != PIXELS or shape[-1] not in {DIGITS, DIGITS + 1} or len(layers) == 1:
        raise UsageError(
            f"{name}: has the layers {'-'.join(map(str, shape))}; train --from needs 784 inputs, hidden neurons, and "
            f"10 outputs or 11"
        )
    if hidden == {"relu"}:
        return RELU
    if hidden == {"sigmoid"}:
        return SIGMOID
    raise UsageError(
        f"{name}: its hidden neurons are {' and '.join(sorted(hidden))}; train --from goes on from relu or sigmoid"
    )
