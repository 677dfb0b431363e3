"""The teacher learns from the practice, and the small network learns what it believes."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from digitreader.measure.data import DataPlace
from digitreader_train.batches import targets_of
from digitreader_train.digits import TrainingDigits, load_training_digits
from digitreader_train.practice import NO_DIGIT, Practice
from digitreader_train.recipes import RECIPES, in_short
from digitreader_train.run_folder import load_run
from digitreader_train.teacher import lesson, taught
from digitreader_train.train import TrainSettings, train


@pytest.fixture(scope="module")
def digits(drawn_place: DataPlace) -> TrainingDigits:
    return load_training_digits(drawn_place, limit=600)


@pytest.fixture(scope="module")
def practice(digits: TrainingDigits) -> Practice:
    blots = np.random.default_rng(3).integers(0, 256, (100, 28, 28), dtype=np.uint8)
    glyphs = np.concatenate([digits.train.glyphs, blots])
    return Practice(glyphs, np.concatenate([digits.train.labels, np.full(100, NO_DIGIT, np.uint8)]))


@pytest.fixture(scope="module")
def lesson_of(practice: Practice, digits: TrainingDigits, tmp_path_factory: pytest.TempPathFactory) -> Practice:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lesson, "BATCH", 10)  # a few hundred glyphs make no epoch of large batches
        return taught(practice, digits.validation, tmp_path_factory.mktemp("cache"))


def test_a_teacher_believes_what_it_was_shown(lesson_of: Practice) -> None:
    assert lesson_of.beliefs is not None
    assert lesson_of.beliefs.shape == (700, 11)
    np.testing.assert_allclose(lesson_of.beliefs.astype(np.float32).sum(axis=1), 1, atol=0.01)  # float16
    right = lesson_of.beliefs.argmax(axis=1) == lesson_of.labels
    assert right.mean() > 0.6  # one of eleven by chance


def test_the_same_lesson_is_taken_from_the_cache(
    practice: Practice, digits: TrainingDigits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = Practice(practice.glyphs[:50], practice.labels[:50])
    first = taught(few, digits.validation, tmp_path)
    monkeypatch.setattr(lesson, "_teach", lambda *_: pytest.fail("taught again"))
    again = taught(few, digits.validation, tmp_path)
    assert first.beliefs is not None
    assert again.beliefs is not None
    np.testing.assert_array_equal(first.beliefs, again.beliefs)


def test_targets_are_labels_and_beliefs_as_far_as_the_teacher_is_trusted() -> None:
    beliefs = np.zeros((2, 11), np.float16)
    beliefs[0, [3, 8]], beliefs[1, [7, NO_DIGIT]] = (0.75, 0.25), (0.5, 0.5)
    practice = Practice(np.zeros((2, 28, 28), np.uint8), np.array([3, NO_DIGIT], np.uint8), beliefs)
    targets = targets_of(practice, trust=0.5)
    np.testing.assert_allclose(targets[0, [3, 8]], [0.875, 0.125])
    np.testing.assert_allclose(targets[1, 7], 0.25)
    np.testing.assert_allclose(targets.sum(axis=1), [1, 0.25])
    np.testing.assert_array_equal(targets_of(practice, trust=0), np.eye(11, 10)[[3, 10]])


def test_a_recipe_with_everything_in_it_trains(drawn_place: DataPlace, tmp_path: Path) -> None:
    whole = dataclasses.replace(
        in_short(RECIPES["tiny"]),
        epochs=1,
        wild=0.5,
        hands=0.5,
        camera=0.5,
        negatives=0.5,
        letters=1.0,
        typefaces=0.05,
        teacher=0.7,
    )
    train(TrainSettings(whole, drawn_place, tmp_path / "run", limit=60), say=lambda _: None)
    assert load_run(tmp_path / "run").record.recipe == whole
