"""Edit distance: what was missed, added and misread."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitreader.measure.edit_distance import Step, align, digits_of, errors_between

TEXTS = st.text("0123456789", max_size=12)


@pytest.mark.parametrize(
    ("truth", "read", "errors"),
    [
        ("", "", 0),
        ("123", "123", 0),
        ("123", "", 3),
        ("", "47", 2),
        ("123", "13", 1),
        ("123", "1293", 1),
        ("123", "193", 1),
        ("12345", "23456", 2),
        ("19674899", "196748", 2),
    ],
)
def test_missed_added_and_misread_digits_are_one_error_each(truth: str, read: str, errors: int) -> None:
    assert errors_between(truth, read) == errors


def test_a_misread_digit_stands_beside_what_was_read() -> None:
    assert align("123", "193") == [Step("1", "1"), Step("2", "9"), Step("3", "3")]


def test_a_missed_digit_stands_beside_nothing() -> None:
    assert align("123", "13") == [Step("1", "1"), Step("2", ""), Step("3", "3")]


def test_an_invented_digit_stands_beside_nothing() -> None:
    assert align("13", "173") == [Step("1", "1"), Step("", "7"), Step("3", "3")]


def test_digits_beside_nothing_at_all() -> None:
    assert align("", "7") == [Step("", "7")]
    assert align("7", "") == [Step("7", "")]


@given(TEXTS, TEXTS)
def test_both_texts_stand_in_the_alignment_and_its_errors_are_the_least(truth: str, read: str) -> None:
    steps = align(truth, read)
    assert "".join(step.truth for step in steps) == truth
    assert "".join(step.read for step in steps) == read
    assert sum(not step.right for step in steps) == errors_between(truth, read)


@given(TEXTS, TEXTS)
def test_errors_are_the_same_in_both_directions(truth: str, read: str) -> None:
    assert errors_between(truth, read) == errors_between(read, truth)


def test_only_digits_count() -> None:
    assert digits_of("12 34\n5?²x") == "12345"
