"""Pieces of lines that fade in and out, beside writing that such lines cross."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from digitreader.find.by_rules.continuation import BAR, Dark, is_bar, is_piece_of_line, lines_beside, lines_through
from digitreader.find.by_rules.threshold import Mask

REACH = 12


def blank(height: int = 40, width: int = 30) -> Mask:
    return np.zeros((height, width), np.uint8)


def seven() -> Mask:
    ink = blank()
    cv2.polylines(ink, [np.array([[2, 3], [27, 3], [10, 38]], np.int32)], False, (1,), 3)
    return ink


def surroundings(own: Mask, *, levels: tuple[int, ...] = (), uprights: tuple[int, ...] = ()) -> Dark:
    """What is dark round a mark: itself, and lines two pixels wide at these rows and columns of the mark."""
    dark = np.pad(own.astype(bool), REACH)
    for row in levels:
        dark[REACH + row : REACH + row + 2] = True
    for column in uprights:
        dark[:, REACH + column : REACH + column + 2] = True
    return dark


def band_with_a_line(span: int) -> Dark:
    """The rows of a mark this wide, with a line to its left."""
    band = np.zeros((40, REACH + span), bool)
    band[20, :REACH] = True
    return band


def is_piece(own: Mask, dark: Dark) -> bool:
    return is_piece_of_line(own, dark, (REACH, REACH))


def test_a_digit_that_rules_cross_is_no_piece_of_them() -> None:
    assert not is_piece(seven(), surroundings(seven(), levels=(10, 30), uprights=(6,)))


def test_a_digit_alone_is_no_piece() -> None:
    assert not is_piece(seven(), surroundings(seven()))


def test_a_crossing_of_two_rules_is_a_piece_of_them() -> None:
    crossing = blank()
    crossing[20:22] = crossing[:, 15:17] = 1
    assert is_piece(crossing, surroundings(crossing, levels=(20,), uprights=(15,)))


def test_a_plus_that_no_line_runs_on_from_is_no_piece() -> None:
    plus = blank()
    plus[20:22] = plus[:, 15:17] = 1
    assert not is_piece(plus, surroundings(plus))


@pytest.mark.parametrize("dx", [0, 4, 9])
def test_a_bar_that_darkness_goes_on_from_is_a_piece_however_it_leans(dx: int) -> None:
    own, dark = blank(), np.zeros((40 + 2 * REACH, 30 + 2 * REACH), np.uint8)
    cv2.line(own, (15 - dx, 0), (15 + dx, 39), (1,), 3)
    cv2.line(dark, (15 - dx + REACH, REACH), (15 + dx + REACH, REACH + 39), (1,), 3)
    assert not is_piece(own, dark.astype(bool))
    step = round(2 * dx * REACH / 39)
    cv2.line(dark, (15 + dx + REACH, REACH + 39), (15 + dx + REACH + step, 2 * REACH + 39), (1,), 3)
    assert is_piece(own, dark.astype(bool))


def test_a_1_that_stands_on_a_rule_is_no_piece_of_it() -> None:
    one = blank()
    one[:, 14:17] = 1
    assert not is_piece(one, surroundings(one, levels=(38,)))


def test_the_pixels_on_lines_that_go_on_are_told() -> None:
    through = lines_through(surroundings(blank(), levels=(10,)), (REACH, REACH), (40, 30))
    assert through is not None
    assert through[10:12].all()
    assert not through[:6].any()
    assert not through[16:].any()


@pytest.mark.parametrize(("span", "rows"), [(10, range(18, 23)), (100, range(12, 29))])
def test_a_line_may_fall_a_little_on_its_way_across(span: int, rows: range) -> None:
    beside = lines_beside(band_with_a_line(span), REACH, span)
    assert beside is not None
    assert np.flatnonzero(beside).tolist() == list(rows)


def test_a_dark_speck_beside_a_mark_is_no_line() -> None:
    band = band_with_a_line(30)
    band[:, 4:REACH] = False
    assert lines_beside(band, REACH, 30) is None


def test_a_mark_with_nothing_dark_beside_it_is_on_no_line() -> None:
    assert lines_through(surroundings(seven()), (REACH, REACH), (40, 30)) is None


@pytest.mark.parametrize("width", range(1, 16))
def test_a_bar_is_told_by_its_two_variances(width: int) -> None:
    bar = blank()
    cv2.line(bar, (6, 4), (20, 36), (1,), width)
    narrow, wide = np.linalg.eigvalsh(np.cov(np.nonzero(bar)))
    assert is_bar(bar) == (narrow <= BAR**2 * wide)


def test_a_mark_at_the_images_edge_has_nothing_beside_it() -> None:
    assert not is_piece_of_line(seven(), seven().astype(bool), (0, 0))
