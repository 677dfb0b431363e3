"""Print, displays and wheels: drawn alike each time, with the truth where the ink is."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from digitreader.drawing import (
    Degradation,
    PrintPlan,
    Scene,
    built_in_typefaces,
    display_surface,
    draw_display,
    draw_display_style,
    draw_print,
    draw_wheel_style,
    draw_wheels,
    sign_at,
    wheels_surface,
)
from digitreader.drawing.segments import (
    DIGIT_SEGMENTS,
    FORMS,
    HELD_OUT_FORMS,
    HELD_OUT_PALETTES,
    LOOKS_LIKE_DIGIT,
    NO_DIGIT,
    WITHOUT_TAIL,
    draw_nonsense,
    draw_segment_style,
    outline,
    segments_of,
)
from digitreader.drawing.surface import reading_text
from digitreader.drawing.wheel_makes import COLOURS, HELD_OUT_COLOURS, HELD_OUT_FRAMES
from digitreader.drawing.wheels import AS_DIGIT, draw_face, draw_wheel

FACES = built_in_typefaces()
CLEAR = Degradation(tilt_deg=0, perspective_deg=0, blur_px=0, noise=0, falloff=0, jpeg=0)
DRAWINGS: dict[str, Callable[[np.random.Generator], Scene]] = {
    "print": lambda rng: draw_print(rng, FACES, size_wh=(320, 240)),
    "display": lambda rng: draw_display(rng, held_out=False, size_wh=(320, 240), typefaces=FACES),
    "wheels": lambda rng: draw_wheels(rng, FACES, held_out=False, size_wh=(320, 240), serial=True),
}


@pytest.mark.parametrize("name", DRAWINGS)
def test_the_same_chance_draws_the_same_picture(name: str) -> None:
    one, again, other = (DRAWINGS[name](np.random.default_rng(seed)) for seed in (5, 5, 6))
    assert (one.image == again.image).all()
    assert (one.boxes, one.marks, one.truth) == (again.boxes, again.marks, again.truth)
    assert (one.image != other.image).any()


@pytest.mark.parametrize("name", DRAWINGS)
def test_the_text_has_the_digits_of_the_boxes_line_by_line(name: str) -> None:
    for seed in range(6):
        shown = DRAWINGS[name](np.random.default_rng(seed))
        for number, line in enumerate(shown.truth.split("\n")):
            assert "".join(str(box.digit) for box in shown.boxes if box.line == number) == line.replace(" ", "")


@pytest.mark.parametrize("name", ["print", "display"])
def test_without_the_boxes_of_digits_and_marks_nothing_stands_out(name: str) -> None:
    """Ink is dark or bright against what is round it, so that its edges are sharp; elsewhere none are."""
    rng = np.random.default_rng(3)
    if name == "print":
        shown = draw_print(rng, FACES, size_wh=(320, 240), plan=PrintPlan((30, 60)), degradation=CLEAR)
        gray = shown.image.min(axis=2).astype(int)
        edges = np.abs(np.diff(gray, axis=1)) > 60
        for box in [digit.box for digit in shown.boxes] + [mark.box for mark in shown.marks]:
            edges[max(0, box.y - 2) : box.y + box.height + 2, max(0, box.x - 3) : box.x + box.width + 2] = False
        assert shown.boxes
        assert not edges.any()
        return
    style = draw_display_style(rng, held_out=False)
    surface = display_surface(rng, list("48"), style, size_wh=(320, 240), digit_px=90)
    blank = display_surface(np.random.default_rng(3), list("  "), style, size_wh=(320, 240), digit_px=90)
    assert [sign.sign for sign in surface.signs] == ["4", "8"]
    assert blank.signs == ()


def test_words_alone_have_marks_and_no_digit() -> None:
    shown = draw_print(np.random.default_rng(1), FACES, plan=PrintPlan((20, 30), digits=False))
    assert (shown.boxes, shown.truth) == ((), "")
    assert len(shown.marks) > 3
    assert not any(mark.sign.isdigit() for mark in shown.marks)


def test_digits_are_as_high_as_the_plan_says() -> None:
    heights = [
        box.box.height
        for seed in range(8)
        for box in draw_print(np.random.default_rng(seed), FACES[:1], plan=PrintPlan((12, 20)), degradation=CLEAR).boxes
    ]
    assert min(heights) >= 10
    assert max(heights) <= 24  # the sheet is a little larger than the picture


def test_signs_part_groups_of_digits() -> None:
    assert reading_text(["12/05 Nr", "(7)", "max"]) == "12 05\n7"


@pytest.mark.parametrize(("digit", "lit"), list(enumerate(DIGIT_SEGMENTS)))
def test_a_digit_lights_its_segments(digit: int, lit: str) -> None:
    assert set(segments_of(digit, tails=(True, True, False))) == set(lit)
    others = {other for number, other in enumerate(DIGIT_SEGMENTS) if number != digit}
    assert frozenset(lit) not in map(frozenset, others)


def test_digits_may_lack_their_tail_and_a_7_may_have_a_hook() -> None:
    bare = [segments_of(digit, tails=(False, False, True)) for digit in range(10)]
    assert (bare[6], bare[9], bare[7]) == (WITHOUT_TAIL[6], WITHOUT_TAIL[9], "abcf")
    assert len(set(map(frozenset, bare))) == 10


def test_letters_and_nonsense_are_no_digits() -> None:
    rng = np.random.default_rng(0)
    digits = {frozenset(lit) for lit in (*DIGIT_SEGMENTS, *WITHOUT_TAIL.values())}
    assert digits.isdisjoint(map(frozenset, NO_DIGIT.values()))
    assert all(frozenset(draw_nonsense(rng)) not in LOOKS_LIKE_DIGIT for _ in range(200))


@pytest.mark.parametrize("form", [*FORMS, *HELD_OUT_FORMS])
def test_segments_stay_within_their_digit_and_where_they_belong(form: str) -> None:
    style = draw_segment_style(np.random.default_rng(2), form=form)
    lean = np.tan(np.radians(style.slant_deg))
    for segment in "abcdefg":
        corners = outline(segment, style)
        upright = corners[:, 0] - lean * (1 - corners[:, 1])
        assert upright.min() >= -1e-5
        assert upright.max() <= style.width + 1e-5
        assert corners[:, 1].min() >= -1e-5
        assert corners[:, 1].max() <= 1 + 1e-5
    middle = {segment: outline(segment, style).mean(axis=0) for segment in "abcdefg"}
    assert middle["a"][1] < middle["f"][1] < middle["g"][1] < middle["e"][1] < middle["d"][1]
    assert middle["f"][0] < middle["b"][0]
    assert middle["e"][0] < middle["c"][0]


def test_a_1_of_a_display_stands_at_the_right_of_its_place() -> None:
    rng = np.random.default_rng(1)
    style = draw_display_style(rng, held_out=False)
    surface = display_surface(rng, list("81"), style, size_wh=(320, 240), digit_px=80)
    eight, one = (sign.hull for sign in surface.signs)
    place = eight[:, 0].min() + style.pitch * 80
    assert one[:, 0].min() > place + 0.5 * style.segments.width * 80 - 1
    assert one[:, 0].max() == pytest.approx(eight[:, 0].max() + style.pitch * 80, abs=1)


def test_makes_kept_back_are_never_drawn_for_practice() -> None:
    rng = np.random.default_rng(0)
    practised = [draw_display_style(rng, held_out=False) for _ in range(60)]
    kept = [draw_display_style(rng, held_out=True) for _ in range(60)]
    assert {style.segments.form for style in practised} == set(FORMS)
    colours = np.array([[each.palette.lit, each.palette.ground] for each in practised])
    test_colours = np.array([[each.lit, each.ground] for each in HELD_OUT_PALETTES.values()])
    assert np.abs(colours[:, None] - test_colours).max(axis=(2, 3)).min() > 40
    assert any(style.segments.form in HELD_OUT_FORMS for style in kept)
    counters = [draw_wheel_style(rng, FACES, held_out=False, digit_px=30) for _ in range(60)]
    assert all(style.frame not in HELD_OUT_FRAMES for style in counters)
    wheels = np.array([[each.colours.ground, each.colours.digit] for each in counters])
    test_wheels = np.array([[each.ground, each.digit] for each in HELD_OUT_COLOURS.values()])
    assert np.abs(wheels[:, None] - test_wheels).max(axis=(2, 3)).min() > 35
    assert any(style.colours in COLOURS.values() for style in counters)
    assert any(style.colours not in COLOURS.values() for style in counters)
    kept_counters = [draw_wheel_style(rng, FACES, held_out=True, digit_px=30) for _ in range(60)]
    assert all(style.colours in HELD_OUT_COLOURS.values() or style.frame in HELD_OUT_FRAMES for style in kept_counters)


@pytest.mark.parametrize(
    ("position", "sign"),
    [(3.0, "3"), (3.2, "3"), (3.3, "?"), (3.5, "?"), (3.7, "?"), (3.81, "4"), (9.9, "0"), (0.0, "0")],
)
def test_a_wheel_shows_a_digit_only_near_it(position: float, sign: str) -> None:
    assert sign_at(position) == sign


def test_a_wheel_between_two_digits_shows_a_half_of_each() -> None:
    style = draw_wheel_style(np.random.default_rng(4), FACES[:1], held_out=False, digit_px=60)
    window_wh = round(style.window_wh[0] * 60), round(style.window_wh[1] * 60)
    at_digit, _, hull = draw_wheel(8.0, style, window_wh=window_wh, last=False)
    between, _, whole = draw_wheel(8.5, style, window_wh=window_wh, last=False)
    contrast = np.ptp(at_digit[window_wh[1] // 2].astype(int))
    upper, lower = between[: window_wh[1] // 2 - 3], between[window_wh[1] // 2 + 3 :]
    assert np.ptp(upper.astype(int)) > contrast / 3
    assert np.ptp(lower.astype(int)) > contrast / 3
    assert np.ptp(hull[:, 1]) == pytest.approx(60, abs=4)
    assert np.ptp(whole[:, 1]) == window_wh[1]


def test_the_text_of_a_counter_leaves_out_what_is_between_two_digits() -> None:
    rng = np.random.default_rng(0)
    style = draw_wheel_style(rng, FACES, held_out=False, digit_px=30)
    surface = wheels_surface(rng, [1.0, 2 - AS_DIGIT, 7.5, 9.1], style, size_wh=(320, 240), typefaces=FACES)
    assert surface.text == "129"
    assert "".join(sign.sign for sign in surface.signs)[:4] == "12?9"


@pytest.mark.parametrize("seed", range(12))
def test_a_serial_number_below_a_counter_can_be_read(seed: int) -> None:
    rng = np.random.default_rng(seed)
    style = draw_wheel_style(rng, FACES, held_out=False, digit_px=30)
    surface = wheels_surface(rng, [1.0, 2.0, 3.0], style, size_wh=(320, 240), typefaces=FACES, serial=True)
    serial = [sign for sign in surface.signs if sign.line == 1 and sign.sign in set("0123456789")]
    low = np.concatenate([sign.hull for sign in serial]).min(axis=0).astype(int)
    high = np.concatenate([sign.hull for sign in serial]).max(axis=0).astype(int) + 1
    place = np.s_[low[1] : high[1], low[0] : high[0]]
    gray, is_ink = surface.image[place].mean(axis=2), surface.ink[place] > 200
    assert abs(gray[is_ink].mean() - gray[surface.ink[place] == 0].mean()) > 60


def test_a_frame_as_light_as_the_digits_is_drawn_where_asked_for() -> None:
    style = draw_wheel_style(np.random.default_rng(7), FACES, held_out=False, digit_px=30)
    image = draw_face(
        np.random.default_rng(1), (60, 60, 120, 50), size_wh=(240, 160), gap_px=4, joined=False, frame=200.0
    )
    assert (image[58, 60:180] == 200).all()
    alike, other = (
        wheels_surface(np.random.default_rng(1), [1.0], style, size_wh=(160, 120), typefaces=FACES, alike=chance).image
        for chance in (1.0, 0.0)
    )
    assert (alike != other).any()
