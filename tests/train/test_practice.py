from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from digitreader.measure.data import DataPlace
from digitreader.model.glyph.features import direction_maps
from digitreader.model.glyph.normalise import normalise_glyph
from digitreader.values import Ink
from digitreader_train.curriculum import practice_for
from digitreader_train.digits import LabelledGlyphs, TrainingDigits, load_training_digits
from digitreader_train.glyph_cache import Arrays
from digitreader_train.practice import NO_DIGIT
from digitreader_train.practice import drawing as module
from digitreader_train.practice.drawing import tasks_over
from digitreader_train.practice.negatives import KINDS, draw_negative, draw_negatives
from digitreader_train.practice.pens import WILD, Variety, coarsen, stray, trim, vary, vary_digits
from digitreader_train.practice.practice import PRACTICE_SEED, practice_parts
from digitreader_train.practice.task import Draw, Task
from digitreader_train.recipes import RECIPES, in_short

PLAIN = dataclasses.replace(
    RECIPES["tiny"],
    variants=0,
    wild=0,
    hands=0,
    camera=0,
    negatives=0,
    letters=0,
    typefaces=0,
    scenes=0,
    printed=0,
    digits=1,
    teacher=0,
    epochs=1,
)  # fmt: skip
RECIPE = dataclasses.replace(PLAIN, variants=1, negatives=0.5)


@pytest.fixture
def digits(drawn_place: DataPlace) -> TrainingDigits:
    return load_training_digits(drawn_place, limit=60)


@pytest.fixture
def place(tmp_path: Path) -> DataPlace:
    return DataPlace(None, tmp_path)


@pytest.fixture
def bar() -> Ink:
    ink = np.zeros((28, 28), np.uint8)
    ink[4:24, 12:16] = 255
    return ink


def test_practice_is_the_digits_their_variants_and_what_is_no_digit(digits: TrainingDigits, place: DataPlace) -> None:
    practice = practice_for(RECIPE, digits, place)
    assert len(practice) == len(practice.glyphs) == 60 + 60 + 30
    np.testing.assert_array_equal(practice.glyphs[:60], digits.train.glyphs)
    np.testing.assert_array_equal(practice.labels[:120], np.tile(digits.train.labels, 2))
    assert (practice.labels[120:] == NO_DIGIT).all()


def test_a_recipe_without_them_practises_the_digits_alone(digits: TrainingDigits, place: DataPlace) -> None:
    practice = practice_for(PLAIN, digits, place)
    np.testing.assert_array_equal(practice.glyphs, digits.train.glyphs)


def test_the_practice_is_as_the_network_is_shown_it(digits: TrainingDigits, place: DataPlace) -> None:
    practice = practice_for(dataclasses.replace(PLAIN, features="directions"), digits, place)
    np.testing.assert_array_equal(practice.glyphs, direction_maps(digits.train.glyphs))
    np.testing.assert_array_equal(practice.labels, digits.train.labels)


def test_a_recipe_may_repeat_the_digits_themselves(digits: TrainingDigits, place: DataPlace) -> None:
    practice = practice_for(dataclasses.replace(PLAIN, digits=3, variants=1), digits, place)
    assert len(practice) == 3 * 60 + 60
    np.testing.assert_array_equal(practice.glyphs[60:120], digits.train.glyphs)
    np.testing.assert_array_equal(practice.labels[:180], np.tile(digits.train.labels, 3))


def test_a_recipe_may_ask_for_more_than_one_of_each_or_less(digits: TrainingDigits, place: DataPlace) -> None:
    practice = practice_for(dataclasses.replace(PLAIN, wild=1.5, hands=0.25), digits, place)
    assert len(practice) == 60 + 90 + 15
    np.testing.assert_array_equal(practice.labels[60:150], np.tile(digits.train.labels, 2)[:90])


def test_practice_is_the_same_whether_drawn_or_taken_from_the_cache(
    digits: TrainingDigits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = practice_for(RECIPE, digits, DataPlace(None, tmp_path / "one"))
    again = practice_for(RECIPE, digits, DataPlace(None, tmp_path / "two"))
    monkeypatch.setattr(module, "_draw_all", lambda *_: pytest.fail("drawn again"))
    cached = practice_for(RECIPE, digits, DataPlace(None, tmp_path / "one"))
    np.testing.assert_array_equal(drawn.glyphs, again.glyphs)
    np.testing.assert_array_equal(drawn.glyphs, cached.glyphs)


def test_tasks_drawn_side_by_side_come_in_their_order(
    digits: TrainingDigits, place: DataPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHUNK", 20)
    practice = practice_for(RECIPE, digits, place)
    third = Task(digits.train.images[40:60], digits.train.labels[40:60], (PRACTICE_SEED, 0, 0, 40))
    np.testing.assert_array_equal(practice.glyphs[100:120], vary_digits(third).glyphs)


def test_every_task_has_a_seed_of_its_own(digits: TrainingDigits, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHUNK", 25)
    copies = list(tasks_over(digits.train.images, digits.train.labels, (3,), share=1.5))
    assert [[len(task.labels) for task in tasks] for tasks in copies] == [[25, 25, 10], [25, 5]]
    assert len({task.seed for tasks in copies for task in tasks}) == 5


def test_who_asks_for_more_finds_the_first_copies_in_the_cache(
    digits: TrainingDigits, place: DataPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    practice_for(dataclasses.replace(PLAIN, variants=2), digits, place)
    drawn: list[str] = []

    def draw(_: Draw, label: str, tasks: Sequence[Task]) -> Arrays:
        drawn.append(label)
        return {"glyphs": np.zeros((len(tasks[0].labels), 28, 28), np.uint8), "labels": tasks[0].labels}

    monkeypatch.setattr(module, "_draw_all", draw)
    practice_for(dataclasses.replace(PLAIN, variants=3), digits, place)
    assert drawn == ["variants 3"]


def test_a_variant_is_another_each_time_and_trimmed_to_its_ink(bar: Ink) -> None:
    rng = np.random.default_rng(8)
    first, second = (vary(bar, rng, Variety()) for _ in range(2))
    assert first.shape != second.shape or not np.array_equal(first, second)
    for ink in (first, second):
        assert ink[0].any()
        assert ink[-1].any()
        assert ink[:, 0].any()
        assert ink[:, -1].any()


def test_varying_leaves_the_image_as_it_was(bar: Ink) -> None:
    before = bar.copy()
    rng = np.random.default_rng(1)
    for _ in range(40):
        coarsen(stray(vary(bar, rng, WILD), rng), rng)
    np.testing.assert_array_equal(bar, before)


def test_an_image_of_twice_the_size_gives_variants_of_the_same_size(bar: Ink) -> None:
    double = np.kron(bar, np.ones((2, 2), np.uint8))
    still = Variety(turn_deg=0, stretch=0, slant=0, wave_px=0, pen_px=(0.6, 0.6), weight=(0.5, 0.5))
    small, large = (vary(image, np.random.default_rng(2), still) for image in (bar, double))
    assert np.abs(np.subtract(small.shape, large.shape)).max() <= 2  # the edge of a pixel at 28 and at 56


def test_even_a_speck_leaves_some_ink() -> None:
    speck = np.zeros((28, 28), np.uint8)
    speck[0, 0] = 40
    rng = np.random.default_rng(3)
    assert all(coarsen(stray(vary(speck, rng, WILD), rng), rng).any() for _ in range(50))


def test_coarse_ink_has_few_pixels_and_some_of_it_no_grey_edges(bar: Ink) -> None:
    large = np.asarray(np.kron(bar, np.ones((3, 3))), np.uint8)
    large[12:16, 36:39] = 90
    rng = np.random.default_rng(4)
    coarse = [ink for ink in (coarsen(trim(large), rng) for _ in range(200)) if max(ink.shape) <= 24]
    assert 30 < len(coarse) < 90  # three in ten
    assert any(np.isin(ink, (0, 255)).all() for ink in coarse)
    assert any(not np.isin(ink, (0, 255)).all() for ink in coarse)


def test_a_stray_line_only_adds_ink(bar: Ink) -> None:
    rng = np.random.default_rng(5)
    lined = [ink for ink in (stray(bar, rng) for _ in range(100)) if ink is not bar]
    assert 3 < len(lined) < 30  # twelve in a hundred
    assert all((ink[3:-3, 3:-3] >= bar).all() and ink.sum() > bar.sum(dtype=int) for ink in lined)


def test_empty_ink_is_trimmed_to_itself() -> None:
    assert trim(np.zeros((3, 4), np.uint8)).shape == (3, 4)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_negative_draws_ink(bar: Ink, kind: str) -> None:
    rng = np.random.default_rng(6)
    inks = [KINDS[kind].draw(rng, [trim(bar)]) for _ in range(20)]
    assert sum(ink.any() for ink in inks) > 15
    assert all(ink.dtype == np.uint8 and ink.ndim == 2 for ink in inks)


def test_a_negative_is_never_a_speck(bar: Ink) -> None:
    rng = np.random.default_rng(7)
    inks = [draw_negative(rng, [trim(bar)]) for _ in range(100)]
    assert all(np.count_nonzero(ink > 100) > 20 and min(ink.shape) >= 5 for ink in inks)


def test_the_shares_of_the_kinds_are_a_whole() -> None:
    assert sum(kind.share for kind in KINDS.values()) == pytest.approx(1)


def test_negatives_are_not_the_digits_that_they_are_made_of(digits: TrainingDigits) -> None:
    glyphs = np.stack([normalise_glyph(image) for image in digits.train.images]).astype(int)
    negatives = draw_negatives(Task(digits.train.images, digits.train.labels, (3, 0))).glyphs
    assert all(np.abs(glyphs - negative).mean(axis=(1, 2)).min() > 2 for negative in negatives)


def test_beside_few_digits_there_are_few_letters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    letters = np.zeros((100, 56, 56), np.uint8)
    letters[:, 10:46, 20:30] = 255
    monkeypatch.setattr("digitreader_train.practice.practice.print_letters", lambda: letters)
    looked = "the machine's typefaces were looked at for nothing"
    monkeypatch.setattr("digitreader_train.practice.practice.practised_typefaces", lambda: pytest.fail(looked))
    recipe = dataclasses.replace(in_short(RECIPES["tiny"]), variants=0.0, negatives=0.0, typefaces=15.0)
    glyphs = np.zeros((550, 28, 28), np.uint8)
    train = LabelledGlyphs(glyphs, glyphs, np.zeros(550, np.uint8))
    # 15 times each of 100 letters beside 55,000 digits, a hundredth of that here
    assert len(practice_parts(recipe, train, DataPlace(None, tmp_path))["typefaces"]) == 15
