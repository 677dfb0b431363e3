"""The finder takes printed lines away and leaves the strokes that cross them."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest

from digitreader.find.by_rules.rules import CELL_PX, cells_of_ink, without_rules
from digitreader.find.by_rules.threshold import Mask

SHAPE = (240, 320)
RING = ((160, 120), (18, 26))


def bare() -> Mask:
    return np.zeros(SHAPE, np.uint8)


def ringed() -> Mask:
    """A 0 in the middle of the page."""
    mask = bare()
    cv2.ellipse(mask, *RING, 0, 0, 360, (255,), 5)
    return mask


def level_rule(row: int, *, tilt_deg: float = 0.0, thickness: int = 2) -> Mask:
    """A line right across the page, level but for its tilt about the middle."""
    mask, rise = bare(), round(160 * math.tan(math.radians(tilt_deg)))
    cv2.line(mask, (2, row - rise), (318, row + rise), (255,), thickness)
    return mask


def left_of(mask: Mask, ink: Mask) -> float:
    """The share of the ink that is left in the mask."""
    return np.count_nonzero(mask & ink) / np.count_nonzero(ink)


def test_a_page_without_rules_is_left_as_it_is() -> None:
    mask = ringed()
    assert without_rules(mask) is mask


@pytest.mark.parametrize("tilt_deg", [-4.0, -1.0, 0.0, 2.0, 4.0])
def test_a_rule_goes_and_the_stroke_that_crosses_it_stays(tilt_deg: float) -> None:
    rule = level_rule(120, tilt_deg=tilt_deg)
    clean = without_rules(rule | ringed())
    assert left_of(clean, ringed()) > 0.97
    assert left_of(clean, rule & ~ringed()) < 0.05


def test_an_upright_rule_goes_as_a_level_one_does() -> None:
    rule = bare()
    rule[2:238, 160:162] = 255
    clean = without_rules(rule | ringed())
    assert left_of(clean, ringed()) > 0.97
    assert left_of(clean, rule & ~ringed()) < 0.05


def test_squared_paper_leaves_the_digit_alone() -> None:
    grid = bare()
    grid[10:230:20, 2:318] = grid[2:238, 10:310:20] = 255
    thick = np.asarray(cv2.dilate(ringed(), np.ones((3, 3), np.uint8)), np.uint8)
    clean = without_rules(grid | ringed())
    assert left_of(clean, ringed()) > 0.9  # what lies along a rule for a while cannot be told from it
    assert left_of(clean, grid & ~thick) < 0.05


def test_a_rule_with_gaps_goes_whole() -> None:
    rule = level_rule(60)
    rule[:, 100:106] = rule[:, 200:206] = 0
    assert left_of(without_rules(rule | ringed()), rule) < 0.05


def test_a_rule_on_which_digits_stand_goes_from_between_them() -> None:
    rule, digits = level_rule(120), bare()
    for x in range(30, 300, 44):
        cv2.ellipse(digits, (x, 103), (8, 16), 0, 0, 360, (255,), 5)
    clean = without_rules(rule | digits)
    assert left_of(clean, digits) > 0.97
    assert left_of(clean, rule & ~np.asarray(cv2.dilate(digits, np.ones((7, 7), np.uint8)), np.uint8)) < 0.05


def test_a_shorter_piece_of_a_rule_goes_where_the_page_is_ruled() -> None:
    piece = bare()
    piece[150:152, 200:300] = 255
    assert left_of(without_rules(level_rule(60) | piece), piece) < 0.05
    assert left_of(without_rules(piece), piece) == 1


def test_a_rule_that_bends_with_the_paper_goes() -> None:
    rule = bare()
    columns = np.arange(4, 316)
    rows = np.round(60 + 8 * ((columns - 160) / 156) ** 2).astype(int)
    rule[rows, columns] = rule[rows + 1, columns] = 255
    assert left_of(without_rules(rule), rule) < 0.05


@pytest.mark.parametrize("length", [20, 50, 80])
def test_the_strokes_of_a_digit_are_no_rules(length: int) -> None:
    mask = bare()
    mask[180:183, 100 : 100 + length] = 255
    mask[60 : 60 + length, 50:53] = 255
    np.testing.assert_array_equal(without_rules(mask), mask)


def test_a_long_wave_is_no_rule() -> None:
    columns = np.arange(3, 317)
    rows = np.round(120 + 10 * np.sin(2 * np.pi * columns / 310)).astype(int)
    wave = bare()
    for thick in range(3):
        wave[rows + thick, columns] = 255
    np.testing.assert_array_equal(without_rules(wave), wave)


def test_a_desk_beside_the_sheet_stays_but_for_its_rim() -> None:
    desk = bare()
    desk[200:] = 255
    clean = without_rules(ringed() | desk)
    assert left_of(clean, ringed()) == 1
    assert left_of(clean, desk) > 0.9


def test_the_mask_is_left_as_it_was() -> None:
    mask = level_rule(120) | ringed()
    before = mask.copy()
    without_rules(mask)
    np.testing.assert_array_equal(mask, before)


@pytest.mark.parametrize("share", [0.02, 0.5, 1.0])
@pytest.mark.parametrize("shape", [(1, 1), (1, 400), (400, 1), (2, 30_000), (3, 900), (13, 13)])
def test_images_of_odd_form_do_no_harm(shape: tuple[int, int], share: float) -> None:
    ink = np.random.default_rng(0).random(shape) < share
    assert without_rules(np.where(ink, 255, 0).astype(np.uint8)).shape == shape


@pytest.mark.parametrize("size_wh", [(16, 8), (12, 4)])
def test_one_pixel_of_ink_is_seen_wherever_in_its_cell_it_lies(size_wh: tuple[int, int]) -> None:
    width, height = size_wh
    for place in range(width * height):
        ink = np.zeros((height, width), np.uint8)
        ink.ravel()[place] = 255
        row, column = divmod(place, width)
        seen = np.zeros((height // CELL_PX, width // CELL_PX), np.uint8)
        seen[row // CELL_PX, column // CELL_PX] = 255
        np.testing.assert_array_equal(cells_of_ink(ink), seen)


@pytest.mark.parametrize("size_wh", [(13, 9), (3, 2), (1, 1)])
def test_a_picture_that_is_no_whole_number_of_cells_has_cells_too(size_wh: tuple[int, int]) -> None:
    width, height = size_wh
    cells = cells_of_ink(np.full((height, width), 255, np.uint8))
    assert cells.shape == (max(1, height // CELL_PX), max(1, width // CELL_PX))
    assert cells.min() == 255
