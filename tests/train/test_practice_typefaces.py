"""Letters of typefaces: which are practised on as no digits, how they are drawn, and that they stand on sheets."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from digitreader.drawing import write_glyph
from digitreader.measure.data import DataPlace
from digitreader_train.digits import TrainingDigits, load_training_digits
from digitreader_train.practice import NO_DIGIT, lines
from digitreader_train.practice import practice as module
from digitreader_train.practice.practice import practice_parts
from digitreader_train.practice.typefaces import LETTER_PX, NARROWEST, SIDE_PX, Images, is_practised, print_letters
from digitreader_train.recipes import RECIPES

ONLY_TYPEFACES = dataclasses.replace(
    RECIPES["tiny"],
    variants=0,
    wild=0,
    hands=0,
    camera=0,
    negatives=0,
    letters=0,
    scenes=0,
    printed=0,
    teacher=0,
    typefaces=2,
)


@pytest.fixture
def digits(drawn_place: DataPlace) -> TrainingDigits:
    return load_training_digits(drawn_place, limit=60)


@pytest.mark.parametrize("letter", ["K", "w", "Ж", "א", "Ա", "ᐃ", "ⵣ"])
def test_letters_of_many_scripts_are_practised(letter: str) -> None:
    assert is_practised(ord(letter))


@pytest.mark.parametrize("sign", ["O", "o", "S", "Z", "l", "I", "b", "q", "З", "Ч", "б"])
def test_letters_that_others_write_as_digits_are_not(sign: str) -> None:
    assert not is_practised(ord(sign))


@pytest.mark.parametrize("sign", ["8", "٣", "+", "É", "β", "字", "\n"])
def test_digits_signs_accents_and_the_scripts_kept_to_test_on_are_not(sign: str) -> None:
    assert not is_practised(ord(sign))


def test_a_letter_is_in_the_middle_of_its_image_and_no_bar() -> None:
    letters = print_letters()
    assert letters.shape[1:] == (SIDE_PX, SIDE_PX)
    assert len(letters) > 1000
    rows = np.asarray(letters.any(axis=2))
    high, wide = rows.sum(axis=1), letters.any(axis=1).sum(axis=1)
    assert np.maximum(high, wide).max() <= LETTER_PX
    assert (np.minimum(high, wide) >= np.floor(NARROWEST * LETTER_PX) - 1).all()
    above, below = rows.argmax(axis=1), rows[:, ::-1].argmax(axis=1)
    # a faint edge row of a serif may round away on one side
    assert np.abs(above.astype(int) - below).max() <= 3


def test_a_recipe_says_how_often_each_letter_is_practised(
    digits: TrainingDigits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = print_letters()[::100]
    monkeypatch.setattr(module, "print_letters", lambda: few)
    monkeypatch.setattr(module, "FULL_SET", len(digits.train))  # of a smaller set there would be fewer letters
    parts = practice_parts(ONLY_TYPEFACES, digits.train, DataPlace(None, tmp_path))
    assert set(parts) == {"digits", "typefaces"}
    assert len(parts["typefaces"]) == 2 * len(few)
    assert (parts["typefaces"].labels == NO_DIGIT).all()


@pytest.mark.parametrize("foreign", [0.0, 1.0])
def test_after_a_digit_on_a_sheet_stands_a_mark_or_a_foreign_letter(
    foreign: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "MARK_SHARES", (1.0,))
    monkeypatch.setattr(lines, "FOREIGN_SHARE", foreign)
    asked: list[int] = []

    def letters() -> Images:
        asked.append(1)
        return print_letters()

    monkeypatch.setattr(lines, "print_letters", letters)
    rng = np.random.default_rng(4)
    images = np.stack([np.pad(write_glyph(digit, rng, height_px=18)[:24, :24], 2)[:28, :28] for digit in (3, 7)])
    writing = lines.write_lines(images, np.array([3, 7], np.uint8), 1, rng, digit_px=40.0)
    assert len(writing.digits) == 2
    assert len(asked) == 2 * foreign
