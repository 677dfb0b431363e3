"""Measures one model file on digits: accuracy, size and arithmetic, but no time."""

from __future__ import annotations

import math
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from digitreader.measure.evaluation import expected_calibration_error
from digitreader.model.accept import AcceptanceRule, confidences_of
from digitreader.model.card import ModelCard
from digitreader.model.checks import sigmoid
from digitreader.model.engine import Engine, make_engine
from digitreader.model.tflite.graph import Graph, Operator, Tensor
from digitreader.model.tflite.read import read_graph
from digitreader_train.digits import LabelledGlyphs

ALIGNMENT = 64
"""TFLite begins every tensor at a multiple of this many bytes."""


def peak_arena_bytes(graph: Graph) -> int:
    """The most bytes of values that are alive at any one operator, for a batch of 1.

    A value lives from the operator that writes it to the last one that reads it; the graph's inputs from the start, its
    outputs to the end. Weights are not part of it: they stay in the file.
    """
    last = len(graph.operators) - 1
    born = dict.fromkeys(graph.inputs, 0)
    dies = {**born, **dict.fromkeys(graph.outputs, last)}
    for place, operator in enumerate(graph.operators):
        born.update((output, place) for output in operator.outputs)
        dies.update((tensor, max(place, dies.get(tensor, 0))) for tensor in (*operator.inputs, *operator.outputs))
    sizes = {tensor: _aligned_bytes(graph.tensors[tensor]) for tensor in born}
    alive = (sum(sizes[tensor] for tensor in born if born[tensor] <= now <= dies[tensor]) for now in range(last + 1))
    return max(alive, default=0)


def _aligned_bytes(tensor: Tensor) -> int:
    content = math.prod(tensor.shape) * np.dtype(tensor.dtype).itemsize
    return -(-content // ALIGNMENT) * ALIGNMENT


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """How a graph computes. Operators that only unpack weights are not counted.

    Attributes:
        operators: how many there are.
        integer: those that read and write integers alone.
        hybrid: those with integer weights that give floats: they round what they read on the fly, at every glyph.
        values: the dtype of most values that the integer operators write; ``float32`` if there are none.
        weights: the dtype in which most of the weights are kept.
    """

    operators: int
    integer: int
    hybrid: int
    values: str
    weights: str

    @property
    def full_integer(self) -> bool:
        """Whether no operator touches a float."""
        return self.integer == self.operators

    def __str__(self) -> str:
        """In a few words, such as ``all 4 in int8``."""
        if not self.integer:
            kept = "" if self.weights == "float32" else f", {self.weights} weights"
            return f"{self.hybrid} of {self.operators} hybrid" if self.hybrid else f"none{kept}"
        share = "all" if self.full_integer else f"{self.integer} of"
        form = "int16x8" if (self.values, self.weights) == ("int16", "int8") else self.values
        return f"{share} {self.operators} in {form}" + (f", {self.hybrid} hybrid" if self.hybrid else "")


def arithmetic_of(graph: Graph) -> Arithmetic:
    """Look at every operator of a graph."""
    working = [each for each in graph.operators if any(tensor.data is None for tensor in _inputs(graph, each))]
    integer = [each for each in working if not any(map(_is_float, (*_inputs(graph, each), *_outputs(graph, each))))]
    written = [tensor for each in integer for tensor in _outputs(graph, each)]
    constants = [(tensor, tensor.data.size) for tensor in graph.tensors if tensor.data is not None]
    return Arithmetic(
        operators=len(working),
        integer=len(integer),
        hybrid=sum(_is_hybrid(graph, each) for each in working),
        values=_most_common([(tensor, 1) for tensor in written]),
        weights=_most_common(constants),  # biases, and the shape that a RESHAPE takes, are few beside them
    )


def _is_hybrid(graph: Graph, operator: Operator) -> bool:
    rounded = any(tensor.data is not None and len(tensor.scales) > 0 for tensor in _inputs(graph, operator))
    return rounded and any(map(_is_float, _outputs(graph, operator)))


def _inputs(graph: Graph, operator: Operator) -> tuple[Tensor, ...]:
    return tuple(graph.tensors[place] for place in operator.inputs if place >= 0)


def _outputs(graph: Graph, operator: Operator) -> tuple[Tensor, ...]:
    return tuple(graph.tensors[place] for place in operator.outputs)


def _is_float(tensor: Tensor) -> bool:
    return "float" in tensor.dtype


def _most_common(counted: Sequence[tuple[Tensor, int]]) -> str:
    counts: Counter[str] = Counter()
    for tensor, count in counted:
        counts[tensor.dtype] += count
    return counts.most_common(1)[0][0] if counts else "float32"


COMPRESSION_LEVEL = 9
"""Of zlib, which is what a download or a firmware image would shrink it with."""


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """A model to be measured: the name of its variant, its file, its card."""

    name: str
    content: bytes
    card: ModelCard


@dataclass(frozen=True, slots=True, eq=False)
class DigitResults:
    """The results of a model on N digits.

    Attributes:
        read: (N,) the digit of each.
        right: (N,) bool, whether that is the truth.
        ece: expected calibration error, 0..1, of the confidences that its own acceptance rule gives; 15 bins.
    """

    read: npt.NDArray[np.intp]
    right: npt.NDArray[np.bool_]
    ece: float

    @property
    def accuracy(self) -> float:
        """The share that is right."""
        return float(self.right.mean())


@dataclass(frozen=True, slots=True, eq=False)
class VariantFigures:
    """All figures of a model that are the same at every measurement.

    Attributes:
        name: of its variant.
        settings: what the user chose for it, in words; may be empty.
        test: what it makes of the test digits.
        validation: and of the validation digits.
        file_bytes: of the .tflite.
        compressed_bytes: of the same through zlib.
        arithmetic: which operators run in integers.
        arena_bytes: the most that its values need at once, for one glyph.
    """

    name: str
    settings: str
    test: DigitResults
    validation: DigitResults
    file_bytes: int
    compressed_bytes: int
    arithmetic: Arithmetic
    arena_bytes: int


def measure(subject: Subject, *, test: LabelledGlyphs, validation: LabelledGlyphs) -> VariantFigures:
    """Measure a model.

    Raises:
        ModelFormatError: no engine here can run it.
    """
    engine = make_engine(subject.content, subject.name)
    graph = read_graph(subject.content, subject.name)
    return VariantFigures(
        name=subject.name,
        settings=", ".join(f"{name} {value}" for name, value in subject.card.quantization.settings.items()),
        test=read_digits(engine, subject.card.acceptance, test),
        validation=read_digits(engine, subject.card.acceptance, validation),
        file_bytes=len(subject.content),
        compressed_bytes=len(zlib.compress(subject.content, COMPRESSION_LEVEL)),
        arithmetic=arithmetic_of(graph),
        arena_bytes=peak_arena_bytes(graph),
    )


def read_digits(engine: Engine, rule: AcceptanceRule, digits: LabelledGlyphs) -> DigitResults:
    """Let a model read digits; `rule` makes confidences of its activations."""
    activations = sigmoid(engine.logits(digits.glyphs))
    read = activations.argmax(axis=1)
    right = read == digits.labels
    return DigitResults(read, right, expected_calibration_error(confidences_of(activations, rule).max(axis=1), right))
