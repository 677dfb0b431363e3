"""Which operators of a graph really compute in integers: decided by the tensors that they read and write."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from digitreader.model.tflite.graph import Graph, Operator, Tensor


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """How a graph computes. Operators that only unpack weights are not counted.

    Attributes:
        operators: how many there are.
        integer: those that read and write integers alone.
        hybrid: those with integer weights that give floats: they round what they read on the fly, at every glyph.
        values: the dtype of most values that the integer operators write; ``float32`` where there are none.
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
