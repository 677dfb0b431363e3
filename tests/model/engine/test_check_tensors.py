"""Tensors that cannot be as a file says are refused in one line before LiteRT, which may crash on them, opens it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from digitreader.errors import ModelFormatError
from digitreader.model.engine import make_engine
from digitreader.model.engine.choice import make_map_engine
from digitreader.model.locate import shipped_models
from digitreader.model.own.engine import open_network
from digitreader.model.tflite.check_tensors import check_tensors

from .layer import Layer


def refusal_of(layer: Layer) -> str:
    """The message, always one line, whichever way the model is opened."""
    for opened in (make_engine, make_map_engine, open_network):
        with pytest.raises(ModelFormatError) as refusal:
            opened(layer.content(), "made", "litert")
    said = str(refusal.value)
    assert "\n" not in said
    return said


def test_a_sound_model_is_opened(layer: Layer) -> None:
    make_engine(layer.content(), "made", "litert").logits(np.zeros((2, 28, 28), np.uint8))


@pytest.mark.parametrize("name", shipped_models())
def test_shipped_models_pass(name: str) -> None:
    check_tensors(shipped_models()[name].read_bytes(), name)


IMPOSSIBLE: list[tuple[int, dict[str, Any], str]] = [
    (2, {"zero_points": [-4224]}, "int8 tensor 't2' has the zero point -4224, need -128 to 127"),
    (0, {"zero_points": [3623878656]}, "the zero point 3623878656"),
    (2, {"scales": [math.nan]}, "the scale nan"),
    (2, {"scales": [math.inf]}, "the scale inf"),
    (2, {"scales": [0.0]}, "the scale 0"),
    (2, {"scales": [1e-42]}, "the scale 1.00053e-42"),
    (5, {"scales": [-0.1]}, "the scale -0.1"),
    (3, {"scales": [-0.1]}, "the scale -0.1"),
    (5, {"scales": [0.1] * 10, "zero_points": [4] * 10, "axis": 1}, "10 scales for values that are computed"),
    (5, {"scales": (), "zero_points": ()}, "no scale, which FULLY_CONNECTED needs"),
    (2, {"shape": (1, 2130707216)}, "need at most 134,217,728 numbers"),
    (2, {"shape": (-1, 784)}, r"the shape \[-1, 784\]"),
]


@pytest.mark.parametrize(("place", "fields", "said"), IMPOSSIBLE)
def test_a_tensor_that_cannot_be_is_refused(layer: Layer, place: int, fields: dict[str, Any], said: str) -> None:
    layer.change(place, **fields)
    with pytest.raises(ModelFormatError, match=said):
        check_tensors(layer.content(), "made")
    refusal_of(layer)


def test_a_channel_of_zeros_may_have_the_scale_0(layer: Layer) -> None:
    layer.change(3, scales=[0.0] + [0.02] * 9, zero_points=[0] * 10)
    check_tensors(layer.content(), "made")


def test_a_missing_input_is_refused(layer: Layer) -> None:
    layer.change_operator(1, inputs=(2, -1, 4))
    assert "FULLY_CONNECTED lacks an input" in refusal_of(layer)


def test_an_operator_before_its_input_is_refused(layer: Layer) -> None:
    layer.operators.reverse()
    assert "FULLY_CONNECTED lacks an input" in refusal_of(layer)


def test_a_missing_bias_is_taken(layer: Layer) -> None:
    layer.change_operator(1, inputs=(2, 3, -1))
    check_tensors(layer.content(), "made")


def test_an_operator_that_overwrites_the_picture_is_refused(layer: Layer) -> None:
    layer.change_operator(1, outputs=(0,))
    assert "FULLY_CONNECTED overwrites other values" in refusal_of(layer)


def test_an_operator_that_mixes_types_is_refused(layer: Layer) -> None:
    layer.change(0, dtype="float32")
    assert "RESHAPE mixes float32 and int8" in refusal_of(layer)


def test_operators_that_are_not_known_are_left_to_litert(layer: Layer) -> None:
    layer.then("SQUARE", dtype="float32", scales=(), zero_points=())
    layer.change_operator(2, inputs=(5, -1))
    check_tensors(layer.content(), "made")


def test_a_picture_of_8_bits_without_a_scale_is_refused(layer: Layer) -> None:
    layer.change(0, scales=(), zero_points=())
    with pytest.raises(ModelFormatError, match="made: its int8 input or output has no scale"):
        make_engine(layer.content(), "made", "litert")


def test_an_unprintable_name_is_not_printed(make: Any, layer: Layer) -> None:
    layer.change(2, scales=[math.nan])
    model = make.model(layer.tensors, layer.operators, layer.ends)
    model.subgraphs[0].tensors[2].name = "\x1b[31m\n" + "x" * 1000
    with pytest.raises(ModelFormatError) as refusal:
        check_tensors(make.pack(model), "made")
    assert str(refusal.value).startswith(f"made: its int8 tensor '?[31m?{'x' * 54}' has the scale nan")


def test_a_file_without_a_graph_is_refused(make: Any, layer: Layer) -> None:
    model = make.model(layer.tensors, layer.operators, layer.ends)
    model.subgraphs = []
    with pytest.raises(ModelFormatError, match="has no graph"):
        check_tensors(make.pack(model), "made")


def test_a_model_of_several_graphs_is_checked_in_each(make: Any, layer: Layer) -> None:
    model = make.model(layer.tensors, layer.operators, layer.ends)
    layer.change(2, scales=[math.nan])
    model.subgraphs += make.model(layer.tensors, layer.operators, layer.ends).subgraphs
    with pytest.raises(ModelFormatError, match="the scale nan"):
        check_tensors(make.pack(model), "made")
