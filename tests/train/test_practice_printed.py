"""Practice in print, on displays and on wheels: the truth comes along, and what is kept for the test is not shown."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from digitreader.drawing import MarkBox, Scene
from digitreader.values import Box, Candidate
from digitreader_train.practice import drawing as drawing_module
from digitreader_train.practice import practice as practice_module
from digitreader_train.practice.practice import printed_beside
from digitreader_train.practice.printed import cut_from_print, practised_typefaces, without_like_digits
from digitreader_train.practice.task import NO_DIGIT, Practice, Task


def practice_of(seed: int) -> Practice:
    nothing = np.zeros((60, 28, 28), np.uint8)
    return cut_from_print(Task(nothing, np.zeros(60, np.uint8), (seed,), practised_typefaces()))


def test_the_same_seed_gives_the_same_practice() -> None:
    one, other = practice_of(4), practice_of(4)
    np.testing.assert_array_equal(one.glyphs, other.glyphs)
    np.testing.assert_array_equal(one.labels, other.labels)
    assert np.count_nonzero(one.labels != NO_DIGIT) > 10


def test_no_typeface_that_is_kept_for_the_test_is_practised() -> None:
    assert practised_typefaces()
    assert not any(typeface.held_out for typeface in practised_typefaces())


@pytest.mark.parametrize(("sign", "kept"), [("o", 0), ("a", 1)])
def test_a_letter_that_looks_like_a_digit_is_no_practice(sign: str, kept: int) -> None:
    box = Box(10, 10, 20, 20)
    shown = Scene(np.zeros((60, 60, 3), np.uint8), (), "", (MarkBox(sign, box, 0),))
    candidates = [Candidate(box, np.full((20, 20), 255, np.uint8))]
    assert len(without_like_digits(candidates, shown)) == kept


def test_print_does_not_depend_on_the_digits_and_comes_from_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[int] = []

    def draw(task: Task) -> Practice:
        drawn.append(task.seed[-1])
        rng = task.rng
        glyphs = rng.integers(0, 256, (len(task.labels), 28, 28)).astype(np.uint8)
        return Practice(glyphs, rng.integers(0, 11, len(task.labels)).astype(np.uint8))

    monkeypatch.setattr(practice_module, "cut_from_print", draw)
    monkeypatch.setattr(practice_module, "practised_typefaces", tuple)
    monkeypatch.setattr(drawing_module, "_parallel", map)
    monkeypatch.setattr(drawing_module, "source_code", lambda _: b"")
    many = printed_beside(1300, tmp_path)
    assert drawn == list(range(0, 2000, 250))
    assert len(many) == 1300
    few = printed_beside(700, tmp_path)
    assert len(drawn) == 8, "all of it is in the cache"
    assert np.array_equal(few.glyphs, many.glyphs[:700])
    assert np.array_equal(few.labels, many.labels[:700])
    more = printed_beside(2001, tmp_path)
    assert drawn[8:] == list(range(2000, 4000, 250))
    assert np.array_equal(more.glyphs[:1300], many.glyphs)
