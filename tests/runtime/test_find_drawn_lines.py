"""Lines that touch digits (under a number, round a cell) go, and what only looks like a line in a digit stays."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from digitreader.find.by_rules import strokes_in as find_digits
from digitreader.find.by_rules.drawn_lines import MOST_WIDE, without_drawn_lines
from digitreader.find.by_rules.marks import marks_of
from digitreader.find.by_rules.settings import FindSettings
from digitreader.find.by_rules.straight import level_lines
from digitreader.find.by_rules.threshold import Mask
from digitreader.values import GrayImage

FOOT = 120
"""The row on which the digits stand."""
PLACES = (60, 100, 140)


def bare() -> Mask:
    return np.zeros((220, 400), np.uint8)


def with_digit(mask: Mask, x: int) -> Mask:
    """A 9 whose leg ends on the line."""
    cv2.ellipse(mask, (x, FOOT - 30), (9, 10), 0, 0, 360, (255,), 3)
    cv2.line(mask, (x + 9, FOOT - 30), (x + 5, FOOT), (255,), 3)
    return mask


def digits() -> Mask:
    mask = bare()
    for x in PLACES:
        with_digit(mask, x)
    return mask


def line(*, left: int = 45, right: int = 165, fall: int = 0) -> Mask:
    return np.asarray(cv2.line(bare(), (left, FOOT), (right, FOOT + fall), (255,), 3), np.uint8)


def cells() -> Mask:
    mask = bare()
    for x in PLACES:
        cv2.rectangle(mask, (x - 20, FOOT - 60), (x + 20, FOOT), (255,), 2)
    return mask


def lineless(mask: Mask) -> Mask:
    marks, labels = marks_of(mask, FindSettings())
    return without_drawn_lines(mask, marks, labels)


def left_of(mask: Mask, ink: Mask) -> float:
    """The share of the ink that is left in the mask."""
    return np.count_nonzero(mask & ink) / np.count_nonzero(ink)


@pytest.mark.parametrize("fall", [-4, 0, 4])
def test_a_line_under_a_number_goes_and_the_digits_on_it_stay(fall: int) -> None:
    line_px = line(fall=fall)
    left = lineless(line_px | digits())
    assert left_of(left, digits()) > 0.95
    assert left_of(left, line_px & ~np.asarray(cv2.dilate(digits(), np.ones((9, 9), np.uint8)), np.uint8)) < 0.05


def test_the_cells_that_digits_touch_go_where_others_show_how_high_a_digit_is() -> None:
    written = digits()
    for x in (220, 260, 300):
        with_digit(written, x)
    left = lineless(cells() | written)
    assert left_of(left, written) > 0.95
    assert left_of(left, cells() & ~np.asarray(cv2.dilate(written, np.ones((9, 9), np.uint8)), np.uint8)) < 0.1


def test_a_page_without_lines_is_left_as_it_is() -> None:
    mask = digits()
    assert lineless(mask) is mask


def test_the_foot_of_a_digit_is_no_line() -> None:
    mask = digits() | line(left=85, right=120)
    assert lineless(mask) is mask


def test_digits_that_touch_one_another_are_no_line() -> None:
    mask = bare()
    for x in (60, 77, 94):
        with_digit(mask, x)
    assert lineless(mask) is mask


def test_among_specks_a_digit_is_not_taken_for_a_line() -> None:
    mask = digits()
    mask[10:200:24, 200:390:12] = 255
    mask = np.asarray(cv2.dilate(mask, np.ones((5, 5), np.uint8)), np.uint8)
    assert lineless(mask) is mask


def test_the_mask_is_left_as_it_was() -> None:
    mask = line() | digits()
    before = mask.copy()
    lineless(mask)
    np.testing.assert_array_equal(mask, before)


def test_a_line_goes_on_under_the_strokes_at_its_ends() -> None:
    mask = line(left=40, right=170)
    cv2.ellipse(mask, (160, FOOT - 10), (18, 14), 0, 0, 360, (255,), 9)
    thin = np.where(np.arange(400) < 130, line(left=40, right=170), 0).astype(np.uint8)
    (found,) = level_lines(thin, mask, least_px=60, run_px=12, gap_px=40, thickest_px=6)
    assert found.points[-1, 0] > 160


def test_underlined_digits_are_found_one_by_one() -> None:
    page: GrayImage = np.asarray(230 - 0.7 * (line() | digits()), np.uint8)
    found = [candidate.box for candidate in find_digits(page)]
    assert [round((box.x + box.width / 2) / 10) * 10 for box in found] == list(PLACES)


@pytest.mark.parametrize(("count", "taken"), [(MOST_WIDE, True), (MOST_WIDE + 1, False)])
def test_more_marks_with_lines_than_a_page_has_are_the_grain_of_wood_and_stay(count: int, *, taken: bool) -> None:
    mask = np.tile((line() | digits())[FOOT - 50 : FOOT + 12], (count, 1))
    marks, labels = marks_of(mask, FindSettings())
    assert len(marks) == count
    assert (without_drawn_lines(mask, marks, labels) is not mask) == taken
