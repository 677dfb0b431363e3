"""A zigzag across a digit is taken out, and strokes of digits are not."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from digitreader.data.cleaning.cheapest_path import cheapest_path
from digitreader.data.cleaning.waves import drop_wave
from digitreader.values import Ink

STROKES = {
    "1": [(15, 5), (13, 22)],
    "2": [(8, 7), (16, 5), (18, 9), (8, 21), (20, 21)],
    "7": [(7, 6), (20, 6), (12, 22)],
}


def digit(name: str, *, pen_px: int = 3) -> Ink:
    ink = np.zeros((28, 28), np.uint8)
    cv2.polylines(ink, [np.array(STROKES[name], np.int32)], False, (255,), pen_px, cv2.LINE_AA)
    return ink


def zigzag(*, row: int, tooth_px: int = 4, rise: int = 0) -> Ink:
    ink = np.zeros((28, 28), np.uint8)
    x = np.arange(2, 27, tooth_px)
    y = row + np.where(np.arange(len(x)) % 2 == 0, 2, -2) + np.rint(np.linspace(0, rise, len(x))).astype(int)
    cv2.polylines(ink, [np.stack([x, y], axis=1).astype(np.int32)], False, (255,), 1, cv2.LINE_AA)
    return ink


def inked(ink: Ink) -> int:
    return int(np.count_nonzero(ink > 100))


@pytest.mark.parametrize("name", STROKES)
@pytest.mark.parametrize(("row", "rise"), [(12, 0), (13, 4), (3, 0)])
def test_a_zigzag_goes_and_the_digit_stays(name: str, row: int, rise: int) -> None:
    ink, line = digit(name), zigzag(row=row, rise=rise)
    cleaned = drop_wave(np.maximum(ink, line))
    assert inked(np.where(ink < 20, cleaned, 0)) < 0.2 * inked(np.where(ink < 20, line, 0))
    assert inked(np.where(ink > 200, cleaned, 0)) > 0.9 * inked(np.where(ink > 200, ink, 0))


@pytest.mark.parametrize("name", STROKES)
def test_a_digit_that_fills_its_image_is_no_wave(name: str) -> None:
    x, y, width, height = cv2.boundingRect(digit(name))
    tight = np.asarray(cv2.resize(digit(name)[y : y + height, x : x + width], (28, 28)), np.uint8)
    assert drop_wave(tight) is tight


def test_a_straight_bar_from_side_to_side_is_no_wave() -> None:
    ink = digit("1")
    ink[14:16, 2:26] = 255
    assert drop_wave(ink) is ink


def test_a_large_image_is_left_alone() -> None:
    large = np.asarray(cv2.resize(np.maximum(digit("1"), zigzag(row=14)), (112, 112)), np.uint8)
    assert drop_wave(large) is large


def test_the_cheapest_path_goes_where_it_costs_nothing() -> None:
    costs = np.ones((7, 6))
    rows = [0, 2, 4, 3, 5, 6]
    costs[rows, np.arange(6)] = 0
    assert cheapest_path(costs).tolist() == rows


def test_a_wide_slanting_digit_is_no_wave() -> None:
    ink = np.zeros((28, 28), np.uint8)
    corners = [(3, 18), (9, 8), (12, 19), (18, 7), (25, 9)]
    cv2.polylines(ink, [np.array(corners, np.int32)], False, (255,), 2, cv2.LINE_AA)
    assert drop_wave(ink) is ink
