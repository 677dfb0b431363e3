from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from digitreader.data import DataPlace
from digitreader.values import Ink
from digitreader_train.digits import LabelledGlyphs, load_training_digits
from digitreader_train.practice import NO_DIGIT, practice_for
from digitreader_train.practice import practice as module
from digitreader_train.practice.negatives import KINDS, draw_negative
from digitreader_train.practice.pens import Variety, trim, vary
from digitreader_train.recipes import RECIPES

RECIPE = dataclasses.replace(RECIPES["tiny"], variants=1, negatives=0.5)


@pytest.fixture
def digits(drawn_place: DataPlace) -> LabelledGlyphs:
    return load_training_digits(drawn_place, limit=60).train


@pytest.fixture
def bar() -> Ink:
    ink = np.zeros((28, 28), np.uint8)
    ink[4:24, 12:16] = 255
    return ink


def test_practice_is_the_digits_their_variants_and_what_is_no_digit(digits: LabelledGlyphs, tmp_path: Path) -> None:
    practice = practice_for(RECIPE, digits, tmp_path)
    assert len(practice) == len(practice.glyphs) == 60 + 60 + 30
    np.testing.assert_array_equal(practice.glyphs[:60], digits.glyphs)
    np.testing.assert_array_equal(practice.labels[:120], np.tile(digits.labels, 2))
    assert (practice.labels[120:] == NO_DIGIT).all()


def test_a_recipe_without_them_practises_the_digits_alone(digits: LabelledGlyphs, tmp_path: Path) -> None:
    plain = dataclasses.replace(RECIPE, variants=0, negatives=0.0)
    np.testing.assert_array_equal(practice_for(plain, digits, tmp_path).glyphs, digits.glyphs)


def test_practice_is_the_same_whether_drawn_or_taken_from_the_cache(
    digits: LabelledGlyphs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = practice_for(RECIPE, digits, tmp_path / "one")
    again = practice_for(RECIPE, digits, tmp_path / "two")
    monkeypatch.setattr(module, "_in_chunks", lambda *_: pytest.fail("drawn again"))
    cached = practice_for(RECIPE, digits, tmp_path / "one")
    np.testing.assert_array_equal(drawn.glyphs, again.glyphs)
    np.testing.assert_array_equal(drawn.glyphs, cached.glyphs)


def test_chunks_drawn_side_by_side_come_in_their_order(
    digits: LabelledGlyphs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHUNK", 20)
    practice = practice_for(RECIPE, digits, tmp_path)
    expected = module.vary_chunk(digits.images, [module.PRACTICE_SEED, 0], 40, 20)
    np.testing.assert_array_equal(practice.glyphs[100:120], expected)


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
    vary(bar, np.random.default_rng(1), Variety())
    np.testing.assert_array_equal(bar, before)


def test_even_a_speck_leaves_some_ink() -> None:
    speck = np.zeros((28, 28), np.uint8)
    speck[0, 0] = 40
    rng = np.random.default_rng(3)
    assert all(vary(speck, rng, Variety()).any() for _ in range(50))


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
