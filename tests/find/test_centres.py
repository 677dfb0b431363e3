"""Centres, the sharing of ink among them, and the ink that is cut out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from digitreader.find.centres import NOBODYS, Region, adopt_leftovers, centres_of, share_ink, unclear_regions
from digitreader.find.inks import cut_inks, ink_map
from digitreader.find.network_maps import NetworkMaps, strokes_in, whole_strokes

from .look_of import blank_look, put_digit

WHOLE = Region(0, 0, 96, 64)


def look_with_two(gap_px: int = 8) -> NetworkMaps:
    look = blank_look()
    put_digit(look, 32, 32, 16, 28)
    put_digit(look, 48 + gap_px, 32, 16, 28)
    return look


def test_each_hill_is_a_digit_with_its_place_and_size() -> None:
    centres = centres_of(look_with_two())
    np.testing.assert_allclose(centres[:, :4], [[32, 32, 16, 28], [56, 32, 16, 28]], atol=1e-3)
    np.testing.assert_allclose(centres[:, 4], 0.9)


@pytest.mark.parametrize("size", [(3, 4), (130, 180)])
def test_digits_that_the_network_has_not_learned_in_this_size_are_for_another_look(size: tuple[int, int]) -> None:
    look = blank_look((64, 64))
    put_digit(look, 100, 100, *size)
    assert len(centres_of(look)) == 0


def test_a_low_hill_is_no_digit() -> None:
    look = blank_look()
    put_digit(look, 30, 32, 16, 28, heat=0.1)
    assert len(centres_of(look)) == 0


@pytest.mark.parametrize("gap_px", [8, 0])
def test_ink_goes_to_the_centre_that_it_belongs_to_even_in_one_blot(gap_px: int) -> None:
    look = look_with_two(gap_px)
    inks = cut_inks(look, centres_of(look), share_ink(look, centres_of(look)))
    np.testing.assert_allclose(inks.boxes[:, 2], 16, atol=2)
    np.testing.assert_allclose(inks.boxes[:, 0], [24, 40 + gap_px], atol=2)


def test_two_blots_under_one_centre_are_one_digit() -> None:
    look = blank_look()
    put_digit(look, 40, 32, 20, 40)
    look.canvas[28:36] = 240
    look.digit_ink[14:18] = look.any_ink[14:18] = 0
    inks = cut_inks(look, centres_of(look), share_ink(look, centres_of(look)))
    assert len(inks.inks) == 1
    assert inks.boxes[0, 3] == pytest.approx(40, abs=2)


@pytest.mark.parametrize(
    ("paper", "pen"), [((240, 240, 240), (20, 20, 20)), ((20, 20, 20), (240, 240, 240)), ((0, 160, 0), (90, 0, 120))]
)
def test_ink_is_white_on_black_whatever_its_colours_are(paper: tuple[int, ...], pen: tuple[int, ...]) -> None:
    look = blank_look()
    put_digit(look, 40, 32, 16, 28)
    is_pen = look.canvas[..., 0] < 100
    look.canvas[:] = paper
    look.canvas[is_pen] = pen
    drawn, _ = ink_map(look.canvas, look.digit_ink, look.any_ink, height_px=28)
    assert drawn[is_pen].min() > 200
    assert drawn[:, :20].max() == 0


def test_what_the_network_does_not_take_for_ink_is_none() -> None:
    look = blank_look()
    put_digit(look, 40, 32, 16, 28)
    look.canvas[50:52] = 20  # a rule under the digit
    assert ink_map(look.canvas, look.digit_ink, look.any_ink, height_px=28)[0][50:52].max() == 0


def look_with_dots(*places: tuple[int, int, int]) -> NetworkMaps:
    """A look at two digits, and square dots of which the network says nothing: x, y and side of each."""
    look = look_with_two(gap_px=14)
    for x, y, side in places:
        look.canvas[y : y + side, x : x + side] = 20
    return look


def dots_of(look: NetworkMaps) -> list[tuple[int, int, int, int]]:
    inks = cut_inks(look, centres_of(look), share_ink(look, centres_of(look)))
    return [box for box, _ in inks.dots]


def test_a_dot_between_two_digits_is_seen_though_the_network_says_nothing_of_it() -> None:
    (box,) = dots_of(look_with_dots((45, 42, 3)))
    assert box == pytest.approx((45, 42, 3, 3), abs=1)


@pytest.mark.parametrize(
    "place",
    [(20, 42, 3), (78, 42, 3), (45, 4, 3), (45, 28, 1)],
    ids=["left of all digits", "right of all digits", "above the line", "a single pixel"],
)
def test_what_stands_between_no_two_digits_or_is_no_larger_than_noise_is_no_dot(place: tuple[int, int, int]) -> None:
    assert dots_of(look_with_dots(place)) == []


def test_a_piece_that_the_network_sees_is_no_dot_besides() -> None:
    look = look_with_dots((45, 42, 3))
    look.any_ink[21:23, 22:24] = 0.9
    assert dots_of(replace(look, strokes=strokes_in(look.digit_ink, look.any_ink))) == []


@pytest.mark.parametrize(("every_px", "seen"), [(16, True), (4, False)])
def test_where_there_are_very_many_dots_the_ground_is_rough(every_px: int, seen: bool) -> None:
    look = blank_look((16, 40))
    put_digit(look, 34, 32, 16, 28)
    put_digit(look, 106, 32, 16, 28)
    for x in range(50, 92, every_px):
        for y in range(20, 46, every_px):
            look.canvas[y : y + 2, x : x + 2] = 20
    assert bool(dots_of(look)) == seen


def test_ink_beside_a_digit_that_nobody_owns_is_not_cut_out_with_it() -> None:
    look = blank_look()
    put_digit(look, 40, 32, 20, 40)
    owners = share_ink(look, centres_of(look))
    look.canvas[20:28, 24:28] = 20
    look.digit_ink[10:14, 12:14] = look.any_ink[10:14, 12:14] = 0.9
    owners[10:14, 12:14] = NOBODYS
    inks = cut_inks(look, centres_of(look), owners)
    assert inks.boxes[0, 0] == pytest.approx(30, abs=2)


@pytest.mark.parametrize("heat", [0.02, 0.2])
def test_ink_of_a_digit_without_a_centre_gets_one(heat: float) -> None:
    look = look_with_two()
    put_digit(look, 78, 30, 6, 28, heat=heat)
    centres = centres_of(look)
    adopted, owners = adopt_leftovers(look, centres, share_ink(look, centres))
    assert len(adopted) == 3
    np.testing.assert_allclose(adopted[2, :4], [78, 30, 6, 28], atol=3)
    assert adopted[2, 4] == pytest.approx(heat)
    inks = cut_inks(look, adopted, owners)
    np.testing.assert_allclose(inks.boxes[2], [75, 16, 6, 28], atol=3)


def test_specks_and_digits_that_are_owned_get_no_centre() -> None:
    look = look_with_two()
    look.digit_ink[2:4, 44:46] = 0.9
    centres = centres_of(look)
    owners = share_ink(look, centres)
    adopted, still = adopt_leftovers(look, centres, owners)
    assert len(adopted) == 2
    assert np.array_equal(still, owners)


def test_writing_that_hangs_together_is_of_a_digit_or_is_not() -> None:
    any_ink = np.zeros((20, 40), np.float32)
    any_ink[4:16, 4:6] = any_ink[4:16, 20:22] = any_ink[4:16, 34:36] = 0.9
    digit_ink = np.zeros((20, 40), np.float32)
    digit_ink[4:13, 4:6] = 0.8  # three quarters of a digit are told
    digit_ink[4:6, 20:22] = 0.8  # and a sixth of a letter
    told = whole_strokes(digit_ink, any_ink, strokes_in(digit_ink, any_ink))
    assert told[4:16, 4:6].min() > 0.85
    assert np.array_equal(told[:, 20:], digit_ink[:, 20:])


def test_where_nothing_is_written_nothing_changes() -> None:
    blank = np.full((4, 6), 0.1, np.float32)
    assert np.array_equal(whole_strokes(blank, blank, strokes_in(blank, blank)), blank)


def test_where_all_is_told_nothing_is_looked_at_again() -> None:
    look = look_with_two()
    assert unclear_regions(look, centres_of(look), WHOLE) == []


@pytest.mark.parametrize("what", ["small", "ink"])
def test_small_writing_and_ink_without_a_digit_are_looked_at_again(what: str) -> None:
    look = look_with_two()
    if what == "small":
        look.small[2:4, 18:22] = 0.9
    else:
        look.digit_ink[4:8, 36:44] = 0.9
    (region,) = unclear_regions(look, centres_of(look), WHOLE)
    assert region.x <= 72 < region.x + region.width
    assert region.y <= 8 < region.y + region.height


def test_a_low_digit_is_looked_at_again_in_pixels_of_the_picture() -> None:
    look = blank_look(scale=0.5)
    put_digit(look, 40, 32, 10, 14)
    (region,) = unclear_regions(look, centres_of(look), Region(100, 200, 192, 128))
    assert region.x <= 100 + 70 < 100 + 90 <= region.x + region.width
    assert region.y <= 200 + 50 < 200 + 78 <= region.y + region.height
