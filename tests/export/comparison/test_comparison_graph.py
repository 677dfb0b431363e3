from __future__ import annotations

import numpy as np
import pytest

from digitreader.model.tflite.graph import Graph, Operator, Tensor
from digitreader_export.comparison.measuring import arithmetic_of, peak_arena_bytes

Shape = tuple[int, ...]


class Sketch:
    """A graph drawn operator by operator, from one glyph on."""

    def __init__(self, dtype: str) -> None:
        self.tensors: list[Tensor] = []
        self.operators: list[Operator] = []
        self.flow = self.first = self.add((1, 28, 28), dtype)

    def add(self, shape: Shape, dtype: str, *, constant: bool = False, scaled: bool = False) -> int:
        data = np.zeros(shape, dtype) if constant else None
        scales = np.ones(1 if scaled else 0, np.float32)
        tensor = Tensor(f"t{len(self.tensors)}", shape, dtype, data, scales, np.zeros(len(scales), np.int64), 0)
        self.tensors.append(tensor)
        return len(self.tensors) - 1

    def then(self, kind: str, shape: Shape, dtype: str, *more: int) -> Sketch:
        """An operator that reads what flows, and `more`, and writes what flows from now on."""
        written = self.add(shape, dtype)
        self.operators.append(Operator(kind, 1, (self.flow, *more), (written,), "NONE"))
        self.flow = written
        return self

    def reshape(self, dtype: str) -> Sketch:
        return self.then("RESHAPE", (1, 784), dtype, self.add((2,), "int32", constant=True))

    def dense(self, neurons: int, dtype: str, weights: str, bias: str) -> Sketch:
        before = self.tensors[self.flow].shape[-1]
        kernel = self.add((neurons, before), weights, constant=True, scaled="int" in weights)
        return self.then("FULLY_CONNECTED", (1, neurons), dtype, kernel, self.add((neurons,), bias, constant=True))

    def unpacked_dense(self, neurons: int) -> Sketch:
        """A layer whose float16 weights an operator unpacks."""
        packed = self.add((neurons, self.tensors[self.flow].shape[-1]), "float16", constant=True)
        weights = self.add(self.tensors[packed].shape, "float32")
        self.operators.append(Operator("DEQUANTIZE", 1, (packed,), (weights,), "NONE"))
        return self.then("FULLY_CONNECTED", (1, neurons), "float32", weights, -1)

    def graph(self) -> Graph:
        return Graph(tuple(self.tensors), tuple(self.operators), (self.first,), (self.flow,), {}, {})


def integers(values: str = "int8") -> Sketch:
    bias = "int64" if values == "int16" else "int32"
    return Sketch(values).reshape(values).dense(16, values, "int8", bias).dense(10, values, "int8", bias)


def floats() -> Sketch:
    return Sketch("float32").reshape("float32").dense(16, "float32", "float32", "float32")


def pixels_to_integers() -> Sketch:
    return Sketch("uint8").then("QUANTIZE", (1, 28, 28), "int8").reshape("int8").dense(10, "int8", "int8", "int32")


def integers_between_floats() -> Sketch:
    inside = Sketch("float32").then("QUANTIZE", (1, 28, 28), "int8").reshape("int8").dense(10, "int8", "int8", "int32")
    return inside.then("DEQUANTIZE", (1, 10), "float32")


def first_layer_hybrid() -> Sketch:
    return (
        Sketch("float32").reshape("float32").dense(16, "float32", "int8", "float32")
        .dense(10, "float32", "float32", "float32")
    )  # fmt: skip


def hybrid_then_integers() -> Sketch:
    return first_layer_hybrid().then("QUANTIZE", (1, 10), "int8").then("RELU", (1, 10), "int8")


@pytest.mark.parametrize(
    ("sketch", "words"),
    [
        (integers(), "all 3 in int8"),
        (integers("int16"), "all 3 in int16x8"),
        (pixels_to_integers(), "all 3 in int8"),
        (integers().then("LOGISTIC", (1, 10), "int8"), "all 4 in int8"),
        (integers_between_floats(), "2 of 4 in int8"),
        (first_layer_hybrid(), "1 of 3 hybrid"),
        (hybrid_then_integers(), "1 of 5 in int8, 1 hybrid"),
        (floats(), "none"),
        (Sketch("float32").reshape("float32").unpacked_dense(16), "none, float16 weights"),
    ],
)  # fmt: skip
def test_what_runs_in_integers_is_told_by_the_tensors(sketch: Sketch, words: str) -> None:
    assert str(arithmetic_of(sketch.graph())) == words


def test_a_bias_that_is_absent_is_nothing() -> None:
    sketch = Sketch("int8")
    sketch.then("FULLY_CONNECTED", (1, 10), "int8", sketch.add((10, 784), "int8", constant=True, scaled=True), -1)
    sketch.add((1,), "float32")
    assert str(arithmetic_of(sketch.graph())) == "all 1 in int8"


def test_operators_that_only_unpack_weights_are_not_counted() -> None:
    arithmetic = arithmetic_of(Sketch("float32").reshape("float32").unpacked_dense(16).unpacked_dense(10).graph())
    assert (arithmetic.operators, arithmetic.integer, arithmetic.hybrid) == (3, 0, 0)


@pytest.mark.parametrize(
    ("sketch", "full"), [(integers(), True), (integers_between_floats(), False), (floats(), False)]
)
def test_full_integer_is_where_no_operator_touches_a_float(sketch: Sketch, full: bool) -> None:
    assert arithmetic_of(sketch.graph()).full_integer is full


def test_the_arena_holds_what_one_operator_reads_and_writes_rounded_up_to_64() -> None:
    # at the RESHAPE: 784 bytes twice, each 832 of the arena
    assert peak_arena_bytes(integers().graph()) == 2 * 832


def test_floats_need_four_bytes_each() -> None:
    assert peak_arena_bytes(floats().graph()) == 2 * 3_136


def test_a_value_is_alive_until_its_last_reader() -> None:
    sketch = Sketch("int8")
    glyph = sketch.flow
    sketch.then("A", (1, 640), "int8").then("B", (1, 64), "int8").then("C", (1, 64), "int8", glyph)
    assert peak_arena_bytes(sketch.graph()) == 832 + 640 + 64


def test_an_output_stays_to_the_end() -> None:
    sketch = Sketch("int8").then("A", (1, 64), "int8")
    early = sketch.flow
    sketch.then("B", (1, 640), "int8").then("C", (1, 640), "int8")
    graph = sketch.graph()
    both = Graph(graph.tensors, graph.operators, graph.inputs, (early, *graph.outputs), {}, {})
    assert peak_arena_bytes(both) == 64 + 640 + 640
    assert peak_arena_bytes(graph) == 640 + 640


def test_unpacked_weights_lie_in_the_arena() -> None:
    graph = Sketch("float32").reshape("float32").unpacked_dense(16).graph()
    assert peak_arena_bytes(graph) == 16 * 784 * 4 + 3_136 + 64
