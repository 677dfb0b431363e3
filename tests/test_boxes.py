"""Boxes that touch, hold others, grow and move."""

from __future__ import annotations

import pytest

from digitreader.values import Box, around, cut_to, grown, shifted, touch

BOX = Box(10, 20, 30, 40)


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (Box(39, 59, 5, 5), True),
        (Box(40, 20, 5, 5), False),  # the next pixel to the right
        (Box(10, 60, 5, 5), False),
        (Box(0, 0, 100, 100), True),
        (Box(20, 30, 0, 0), False),  # a box without pixels shares none
    ],
)
def test_boxes_touch_where_they_share_a_pixel(other: Box, expected: bool) -> None:
    assert touch(BOX, other) is touch(other, BOX) is expected


def test_the_box_around_boxes_holds_them_and_no_more() -> None:
    assert around(BOX) == BOX
    assert around(BOX, Box(5, 50, 4, 30), Box(0, 30, 1, 1)) == Box(0, 20, 40, 60)


def test_a_box_grows_at_both_sides_and_is_cut_to_its_picture() -> None:
    assert grown(BOX, 12, 3) == Box(-2, 17, 54, 46)
    assert cut_to(Box(-2, 17, 54, 46), (50, 60)) == Box(0, 17, 50, 43)
    assert cut_to(Box(70, 5, 10, 10), (50, 60)) == Box(70, 5, 0, 10)


def test_a_box_is_shifted() -> None:
    assert shifted(BOX, -3, 7) == Box(7, 27, 30, 40)
