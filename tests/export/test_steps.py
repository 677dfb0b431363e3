from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from digitreader.accept import confidences_of
from digitreader.errors import DataError
from digitreader_export.acceptance import choose_rule
from digitreader_export.calibration_set import choose_calibration_set
from digitreader_export.golden import draw_golden_inks
from digitreader_train.practice import NO_DIGIT, Practice


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


def test_a_model_that_is_too_sure_gets_a_temperature_above_1() -> None:
    activations, labels = overconfident(np.random.default_rng(1), count=400, right=0.9)
    rule = choose_rule(activations, labels)
    assert rule.temperature > 1.5
    surest = confidences_of(activations, rule).max(axis=1)
    # one temperature for ten logits cannot meet the share exactly
    assert surest.mean() == pytest.approx(0.9, abs=0.05)


def test_nearly_all_digits_pass_the_threshold() -> None:
    rng = np.random.default_rng(2)
    activations, labels = overconfident(rng, count=1_000, right=0.95)
    activations *= rng.uniform(0.2, 1.0, (1_000, 1)).astype(np.float32)
    rule = choose_rule(activations, labels)
    accepted = confidences_of(activations, rule).max(axis=1) >= rule.threshold
    assert accepted.mean() >= 0.99
