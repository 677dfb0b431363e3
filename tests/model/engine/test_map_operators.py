"""The NumPy engine beside LiteRT on pictures, operator by operator, with numbers that nobody trained."""

from __future__ import annotations

import contextlib
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from digitreader.errors import ModelFormatError
from digitreader.model.engine.map_litert import LiteRTMaps
from digitreader.model.engine.map_numpy import NumpyMaps

from .map_graph import OPTIONS, MapGraph, RandomGraph

Make = Any  # conftest's Builder
Array = npt.NDArray[Any]

RELUS = ["NONE", "RELU", "RELU6", "RELU_N1_TO_1"]
SAME, VALID = 0, 1
SEEDS = range(20)


def same_integers(content: bytes, shape: tuple[int, int] = (64, 96)) -> None:
    """See that both engines answer with the same numbers, which are not all the same."""
    picture = np.random.default_rng(4).integers(0, 256, (*shape, 3), dtype=np.uint8)
    picture[:8] //= 200  # black, with a few specks
    mine, theirs = (engine(content, "made").integers(picture) for engine in (NumpyMaps, LiteRTMaps))
    for ours, litert in zip(mine, theirs, strict=True):
        assert ours.dtype == litert.dtype
        np.testing.assert_array_equal(ours, litert)
        assert len(np.unique(litert)) > 1


@pytest.mark.parametrize("seed", SEEDS)
def test_sums_of_two_scales_are_those_of_litert(make: Make, seed: int) -> None:
    graph = RandomGraph(make, seed)
    inputs = [graph.convolve(1, graph.tensor(12, graph.scale(0.002, 0.5), graph.zero_point())) for _ in range(2)]
    largest = max(graph.tensors[place].scales[0] for place in inputs)
    given = graph.tensor(12, graph.scale(largest / 4, largest * 4), graph.zero_point())
    graph.run("ADD", (inputs[0], inputs[1]), given, fusedActivationFunction=RELUS[seed // 2 % 2])
    same_integers(graph.content())


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("side", "stride"), [(1, 1), (1, 2), (3, 1), (3, 2), (5, 2)])
def test_convolutions_are_those_of_litert(make: Make, seed: int, side: int, stride: int) -> None:
    graph = RandomGraph(make, seed)
    given = graph.tensor(7, graph.scale(0.01, 0.1), graph.zero_point())
    padding, fused = [SAME, SAME, VALID][seed % 3], RELUS[seed // 2 % 4]
    graph.convolve(1, given, side, padding=padding, strideW=stride, strideH=stride, fusedActivationFunction=fused)
    same_integers(graph.content())


def test_sums_that_outgrow_a_float32_are_exact(make: Make) -> None:
    graph = RandomGraph(make, 2)
    inner = graph.convolve(1, graph.tensor(64, 0.02, -128), fusedActivationFunction="RELU")
    graph.convolve(inner, graph.tensor(9, 0.1, 3), 3, heavy=True)
    same_integers(graph.content(), (32, 64))


@pytest.mark.parametrize("seed", SEEDS)
def test_numbers_of_another_scale_are_those_of_litert(make: Make, seed: int) -> None:
    graph = RandomGraph(make, seed)
    inner = graph.convolve(1, graph.tensor(5, 0.1, graph.zero_point()))
    graph.run("QUANTIZE", (inner,), graph.tensor(5, graph.scale(0.1 / 100, 0.1 * 100), graph.zero_point()))
    same_integers(graph.content(inner, graph.operators[-1][2]))


@pytest.mark.parametrize("padding", [SAME, VALID])
@pytest.mark.parametrize(("side", "stride"), [(2, 2), (3, 2), (3, 1)])
def test_largest_numbers_are_those_of_litert(make: Make, padding: int, side: int, stride: int) -> None:
    graph = MapGraph(make)
    sizes = {"filterWidth": side, "filterHeight": side, "strideW": stride, "strideH": stride}
    graph.run("MAX_POOL_2D", (1,), graph.tensor(3, 1 / 255, -128), padding=padding, **sizes)
    same_integers(graph.content())


def test_joined_rearranged_and_squashed_numbers_are_those_of_litert(make: Make) -> None:
    graph = RandomGraph(make, 6)
    parts = [graph.convolve(1, graph.tensor(channels, 0.05, 7)) for channels in (8, 4)]
    joined = graph.run("CONCATENATION", (parts[0], parts[1]), graph.tensor(12, 0.05, 7), axis=3)
    larger = graph.run("DEPTH_TO_SPACE", (joined,), graph.tensor(3, 0.05, 7), blockSize=2)
    sigmoid = graph.run("LOGISTIC", (larger,), graph.tensor(3, 1 / 256, -128))
    same_integers(graph.content(joined, larger, sigmoid, parts[1]))


def test_an_operator_that_numpy_does_not_run_is_named(make: Make) -> None:
    graph = MapGraph(make)
    graph.run("TANH", (1,), graph.tensor(3, 1 / 128, 0))
    with pytest.raises(
        ModelFormatError, match=r"^made: the NumPy engine does not run TANH of version 2 .* use --engine litert$"
    ):
        NumpyMaps(graph.content(), "made")


@pytest.mark.parametrize("ratio", [2.0**-11, 2.0**9])
def test_sums_of_scales_that_are_far_apart_are_refused(make: Make, ratio: float) -> None:
    graph = MapGraph(make)
    graph.run("ADD", (1, 1), graph.tensor(3, 1 / 255 / ratio, 0))
    with pytest.raises(ModelFormatError, match=r"^made: ADD: has inputs of .* times the output's scale"):
        NumpyMaps(graph.content(), "made")


def test_maps_of_different_sizes_are_not_added(make: Make) -> None:
    graph = RandomGraph(make, 0)
    smaller = graph.convolve(1, graph.tensor(3, 0.1, 0), 3, strideW=2, strideH=2)
    graph.run("ADD", (1, smaller), graph.tensor(3, 0.1, 0))
    with pytest.raises(ModelFormatError, match=r"^made: ADD: adds \(32, 32, 3\) and \(16, 16, 3\)"):
        NumpyMaps(graph.content(), "made")


def test_a_window_that_is_larger_than_its_map_is_refused(make: Make) -> None:
    graph = RandomGraph(make, 0)
    small = graph.convolve(1, graph.tensor(3, 0.1, 0), strideW=32, strideH=32)
    graph.convolve(small, graph.tensor(3, 0.1, 0), 3, padding=VALID)
    with pytest.raises(ModelFormatError, match=r"^made: its operators do not fit together"):
        NumpyMaps(graph.content(), "made")


@pytest.mark.parametrize("seed", range(5))
def test_a_damaged_file_runs_or_is_refused(make: Make, seed: int) -> None:
    graph = RandomGraph(make, seed)
    inner = graph.convolve(1, graph.tensor(12, 0.1, 0), 3)
    pooled = graph.run(
        "MAX_POOL_2D", (inner,), graph.tensor(12, 0.1, 0), filterWidth=2, filterHeight=2, strideW=1, strideH=1
    )
    larger = graph.run("DEPTH_TO_SPACE", (pooled,), graph.tensor(3, 0.1, 0), blockSize=2)
    graph.run("ADD", (larger, larger), graph.tensor(3, 0.1, 0))
    content = graph.content()
    for _ in range(200):
        damaged = bytearray(content)
        damaged[int(graph.rng.integers(8, len(content)))] = int(graph.rng.integers(256))
        with contextlib.suppress(ModelFormatError):
            NumpyMaps(bytes(damaged), "damaged")


def test_a_dilated_convolution_is_refused(make: Make) -> None:
    graph = RandomGraph(make, 0)
    graph.convolve(1, graph.tensor(3, 0.1, 0), 3, dilationWFactor=2, dilationHFactor=2)
    with pytest.raises(ModelFormatError, match=r"^made: CONV_2D: is dilated by \(2, 2\)"):
        NumpyMaps(graph.content(), "made")


def test_a_window_without_a_stride_is_damage(make: Make) -> None:
    graph = RandomGraph(make, 0)
    graph.convolve(1, graph.tensor(3, 0.1, 0), strideW=0)
    with pytest.raises(ModelFormatError, match=r"^made: damaged .tflite \(a window of the size .* stride \(1, 0\)"):
        NumpyMaps(graph.content(), "made")


def test_a_padding_that_is_not_known_is_damage(make: Make) -> None:
    graph = RandomGraph(make, 0)
    graph.convolve(1, graph.tensor(3, 0.1, 0), padding=7)
    with pytest.raises(ModelFormatError, match=r"^made: damaged .tflite \(a padding of kind 7"):
        NumpyMaps(graph.content(), "made")


@pytest.mark.parametrize("kind", ["CONV_2D", "MAX_POOL_2D"])
def test_a_window_without_options_in_the_file_is_refused(
    make: Make, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    graph = RandomGraph(make, 0)
    if kind == "CONV_2D":
        graph.convolve(1, graph.tensor(3, 0.1, 0))
    else:
        graph.run(kind, (1,), graph.tensor(3, 1 / 255, -128))
    monkeypatch.delitem(OPTIONS, kind)
    with pytest.raises(ModelFormatError, match=f"^made: {kind}: has no options; rerun digitreader export$"):
        NumpyMaps(graph.content(), "made")


ONE = np.array([0.001], np.float32)


def test_a_convolution_without_biases_has_none_to_add(make: Make) -> None:
    weights = np.arange(-4, 5, dtype=np.int8).reshape(3, 1, 1, 3) * 20
    given = []
    choices: list[list[Array]] = [[], [np.zeros(3, np.int32)], [np.full(3, 9_000, np.int32)]]
    for biases in choices:
        graph = MapGraph(make)
        constants = [graph.constant(each, ONE) for each in (weights, *biases)]
        graph.run("CONV_2D", (1, *constants), graph.tensor(3, 0.002, 5), strideW=1, strideH=1)
        picture = np.random.default_rng(4).integers(0, 256, (32, 32, 3), dtype=np.uint8)
        given.append(NumpyMaps(graph.content(), "made").integers(picture)[0])
    np.testing.assert_array_equal(given[0], given[1])
    assert not np.array_equal(given[0], given[2])


@pytest.mark.parametrize(
    ("weights", "bias", "says"),
    [
        (np.zeros((3, 1, 1, 3), np.uint8), np.zeros(3, np.int32), "has no int8 weights; use --engine litert"),
        (np.zeros((3, 3), np.int8), np.zeros(3, np.int32), "has no int8 weights; use --engine litert"),
        (np.ones((3, 1, 1, 3), np.int8), np.zeros(2, np.int32), r"biases are \[2\] int32, need \[3\] int32"),
        (np.ones((3, 1, 1, 3), np.int8), np.zeros(3, np.int64), r"biases are \[3\] int64, need \[3\] int32"),
    ],
)
def test_constants_of_another_form_are_refused(make: Make, weights: Array, bias: Array, says: str) -> None:
    graph = MapGraph(make)
    constants = graph.constant(weights, ONE), graph.constant(bias, ONE)
    graph.run("CONV_2D", (1, *constants), graph.tensor(3, 0.002, 5), strideW=1, strideH=1)
    with pytest.raises(ModelFormatError, match=f"^made: CONV_2D: {says}"):
        NumpyMaps(graph.content(), "made")


def test_maps_of_different_sizes_are_not_joined(make: Make) -> None:
    graph = RandomGraph(make, 0)
    smaller = graph.convolve(1, graph.tensor(3, 1 / 255, -128), 3, strideW=2, strideH=2)
    graph.run("CONCATENATION", (1, smaller), graph.tensor(6, 1 / 255, -128), axis=3)
    with pytest.raises(ModelFormatError, match=r"^made: CONCATENATION: joins maps of different sizes"):
        NumpyMaps(graph.content(), "made")


def test_an_output_that_no_operator_gives_is_refused(make: Make) -> None:
    graph = RandomGraph(make, 0)
    given = graph.convolve(1, graph.tensor(3, 0.1, 0))
    with pytest.raises(ModelFormatError, match=r"^made: its operators do not lead to its outputs"):
        NumpyMaps(graph.content(given, graph.tensor(3, 0.1, 0)), "made")
