"""Reading a .tflite without LiteRT: what stands in it, and what is refused."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema
from hypothesis import given, settings
from hypothesis import strategies as st

from digitreader.errors import ModelFormatError
from digitreader.model.locate import shipped_models
from digitreader.model.tflite.read import read_graph

Make = Any  # conftest's Builder

WEIGHTS = np.arange(-6, 6, dtype=np.int8).reshape(3, 4)


def dense(make: Make, **options: Any) -> tuple[list[Any], list[Any], tuple[int, int]]:
    """The parts of a file with one layer from four numbers to three."""
    tensors = [
        make.tensor((1, 4), "int8", None, [0.5], [3]),
        make.tensor((3, 4), "int8", WEIGHTS, [0.1, 0.2, 0.3], [0, 0, 0]),
        make.tensor((3,), "int32", np.array([7, -8, 9], np.int32), [0.05, 0.1, 0.15], [0, 0, 0]),
        make.tensor((1, 3), "int8", None, [2.0], [-4]),
    ]
    operator = {"kind": "FULLY_CONNECTED", "inputs": (0, 1, 2), "outputs": (3,), "version": 4, **options}
    return tensors, [make.operator(**operator)], (0, 3)


@pytest.fixture(scope="module")
def content(make: Make) -> bytes:
    """A file with one layer and something beside it."""
    return bytes(make.tflite(*dense(make, activation="RELU6"), metadata={"note": b"hello", "other": b"world!"}))


def test_tensors_are_read_with_their_scales(content: bytes) -> None:
    taken, weights, bias, given_ = read_graph(content, "made").tensors
    assert (taken.name, taken.shape, taken.dtype, taken.data) == ("t0", (1, 4), "int8", None)
    assert (weights.shape, weights.dtype, bias.dtype, given_.shape) == ((3, 4), "int8", "int32", (1, 3))
    np.testing.assert_array_equal(weights.scales, np.array([0.1, 0.2, 0.3], np.float32))
    assert (taken.zero_points.tolist(), given_.zero_points.tolist(), weights.axis) == ([3], [-4], 0)


def test_constants_are_the_files_own_and_cannot_be_written(content: bytes) -> None:
    _, weights, bias, _ = read_graph(content, "made").tensors
    assert weights.data is not None
    assert bias.data is not None
    np.testing.assert_array_equal(weights.data, WEIGHTS)
    np.testing.assert_array_equal(bias.data, [7, -8, 9])
    assert not weights.data.flags.writeable
    assert np.shares_memory(weights.data, np.frombuffer(content, np.uint8))


def test_an_operator_is_read_with_its_activation(content: bytes) -> None:
    graph = read_graph(content, "made")
    (operator,) = graph.operators
    assert (operator.kind, operator.version, operator.activation) == ("FULLY_CONNECTED", 4, "RELU6")
    assert (operator.inputs, operator.outputs, graph.inputs, graph.outputs) == ((0, 1, 2), (3,), (0,), (3,))


def test_what_stands_beside_the_graph_is_read_with_its_place(content: bytes) -> None:
    graph = read_graph(content, "made")
    assert {name: bytes(view) for name, view in graph.metadata.items()} == {"note": b"hello", "other": b"world!"}
    assert all(content[at:].startswith(bytes(graph.metadata[name])) for name, at in graph.metadata_at.items())


def test_an_absent_input_is_minus_one(make: Make) -> None:
    made = make.tflite(*dense(make, inputs=(0, 1, -1)))
    assert read_graph(made, "made").operators[0].inputs == (0, 1, -1)


def test_the_beta_of_a_softmax_is_read(make: Make) -> None:
    tensors = [make.tensor((1, 3), "int8", None, [0.1], [0]), make.tensor((1, 3), "int8", None, [1 / 256], [-128])]
    made = make.tflite(tensors, [make.operator("SOFTMAX", (0,), (1,), 2, beta=0.5)], (0, 1))
    assert read_graph(made, "made").operators[0].beta == 0.5


def test_an_operator_without_a_name_here_is_its_number(make: Make) -> None:
    made = make.tflite(*dense(make, kind=203))
    assert read_graph(made, "made").operators[0].kind == "OPERATOR_203"


def test_old_files_number_operators_in_a_byte(make: Make) -> None:
    model = make.model(*dense(make))
    model.operatorCodes[0].deprecatedBuiltinCode, model.operatorCodes[0].builtinCode = 9, 0
    assert read_graph(make.pack(model), "made").operators[0].kind == "FULLY_CONNECTED"


def test_a_type_that_numpy_lacks_stays_bytes(make: Make) -> None:
    tensors, operators, ends = dense(make)
    model = make.model(tensors, operators, ends)
    model.subgraphs[0].tensors[1].type = 17
    weights = read_graph(make.pack(model), "made").tensors[1]
    assert weights.dtype == "int4"
    assert weights.data is not None
    assert (weights.data.dtype.name, weights.data.shape) == ("uint8", (12,))


def test_sparse_weights_stay_bytes(make: Make) -> None:
    model = make.model(*dense(make))
    model.subgraphs[0].tensors[1].sparsity = schema.SparsityParametersT()
    weights = read_graph(make.pack(model), "made").tensors[1]
    assert weights.data is not None
    assert weights.data.shape == (12,)


def test_a_trained_model_reads_as_its_schema_reads() -> None:
    made = shipped_models()["tiny"].read_bytes()
    graph, oracle = read_graph(made, "tiny"), schema.ModelT.InitFromPackedBuf(made, 0)
    tensors = oracle.subgraphs[0].tensors
    assert [tensor.name for tensor in graph.tensors] == [tensor.name.decode() for tensor in tensors]
    assert [tensor.shape for tensor in graph.tensors] == [tuple(tensor.shape) for tensor in tensors]
    for mine, theirs in zip(graph.tensors, tensors, strict=True):
        data = oracle.buffers[theirs.buffer].data
        assert (mine.data is None) == (data is None)
        assert mine.data is None or mine.data.tobytes() == bytes(data)
    codes = [oracle.operatorCodes[operator.opcodeIndex].builtinCode for operator in oracle.subgraphs[0].operators]
    assert [getattr(schema.BuiltinOperator, operator.kind) for operator in graph.operators] == codes


@pytest.mark.parametrize("content", [b"", b"TFL3", b"no model at all", b"\x1c\x00\x00\x00TFL2" + b"\x00" * 64])
def test_what_is_no_tflite_is_refused(content: bytes) -> None:
    with pytest.raises(ModelFormatError, match=r"odd: is not a \.tflite"):
        read_graph(content, "odd")


def test_a_newer_schema_is_refused_with_what_to_do(make: Make) -> None:
    model = make.model(*dense(make))
    model.version = 4
    with pytest.raises(
        ModelFormatError, match=r"newer converter .* than this digitreader knows .*; update digitreader"
    ):
        read_graph(make.pack(model), "new")


def test_an_older_schema_is_refused(make: Make) -> None:
    model = make.model(*dense(make))
    model.version = 2
    with pytest.raises(ModelFormatError, match="an older converter"):
        read_graph(make.pack(model), "old")


@pytest.mark.parametrize("count", [0, 2])
def test_a_file_needs_one_graph(make: Make, count: int) -> None:
    model = make.model(*dense(make))
    model.subgraphs *= count
    with pytest.raises(ModelFormatError, match=f"holds {count} graphs, need 1"):
        read_graph(make.pack(model), "many")


def set_shape(graph: Any) -> None:
    graph.tensors[1].shape = [3, 5]


def set_negative_shape(graph: Any) -> None:
    graph.tensors[1].shape = [-3, -4]


def drop_scale(graph: Any) -> None:
    graph.tensors[1].quantization.scale = [0.1, 0.2]
    graph.tensors[1].quantization.zeroPoint = [0, 0]


def drop_zero_point(graph: Any) -> None:
    graph.tensors[1].quantization.zeroPoint = [0, 0]


def name_absent_tensor(graph: Any) -> None:
    graph.operators[0].inputs = [0, 1, 4]


def give_nowhere(graph: Any) -> None:
    graph.operators[0].outputs = [-1]


def name_absent_code(graph: Any) -> None:
    graph.operators[0].opcodeIndex = 1


def name_absent_buffer(graph: Any) -> None:
    graph.tensors[1].buffer = 99


@pytest.mark.parametrize(
    "damage",
    [
        set_shape,
        set_negative_shape,
        drop_scale,
        drop_zero_point,
        name_absent_tensor,
        give_nowhere,
        name_absent_code,
        name_absent_buffer,
    ],
)
def test_parts_that_do_not_fit_are_refused(make: Make, damage: Callable[[Any], None]) -> None:
    model = make.model(*dense(make))
    damage(model.subgraphs[0])
    with pytest.raises(ModelFormatError, match=r"torn: damaged \.tflite"):
        read_graph(make.pack(model), "torn")


def test_weights_behind_the_flatbuffer_are_refused(make: Make) -> None:
    model = make.model(*dense(make))
    model.buffers[2].data, model.buffers[2].offset, model.buffers[2].size = None, 1000, 12
    with pytest.raises(ModelFormatError, match="behind the flatbuffer"):
        read_graph(make.pack(model), "large")


def test_more_tensors_than_are_meant_are_refused(make: Make) -> None:
    tensors, operators, ends = dense(make)
    with pytest.raises(ModelFormatError, match="1026 tables in one vector"):
        read_graph(make.tflite([*tensors, *tensors[:1] * 1021], operators, ends), "wide")


def test_a_list_of_places_longer_than_meant_is_refused(make: Make) -> None:
    with pytest.raises(ModelFormatError, match="1025 numbers where a few are meant"):
        read_graph(make.tflite(*dense(make, inputs=(0,) * 1025)), "wide")


def test_a_name_longer_than_meant_is_refused(make: Make) -> None:
    model = make.model(*dense(make))
    model.subgraphs[0].tensors[0].name = "t" * 65_537
    with pytest.raises(ModelFormatError, match="a text of 65537 bytes"):
        read_graph(make.pack(model), "wordy")


def read_or_refuse(content: bytes) -> None:
    """Read it; whatever else than a refusal in one line comes of it fails the test."""
    try:
        read_graph(content, "torn")
    except ModelFormatError as error:
        said = str(error)
    else:
        said = "read"
    assert "\n" not in said


def test_a_file_cut_off_anywhere_is_refused_or_read(content: bytes) -> None:
    for length in range(len(content)):
        read_or_refuse(content[:length])


def test_a_file_cut_in_half_is_refused(content: bytes) -> None:
    with pytest.raises(ModelFormatError, match="torn"):
        read_graph(content[: len(content) // 2], "torn")


@settings(max_examples=600, deadline=None)
@given(data=st.data())
def test_no_damage_does_more_than_be_refused(content: bytes, data: st.DataObject) -> None:
    torn = bytearray(content)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(8, len(torn) - 4))
        odd = data.draw(st.sampled_from([0, 1, 4, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFFFFF0, len(torn)]))
        number = data.draw(st.one_of(st.just(odd), st.integers(0, 2**32 - 1), st.integers(0, 2 * len(torn))))
        torn[place : place + 4] = struct.pack("<I", number)
    read_or_refuse(bytes(torn))


@settings(max_examples=300, deadline=None)
@given(noise=st.binary(max_size=200), root=st.integers(0, 220))
def test_noise_is_refused_or_read(noise: bytes, root: int) -> None:
    read_or_refuse(struct.pack("<I", root) + b"TFL3" + noise)
