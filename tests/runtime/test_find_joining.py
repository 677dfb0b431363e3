"""The finder's fourth step: pieces of one broken digit become one mark."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from digitreader.find.by_rules.joining import join_broken_strokes, usual_height
from digitreader.find.by_rules.marks import Boxes, Marks

Rectangle = tuple[int, int, int, int]

THREE: Rectangle = (10, 100, 26, 40)
BODY_OF_5: Rectangle = (60, 110, 24, 30)
BAR_OF_5: Rectangle = (64, 101, 24, 5)
SEVEN: Rectangle = (110, 100, 25, 41)


def boxes_of(*boxes: Rectangle) -> Boxes:
    return np.array(boxes, np.int32).reshape(-1, 4)


def marks_with(*boxes: Rectangle) -> Marks:
    rows = boxes_of(*boxes)
    return Marks(rows, rows[:, 2] * rows[:, 3], tuple((label,) for label in range(1, len(boxes) + 1)))


def joined(*boxes: Rectangle) -> set[tuple[int, ...]]:
    return {tuple(box) for box in join_broken_strokes(marks_with(*boxes)).boxes.tolist()}


def test_the_bar_of_a_5_is_joined_to_its_body() -> None:
    assert joined(THREE, BODY_OF_5, BAR_OF_5, SEVEN) == {THREE, (60, 101, 28, 39), SEVEN}


def test_joined_marks_keep_all_their_labels_and_their_area() -> None:
    marks = join_broken_strokes(marks_with(THREE, BODY_OF_5, BAR_OF_5))
    five = marks.boxes[:, 0].tolist().index(60)
    assert sorted(marks.members[five]) == [2, 3]
    assert marks.areas[five] == 24 * 30 + 24 * 5


def test_an_8_in_three_pieces_becomes_one_mark() -> None:
    assert joined(THREE, (60, 100, 24, 11), (62, 114, 20, 11), (60, 128, 25, 12)) == {THREE, (60, 100, 25, 40)}


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_the_order_of_the_marks_does_not_matter(order: tuple[int, ...]) -> None:
    boxes = (THREE, BODY_OF_5, BAR_OF_5, SEVEN)
    assert joined(*(boxes[index] for index in order)) == joined(*boxes)


def test_a_piece_that_was_joined_is_not_joined_again_to_what_the_whole_is_too_tall_for() -> None:
    below = (60, 126, 24, 16)
    assert joined(THREE, SEVEN, (60, 80, 24, 20), (60, 102, 24, 20), below) == {THREE, SEVEN, (60, 80, 24, 42), below}


def test_neighbours_in_a_line_stay_apart() -> None:
    assert joined(THREE, (38, 100, 24, 40), (64, 101, 25, 39)) == {THREE, (38, 100, 24, 40), (64, 101, 25, 39)}


def test_digits_of_two_close_lines_stay_apart() -> None:
    assert joined(THREE, (11, 145, 25, 40)) == {THREE, (11, 145, 25, 40)}


def test_the_dashes_of_an_equals_sign_stay_apart() -> None:
    signs = (60, 112, 30, 5), (61, 119, 30, 5)
    assert joined(THREE, *signs) == {THREE, *signs}


def test_a_speck_under_a_digit_is_not_joined_to_it() -> None:
    assert joined(THREE, (20, 142, 3, 3)) == {THREE, (20, 142, 3, 3)}


def test_a_bar_that_stands_too_far_above_stays_alone() -> None:
    assert joined(THREE, BODY_OF_5, (64, 92, 24, 5), SEVEN) == {THREE, BODY_OF_5, (64, 92, 24, 5), SEVEN}


@pytest.mark.parametrize("boxes", [(), (THREE,)])
def test_less_than_two_marks_are_left_as_they_are(boxes: tuple[Rectangle, ...]) -> None:
    assert joined(*boxes) == set(boxes)


def test_a_crowd_of_specks_does_not_lower_the_usual_height() -> None:
    digits = [(50 * i, 100, 25, height) for i, height in enumerate((38, 40, 42))]
    specks = [(10 * i, 10, 3, 3) for i in range(12)]
    assert usual_height(boxes_of(*digits, *specks)) == pytest.approx(40, abs=2)


def test_no_marks_have_no_usual_height() -> None:
    assert usual_height(boxes_of()) == 0.0
