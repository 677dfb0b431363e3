"""Causes: what became of a digit, from its true box, the boxes found and the readings accepted."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from digitreader.drawing import DigitBox
from digitreader.measure.score.causes import outcomes_of
from digitreader.values import Box, Reading

Read = Callable[..., Reading]

SEVEN = DigitBox(7, Box(100, 100, 30, 50), 0)
EIGHT = DigitBox(8, Box(140, 100, 30, 50), 0)
ONE = DigitBox(1, Box(180, 100, 6, 50), 0)


def causes(truth: list[DigitBox], readings: list[Reading], found: list[Box] | None = None) -> list[str]:
    boxes = [reading.box for reading in readings] + (found or [])
    return [outcome.cause for outcome in outcomes_of(truth, readings, boxes)]


def test_a_digit_that_is_read_as_it_is_is_right(reading: Read) -> None:
    assert causes([SEVEN], [reading(7, 101, 99, 30, 50)]) == ["right"]


def test_a_thin_one_is_right_though_its_box_is_half_as_wide(reading: Read) -> None:
    assert causes([ONE], [reading(1, 182, 100, 3, 50)]) == ["right"]


def test_a_thin_one_is_rejected_though_its_box_is_half_as_wide() -> None:
    assert causes([ONE], [], [Box(182, 100, 3, 50)]) == ["rejected"]


def test_the_right_digit_in_a_loose_box_is_right(reading: Read) -> None:
    assert causes([SEVEN], [reading(7, 90, 90, 50, 66)]) == ["right"]


def test_a_digit_in_one_loose_box_of_its_own_is_misread(reading: Read) -> None:
    assert causes([SEVEN], [reading(1, 100, 100, 30, 33)]) == ["misread"]


def test_a_digit_read_as_another_is_misread(reading: Read) -> None:
    outcome = outcomes_of([SEVEN], [reading(1, 100, 100, 30, 50)], [Box(100, 100, 30, 50)])[0]
    assert (outcome.cause, outcome.truth, outcome.box) == ("misread", 7, SEVEN.box)
    assert outcome.reading is not None
    assert outcome.reading.digit == 1


def test_a_digit_that_was_found_and_not_accepted_is_rejected() -> None:
    assert causes([SEVEN], [], [Box(101, 101, 30, 49)]) == ["rejected"]


@pytest.mark.parametrize("found", [[], [Box(300, 100, 30, 50)], [Box(112, 120, 4, 4)]])
def test_a_digit_without_a_box_or_with_a_speck_in_it_is_not_found(found: list[Box]) -> None:
    assert causes([SEVEN], [], found) == ["not found"]


def test_one_box_round_two_digits_is_cut_wrongly_for_both(reading: Read) -> None:
    both = (100, 100, 70, 50)
    assert causes([SEVEN, EIGHT], [], [Box(*both)]) == ["cut wrongly", "cut wrongly"]
    assert causes([SEVEN, EIGHT], [reading(4, *both)]) == ["cut wrongly", "cut wrongly"]


def test_two_digits_in_one_box_are_cut_wrongly_though_one_fills_most_of_it(reading: Read) -> None:
    beside = DigitBox(1, Box(172, 100, 6, 50), 0)
    assert causes([EIGHT, beside], [reading(3, 140, 100, 38, 50)]) == ["cut wrongly", "cut wrongly"]


@pytest.mark.parametrize("upper", [16, 22, 30])
def test_one_digit_in_two_boxes_is_cut_wrongly_whether_they_are_accepted_or_not(reading: Read, upper: int) -> None:
    halves = [(140, 100, 30, upper), (140, 102 + upper, 30, 48 - upper)]
    assert causes([EIGHT], [reading(0, *half) for half in halves]) == ["cut wrongly"]
    assert causes([EIGHT], [], [Box(*half) for half in halves]) == ["cut wrongly"]


def test_a_digit_of_which_only_a_part_was_found_is_cut_wrongly() -> None:
    assert causes([EIGHT], [], [Box(140, 124, 30, 20)]) == ["cut wrongly"]


def test_a_digit_whose_part_was_accepted_beside_its_rest_is_cut_wrongly(reading: Read) -> None:
    assert causes([EIGHT], [reading(0, 140, 120, 30, 30)], [Box(142, 100, 26, 18)]) == ["cut wrongly"]


def test_a_digit_in_a_box_far_too_large_is_cut_wrongly() -> None:
    assert causes([SEVEN], [], [Box(60, 90, 200, 70)]) == ["cut wrongly"]


def test_a_digit_read_right_with_a_second_reading_on_it_is_cut_wrongly(reading: Read) -> None:
    assert causes([SEVEN], [reading(7, 100, 100, 30, 50), reading(1, 104, 102, 20, 14)]) == ["cut wrongly"]


def test_what_is_read_where_no_digit_is_is_invented(reading: Read) -> None:
    outcomes = outcomes_of([SEVEN], [reading(7, 100, 100, 30, 50), reading(4, 300, 100, 30, 50)], [])
    assert [outcome.cause for outcome in outcomes] == ["right", "invented"]
    assert (outcomes[1].truth, outcomes[1].box) == (None, Box(300, 100, 30, 50))


def test_without_any_digit_all_is_invented(reading: Read) -> None:
    assert causes([], [reading(4), reading(1, 50, 50, 3, 20)]) == ["invented", "invented"]


def test_nothing_anywhere_is_nothing() -> None:
    assert causes([], []) == []


def test_a_mark_that_only_touches_a_digits_corner_is_invented(reading: Read) -> None:
    assert causes([SEVEN], [reading(7, 100, 100, 30, 50), reading(1, 126, 140, 8, 30)]) == ["right", "invented"]


def test_neighbours_are_not_taken_for_each_other(reading: Read) -> None:
    swapped = [reading(8, 140, 100, 30, 50), reading(7, 100, 100, 30, 50)]
    assert causes([SEVEN, EIGHT, ONE], swapped) == ["right", "right", "not found"]


def test_a_thin_digit_in_a_slanted_neighbours_box_is_not_found_rather_than_merged(reading: Read) -> None:
    slanted = DigitBox(7, Box(100, 100, 60, 50), 0)
    under_it = DigitBox(1, Box(150, 112, 6, 36), 0)
    assert causes([slanted, under_it], [reading(7, 100, 100, 60, 50)]) == ["right", "not found"]


def test_the_right_digit_is_taken_before_a_box_that_fits_better(reading: Read) -> None:
    tight, loose = reading(1, 100, 100, 30, 50), reading(7, 98, 96, 40, 60)
    outcomes = outcomes_of([SEVEN], [tight, loose], [])
    assert outcomes[0].cause == "cut wrongly"  # two readings on one digit
    assert len(outcomes) == 1
