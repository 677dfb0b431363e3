"""The threshold: the least harm on photographed digits, and what happens where there are too few."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from digitreader.drawing import write_glyph
from digitreader.model.accept import evidence_of
from digitreader_export.acceptance import choose_rule, keeping, least_harmful
from digitreader_export.photographed import LEAST_DIGITS, Photographed, photograph_validation
from digitreader_train.digits import LabelledGlyphs
from digitreader_train.practice import NO_DIGIT


def evidence_for(digits: list[int], surest: list[float]) -> npt.NDArray[np.float64]:
    rows = np.zeros((len(digits), 10))
    rows[np.arange(len(digits)), digits] = surest
    return rows


def labels(*truth: int) -> npt.NDArray[np.uint8]:
    return np.array(truth, np.uint8)


def test_an_invented_digit_outweighs_one_that_is_left_out() -> None:
    evidence = evidence_for([3, 4, 7], [0.9, 0.4, 0.5])
    assert least_harmful(evidence, labels(3, 4, NO_DIGIT)) == pytest.approx(0.51)


def test_two_digits_are_worth_an_invented_one() -> None:
    evidence = evidence_for([3, 4, 5, 7], [0.9, 0.4, 0.45, 0.5])
    # at 0.2 one is invented, at 0.51 two are left out: as bad, and the lower is taken
    assert least_harmful(evidence, labels(3, 4, 5, NO_DIGIT)) == pytest.approx(0.2)


def test_where_more_silence_does_hardly_less_harm_digits_are_read() -> None:
    evidence = evidence_for([3] * 100 + [7] * 52, [0.4] * 100 + [0.3] * 52)
    truth = labels(*[3] * 100, *[NO_DIGIT] * 52)
    # at 0.2 the harm is 104, at 0.41 it is 100
    assert least_harmful(evidence, truth) == pytest.approx(0.31)
    evidence[100:, 7] = 0.45
    assert least_harmful(evidence, truth) == pytest.approx(0.2)


def test_a_misread_digit_is_better_left_out() -> None:
    evidence = evidence_for([3, 1], [0.9, 0.6])
    assert least_harmful(evidence, labels(3, 7)) == pytest.approx(0.61)


def test_without_photographs_nearly_all_digits_pass() -> None:
    evidence = evidence_for([1] * 200, [*np.linspace(0.3, 0.9, 200)])
    assert (evidence.max(axis=1) >= keeping(evidence)).mean() >= 0.99
    assert (evidence.max(axis=1) >= keeping(evidence) + 0.02).mean() < 0.99


def test_a_rule_takes_its_threshold_from_the_photographs_where_there_are_some() -> None:
    rng = np.random.default_rng(3)
    digits = rng.integers(10, size=400).astype(np.uint8)
    activations = np.full((400, 10), 0.001, np.float32)
    activations[np.arange(400), digits] = rng.uniform(0.6, 0.99, 400)
    dark = np.full((50, 10), 1e-4, np.float32)
    seen = np.concatenate([activations, 0.9 * activations]), np.concatenate([digits, np.full(400, NO_DIGIT, np.uint8)])
    chosen, without = choose_rule(activations, digits, dark, seen), choose_rule(activations, digits, dark)
    assert chosen.threshold == least_harmful(evidence_of(seen[0], chosen), seen[1])
    assert chosen.threshold > without.threshold
    assert (chosen.temperature, chosen.none) == (without.temperature, without.none)


def test_too_few_photographs_are_not_enough_to_choose_on() -> None:
    few = Photographed(np.zeros((LEAST_DIGITS, 28, 28), np.uint8), np.zeros(LEAST_DIGITS, np.uint8))
    assert few.is_enough()
    few.labels[0] = NO_DIGIT
    assert not few.is_enough()


def test_validation_digits_are_photographed_the_same_each_time(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    images = np.zeros((10, 28, 28), np.uint8)
    for digit, image in enumerate(images):
        ink = write_glyph(digit, rng, height_px=18)[:24, :24]
        image[2 : 2 + ink.shape[0], 2 : 2 + ink.shape[1]] = ink
    digits = LabelledGlyphs(images, images, np.arange(10, dtype=np.uint8))
    one, other = (photograph_validation(digits, tmp_path / place) for place in ("one", "other"))
    np.testing.assert_array_equal(one.glyphs, other.glyphs)
    np.testing.assert_array_equal(one.labels, other.labels)
    assert len(set(one.labels.tolist()) - {NO_DIGIT}) > 5
