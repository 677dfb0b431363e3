"""The NumPy engine refuses what it does not compute as LiteRT does, and says why in one line."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from digitreader.errors import ModelFormatError

from .layer import Layer


def refusal_of(layer: Layer) -> str:
    """What is said of it; always one line that names the file."""
    with pytest.raises(ModelFormatError) as refusal:
        layer.engine()
    said = str(refusal.value)
    assert "\n" not in said
    assert said.startswith("made: ")
    return said


def test_an_unknown_operator_is_named(layer: Layer) -> None:
    layer.change_operator(0, kind="HARD_SWISH")
    assert "the NumPy engine does not run HARD_SWISH" in refusal_of(layer)
    assert "use --engine litert" in refusal_of(layer)


@pytest.mark.parametrize(("place", "newest"), [(0, 1), (1, 14)])
def test_a_newer_operator_is_named_with_its_version(layer: Layer, place: int, newest: int) -> None:
    layer.change_operator(place, version=newest)
    layer.engine()
    layer.change_operator(place, version=newest + 1)
    kind = layer.operators[place].kind
    assert f"{kind} is of version {newest + 1}, this digitreader knows {newest} at most" in refusal_of(layer)
    assert "update digitreader" in refusal_of(layer)


def test_float_numbers_are_refused(layer: Layer) -> None:
    for place in (0, 2, 5):
        layer.change(place, dtype="float32", scales=(), zero_points=())
    assert "works with float32 numbers; the NumPy engine runs only integers" in refusal_of(layer)


def test_another_shape_of_picture_is_refused(layer: Layer) -> None:
    layer.change(0, shape=(1, 784))
    assert "input is (1, 784) int8, need (1, 28, 28)" in refusal_of(layer)


def test_another_number_of_answers_is_refused(layer: Layer) -> None:
    layer.change(5, shape=(1, 11))
    assert "output is (1, 11) int8, need (1, 10)" in refusal_of(layer)


CHANGES: list[tuple[int, dict[str, Any], str]] = [
    (3, {"dtype": "uint8", "data": np.zeros((10, 784), np.uint8)}, "weights are .* uint8, need .* int8"),
    (3, {"data": None}, "weights are"),
    (3, {"shape": (10, 783), "data": np.zeros((10, 783), np.int8)}, r"weights are \[10, 783\]"),
    (3, {"zero_points": [1]}, "no symmetric scale"),
    (3, {"scales": [0.1] * 784, "zero_points": [0] * 784, "axis": 1}, "no symmetric scale"),
    (3, {"scales": (), "zero_points": ()}, "no symmetric scale"),
    (3, {"scales": [0.0]}, "scales are out of range"),
    (3, {"scales": [float("nan")]}, "scales are out of range"),
    (3, {"scales": [7000.0]}, "scales are out of range"),
    (4, {"dtype": "int64", "data": np.zeros(10, np.int64)}, r"biases are \[10\] int64, need \[10\] int32"),
    (4, {"shape": (9,), "data": np.zeros(9, np.int32)}, r"biases are \[9\]"),
    (4, {"data": np.full(10, 2**31 - 1, np.int32)}, "sums may outgrow"),
    (5, {"scales": [0.0]}, "the scale 0, need"),
    (5, {"scales": [float("inf")]}, "the scale inf, need"),
    (5, {"scales": [1e10]}, "no single scale"),
    (5, {"scales": (), "zero_points": ()}, "no single scale"),
    (5, {"scales": [0.1] * 10, "zero_points": [4] * 10, "axis": 1}, "10 scales for values that are computed"),
    (5, {"zero_points": [128]}, "zero point 128"),
    (5, {"dtype": "uint8"}, "from int8 to uint8"),
    (2, {"scales": [0.01]}, "RESHAPE: turns"),
    (2, {"shape": (1, 785)}, "RESHAPE: turns"),
]


@pytest.mark.parametrize(("place", "fields", "said"), CHANGES)
def test_a_layer_of_another_form_is_refused(layer: Layer, place: int, fields: dict[str, Any], said: str) -> None:
    layer.change(place, **fields)
    with pytest.raises(ModelFormatError, match=said):
        layer.engine()
    refusal_of(layer)


def test_a_fused_activation_that_is_not_known_is_named(layer: Layer) -> None:
    layer.change_operator(1, activation="TANH")
    assert "fused with TANH" in refusal_of(layer)


AFTER: list[tuple[str, dict[str, Any]]] = [
    ("LOGISTIC", {}),
    ("SOFTMAX", {}),
    ("SOFTMAX", {"scales": [1 / 256]}),
    ("QUANTIZE", {"scales": [0.2]}),
    ("RELU", {"zero_points": [5]}),
]


@pytest.mark.parametrize(("kind", "fields"), AFTER)
def test_an_operator_that_changes_scales_in_its_own_way_is_refused(
    layer: Layer, kind: str, fields: dict[str, Any]
) -> None:
    layer.then(kind, **fields)
    assert f"{kind}: turns 10 numbers" in refusal_of(layer)


def test_a_softmax_of_another_heat_is_refused(layer: Layer) -> None:
    layer.then("SOFTMAX", scales=[1 / 256], zero_points=[-128])
    layer.engine()
    layer.change_operator(2, beta=2.0)
    assert "SOFTMAX: turns" in refusal_of(layer)


def test_a_zero_point_of_16_bit_numbers_is_refused(layer: Layer) -> None:
    layer.change(0, dtype="int16", zero_points=[1])
    layer.change(2, dtype="int16", zero_points=[1])
    assert "zero point 1" in refusal_of(layer)


@pytest.mark.parametrize("bias", [None, np.zeros(10, np.int32)])
def test_a_16_bit_layer_needs_64_bit_biases(layer: Layer, bias: npt.NDArray[np.int32] | None) -> None:
    for place in (0, 2, 5):
        layer.change(place, dtype="int16", scales=[1 / 32767], zero_points=[0])
    layer.change(4, data=bias)
    if bias is None:
        layer.change_operator(1, inputs=(2, 3, -1))
    assert "need [10] int64" in refusal_of(layer)


def test_operators_that_do_not_follow_each_other_are_refused(layer: Layer) -> None:
    layer.change_operator(1, inputs=(0, 3, 4))
    assert "FULLY_CONNECTED is beside the chain" in refusal_of(layer)


def test_operators_that_lead_elsewhere_are_refused(layer: Layer) -> None:
    layer.tensors.append(layer.tensors[5])
    layer.ends = (0, 6)
    assert "do not lead to its output" in refusal_of(layer)


def test_scales_along_the_inputs_are_refused(layer: Layer) -> None:
    weights = np.eye(10, dtype=np.int8)
    layer.tensors += [
        layer.make.tensor((10, 10), "int8", weights, [0.1] * 10, [0] * 10, axis=1),
        layer.make.tensor((1, 10), "int8", None, [0.1], [4]),
    ]
    layer.operators.append(layer.make.operator("FULLY_CONNECTED", (5, 6, -1), (7,), version=4))
    layer.ends = (0, 7)
    assert "no symmetric scale" in refusal_of(layer)


def test_a_layer_without_weights_is_refused(layer: Layer) -> None:
    layer.change_operator(1, inputs=(2,))
    assert "weights are none" in refusal_of(layer)
