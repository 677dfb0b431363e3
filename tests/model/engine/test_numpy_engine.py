"""The NumPy engine: each operator beside LiteRT, and its batches."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from digitreader.model.engine import TensorForm
from digitreader.model.engine.dense import BLOCK_GLYPHS, PROBABILITIES, make_softmax
from digitreader.model.engine.integer_arithmetic import LARGEST_BATCH, BoundOperator, Rounding, sigmoid_steps
from digitreader.model.engine.numpy_engine import NumpyEngine
from digitreader.model.locate import shipped_models
from digitreader.values import Glyphs

from .layer import Layer, Make

Ask = Callable[[bytes, Glyphs, str], npt.NDArray[Any]]
Answer = Callable[[bytes, npt.NDArray[Any], str], npt.NDArray[Any]]

RNG = np.random.default_rng(3)
GLYPHS = RNG.integers(0, 256, (LARGEST_BATCH + 5, 28, 28), dtype=np.uint8)


KERNELS: list[tuple[str, Rounding]] = [("AUTO", "default"), ("BUILTIN_REF", "reference")]
"""LiteRT's kernels, and the way of rounding that follows them."""


@pytest.fixture(scope="module")
def engine() -> NumpyEngine:
    return NumpyEngine(shipped_models()["tiny"].read_bytes(), "tiny")


def test_one_layer_is_the_sum_of_its_products(layer: Layer) -> None:
    weights, bias = (layer.tensors[place].data.astype(np.int64) for place in (3, 4))
    sums = GLYPHS[:50].reshape(50, -1).astype(np.int64) @ weights.T + bias
    steps = np.rint(sums * (0.02 / 255 / 0.1)) + 4
    found = layer.engine().integers(GLYPHS[:50])
    # a scale in float64 instead of float32 moves a sum by a millionth of a step
    assert np.abs(found - np.clip(steps, -128, 127)).max() <= 1
    assert (found == np.clip(steps, -128, 127)).mean() > 0.99


def test_a_batch_gives_the_same_integers_as_one_glyph_at_a_time(engine: NumpyEngine) -> None:
    together = engine.integers(GLYPHS)
    alone = np.concatenate([engine.integers(glyph[None]) for glyph in GLYPHS])
    np.testing.assert_array_equal(together, alone)


@pytest.mark.parametrize("count", [1, 2, BLOCK_GLYPHS, BLOCK_GLYPHS + 1])
def test_large_layers_give_litert_s_integers_in_blocks_and_whole(litert_answers: Ask, count: int) -> None:
    content = shipped_models()["accurate"].read_bytes()
    found = NumpyEngine(content, "accurate").integers(GLYPHS[:count])
    np.testing.assert_array_equal(found, litert_answers(content, GLYPHS[:count], "AUTO"))


def test_no_glyphs_give_no_rows(engine: NumpyEngine) -> None:
    assert engine.integers(GLYPHS[:0]).shape == (0, 10)
    assert engine.integers(GLYPHS[:0]).dtype == np.int8
    assert engine.logits(GLYPHS[:0]).dtype == np.float32


def test_logits_are_what_the_integers_stand_for(engine: NumpyEngine) -> None:
    np.testing.assert_array_equal(engine.logits(GLYPHS), engine.output.to_real(engine.integers(GLYPHS)))


def test_the_results_of_one_call_outlive_the_next(engine: NumpyEngine) -> None:
    first = engine.integers(GLYPHS[:1])
    kept = first.copy()
    engine.integers(255 - GLYPHS[:1])
    np.testing.assert_array_equal(first, kept)


def test_glyphs_are_left_as_they_are(engine: NumpyEngine) -> None:
    glyphs = GLYPHS.copy()
    glyphs.flags.writeable = False
    engine.integers(glyphs)
    np.testing.assert_array_equal(glyphs, GLYPHS)


def test_glyphs_may_lie_scattered_in_memory(engine: NumpyEngine) -> None:
    np.testing.assert_array_equal(engine.integers(GLYPHS[::-2]), engine.integers(GLYPHS[::-2].copy()))


def test_a_pixel_of_any_form_is_taken(layer: Layer, litert_answers: Ask) -> None:
    for place in (0, 2):
        layer.change(place, scales=[1 / 100], zero_points=[-100])
    layer.change(4, scales=[0.02 / 100])
    expected = litert_answers(layer.content(), GLYPHS, "AUTO")
    np.testing.assert_array_equal(layer.engine().integers(GLYPHS), expected)


def one_operator(make: Make, kind: str, count: int, forms: tuple[TensorForm, TensorForm]) -> bytes:
    """A file of one operator from `count` numbers to as many."""
    tensors = [make.tensor((1, count), form.dtype, None, [form.scale], [form.zero_point]) for form in forms]
    return bytes(make.tflite(tensors, [make.operator(kind, (0,), (1,), 2)], (0, 1)))


@settings(max_examples=40, deadline=None)
@given(exponent=st.floats(-6, 1))
def test_every_16_bit_number_has_litert_s_sigmoid(make: Make, run_litert: Answer, exponent: float) -> None:
    taken = TensorForm("int16", float(np.float32(10**exponent)), 0)
    assume(abs(math.log2(taken.scale) + 12) > 1e-3)
    numbers = np.arange(-32768, 32768).astype(np.int16)
    content = one_operator(make, "LOGISTIC", 65_536, (taken, PROBABILITIES["int16"]))
    for kernels, rounding in KERNELS:
        found = run_litert(content, numbers[None], kernels)[0]
        np.testing.assert_array_equal(sigmoid_steps(taken, rounding), found)


@pytest.mark.parametrize("nearly", [2.0**-12, 2.0**-12 * 1.0006, 2.0**-12 / 1.0006])
def test_at_the_one_scale_with_two_sigmoids_it_is_the_reference_kernel_s(
    make: Make, run_litert: Answer, nearly: float
) -> None:
    taken = TensorForm("int16", float(np.float32(nearly)), 0)
    numbers = np.arange(-32768, 32768).astype(np.int16)
    content = one_operator(make, "LOGISTIC", 65_536, (taken, PROBABILITIES["int16"]))
    mine = sigmoid_steps(taken, "default")
    np.testing.assert_array_equal(mine, run_litert(content, numbers[None], "BUILTIN_REF")[0])
    assert 0 < np.abs(mine - run_litert(content, numbers[None], "AUTO")[0]).max() <= 7


@settings(max_examples=200, deadline=None)
@given(number=st.integers(1, 127), step=st.integers(128, 255), nudge=st.integers(-1, 1), zero_point=st.integers(-9, 9))
def test_every_8_bit_number_has_litert_s_sigmoid(
    make: Make, run_litert: Answer, number: int, step: int, nudge: int, zero_point: int
) -> None:
    # at this scale, the sigmoid of the number falls between two steps as nearly as a float32 can say
    tie = (step + 0.5) / 256
    scale = np.float32(math.log(tie / (1 - tie)) / number)
    scale = np.nextafter(scale, np.float32(scale + nudge))
    taken = TensorForm("int8", float(scale), zero_point)
    numbers = np.arange(-128, 128).astype(np.int8)
    content = one_operator(make, "LOGISTIC", 256, (taken, PROBABILITIES["int8"]))
    for kernels, rounding in KERNELS:
        found = run_litert(content, numbers[None], kernels)[0]
        np.testing.assert_array_equal(sigmoid_steps(taken, rounding) - 128, found)


@settings(max_examples=200, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), per_channel=st.booleans())
def test_a_sum_near_a_tie_is_rounded_as_litert_rounds_it(
    make: Make, litert_answers: Ask, seed: int, per_channel: bool
) -> None:
    layer, rng = Layer(make), np.random.default_rng(seed)
    taken, given_ = np.float32(rng.uniform(0.005, 0.01)), np.float32(rng.uniform(1, 4))
    scales = rng.uniform(3e-4, 1e-3, 10 if per_channel else 1).astype(np.float32)
    ties = (rng.integers(-120, 120, 10) + 0.5) / (float(taken) * scales.astype(float) / float(given_))
    for place in (0, 2):
        layer.change(place, scales=[taken])
    layer.change(3, data=np.zeros((10, 784), np.int8), scales=scales, zero_points=[0] * len(scales))
    bias = (np.rint(ties) + rng.integers(-1, 2, 10)).astype(np.int32)
    layer.change(4, data=bias, scales=taken * scales, zero_points=[0] * len(scales))
    layer.change(5, scales=[given_], zero_points=[0])
    for kernels, rounding in KERNELS:
        mine = NumpyEngine(layer.content(), "made", rounding=rounding).integers(GLYPHS[:1])
        np.testing.assert_array_equal(mine, litert_answers(layer.content(), GLYPHS[:1], kernels))


@pytest.mark.parametrize("activation", ["RELU", "RELU6", "RELU_N1_TO_1"])
@pytest.mark.parametrize("zero_point", [-105, -4, 0, 85])
@pytest.mark.parametrize("scale", [0.8, 1.2, 2.0, 2.4, 4.0, 12.0])
def test_an_activation_that_ends_between_two_steps_ends_as_litert_s(
    layer: Layer, litert_answers: Ask, activation: str, zero_point: int, scale: float
) -> None:
    layer.change_operator(1, activation=activation)
    layer.change(3, scales=[0.02 * scale])
    layer.change(4, scales=[0.02 * scale / 255])
    layer.change(5, scales=[scale], zero_points=[zero_point])
    for kernels, rounding in KERNELS:
        mine = NumpyEngine(layer.content(), "made", rounding=rounding).integers(GLYPHS)
        np.testing.assert_array_equal(mine, litert_answers(layer.content(), GLYPHS, kernels))


@settings(max_examples=100, deadline=None)
@given(exponent=st.floats(-3, 0.5), count=st.integers(1, 40), seed=st.integers(0, 2**32 - 1))
@example(exponent=-1.0, count=40, seed=1610)  # here the order in which the shares are added decides a step
@example(exponent=-1.0, count=40, seed=1880)
def test_softmax_is_litert_s_default(make: Make, run_litert: Answer, exponent: float, count: int, seed: int) -> None:
    taken = TensorForm("int8", float(np.float32(10**exponent)), 9)
    run = make_softmax(BoundOperator("NONE", 1.0, (), taken, PROBABILITIES["int8"], count, count, "default", "made"))
    rng = np.random.default_rng(seed)
    wide, narrow = rng.integers(-128, 128, (60, count)), rng.integers(-9, 9, (60, count))
    numbers = np.concatenate([wide, narrow, np.full((1, count), -128), np.full((1, count), 127)]).astype(np.int8)
    content = one_operator(make, "SOFTMAX", count, (taken, PROBABILITIES["int8"]))
    found = run_litert(content, numbers, "AUTO")
    np.testing.assert_array_equal(run(numbers.astype(np.float32) - 9) - 128, found)


def test_a_relu_of_its_own_is_litert_s(layer: Layer, litert_answers: Ask) -> None:
    layer.then("RELU")
    expected = litert_answers(layer.content(), GLYPHS, "AUTO")
    assert (expected == 4).any()  # the zero point
    np.testing.assert_array_equal(layer.engine().integers(GLYPHS), expected)


def test_a_quantize_that_moves_the_zero_point_clips(layer: Layer, litert_answers: Ask) -> None:
    layer.then("QUANTIZE", zero_points=[-90])
    expected = litert_answers(layer.content(), GLYPHS, "AUTO")
    assert (expected == -128).any()
    np.testing.assert_array_equal(layer.engine().integers(GLYPHS), expected)


def test_a_tie_goes_to_the_even_step_by_default_and_away_from_zero_by_reference(layer: Layer) -> None:
    layer.change(3, data=np.zeros((10, 784), np.int8), scales=[255 * 0.5])
    layer.change(4, data=np.array([1, 3, 5, 7, 9, -1, -3, -5, -7, -9], np.int32), scales=[0.5])
    layer.change(5, scales=[1.0], zero_points=[0])
    glyph = GLYPHS[:1]
    assert layer.engine().integers(glyph).tolist() == [[0, 2, 2, 4, 4, 0, -2, -2, -4, -4]]
    reference = NumpyEngine(layer.content(), "made", rounding="reference").integers(glyph)
    assert reference.tolist() == [[1, 2, 3, 4, 5, -1, -2, -3, -4, -5]]


def test_sums_beyond_a_float32_are_exact(layer: Layer, litert_answers: Ask) -> None:
    weights = np.full((10, 784), 127, np.int8)
    layer.change(3, data=weights, scales=[0.001])
    # 784 * 127 * 255 is past 2^24, up to which a float32 tells neighbours apart; what is left decides the step
    layer.change(4, data=(-784 * 127 * 255 + np.arange(10) * 7 + 3).astype(np.int32), scales=[0.001 / 255])
    layer.change(5, scales=[0.001 / 255 * 10], zero_points=[0])
    white = np.full((1, 28, 28), 255, np.uint8)
    white[0, 0, 0] = 254
    expected = litert_answers(layer.content(), white, "AUTO")
    assert len(set(expected.ravel().tolist())) > 5
    np.testing.assert_array_equal(layer.engine().integers(white), expected)
