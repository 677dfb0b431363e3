"""Accept: ten activations become a digit with a confidence, or nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitreader.model.accept import AcceptanceRule, Verdict, accept, confidences_of, evidence_of
from digitreader.values import Activations

RULE = AcceptanceRule()


def activations(**lit: float) -> Activations:
    """One row, dark but for the neurons named: ``d7=0.9``."""
    row = np.full(10, 0.001, np.float32)
    for name, value in lit.items():
        row[int(name[1:])] = value
    return row


@pytest.mark.parametrize("digit", range(10))
def test_the_neuron_that_is_lit_alone_names_the_digit(digit: int) -> None:
    verdict = accept(activations(**{f"d{digit}": 0.99}), RULE)
    assert verdict is not None
    assert verdict.digit == digit
    assert verdict.confidence > 0.9


def test_ten_dark_neurons_are_no_digit() -> None:
    assert accept(activations(), RULE) is None


def test_two_neurons_alike_leave_none_sure() -> None:
    assert accept(activations(d4=0.99, d9=0.99), AcceptanceRule(threshold=0.55)) is None


def test_a_neuron_at_one_half_is_as_likely_a_digit_as_none() -> None:
    row = np.zeros((1, 10), np.float32)
    row[0, 3] = 0.5
    assert confidences_of(row, RULE)[0, 3] == pytest.approx(0.5)


def test_the_threshold_itself_is_enough() -> None:
    row = activations(d2=0.8)
    confidence = float(confidences_of(row[None], RULE).max())
    assert accept(row, AcceptanceRule(threshold=confidence)) == Verdict(2, confidence)
    assert accept(row, AcceptanceRule(threshold=confidence + 1e-6)) is None


def test_the_threshold_is_one_of_evidence_and_the_confidence_is_corrected() -> None:
    row, rule = activations(d2=0.3), AcceptanceRule(threshold=0.3, none=-3.0)
    evidence, confidence = (float(each(row[None], rule).max()) for each in (evidence_of, confidences_of))
    assert evidence < rule.threshold < confidence
    assert accept(row, rule) is None
    assert accept(row, AcceptanceRule(threshold=evidence, none=-3.0)) == Verdict(2, confidence)


def test_a_rule_without_correction_takes_the_evidence_for_the_confidence_to_the_bit() -> None:
    rows = np.random.default_rng(3).random((50, 10), np.float32)
    odds = (rows.astype(np.float64) / (1 - rows.astype(np.float64))) ** (1 / 1.3)
    for found in (evidence_of, confidences_of):
        np.testing.assert_array_equal(
            found(rows, AcceptanceRule(temperature=1.3)), odds / (1 + odds.sum(axis=-1, keepdims=True))
        )


def test_the_odds_of_no_digit_stand_beside_those_of_the_digits() -> None:
    row = np.zeros((1, 10), np.float32)
    row[0, 3] = 0.5
    assert confidences_of(row, AcceptanceRule(none=-2.0))[0, 3] == pytest.approx(1 / (1 + np.exp(-2)), abs=1e-6)
    assert evidence_of(row, AcceptanceRule(none=-2.0))[0, 3] == pytest.approx(0.5)


def test_a_high_temperature_makes_humbler() -> None:
    row = activations(d5=0.98)
    calm, plain, keen = (
        float(confidences_of(row[None], AcceptanceRule(temperature=heat))[0, 5]) for heat in (2.0, 1.0, 0.5)
    )
    assert calm < plain < keen


def test_neurons_lit_fully_and_not_at_all_give_numbers() -> None:
    confidences = confidences_of(np.eye(10, dtype=np.float32), RULE)
    assert np.isfinite(confidences).all()
    np.testing.assert_allclose(confidences, np.eye(10), atol=1e-6)


def test_each_glyph_is_judged_by_itself() -> None:
    rows = np.stack([activations(d1=0.9), activations(), activations(d8=0.7, d3=0.6)])
    together = confidences_of(rows, RULE)
    for row, found in zip(rows, together, strict=True):
        np.testing.assert_allclose(confidences_of(row[None], RULE)[0], found)


def test_no_glyphs_have_no_confidences() -> None:
    assert confidences_of(np.empty((0, 10), np.float32), RULE).shape == (0, 10)


@settings(deadline=None, derandomize=True)
@given(st.lists(st.floats(0.0, 1.0, width=32), min_size=10, max_size=10), st.floats(0.2, 5.0), st.floats(-20.0, 0.0))
def test_confidences_are_probabilities_in_the_order_of_the_neurons(row: list[float], heat: float, none: float) -> None:
    values, rule = np.array([row], np.float32), AcceptanceRule(temperature=heat, none=none)
    found = confidences_of(values, rule)[0]
    assert (found >= evidence_of(values, rule)[0]).all()
    assert found.sum() <= 1 + 1e-9
    assert found[int(values.argmax())] == found.max()
