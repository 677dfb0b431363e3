from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from digitreader.drawing import write_glyph
from digitreader.errors import DataError
from digitreader.measure.data import DataPlace
from digitreader.model.glyph.normalise import normalise_glyph
from digitreader.values import Box, Ink, Reading
from digitreader.web.board import SeenDigit
from digitreader.web.corrections import Corrections
from digitreader_train.curriculum import practice_for
from digitreader_train.digits import load_training_digits
from digitreader_train.practice.extra import TIMES, read_extra
from digitreader_train.practice.task import NO_DIGIT
from digitreader_train.recipes import RECIPES, in_short


def ink_of(digit: int) -> Ink:
    return write_glyph(digit, np.random.default_rng(digit))


@pytest.fixture
def corrections(tmp_path: Path) -> Corrections:
    """A 4 that was read as a 9, and a letter that was read as a 1."""
    kept = Corrections(tmp_path / "corrections")
    for digit, read, truth in ((4, 9, 4), (1, 1, None)):
        ink = ink_of(digit)
        kept.keep(SeenDigit(Reading(Box(0, 0, 9, 9), read, 0.6), ink, ink), truth, model="small")
    return kept


def test_corrections_are_read_with_their_truth_and_normalised(corrections: Corrections) -> None:
    practice = read_extra(corrections.folder).practice
    assert practice.labels.tolist() == [4, NO_DIGIT]
    np.testing.assert_array_equal(practice.glyphs[0], normalise_glyph(ink_of(4)))


def test_each_correction_is_practised_many_times(corrections: Corrections, drawn_place: DataPlace) -> None:
    recipe = dataclasses.replace(in_short(RECIPES["tiny"]), variants=0.0, negatives=0.0)
    digits = load_training_digits(drawn_place, limit=60)
    plain = practice_for(recipe, digits, drawn_place)
    more = practice_for(recipe, digits, drawn_place, extra=read_extra(corrections.folder).repeated())
    assert len(more) == len(plain) + 2 * TIMES
    assert (more.labels[len(plain) :] == 4).sum() == TIMES


def test_other_corrections_have_another_name(corrections: Corrections) -> None:
    before = read_extra(corrections.folder).sha256
    corrections.remove(corrections.all()[1].id)
    assert read_extra(corrections.folder).sha256 != before


def test_a_folder_without_corrections_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no manifest"):
        read_extra(tmp_path)


def test_a_correction_whose_ink_is_missing_is_refused(corrections: Corrections) -> None:
    next(corrections.folder.glob("*-ink.png")).unlink()
    with pytest.raises(DataError, match="missing or damaged"):
        read_extra(corrections.folder)


def test_lines_of_the_manifest_that_cannot_be_meant_are_left_out(corrections: Corrections) -> None:
    manifest = corrections.folder / "manifest.jsonl"
    first = json.loads(manifest.read_text(encoding="utf-8").splitlines()[0])
    bad = [{**first, "truth": 12}, {**first, "id": "../../x"}, {"id": first["id"]}, []]
    with manifest.open("a", encoding="utf-8") as file:
        file.writelines(f"{json.dumps(each)}\n" for each in bad)
    assert len(read_extra(corrections.folder).practice) == 2
