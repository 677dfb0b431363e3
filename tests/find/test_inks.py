"""What is cut out of a picture: the ink of each digit, its company, and the dots between digits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from digitreader.find.centres import NOBODYS, centres_of, share_ink
from digitreader.find.inks import Inks, cut_inks, ink_map
from digitreader.find.network_maps import NetworkMaps, strokes_in

from .look_of import blank_look, put_digit

PAPER, PEN = 240, 20


def cut(look: NetworkMaps) -> Inks:
    centres = centres_of(look)
    return cut_inks(look, centres, share_ink(look, centres))


def one_digit() -> NetworkMaps:
    look = blank_look((40, 120))
    put_digit(look, 240, 80, 16, 28)
    return look


def test_a_box_is_that_of_the_ink_and_its_ink_is_white() -> None:
    inks = cut(one_digit())
    assert inks.numbers == [0]
    assert inks.boxes.tolist() == [[232, 66, 16, 28]]
    (ink,) = inks.inks
    rows, columns = np.nonzero(ink == 255)
    assert (int(np.ptp(columns)) + 1, int(np.ptp(rows)) + 1) == (16, 28)
    assert ink.size < 2 * 16 * 28


def test_a_digit_at_the_corner_of_the_canvas_is_cut_out() -> None:
    look = blank_look()
    put_digit(look, 8, 14, 16, 28)
    assert cut(look).boxes.tolist() == [[0, 0, 16, 28]]


def test_without_ink_nothing_is_cut_out() -> None:
    inks = cut(blank_look())
    assert (inks.numbers, inks.inks, inks.dots) == ([], [], [])
    assert inks.boxes.shape == (0, 4)


def test_only_digits_that_are_wanted_are_cut_out() -> None:
    look = blank_look((40, 120))
    put_digit(look, 100, 80, 16, 28)
    put_digit(look, 200, 80, 16, 28)
    centres = centres_of(look)
    inks = cut_inks(look, centres, share_ink(look, centres), wanted=centres[:, 0] > 150)
    assert inks.boxes[:, 0].tolist() == [192]


@pytest.mark.parametrize(
    ("columns", "rows", "share"),
    [
        (slice(130, 138), slice(33, 47), 0.5),  # a letter beside it, as large
        (slice(102, 110), slice(33, 47), 0.5),
        (slice(165, 173), slice(33, 47), 1.0),  # more than three heights away
        (slice(67, 75), slice(33, 47), 1.0),
        (slice(116, 124), slice(15, 29), 1.0),  # in the line above
        (slice(116, 124), slice(51, 65), 1.0),
    ],
)
def test_company_is_the_share_of_digits_in_the_writing_around(columns: slice, rows: slice, share: float) -> None:
    look = one_digit()
    look.any_ink[rows, columns] = 0.95
    assert cut(look).company == pytest.approx([share], abs=0.02)


def in_gray(digit: int, paper: int = PAPER, pen: int = PEN) -> int:
    """How white a stroke's pixels become that have one gray, in a digit of the pen's."""
    look = one_digit()
    look.canvas[:] = paper
    look.canvas[66:94, 232:248] = pen
    look.canvas[78:80, 240:242] = digit
    drawn, _ = ink_map(look.canvas, look.digit_ink, look.any_ink, height_px=28)
    return int(drawn[79, 240])


def test_gray_between_paper_and_ink_becomes_gray() -> None:
    assert in_gray(PAPER) == 0
    assert in_gray(200) == 0  # a fifth of the way
    assert in_gray(130) == pytest.approx(255 * (0.5 - 0.28) / (0.75 - 0.28), abs=10)
    assert in_gray(60) == 255
    assert in_gray(PEN) == 255
    assert in_gray(0) == 255


def test_ink_that_is_hardly_darker_than_its_paper_is_faint() -> None:
    assert in_gray(98, paper=100, pen=98) < 60
    assert in_gray(90, paper=100, pen=90) == 255


def test_each_ink_is_compared_with_the_paper_around_it() -> None:
    look = blank_look((40, 120))
    put_digit(look, 100, 80, 16, 28)
    put_digit(look, 380, 80, 16, 28)
    look.canvas[:, 240:] //= 4  # in the shadow
    look.canvas[66:94, 92:108] = 120  # a pale pen, lighter than the paper in the shadow
    drawn, by_colour = ink_map(look.canvas, look.digit_ink, look.any_ink, height_px=28)
    for left in (92, 372):
        assert drawn[66:94, left : left + 16].min() > 200
    assert by_colour[66:94, 40:80].max() == by_colour[66:94, 300:360].max() == 0


def test_paper_further_away_than_a_digit_does_not_count() -> None:
    look = one_digit()
    look.canvas[:] = 140
    look.canvas[46:114, 212:268] = PAPER  # twenty pixels of light paper around the digit
    look.canvas[66:94, 232:248] = 100
    look.canvas[79:81, 239:241] = 180
    drawn, _ = ink_map(look.canvas, look.digit_ink, look.any_ink, height_px=28)
    assert drawn[79:81, 239:241].mean() == pytest.approx(255 * (60 / 140 - 0.28) / (0.75 - 0.28), abs=12)


def test_each_part_of_a_digit_is_compared_with_the_ink_near_it() -> None:
    look = one_digit()
    look.canvas[66:80, 232:248] = 150  # the pen becomes darker on its way down
    drawn, _ = ink_map(look.canvas, look.digit_ink, look.any_ink, height_px=28)
    assert drawn[66:74, 232:248].min() == 255


def test_ink_fades_out_with_the_networks_doubt() -> None:
    look = one_digit()
    shades = {}
    for sure in (0.1, 0.27, 0.45):
        look.digit_ink[40, 116:124] = 0.95
        look.digit_ink[44:47, 116:124] = sure
        shades[sure] = int(ink_map(look.canvas, look.digit_ink, look.any_ink, height_px=28)[0][92, 240])
    assert shades[0.1] == 0
    assert shades[0.27] == pytest.approx(127, abs=10)
    assert shades[0.45] == 255


@pytest.mark.parametrize(
    ("wide", "high", "top", "stays"),
    [(2, 2, 80, False), (8, 8, 68, True), (8, 8, 84, False), (8, 16, 80, False), (14, 8, 84, True), (8, 20, 80, True)],
    ids=["speck", "high up", "point", "comma", "too wide for a point", "too high for a comma"],
)
def test_specks_points_and_commas_beside_a_digit_are_dropped_and_other_pieces_stay(
    wide: int, high: int, top: int, stays: bool
) -> None:
    look = one_digit()
    centres = centres_of(look)
    look.canvas[top : top + high, 254 : 254 + wide] = PEN
    owners = share_ink(look, centres)
    half = slice(top // 2, (top + high) // 2), slice(127, 127 + wide // 2)
    owners[half], look.digit_ink[half], look.any_ink[half] = 1, 0.95, 0.95
    inks = cut_inks(look, centres, owners)
    assert inks.boxes[0, 2] == (254 + wide - 232 if stays else 16)


def test_ink_of_another_digit_is_not_cut_out_though_it_is_near() -> None:
    look = blank_look((40, 120))
    put_digit(look, 100, 80, 16, 28)
    put_digit(look, 118, 80, 16, 28)
    boxes = cut(look).boxes
    assert sorted(boxes[:, 0].tolist()) == [92, 110]
    assert boxes[:, 2].tolist() == [16, 16]


def with_dot(
    x: int, y: int, width: int, height: int, *, second_x: int = 272, heat: float = 0.9, digit_px: int = 28
) -> NetworkMaps:
    """Two digits at x = 232 and `second_x`, y = 80, and a dot by its corner, of which the network says nothing."""
    look = blank_look((40, 120))
    put_digit(look, 232, 80, 8, digit_px, heat=heat)
    put_digit(look, second_x, 80, 8, digit_px)
    look.canvas[y : y + height, x : x + width] = PEN
    return replace(look, strokes=strokes_in(look.digit_ink, look.any_ink))


def dots(look: NetworkMaps) -> list[tuple[int, int, int, int]]:
    return [box for box, _ in cut(look).dots]


def test_a_dot_is_told_with_its_place_and_its_ink() -> None:
    ((box, ink),) = cut(with_dot(250, 88, 4, 5)).dots
    assert box == (250, 88, 4, 5)
    assert ink.tolist() == [[255] * 4] * 5


@pytest.mark.parametrize(
    ("dot", "is_one"),
    [
        ((248, 80, 9, 9), True),
        ((248, 80, 11, 3), False),  # larger than a third of a digit
        ((248, 80, 3, 11), False),
        ((250, 99, 3, 3), True),
        ((250, 103, 3, 3), False),  # below the line
        ((250, 58, 3, 3), True),
        ((250, 54, 3, 3), False),  # above it
        ((250, 80, 3, 1), True),
        ((250, 80, 2, 1), False),  # two pixels are noise
    ],
)
def test_a_dot_is_small_and_stands_in_the_line(dot: tuple[int, int, int, int], is_one: bool) -> None:
    assert dots(with_dot(*dot)) == ([dot] if is_one else [])


@pytest.mark.parametrize(("second_x", "is_one"), [(312, True), (330, False)])
def test_a_dot_is_near_to_the_digits_on_both_sides(second_x: int, is_one: bool) -> None:
    assert bool(dots(with_dot((232 + second_x) // 2 - 1, 88, 3, 3, second_x=second_x))) == is_one


def test_a_dot_beside_one_digit_only_is_none() -> None:
    assert dots(with_dot(250, 88, 3, 3, heat=0.35)) == []


@pytest.mark.parametrize(("digit_px", "is_one"), [(14, False), (18, True)])
def test_between_low_digits_no_dot_can_be_told_from_blur(digit_px: int, is_one: bool) -> None:
    assert bool(dots(with_dot(246, 84, 3, 3, digit_px=digit_px, second_x=262))) == is_one


def test_a_thin_stroke_is_no_dot() -> None:
    look = with_dot(248, 80, 8, 1)
    look.canvas[80:88, 248] = PEN
    assert dots(look) == []


def test_a_dot_right_beside_writing_is_a_part_of_it() -> None:
    assert dots(with_dot(236, 80, 2, 3)) == []
    assert dots(with_dot(238, 80, 2, 3)) == [(238, 80, 2, 3)]


def test_nobodys_ink_may_hold_a_dot() -> None:
    look = with_dot(250, 88, 3, 3)
    centres = centres_of(look)
    owners = share_ink(look, centres)
    owners[44, 125] = NOBODYS
    assert len(cut_inks(look, centres, owners).dots) == 1
