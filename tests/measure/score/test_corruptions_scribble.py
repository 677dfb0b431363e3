"""Corruptions by another pen: where the lines go and how strong they are."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from digitreader.measure.score.corruption_kinds import dotted_line, line_ink, teeth, zigzag
from digitreader.values import GrayImage

Draw = Callable[[int], GrayImage]
BLANK = np.zeros((28, 28), np.uint8)


def generator(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def many(spoil: Callable[..., GrayImage], image: GrayImage, count: int = 20) -> list[GrayImage]:
    return [spoil(image, generator(seed)) for seed in range(count)]


def test_dotted_line_is_of_dots_and_gaps_two_columns_wide_from_edge_to_edge() -> None:
    dots = [2, 3, 6, 7, 10, 11, 14, 15, 18, 19, 22, 23, 26]
    for dotted in many(dotted_line, BLANK):
        assert np.flatnonzero(dotted.any(axis=0)).tolist() == dots


def test_dotted_line_is_straight() -> None:
    for dotted in many(dotted_line, BLANK):
        columns = np.flatnonzero(dotted.any(axis=0))
        rows = dotted[:, columns].argmax(axis=0)
        straight = np.polyval(np.polyfit(columns, rows, 1), columns)
        assert np.abs(rows - straight).max() < 1.0  # the brightest pixel is half a row off at most, the fit as well


@pytest.mark.parametrize("spoil", [dotted_line, zigzag])
def test_lines_only_add_ink(spoil: Callable[..., GrayImage], digit_image: Draw) -> None:
    image = digit_image(1)
    for drawn in many(spoil, image, 5):
        assert (drawn >= image).all()
        assert (drawn > image).any()


@pytest.mark.parametrize("begin_x", [1.0, 1.6])
def test_a_line_is_full_ink_in_its_row_and_fainter_in_the_next(begin_x: float) -> None:
    ink = line_ink((7, 6), np.array([(begin_x, 3.0), (4.0, 3.0)]))
    assert ink[:, 2] == pytest.approx([0, 0, 0.429, 1, 0.429, 0, 0], abs=0.001)
    assert np.flatnonzero(ink.any(axis=0)).tolist() == [1, 2, 3]


def test_a_slanting_line_goes_through_its_corners() -> None:
    ink = line_ink((7, 7), np.array([(0.0, 1.0), (2.0, 5.0), (6.0, 1.0)]))
    assert ink.argmax(axis=0)[:6].tolist() == [1, 3, 5, 4, 3, 2]


def test_an_upright_piece_of_a_line_is_left_out() -> None:
    upright = line_ink((7, 7), np.array([(0.0, 1.0), (3.0, 1.0), (3.0, 5.0), (6.0, 5.0)]))
    assert upright.argmax(axis=0)[:6].tolist() == [1, 1, 1, 5, 5, 5]
    assert upright.max() == 1.0


def test_a_zigzag_turns_every_four_pixels_two_off_its_middle_line() -> None:
    corners = teeth(23.0, tooth_px=4.0, reach_px=2.0)
    turns = [(2, 2), (6, -2), (10, 2), (14, -2), (18, 2), (22, -2)]
    assert corners == pytest.approx(np.array([(0, 0), *turns, (23, -1 / 3)]))


@pytest.mark.parametrize("length_px", [1.0, 2.0, 22.0, 22.1])
def test_a_zigzag_of_any_length_begins_and_ends_at_it(length_px: float) -> None:
    x = teeth(length_px, tooth_px=4.0, reach_px=2.0)[:, 0]
    assert (x[0], x[-1]) == (0.0, length_px)
    assert (np.diff(x) > 0).all()


def test_zigzag_goes_from_the_third_column_to_the_third_last() -> None:
    inner = [drawn for drawn in many(zigzag, BLANK, 60) if 9 <= first_row(drawn) <= 18]
    assert len(inner) > 10
    for drawn in inner:
        columns = np.flatnonzero(drawn.any(axis=0))
        assert columns[0] == 2
        assert columns[-1] == pytest.approx(24, abs=1)
        assert len(columns) == columns[-1] - 1  # no column between is empty
    first_turn = [int(drawn[:, 4].argmax()) - first_row(drawn) for drawn in inner]
    assert np.mean(first_turn) == pytest.approx(2, abs=0.5)  # the turn lies up to half a column aside


def test_zigzag_begins_in_any_row_but_the_last() -> None:
    assert {first_row(drawn) for drawn in many(zigzag, BLANK, 300)} == set(range(27))


def test_zigzag_ends_up_to_five_rows_higher_or_four_lower() -> None:
    toothless = [zigzag(BLANK, generator(seed), reach_px=0.0) for seed in range(200)]
    inner = [drawn for drawn in toothless if 5 <= first_row(drawn) <= 22]
    assert {int(drawn[:, 24].argmax()) - first_row(drawn) for drawn in inner} == set(range(-5, 5))


def first_row(drawn: GrayImage) -> int:
    return int(drawn[:, 2].argmax())
