from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from digitreader.errors import DataError
from digitreader.model.accept import AcceptanceRule, confidences_of, evidence_of
from digitreader.model.checks import sigmoid
from digitreader_export import photographed
from digitreader_export.acceptance import NO_DIGIT_SHARE, choose_rule, refine
from digitreader_export.convert import choose_calibration_set
from digitreader_export.fine_tuning import settle_ranges
from digitreader_export.golden import draw_golden_inks
from digitreader_export.photographed import draw_validation_negatives
from digitreader_export.tfmot import tfmot
from digitreader_train.digits import LabelledGlyphs
from digitreader_train.network import build_network, logits_of
from digitreader_train.practice import NO_DIGIT, Practice
from digitreader_train.practice.practice import PRACTICE_SEED
from digitreader_train.recipes import RECIPES


@pytest.fixture
def practice() -> Practice:
    """Glyphs whose first pixel tells their label."""
    labels = np.random.default_rng(4).permutation(np.arange(1_100) % (NO_DIGIT + 1)).astype(np.uint8)
    glyphs = np.zeros((1_100, 28, 28), np.uint8)
    glyphs[:, 0, 0] = labels
    return Practice(glyphs, labels)


def test_the_calibration_set_has_as_many_of_each_kind(practice: Practice) -> None:
    chosen = choose_calibration_set(practice, seed=1, per_label=7)
    assert np.bincount(chosen[:, 0, 0]).tolist() == [7] * 11


def test_the_calibration_set_is_chosen_by_its_seed(practice: Practice) -> None:
    first, again, other = (choose_calibration_set(practice, seed=seed, per_label=7) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_of_a_kind_with_few_glyphs_all_are_taken(practice: Practice) -> None:
    few = Practice(practice.glyphs[:330], practice.labels[:330])
    chosen = choose_calibration_set(few, seed=1, per_label=1_000)
    assert len(chosen) == 330


def test_too_few_glyphs_of_a_digit_are_no_calibration_set(practice: Practice) -> None:
    kept = (practice.labels != 4) | (np.cumsum(practice.labels == 4) <= 3)
    few = Practice(practice.glyphs[kept], practice.labels[kept])
    with pytest.raises(DataError, match="3 images of the digit 4, too few for a calibration set"):
        choose_calibration_set(few, seed=1, per_label=7)


def test_golden_inks_are_the_same_each_time_and_not_alike() -> None:
    first, again = draw_golden_inks(), draw_golden_inks()
    assert {shows: ink.tobytes() for shows, ink in first.items()} == {
        shows: ink.tobytes() for shows, ink in again.items()
    }
    assert len({ink.tobytes() for ink in first.values()}) == len(first) == 14


def overconfident(
    rng: np.random.Generator, *, count: int, right: float
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.uint8]]:
    """Activations that are always sure, and labels of which only some agree."""
    labels = rng.integers(0, 10, count).astype(np.uint8)
    read = np.where(rng.random(count) < right, labels, (labels + 1) % 10)
    activations = np.full((count, 10), 1e-4, np.float32)
    activations[np.arange(count), read] = 0.9999
    return activations, labels


def drawn_by(
    rule: AcceptanceRule, rng: np.random.Generator, *, count: int
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.intp]]:
    """Activations, and what they show when the rule's probabilities are the truth: a digit, or 10."""
    activations = sigmoid(rng.normal(-2.0, 2.5, (count, 10)).astype(np.float32))
    chances = np.cumsum(confidences_of(activations, rule), axis=1)
    return activations, (rng.random((count, 1)) > chances).sum(axis=1)


def dark(count: int = 100) -> npt.NDArray[np.float32]:
    """What a network makes of glyphs that it knows to be no digits."""
    return np.full((count, 10), 1e-4, np.float32)


def test_temperature_and_odds_are_found_again_from_what_they_drew() -> None:
    truth = AcceptanceRule(temperature=1.6, none=0.5)
    activations, shown = drawn_by(truth, np.random.default_rng(5), count=40_000)
    digits, negatives = activations[shown < 10], activations[shown == 10]
    rule = choose_rule(digits, shown[shown < 10].astype(np.uint8), negatives)
    # as if one glyph in a hundred were no digit, however many were drawn
    rarer = math.log(NO_DIGIT_SHARE / (1 - NO_DIGIT_SHARE)) - math.log(len(negatives) / len(digits))
    assert rule.temperature == pytest.approx(1.6, abs=0.1)
    assert rule.none == pytest.approx(0.5 + rarer, abs=0.25)


def test_as_many_negatives_as_one_likes_give_the_same_rule() -> None:
    activations, labels = overconfident(np.random.default_rng(1), count=400, right=0.9)
    assert choose_rule(activations, labels, dark(50)) == choose_rule(activations, labels, dark(5_000))


def test_no_rule_near_by_is_less_surprising_than_the_refined_one() -> None:
    def surprise(rule: AcceptanceRule) -> float:
        return (rule.none + 2.345) ** 2 + 3 * (math.log(rule.temperature) - 0.5 + 0.3 * (rule.none + 2.345)) ** 2

    rule = refine(AcceptanceRule(temperature=0.5, none=-7.0), surprise)
    assert [rule.none, rule.temperature] == pytest.approx([-2.345, math.exp(0.5)], rel=0.01)


def test_a_model_that_is_too_sure_gets_a_temperature_above_1() -> None:
    activations, labels = overconfident(np.random.default_rng(1), count=400, right=0.9)
    rule = choose_rule(activations, labels, dark())
    assert rule.temperature > 1.5
    surest = confidences_of(activations, rule).max(axis=1)
    # one temperature for ten logits cannot meet the share exactly
    assert surest.mean() == pytest.approx(0.9, abs=0.05)


def test_nearly_all_digits_pass_the_threshold() -> None:
    rng = np.random.default_rng(2)
    activations, labels = overconfident(rng, count=1_000, right=0.95)
    activations *= rng.uniform(0.2, 1.0, (1_000, 1)).astype(np.float32)
    rule = choose_rule(activations, labels, dark())
    evidence = evidence_of(activations, rule).max(axis=1)
    assert (evidence >= rule.threshold).mean() >= 0.99
    assert (evidence >= rule.threshold + 0.01).mean() < 0.99


def test_validation_negatives_are_few_and_the_same_each_time(tmp_path: Path) -> None:
    images = np.stack([np.pad(ink, ((0, 8), (0, 8)))[:28, :28] for ink in draw_golden_inks().values()] * 3)
    digits = LabelledGlyphs(images, images, np.zeros(len(images), np.uint8))
    first = draw_validation_negatives(digits, tmp_path / "one")
    again, elsewhere = (draw_validation_negatives(digits, tmp_path / place) for place in ("one", "two"))
    assert first.shape == (len(images), 28, 28)
    np.testing.assert_array_equal(first, again)
    np.testing.assert_array_equal(first, elsewhere)


def test_validation_negatives_are_not_those_of_practice() -> None:
    assert photographed.NEGATIVES_SEED[0] != PRACTICE_SEED


def test_the_range_of_each_quantizer_begins_at_the_values_that_it_will_see(practice: Practice) -> None:
    network = build_network(RECIPES["tiny"])
    for layer in network.layers[1:-1]:
        layer.set_weights([9 * weights for weights in layer.get_weights()])
    logits = logits_of(network)
    quantized = tfmot.quantization.keras.quantize_model(logits)
    features = np.random.default_rng(0).integers(0, 256, (300, 28, 28), dtype=np.uint8)
    settle_ranges(quantized, logits, features, batch=30, seed=1)
    weights = [weight for layer in quantized.layers for weight in layer.weights]
    found = {weight.name: float(weight.numpy()) for weight in weights if weight.shape.rank == 0}
    seen = np.asarray(logits(features.astype(np.float32) / 255))
    # of single batches, whose extremes are a little less than those of all
    assert seen.max() > 6
    assert found["quant_digits/post_activation_max:0"] == pytest.approx(seen.max(), rel=0.3)
    assert found["quant_digits/post_activation_min:0"] == pytest.approx(seen.min(), rel=0.3)
    assert found["quant_hidden_1/post_activation_min:0"] == 0
    assert found["quantize_layer/quantize_layer_max:0"] == pytest.approx(1, abs=0.01)
