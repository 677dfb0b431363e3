"""Other writing than digits: pieces that may be marks, dots, and what is no digit at all."""

from __future__ import annotations

import math
from dataclasses import replace

import cv2
import numpy as np
import pytest

from digitreader.find.centres import Region, centres_of, share_ink
from digitreader.find.coarse_to_fine import ScaleDetections
from digitreader.find.finder import MOST, MarkCandidate, mark_candidates_in, others_in, straighten, with_dots
from digitreader.find.network_maps import NetworkMaps, strokes_in
from digitreader.values import Box, Ink

from .look_of import blank_look, put_digit

Place = tuple[int, int, int, int]
"""x, y, width and height in canvas pixels, even numbers."""


def seen(look: NetworkMaps, *, region: Region | None = None) -> ScaleDetections:
    height, width = (round(side / look.scale) for side in look.canvas.shape[:2])
    look = replace(look, strokes=strokes_in(look.digit_ink, look.any_ink))
    centres = centres_of(look)
    owners, every = share_ink(look, centres), np.ones(len(centres), bool)
    worth = centres[:, 4].astype(np.float64)
    return ScaleDetections(look, region or Region(0, 0, width, height), centres, owners, worth, every)


def with_writing(*places: Place, scale: float = 1.0, cells: tuple[int, int] = (60, 90)) -> NetworkMaps:
    """A look at a digit of 16x28 at (40, 32), and other writing."""
    look = blank_look(cells, scale=scale)
    put_digit(look, 40, 32, 16, 28)
    for x, y, width, height in places:
        look.any_ink[y // 2 : (y + height) // 2, x // 2 : (x + width) // 2] = 0.8
    return look


def pieces(*looks: ScaleDetections) -> list[Box]:
    return [each.box for each in mark_candidates_in(looks)]


def test_a_piece_has_its_box_in_the_picture_and_its_ink() -> None:
    half = seen(replace(with_writing((100, 40, 6, 8), scale=0.5), left=20, top=10))
    (piece,) = mark_candidates_in([half])
    assert piece.box == Box(160, 60, 12, 16)
    np.testing.assert_array_equal(piece.ink, np.full((4, 3), 204))


@pytest.mark.parametrize(
    ("place", "is_piece"),
    [((100, 40, 4, 2), True), ((100, 40, 2, 2), False), ((100, 40, 180, 4), True), ((100, 40, 182, 4), False),
     ((100, 40, 4, 180), True), ((100, 40, 4, 182), False)],
)  # fmt: skip
def test_a_piece_is_no_speck_and_not_much_larger_than_a_digit(place: Place, is_piece: bool) -> None:
    assert bool(pieces(seen(with_writing(place)))) == is_piece


def test_a_digit_is_no_piece() -> None:
    assert pieces(seen(with_writing())) == []


@pytest.mark.parametrize(("height", "is_piece"), [(14, True), (16, False)])
def test_what_a_digit_owns_is_a_piece_if_it_is_much_lower_than_digits(height: int, is_piece: bool) -> None:
    look = with_writing()
    put_digit(look, 100, 32, 12, height)
    assert bool(pieces(seen(look))) == is_piece  # 0.55 of 28 pixels


@pytest.mark.parametrize(("columns", "is_piece"), [(4, False), (7, True)])
def test_a_piece_is_a_digit_if_digits_own_most_of_it(columns: int, is_piece: bool) -> None:
    look = with_writing()
    look.any_ink[9:23, 24 : 24 + columns] = 0.8  # beside the digit, which is 8 places wide
    assert bool(pieces(seen(look))) == is_piece


def test_the_largest_pieces_come_first_and_only_so_many() -> None:
    places = [(8 * (at % 40) + 8, 80 + 8 * (at // 40), 4, 2) for at in range(MOST + 5)]
    boxes = pieces(seen(with_writing(*places, (100, 20, 10, 10), cells=(60, 90))))
    assert len(boxes) == MOST
    assert boxes[0] == Box(100, 20, 10, 10)


def test_a_piece_comes_from_the_finest_scale_that_shows_it() -> None:
    coarse = seen(with_writing((100, 40, 6, 8), (200, 40, 6, 8), scale=0.5))
    fine = blank_look((30, 40), scale=1.0)
    fine.any_ink[10:13, 20:23] = 0.8
    part = seen(fine, region=Region(180, 60, 120, 80))
    assert sorted((box.x, box.y, box.width) for box in pieces(coarse, part)) == [(220, 80, 6), (400, 80, 12)]


def test_of_whole_pictures_the_finest_counts() -> None:
    coarse, fine = blank_look((30, 45), scale=0.5), with_writing((100, 40, 6, 6))
    coarse.any_ink[10:12, 25:27] = 0.8
    whole = Region(0, 0, 360, 240)
    assert pieces(seen(coarse, region=whole), seen(fine, region=whole)) == [Box(100, 40, 6, 6)]


DOT = np.full((3, 3), 255, np.uint8)


def test_dots_are_added_once_and_not_where_a_piece_is() -> None:
    known = MarkCandidate(Box(100, 40, 6, 6), DOT)
    dots = [(Box(104, 44, 3, 3), DOT), (Box(50, 40, 3, 3), DOT), (Box(51, 41, 3, 3), DOT), (Box(106, 40, 3, 3), DOT)]
    assert [each.box for each in with_dots((known,), dots)] == [known.box, Box(50, 40, 3, 3), Box(106, 40, 3, 3)]


def others(*places: Place) -> list[Box]:
    return list(others_in([seen(with_writing(*places))]))


def test_writing_that_is_no_digit_is_told_with_its_box() -> None:
    assert others() == []
    assert others((100, 40, 20, 24)) == [Box(100, 40, 20, 24)]


@pytest.mark.parametrize(("longest", "is_told"), [(10, False), (12, True)])
def test_writing_much_smaller_than_digits_is_a_dot_or_a_dash(longest: int, is_told: bool) -> None:
    assert bool(others((100, 40, longest, 4))) == is_told
    assert bool(others((100, 40, 4, longest))) == is_told


def test_writing_beside_a_digit_is_a_part_of_it() -> None:
    assert others((48, 20, 4, 24)) == []
    assert others((52, 20, 4, 24)) == [Box(52, 20, 4, 24)]


def test_other_writing_is_told_of_the_finest_whole_picture_in_its_pixels() -> None:
    whole = Region(0, 0, 720, 480)
    coarse = seen(with_writing((50, 20, 20, 20), scale=0.25), region=whole)
    fine = seen(replace(with_writing((100, 40, 20, 24), scale=0.5), left=20, top=10), region=whole)
    part = seen(with_writing((8, 8, 20, 20)), region=Region(10, 10, 100, 100))
    assert others_in([coarse, fine, part]) == (Box(160, 60, 40, 48),)
    assert others_in([]) == ()


def bar(tilt_deg: float) -> Ink:
    """A bar of 60x10 that falls to the right by an angle."""
    ink = np.zeros((100, 100), np.uint8)
    turn = cv2.boxPoints(((50, 50), (60, 10), tilt_deg))
    return np.asarray(cv2.fillPoly(ink, [np.round(turn).astype(np.int32)], 255), np.uint8)


@pytest.mark.parametrize("tilt_deg", [20, -20, 5])
def test_ink_is_turned_back_by_the_slope_of_its_line(tilt_deg: float) -> None:
    upright = straighten(bar(tilt_deg), tilt_rad=math.radians(tilt_deg))
    x, y, width, height = cv2.boundingRect(np.asarray(upright > 127, np.uint8))
    assert (width, height) == pytest.approx((60, 10), abs=3)
    assert (x + width / 2, y + height / 2) == pytest.approx((upright.shape[1] / 2, upright.shape[0] / 2), abs=1.5)
    angle = math.radians(abs(tilt_deg))
    assert upright.shape == (math.ceil(100 * math.cos(angle) + 100 * math.sin(angle)) + 2,) * 2


def test_a_small_slope_is_left_to_the_normalisation() -> None:
    ink = bar(2)
    assert straighten(ink, tilt_rad=math.radians(2.9)) is ink
    assert straighten(ink, tilt_rad=-math.radians(3.1)) is not ink
