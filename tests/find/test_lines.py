"""The finder's fifth step: marks stand in lines, and lines fall into groups."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitreader.find.lines import Boxes, groups_of, lay_out, link_neighbours, merge_levels, turn

Rectangle = tuple[int, int, int, int]


def boxes_of(*boxes: Rectangle) -> Boxes:
    return np.array(boxes, np.int32).reshape(-1, 4)


def row_of(count: int, *, top: int, left: int = 50, pitch: int = 50, tilt_deg: float = 0.0) -> list[Rectangle]:
    """Boxes 28x40 in a line that falls to the right by `tilt_deg` about the origin."""
    cos, sin = math.cos(math.radians(tilt_deg)), math.sin(math.radians(tilt_deg))
    places = [(left + pitch * i, top) for i in range(count)]
    return [(round(x * cos - y * sin) + 300, round(x * sin + y * cos), 28, 40) for x, y in places]


def test_a_line_is_read_from_left_to_right() -> None:
    assert lay_out(boxes_of((200, 10, 28, 40), (50, 12, 28, 40), (120, 9, 28, 40))).lines == ((1, 2, 0),)


def test_lines_are_read_from_top_to_bottom() -> None:
    boxes = boxes_of(*row_of(3, top=200), *row_of(4, top=100))
    assert lay_out(boxes).lines == ((3, 4, 5, 6), (0, 1, 2))


@pytest.mark.parametrize("tilt_deg", [-20.0, -10.0, 0.0, 10.0, 20.0])
def test_tilted_lines_stay_lines_and_their_tilt_is_measured(tilt_deg: float) -> None:
    boxes = boxes_of(*row_of(6, top=200, tilt_deg=tilt_deg), *row_of(6, top=270, tilt_deg=tilt_deg))
    layout = lay_out(boxes)
    assert layout.lines == (tuple(range(6)), tuple(range(6, 12)))
    # places are whole pixels: half a pixel in a pitch of 50 is half a degree
    assert math.degrees(layout.tilt_rad) == pytest.approx(tilt_deg, abs=1.0)


def test_digits_that_dance_about_the_line_stay_in_it() -> None:
    dance = [0, 5, -4, 3, -5, 2]
    boxes = [
        (x, y + step, width, height) for (x, y, width, height), step in zip(row_of(6, top=100), dance, strict=True)
    ]
    assert lay_out(boxes_of(*boxes)).lines == (tuple(range(6)),)


def test_a_small_digit_stays_in_the_line_of_large_ones() -> None:
    assert lay_out(boxes_of((50, 100, 28, 40), (90, 116, 16, 24), (120, 98, 28, 44))).lines == ((0, 1, 2),)


def test_the_digit_after_a_low_comma_stands_in_the_line_of_the_digit_before_it() -> None:
    digits_and_comma = ((50, 100, 28, 40), (90, 100, 28, 40), (124, 128, 10, 18), (140, 94, 28, 40))
    assert lay_out(boxes_of(*digits_and_comma)).lines == ((0, 1, 2, 3),)


@pytest.mark.parametrize("tilt_deg", [-10.0, 0.0, 10.0])
def test_columns_of_a_table_make_common_lines(tilt_deg: float) -> None:
    left = [*row_of(3, top=100, tilt_deg=tilt_deg), *row_of(3, top=180, tilt_deg=tilt_deg)]
    right = [
        *row_of(3, top=102, left=500, tilt_deg=tilt_deg),
        *row_of(3, top=182, left=500, tilt_deg=tilt_deg),
    ]
    assert lay_out(boxes_of(*left, *right)).lines == ((0, 1, 2, 6, 7, 8), (3, 4, 5, 9, 10, 11))


def test_a_single_mark_is_a_level_line() -> None:
    layout = lay_out(boxes_of((5, 5, 10, 20)))
    assert (layout.lines, layout.tilt_rad) == (((0,),), 0.0)


def test_two_numbers_over_one_another_are_two_lines() -> None:
    assert lay_out(boxes_of((50, 50, 28, 40), (52, 110, 28, 40))).lines == ((0,), (1,))


def test_no_marks_make_no_lines() -> None:
    layout = lay_out(boxes_of())
    assert (layout.lines, layout.tilt_rad) == ((), 0.0)


def test_points_are_turned_from_right_to_down() -> None:
    turned = turn(np.array([[2.0, 0.0], [0.0, 3.0]]), math.radians(90))
    np.testing.assert_allclose(turned, [[0, 2], [-3, 0]], atol=1e-12)


SAGGING = [(0, 0), (50, 12), (100, 24), (150, 36), (400, 40), (450, 52), (500, 64)]
"""The middles of two columns whose levels agree only where they face each other."""


@pytest.mark.parametrize("mirrored", [False, True])
def test_columns_are_of_one_line_if_the_ends_that_face_each_other_are_level(mirrored: bool) -> None:
    level = np.array([(600 - x if mirrored else x, y) for x, y in SAGGING], np.float64)
    assert merge_levels(level, np.full(7, 40.0), [[0, 1, 2, 3], [4, 5, 6]]) == [[0, 1, 2, 3, 4, 5, 6]]
    apart = level + np.array([[0, 0]] * 4 + [[0, 20]] * 3)
    assert merge_levels(apart, np.full(7, 40.0), [[4, 5, 6], [0, 1, 2, 3]]) == [[0, 1, 2, 3], [4, 5, 6]]


@pytest.mark.parametrize(
    ("place", "is_next"),
    [((159, 0), True), ((161, 0), False), ((50, 19), True), ((50, -19), True), ((50, 21), False), ((50, -21), False)],
)
def test_a_box_follows_its_left_neighbour_that_is_near_and_level(place: tuple[int, int], is_next: bool) -> None:
    level = np.array([(0, 0), place], np.float64)
    assert link_neighbours(level, np.full(2, 40.0)) == ([[0, 1]] if is_next else [[0], [1]])


def test_of_two_left_neighbours_the_one_at_its_level_is_followed() -> None:
    level = np.array([(0, 0), (20, 25), (70, 3)], np.float64)
    assert link_neighbours(level, np.full(3, 40.0)) == [[0, 2], [1]]
    nearer = np.array([(0, 0), (20, 25), (70, 18)], np.float64)
    assert link_neighbours(nearer, np.full(3, 40.0)) == [[0], [1, 2]]


@settings(deadline=None, derandomize=True)
@given(
    st.lists(st.tuples(st.integers(0, 900), st.integers(0, 700), st.integers(1, 90), st.integers(1, 120)), max_size=25)
)
def test_every_mark_stands_in_exactly_one_line(boxes: list[Rectangle]) -> None:
    layout = lay_out(boxes_of(*boxes))
    assert sorted(index for line in layout.lines for index in line) == list(range(len(boxes)))
    assert all(layout.lines)


def test_a_wide_gap_parts_two_groups() -> None:
    assert groups_of(boxes_of(*row_of(3, top=0), *row_of(2, top=0, left=300))) == [0, 0, 0, 1, 1]


def test_two_wide_gaps_part_three_groups() -> None:
    rows = [*row_of(3, top=0), *row_of(3, top=0, left=320), *row_of(3, top=0, left=600)]
    assert groups_of(boxes_of(*rows)) == [0, 0, 0, 1, 1, 1, 2, 2, 2]


def test_writing_that_is_wide_throughout_is_one_group() -> None:
    assert groups_of(boxes_of(*row_of(5, top=0, pitch=90))) == [0] * 5


def test_close_writing_has_no_groups_though_one_gap_is_thrice_the_others() -> None:
    assert groups_of(boxes_of((0, 0, 28, 40), (30, 0, 28, 40), (64, 0, 28, 40), (94, 0, 28, 40))) == [0] * 4


def test_marks_that_overlap_are_one_group() -> None:
    assert groups_of(boxes_of((0, 0, 100, 40), (20, 0, 28, 40), (90, 0, 28, 40))) == [0, 0, 0]


@pytest.mark.parametrize("count", [0, 1])
def test_less_than_two_marks_have_no_gap(count: int) -> None:
    assert groups_of(boxes_of(*row_of(count, top=0))) == [0] * count
