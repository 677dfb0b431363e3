"""`digitreader score meter`: the simulated meter, and what is called wrong or late."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from digitreader.measure.score.meter import (
    Draw,
    MeterCamera,
    MeterFrame,
    MeterPlan,
    MeterScore,
    _Judge,
    draw_day,
    meter_text,
    numbers_shown,
    score_meter,
    wheel_positions,
)
from digitreader.model.load import load_model
from digitreader.reading.pipeline import FrameReader
from digitreader.values import Frame

IMAGE = np.zeros((1, 1, 3), np.uint8)


@pytest.mark.parametrize(
    ("litres", "positions"),
    [
        (12_345_678.0, [1, 2, 3, 4, 5, 6, 7, 8]),
        (12_345_678.5, [1, 2, 3, 4, 5, 6, 7, 8.5]),
        (12_345_699.5, [1, 2, 3, 4, 5, 6.5, 9.5, 9.5]),
    ],
)
def test_a_wheel_turns_while_all_below_it_are_at_nine(litres: float, positions: list[float]) -> None:
    assert wheel_positions(litres) == pytest.approx(positions)


def test_a_wheel_that_has_nearly_arrived_may_count_as_there() -> None:
    assert [numbers_shown(litres) for litres in (7.0, 7.5, 7.9)] == [{7}, {7}, {7, 8}]


def test_water_is_drawn_in_order_and_each_time_is_watched_to_its_end() -> None:
    draws = draw_day(np.random.default_rng(0), 24)
    assert len(draws) == 120
    assert all(before.after == after.before for before, after in itertools.pairwise(draws))
    assert all(after.begins_s - 1 > before.ends_s + 4 for before, after in itertools.pairwise(draws))


def test_the_film_shows_the_wheel_turn_and_is_never_twice_the_same() -> None:
    plan = MeterPlan(seed=2, size_wh=(480, 200))
    frames = list(MeterCamera(plan).film([Draw(2.0, 4.0, 12_345_992.0, 12_345_992.6)]))
    assert [frames[0].litres, frames[-1].litres] == [12_345_992.0, 12_345_992.6]
    assert sum(each.turning for each in frames) == pytest.approx(20, abs=1)
    pictures = [each.frame.image for each in frames]
    assert all((one != other).any() for one, other in itertools.pairwise(pictures))
    parts = np.abs(pictures[0].astype(int) - pictures[-1]).max(axis=(0, 2))
    assert parts[:240].max() < 20  # noise alone, but where the last wheel is
    assert parts.max() > 60


def judged(*told: tuple[float, float, bool, str]) -> _Judge:
    """Judge frames: time, litres, whether a wheel turns, and what is told."""
    judge = _Judge()
    for index, (time_s, litres, turning, text) in enumerate(told):
        judge.look(MeterFrame(Frame(IMAGE, "meter", index, time_s), litres, turning, 0), text, doubtful=False)
    judge.end()
    return judge


def test_a_number_that_the_meter_showed_a_moment_ago_is_right_and_another_is_wrong() -> None:
    right = judged((0.0, 7.0, True, ""), (0.5, 8.1, True, "7"))
    wrong = judged((0.0, 7.0, True, ""), (1.5, 8.1, True, "7"))
    assert (len(right.wrong), len(wrong.wrong)) == (0, 1)


def test_late_is_what_is_not_known_two_seconds_after_the_wheels_came_to_rest() -> None:
    known = judged((0.0, 7.5, True, "7"), (0.1, 7.6, False, ""))
    soon = judged((0.0, 7.5, True, ""), (0.1, 8.0, False, ""), (1.0, 8.0, False, "8"))
    late = judged((0.0, 7.5, True, ""), (0.1, 8.0, False, ""), (3.0, 8.0, False, "8"))
    never = judged((0.0, 7.5, True, ""), (0.1, 8.0, False, ""))
    assert [len(each.late) for each in (known, soon, late, never)] == [0, 0, 1, 1]
    assert soon.delays_s == pytest.approx([0.9])


def test_some_seconds_of_a_meter_are_read_right_and_soon() -> None:
    draws = [Draw(2.0, 7.0, 12_345_992.2, 12_345_993.5), Draw(13.0, 16.0, 12_345_993.5, 12_345_994.3)]
    measured = score_meter(FrameReader(load_model("accurate", "auto")), MeterPlan(seed=2, size_wh=(480, 200)), draws)
    assert isinstance(measured, MeterScore)
    assert (measured.wrong, measured.late) == ((), ())
    assert measured.told >= 2
    assert "0 of them wrong" in meter_text(measured, "accurate")
