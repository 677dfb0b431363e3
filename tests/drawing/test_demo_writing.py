"""The demo's hand: digits, marks and lines of them."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from digitreader.drawing import (
    DIGIT_TEMPLATES,
    FREE_MARKS,
    MARK_TEMPLATES,
    PENS,
    Hand,
    write_glyph,
    write_mark,
    write_number,
)
from digitreader.drawing.hand import form_paths
from digitreader.drawing.templates import smooth_path
from digitreader.errors import UsageError


@pytest.mark.parametrize("digit", range(10))
def test_a_glyph_is_white_ink_with_an_empty_margin(digit: int) -> None:
    ink = write_glyph(digit, np.random.default_rng(1))
    assert ink.dtype == np.uint8
    assert ink.ndim == 2
    assert ink.max() > 200
    assert not np.concatenate([ink[0], ink[-1], ink[:, 0], ink[:, -1]]).any()


@pytest.mark.parametrize("digit", range(10))
def test_the_same_seed_writes_the_same_bytes(digit: int) -> None:
    first, second = (write_glyph(digit, np.random.default_rng(7)) for _ in range(2))
    assert first.tobytes() == second.tobytes()


@pytest.mark.parametrize("digit", range(10))
def test_no_two_people_write_a_digit_alike(digit: int) -> None:
    written = {write_glyph(digit, np.random.default_rng(seed)).tobytes() for seed in range(20)}
    assert len(written) == 20


@pytest.mark.parametrize("digit", range(10))
def test_one_person_writes_a_digit_a_little_differently_each_time(digit: int) -> None:
    rng = np.random.default_rng(3)
    hand = Hand()
    assert len({write_glyph(digit, rng, hand).tobytes() for _ in range(10)}) == 10


@pytest.mark.parametrize("height_px", [20.0, 64.0, 200.0])
def test_a_digit_is_as_high_as_asked(height_px: float) -> None:
    heights = [write_glyph(8, np.random.default_rng(seed), Hand(), height_px=height_px).shape[0] for seed in range(9)]
    # The pen's width and the margin come on top; the hand's bends are a few hundredths.
    assert height_px < np.median(heights) < 1.3 * height_px + 6


@pytest.mark.parametrize("way", [way for ways in DIGIT_TEMPLATES for way in ways] + list(MARK_TEMPLATES.values()))
def test_every_way_stays_near_its_box(way: object) -> None:
    points = np.concatenate(form_paths(way, Hand(), np.random.default_rng(0)))  # type: ignore[arg-type]
    assert points.min() > -0.25
    assert points.max() < 1.3


def test_every_digit_can_be_written_in_several_ways() -> None:
    assert len(DIGIT_TEMPLATES) == 10
    assert all(len(ways) >= 3 for ways in DIGIT_TEMPLATES)
    assert all(len({way.name for way in ways}) == len(ways) for ways in DIGIT_TEMPLATES)


def test_a_person_keeps_to_the_usual_way() -> None:
    hand = Hand(ways=(0, 2, 1, 0, 1, 2, 0, 1, 2, 0), habit=1.0)
    rng = np.random.default_rng(0)
    assert {hand.way(1, rng).name for _ in range(30)} == {DIGIT_TEMPLATES[1][2].name}


def test_a_hand_that_leans_right_has_its_tops_to_the_right() -> None:
    upright, leaning = (
        write_glyph(1, np.random.default_rng(2), Hand(slant=slant, turn_jitter=0.0)) for slant in (0.0, 0.4)
    )
    assert leaning.shape[1] > upright.shape[1] + 15
    assert np.flatnonzero(leaning[8]).mean() > np.flatnonzero(leaning[-8]).mean() + 15


def test_a_marker_is_thicker_than_a_ballpoint() -> None:
    thick, thin = (write_glyph(0, np.random.default_rng(5), Hand(), pen=PENS[name]) for name in ("marker", "ballpoint"))
    assert (thick > 127).sum() > 1.7 * (thin > 127).sum()


@pytest.mark.parametrize("kind", [*MARK_TEMPLATES, *FREE_MARKS])
def test_every_mark_leaves_ink(kind: str) -> None:
    first, second = (write_mark(kind, np.random.default_rng(4)) for _ in range(2))
    assert first.max() > 100
    assert first.tobytes() == second.tobytes()


def test_marks_are_no_digits() -> None:
    assert not set(MARK_TEMPLATES) & set("0123456789")


@pytest.mark.parametrize("digit", [-1, 10, 77])
def test_a_digit_that_there_is_not_is_refused(digit: int) -> None:
    with pytest.raises(UsageError, match="0 to 9"):
        write_glyph(digit, np.random.default_rng(0))


def test_a_mark_that_no_one_knows_is_refused() -> None:
    with pytest.raises(UsageError, match="'ß' cannot be written"):
        write_mark("ß", np.random.default_rng(0))


def test_a_number_holds_its_digits_in_reading_order() -> None:
    writing = write_number("907\n41", np.random.default_rng(0))
    assert [(digit.digit, digit.line) for digit in writing.digits] == [(9, 0), (0, 0), (7, 0), (4, 1), (1, 1)]
    assert writing.text == "907\n41"
    lefts = [digit.hull[:, 0].min() for digit in writing.digits]
    assert lefts[:3] == sorted(lefts[:3])
    assert writing.digits[3].hull[:, 1].min() > writing.digits[0].hull[:, 1].mean()


@pytest.mark.parametrize("seed", range(5))
def test_the_hulls_hold_all_the_ink_of_a_number(seed: int) -> None:
    writing = write_number("31415\n926 53", np.random.default_rng(seed))
    covered = np.zeros_like(writing.ink)
    for digit in writing.digits:
        cv2.fillConvexPoly(covered, np.round(digit.hull).astype(np.int32), 255)
    assert not writing.ink[covered == 0].any()
    assert all(writing.ink[round(y), round(x)] for digit in writing.digits for x, y in digit.hull)


@pytest.mark.parametrize(
    ("text", "to_read"),
    [
        ("12  34 ", "12 34"),
        ("12 + 7 = 19", "12 7 19"),
        ("3A4", "3 4"),
        ("12\nAx\n34", "12\n34"),
        ("\n5", "5"),
        ("", ""),
        ("AH", ""),
    ],
)
def test_only_digits_and_gaps_are_to_be_read(text: str, to_read: str) -> None:
    writing = write_number(text, np.random.default_rng(0))
    assert writing.text == to_read
    assert "".join(str(digit.digit) for digit in writing.digits) == "".join(to_read.split())
    assert {digit.line for digit in writing.digits} == set(range(len(to_read.splitlines())))


def test_no_text_is_no_ink() -> None:
    assert write_number(" \n", np.random.default_rng(0)).ink.tolist() == [[0]]


def test_negative_spacing_makes_neighbours_touch() -> None:
    hand = Hand(baseline_jitter=0.0)
    apart = write_number("00000", np.random.default_rng(1), hand)
    touching = write_number("00000", np.random.default_rng(1), replace(hand, spacing=-0.06))
    assert cv2.connectedComponents(apart.ink)[0] - 1 == 5
    assert cv2.connectedComponents(touching.ink)[0] - 1 < 5


def test_a_path_passes_its_key_points_and_keeps_its_corners() -> None:
    points = np.array([(0.0, 0.0), (0.3, 0.1), (0.5, 0.0), (0.5, 0.0), (0.5, 1.0)])
    path = smooth_path(points)
    assert path[0] == pytest.approx(points[0])
    assert path[-1] == pytest.approx(points[-1])
    nearest = [np.hypot(*(path - point).T).min() for point in points]
    assert nearest == pytest.approx([0.0] * 5, abs=1e-9)
    after_corner = path[path[:, 1] > 0.2]
    assert after_corner[:, 0] == pytest.approx(np.full(len(after_corner), 0.5), abs=1e-9)  # straight down, no swing
