"""The NumPy engine beside LiteRT on pictures, operator by operator, with numbers that nobody trained."""

from __future__ import annotations

import contextlib
from typing import Any

import numpy as np
import pytest

from digitreader.errors import ModelFormatError
from digitreader.model.engine.map_litert import LiteRTMaps
from digitreader.model.engine.map_numpy import NumpyMaps

from .map_graph import MapGraph, RandomGraph

Make = Any  # conftest's Builder

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
