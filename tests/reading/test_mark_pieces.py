"""Which pieces of writing belong to a line, and which are one mark."""

from __future__ import annotations

import numpy as np
import pytest

from digitreader.find.finder import MarkCandidate
from digitreader.reading.mark_features import LineItem
from digitreader.reading.marks import (
    NO_LINE,
    groups_with_marks,
    items_in_lines,
    joined_pieces,
    lines_of,
    words_in,
)
from digitreader.values import Box, Ink, Mark, Reading


def digit(x: int, *, y: int = 0, evidence: float = 0.99, ink: Ink | None = None) -> LineItem:
    """A digit 30 pixels wide and 40 high."""
    box = Box(x, y, 30, 40)
    shown = np.full((40, 30), 255, np.uint8) if ink is None else ink
    return LineItem(box, shown, Reading(box, 8, evidence, evidence=evidence), 0.9)


def piece(x: int, y: int, width: int, height: int) -> MarkCandidate:
    return MarkCandidate(Box(x, y, width, height), np.full((height, width), 255, np.uint8))


@pytest.mark.parametrize(
    ("box", "belongs"),
    [
        ((93, 20, 4, 4), True),  # 1.6 heights beside the digit
        ((95, 20, 4, 4), False),
        ((-67, 20, 4, 4), True),
        ((-69, 20, 4, 4), False),
        ((35, 47, 4, 6), True),  # its middle 0.75 heights below the digit's
        ((35, 48, 4, 6), False),
        ((35, -13, 4, 6), True),
        ((35, -14, 4, 6), False),
        ((35, -24, 4, 88), True),  # 2.2 times as high
        ((35, -24, 4, 89), False),
        ((35, 20, 1, 1), False),  # a speck
        ((35, 20, 2, 1), True),
        ((35, 20, 1, 2), True),
    ],
)
def test_a_piece_belongs_to_a_line_if_it_is_near_a_digit_of_it_and_of_a_fit_size(
    box: tuple[int, int, int, int], belongs: bool
) -> None:
    assert lines_of([piece(*box)], [digit(0)], np.array([3])).tolist() == [3 if belongs else NO_LINE]


def test_of_two_lines_the_nearest_one_counts_across_and_down_together() -> None:
    kept, lines = [digit(0), digit(60, y=46)], np.array([0, 1])
    assert lines_of([piece(35, 30, 4, 4), piece(50, 60, 4, 4)], kept, lines).tolist() == [0, 1]


def test_a_piece_beside_what_stands_in_no_line_is_in_none() -> None:
    assert lines_of([piece(35, 20, 4, 4)], [digit(0)], np.array([NO_LINE])).tolist() == [NO_LINE]
    assert lines_of([], [digit(0)], np.array([0])).tolist() == []
    assert lines_of([piece(35, 20, 4, 4)], [], np.zeros(0, np.int64)).tolist() == [NO_LINE]


@pytest.mark.parametrize(("x", "belongs"), [(24, False), (26, True)])
def test_a_piece_that_lies_for_more_than_half_in_a_digit_is_of_its_ink(x: int, belongs: bool) -> None:
    assert (lines_of([piece(x, 10, 10, 20)], [digit(0)], np.array([0]))[0] == 0) == belongs


def test_a_small_piece_where_a_digit_has_no_ink_is_a_mark() -> None:
    bar = np.zeros((44, 34), np.uint8)
    bar[2:12, 2:32] = bar[2:42, 22:32] = 255  # the ink of a 7 in its box, with a margin of two pixels
    seven = digit(0, ink=bar)
    told = lines_of([piece(4, 24, 8, 12), piece(22, 24, 8, 12), piece(4, 12, 8, 15)], [seven], np.array([0]))
    assert told.tolist() == [0, NO_LINE, NO_LINE]  # under the bar; on the stem; too large


def test_a_piece_on_a_digit_one_pixel_wide_is_of_its_ink() -> None:
    thin = np.zeros((44, 34), np.uint8)
    thin[2:42, 17] = 255
    assert lines_of([piece(10, 10, 8, 8)], [digit(0, ink=thin)], np.array([0])).tolist() == [NO_LINE]


@pytest.mark.parametrize(
    ("other", "are_one"),
    [
        ((50, 34, 8, 6), True),  # a gap of 24 pixels, 0.6 heights
        ((50, 35, 8, 6), False),
        ((54, 30, 8, 6), True),  # half of it stands over the other
        ((55, 30, 8, 6), False),
        ((50, 30, 8, 20), True),
        ((50, 30, 8, 21), False),  # no dot
        ((50, 9, 8, 6), False),  # they overlap
        ((52, 20, 2, 2), True),  # all of the narrower one
    ],
)
def test_two_low_pieces_over_each_other_are_one_mark(other: tuple[int, int, int, int], are_one: bool) -> None:
    assert len(joined_pieces([piece(50, 4, 8, 6), piece(*other)], 40)) == (1 if are_one else 2)
    assert len(joined_pieces([piece(*other), piece(50, 4, 8, 6)], 40)) == (1 if are_one else 2)


def test_a_mark_of_two_pieces_has_the_ink_of_both() -> None:
    (colon,) = joined_pieces([piece(50, 4, 6, 6), piece(52, 20, 6, 4)], 40)
    assert colon.box == Box(50, 4, 8, 20)
    expected = np.zeros((21, 9), np.uint8)
    expected[:6, :6] = expected[16:20, 2:8] = 255
    np.testing.assert_array_equal(colon.ink, expected)


def test_the_second_piece_is_in_the_scale_of_the_first() -> None:
    half = MarkCandidate(Box(50, 4, 6, 6), np.full((3, 3), 255, np.uint8))
    lower = MarkCandidate(Box(52, 20, 6, 4), np.full((2, 3), 255, np.uint8))
    (colon,) = joined_pieces([half, lower], 40)
    expected = np.zeros((11, 5), np.uint8)
    expected[:3, :3] = expected[8:10, 1:4] = 255
    np.testing.assert_array_equal(colon.ink, expected)


def test_pieces_come_from_left_to_right_and_each_once() -> None:
    told = joined_pieces([piece(90, 4, 6, 6), piece(50, 4, 6, 6), piece(50, 20, 6, 6), piece(10, 4, 6, 6)], 40)
    assert [each.box.x for each in told] == [10, 50, 90]


@pytest.mark.parametrize(("gap", "count"), [(32, 1), (33, 2)])
def test_letters_less_than_eight_tenths_of_a_height_apart_are_one_word(gap: int, count: int) -> None:
    letters = [Mark("?", Box(0, 0, 20, 30), 0.9), Mark("?", Box(20 + gap, 0, 20, 40), 0.8)]
    assert len(words_in(letters)) == count


def test_things_of_a_line_stand_from_left_to_right_by_their_middles() -> None:
    kept = [digit(0), digit(60), digit(120, evidence=0.2), digit(0, y=200, evidence=0.2)]
    ((line, things),) = items_in_lines(
        kept, [[0, 1, 2], [3]], [piece(40, 20, 6, 6), piece(95, 0, 4, 40)], threshold=0.5
    )
    assert line == 0
    assert [number for _, number in things] == [0, None, 1, None, 2]
    assert [each.box.x for each, _ in things] == [0, 40, 60, 95, 120]


def test_a_mark_begins_a_group_at_the_first_box_behind_its_middle() -> None:
    boxes = [Box(0, 0, 30, 40), Box(40, 0, 30, 40), Box(110, 0, 30, 40), Box(150, 0, 30, 40)]
    assert groups_with_marks([], boxes) == [0, 0, 0, 0]
    marks = [Mark("/", Box(85, 0, 10, 40)), Mark(".", Box(144, 30, 4, 4))]
    assert groups_with_marks(marks, boxes) == [0, 0, 1, 2]
    assert groups_with_marks([Mark("/", Box(50, 0, 8, 40))], boxes[:2]) == [0, 1]
