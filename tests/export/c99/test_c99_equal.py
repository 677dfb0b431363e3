"""The compiled C against LiteRT and the acceptance rule."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from digitreader.measure.data import DataPlace, find_mnist
from digitreader.measure.data.glyphs import normalise_images
from digitreader.model.accept import AcceptanceRule, accept, confidences_of
from digitreader.model.checks import sigmoid
from digitreader.model.engine.engine import TensorForm
from digitreader.model.engine.litert import LiteRTEngine
from digitreader.model.glyph.features import direction_maps, features_of
from digitreader.values import Glyphs

Compile = Callable[..., Any]
Build = Callable[..., bytes]


def verdicts(activations: npt.NDArray[np.float32], rule: AcceptanceRule) -> tuple[list[int], npt.NDArray[np.float64]]:
    """What `accept` makes of each row: the digit, -1 for none; and of the accepted ones the confidence in per mille."""
    found = [accept(row, rule) for row in activations]
    return (
        [-1 if verdict is None else verdict.digit for verdict in found],
        np.array([np.nan if verdict is None else 1000 * verdict.confidence for verdict in found]),
    )


def assert_same_verdicts(answers: Any, activations: npt.NDArray[np.float32], rule: AcceptanceRule) -> None:
    digits, per_mille = verdicts(activations, rule)
    assert answers.digits.tolist() == digits
    accepted = answers.digits >= 0
    # the nearest per mille, give or take what 2^-19 of the sum is left out for
    np.testing.assert_allclose(answers.per_mille[accepted], per_mille[accepted], rtol=0, atol=0.505)
    surest = confidences_of(activations, rule).max(axis=1)
    np.testing.assert_allclose(answers.per_mille, 1000 * surest, rtol=0, atol=0.51)


def noise(count: int = 300) -> Glyphs:
    """Glyphs that no digit looks like: dark, white, faint, half of them noise, thin noise."""
    rng = np.random.default_rng(9)
    glyphs = rng.integers(0, 256, (count, 28, 28), dtype=np.uint8)
    glyphs[0], glyphs[1], glyphs[2] = 0, 255, 1
    glyphs[3 : count // 3] *= rng.integers(0, 2, (count // 3 - 3, 28, 28), dtype=np.uint8)
    glyphs[count // 3 : count // 2] = np.where(glyphs[count // 3 : count // 2] < 240, 0, 255)
    return glyphs


@pytest.fixture(scope="module")
def test_glyphs(mnist_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Glyphs:
    """All 10,000 of MNIST's test digits, as the network sees them."""
    images = find_mnist(DataPlace(mnist_dir, tmp_path_factory.mktemp("cache"))).read("test").images
    return normalise_images(images, label="test digits")[0]


def test_the_shipped_network_reads_all_test_digits_as_litert_does(
    repository: Path, test_glyphs: Glyphs, compile_c: Compile
) -> None:
    content = (repository / "models" / "tiny.tflite").read_bytes()
    card = json.loads((repository / "models" / "tiny.json").read_text(encoding="utf-8"))
    rule, engine = AcceptanceRule(**card["acceptance"]), LiteRTEngine(content, "tiny")
    answers = compile_c(content, rule, features=card.get("features", "pixels")).read(test_glyphs)
    features = features_of(test_glyphs, card.get("features", "pixels"))
    np.testing.assert_array_equal(answers.logits, engine.integers(features))
    assert_same_verdicts(answers, sigmoid(engine.logits(features)), rule)
    assert {*range(-1, 10)} == set(answers.digits.tolist())


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(
    "plan",
    [
        {},
        {"per_channel": True},
        {"hidden": "sigmoid"},
        {"hidden": "sigmoid", "per_channel": True, "zero_point": -30},
        {"hidden": "none", "hidden_zero_point": 5, "per_channel": True},
        {"hidden_zero_point": -126},
        {"hidden": "relu apart", "hidden_zero_point": 12},
        {"pixels": "int8"},
        {"biased": False},
        {"biased": "absent"},
        {"sizes": (10,), "zero_point": -128},
        {"sizes": (40, 10), "zero_point": 127},
        {"sizes": (300, 20, 33, 10), "per_channel": True},
    ],
    ids=lambda plan: " ".join(f"{name}={choice}" for name, choice in plan.items()) or "relu",
)
def test_networks_of_every_kind_give_the_integers_of_litert(
    plan: dict[str, Any], seed: int, build_network: Build, compile_c: Compile
) -> None:
    content, rule, glyphs = build_network(**plan, seed=seed), AcceptanceRule(0.4, 1.3), noise()
    engine, answers = LiteRTEngine(content, "net"), compile_c(content, rule).read(glyphs)
    np.testing.assert_array_equal(answers.logits, engine.integers(glyphs))
    assert_same_verdicts(answers, sigmoid(engine.logits(glyphs)), rule)
    assert len(np.unique(answers.logits)) > 80, "the test is to exercise the whole byte"


@pytest.mark.parametrize("seed", range(3))
def test_directions_are_worked_out_as_in_python(seed: int, build_network: Build, compile_c: Compile) -> None:
    content, glyphs = build_network(seed=seed), noise()
    answers = compile_c(content, features="directions").read(glyphs)
    np.testing.assert_array_equal(answers.logits, LiteRTEngine(content, "net").integers(direction_maps(glyphs)))
    assert len(np.unique(answers.logits)) > 80, "the test is to exercise the whole byte"


def test_logits_may_be_unsigned(build_network: Build, compile_c: Compile) -> None:
    content, rule, glyphs = build_network(logits="uint8"), AcceptanceRule(0.4, 1.3), noise()
    engine, answers = LiteRTEngine(content, "net"), compile_c(content, rule, logits="uint8").read(glyphs)
    assert engine.output.dtype == "uint8"
    np.testing.assert_array_equal(answers.logits, engine.integers(glyphs))
    assert_same_verdicts(answers, sigmoid(engine.logits(glyphs)), rule)


@pytest.mark.parametrize("step", [2.0, 4.0, 64.0, 2.0**14])
def test_halfway_between_two_integers_the_even_one_is_taken(
    step: float, build_network: Build, compile_c: Compile
) -> None:
    content = build_network(sizes=(10,), weight=1, step=step, bias=40, seed=3)
    glyphs = (noise() // 64) * np.uint8(min(step, 64))
    np.testing.assert_array_equal(compile_c(content).read(glyphs).logits, LiteRTEngine(content, "").integers(glyphs))


@pytest.mark.parametrize(("least", "most"), [(2**15, 2**23), (2**24, 2**31 - 1)])
def test_sum_and_product_are_rounded_to_float32_before_they_are_rounded_to_a_step(
    least: int, most: int, build_network: Build, compile_c: Compile
) -> None:
    """Draws sums and scales until ten are found that another order of rounding would bring to another integer."""
    rng, given, gives = np.random.default_rng(8), np.float32(1 / 255), np.float32(0.1)
    sums = rng.integers(least, most, 8_000_000).astype(np.int32)
    scales = (rng.uniform(10, 120, len(sums)) / sums * (gives / given)).astype(np.float32)
    factors = given * scales / gives
    exact = sums * factors.astype(np.float64)
    steps = np.rint(sums.astype(np.float32) * factors)
    # up to 2^24 a sum is a float32 as it is, and the product alone is rounded
    other = np.rint(exact if most < 2**24 else exact.astype(np.float32))
    found = np.flatnonzero(steps != other)[:10]
    content = build_network(
        sizes=(10,), weight=0, step=1.0, biases=sums[found], weight_scales=scales[found], logit_scale=gives
    )
    logits = compile_c(content).read(noise(60)).logits
    np.testing.assert_array_equal(logits, LiteRTEngine(content, "").integers(noise(60)))
    np.testing.assert_array_equal(logits[0] - 7, steps[found])


@pytest.mark.parametrize("bias", [2**24 + 50, 2**30, 2_122_000_000])
def test_sums_beyond_24_bits_are_rounded_as_float32_rounds_them(
    bias: int, build_network: Build, compile_c: Compile
) -> None:
    content = build_network(sizes=(10,), bias=bias, step=bias / 126.5, seed=4)
    glyphs = noise(60)
    np.testing.assert_array_equal(compile_c(content).read(glyphs).logits, LiteRTEngine(content, "").integers(glyphs))


@pytest.mark.parametrize(
    ("threshold", "temperature", "none", "scale", "zero_point"),
    [
        (0.3, 0.798, 0.0, 0.13, 45),
        (0.3, 0.798, -2.453, 0.13, 45),
        (0.0, 0.798, 0.0, 0.13, 45),
        (1.0, 0.798, -8.0, 0.13, 45),
        (0.01, 4.0, 0.0, 0.02, 0),
        (0.4, 4.0, -3.7, 0.02, 0),
        (0.97, 0.5, 0.0, 0.02, 0),
        (1 / 3, 1.0, 0.0, 0.6, -128),
        (1 / 3, 1.0, -40.0, 0.6, -128),
        (0.5, 0.25, 0.0, 0.6, -128),
        (0.1234567, 0.5, -0.001, 1.0, 0),
        (0.5, 0.25, 0.0, 1.0, 127),
        (0.5, 0.25, -8.0, 1.0, 127),
        (0.2, 4.0, 0.0, 1.0, 127),
    ],
)
def test_logits_are_judged_as_the_acceptance_rule_judges_them(
    threshold: float,
    temperature: float,
    none: float,
    scale: float,
    zero_point: int,
    build_network: Build,
    compile_c: Compile,
) -> None:
    rule, form = AcceptanceRule(threshold, temperature, none), TensorForm("int8", scale, zero_point)
    content = build_network(sizes=(10,), logit_scale=scale, zero_point=zero_point)
    rng = np.random.default_rng(11)
    logits = rng.integers(-128, 128, (600, 10))
    logits[200:400] = rng.integers(-3, 4, (200, 10)) + rng.integers(-125, 125, (200, 1))
    logits[400:500] = np.where(rng.random((100, 10)) < 0.3, 127, -128)
    logits[500] = -128
    activations = sigmoid(form.to_real(logits))
    # beyond, the odds of "no digit" are lost in the last bit of float64, which then takes a half for a half
    seen = np.minimum(form.to_real(logits).max(axis=1), 20.8) / temperature < 36
    assert_same_verdicts(compile_c(content, rule).judge(logits[seen]), activations[seen], rule)


def test_between_equal_logits_the_smaller_digit_is_taken(build_network: Build, compile_c: Compile) -> None:
    logits = np.full((1, 10), 20)
    logits[0, [4, 7]] = 120
    assert compile_c(build_network(), AcceptanceRule(0.1)).judge(logits).digits.tolist() == [4]
