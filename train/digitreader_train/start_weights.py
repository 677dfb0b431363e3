"""The weights that a training goes on from: those of a run, or of a .tflite, whose integers become floats again."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from digitreader.errors import UsageError
from digitreader.model.glyph.features import FeatureKind
from digitreader.model.tflite.graph import Graph, Tensor
from digitreader.model.tflite.read import read_graph
from digitreader_train.own_start import own_weights
from digitreader_train.recipes import Activation

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class StartWeights:
    """A network to go on from.

    Attributes:
        name: what to call it: a shipped model, a file or a run folder, without the folders round it.
        hidden: neurons of each hidden layer.
        activation: of the hidden layers.
        features: what it is shown of a glyph.
        weights: as `network.get_weights` gives them.
        sha256: of the weights.
    """

    name: str
    hidden: tuple[int, ...]
    activation: Activation
    features: FeatureKind
    weights: Mapping[str, Floats]
    sha256: str


def read_start_weights(name_or_path: str) -> StartWeights:
    """Read the network that the user names.

    Raises:
        UsageError: it finds digits and does not read them, has other layers than dense ones, or is a Keras model.
        ModelFormatError: there is no such model, or a check refuses it.
        DataError: the run folder is not complete.
    """
    path = Path(name_or_path)
    if path.is_dir():
        from digitreader_train.run_folder import load_run

        run = load_run(path)
        recipe = run.record.recipe
        return StartWeights(
            path.resolve().name, recipe.hidden, recipe.activation, recipe.features, run.weights, _sha(run.weights)
        )
    from digitreader.model.finder_card import FinderCard, read_any_card
    from digitreader.model.load import load_model
    from digitreader.model.locate import KERAS, locate_model

    if path.suffix.lower() in KERAS and path.is_file():
        raise UsageError(
            f"{name_or_path}: is a Keras model; make a .tflite of it, and give that to --from: digitreader export "
            f"{name_or_path}"
        )
    model_path = locate_model(name_or_path)
    card = model_path.with_suffix(".json")
    if _is_own(model_path, card):
        hidden, activation, weights = own_weights(model_path)
        return StartWeights(model_path.name, hidden, activation, "pixels", weights, _sha(weights))
    if card.is_file() and isinstance(read_any_card(card), FinderCard):
        raise UsageError(f"{name_or_path}: finds digits; train finder --start-from goes on from it")
    facts = load_model(name_or_path).facts
    weights = float_weights(read_graph(model_path.read_bytes(), model_path.name), model_path.name)
    hidden, activation = tuple(facts.layers[1:-1]), "sigmoid" if facts.activation == "sigmoid" else "relu"
    return StartWeights(model_path.name, hidden, activation, facts.features, weights, _sha(weights))


def _is_own(model: Path, card: Path) -> bool:
    """Whether digitreader did not make a model: it has a card of its own kind, or neither a card nor facts inside."""
    from digitreader.model.card import FACTS
    from digitreader.model.sealed_json import OWN_CARD, format_of
    from digitreader.model.tflite.metadata import find_metadata

    if card.is_file():
        return format_of(card.read_bytes()) == OWN_CARD
    return FACTS not in find_metadata(model.read_bytes(), model.name)


def float_weights(graph: Graph, source: str) -> dict[str, Floats]:
    """The weights and biases of a network of dense layers as floats, by the names that a run gives them.

    Raises:
        UsageError: it has other layers.
    """
    dense = [operator for operator in graph.operators if operator.kind == "FULLY_CONNECTED"]
    named = [*(f"hidden_{place}" for place in range(1, len(dense))), "digits"]
    weights: dict[str, Floats] = {}
    for name, operator in zip(named, dense, strict=True):
        kernel, bias = (_constant(graph, place, source) for place in operator.inputs[1:3])
        weights |= {f"{name}.kernel": np.ascontiguousarray(kernel.T), f"{name}.bias": bias}
    return weights


def _constant(graph: Graph, place: int, source: str) -> Floats:
    """A constant tensor as floats, also where it is unpacked by an operator before it is used."""
    tensor = graph.tensors[place]
    if tensor.data is not None:
        return _dequantized(tensor)
    unpacking = (each for each in graph.operators if each.kind == "DEQUANTIZE" and place in each.outputs)
    packed = next((graph.tensors[each.inputs[0]] for each in unpacking), None)
    if packed is None or packed.data is None:
        raise UsageError(f"{source}: its weights are computed, not stored; start from another model")
    return _dequantized(packed)


def _dequantized(tensor: Tensor) -> Floats:
    data: npt.NDArray[Any] = np.asarray(tensor.data)
    if not len(tensor.scales):
        return data.astype(np.float32)
    shape = [1] * data.ndim
    if len(tensor.scales) > 1:
        shape[tensor.axis] = -1
    scales, zeros = tensor.scales.reshape(shape), tensor.zero_points.reshape(shape)
    return np.asarray((data.astype(np.int64) - zeros) * scales, np.float32)


def _sha(weights: Mapping[str, Floats]) -> str:
    digest = hashlib.sha256()
    for name in sorted(weights):
        digest.update(name.encode() + np.ascontiguousarray(weights[name]).tobytes())
    return digest.hexdigest()
