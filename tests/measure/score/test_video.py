"""Video without digits: what is filmed, and what counts as a false reading."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby

import numpy as np
import pytest

from digitreader.measure.score.video import VideoPlan, most_expected, score_video, video_sections, video_text
from digitreader.measure.score.video_takes import FilmedHand, Visit, Weather, draw_take, film_take, film_video
from digitreader.reading.pipeline import FrameReader
from digitreader.values import Reading

SMALL = (160, 120)


def generator(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_the_same_arguments_film_the_same_frames_and_another_seed_others() -> None:
    films = [[f.frame.image.tobytes() for f in film_video(seconds=2, fps=5, seed=s, size_wh=SMALL)] for s in (0, 0, 1)]
    assert films[0] == films[1]
    assert set(films[0]).isdisjoint(films[2])


def test_frames_count_on_through_the_takes_until_the_time_is_up() -> None:
    filmed = list(film_video(seconds=20, fps=3, seed=0, size_wh=SMALL))
    assert [f.frame.index for f in filmed] == list(range(60))
    assert [f.frame.time_s for f in filmed] == pytest.approx([index / 3 for index in range(60)])
    assert all(f.frame.image.shape == (120, 160, 3) for f in filmed)
    assert len({f.take.seed for f in filmed}) >= 3


def test_a_take_is_about_as_long_as_it_says() -> None:
    for number in range(6):
        take = draw_take(number, generator(number))
        frames = list(film_take(take, first=0, fps=10, size_wh=SMALL))
        assert len(frames) == pytest.approx(10 * take.length_s, abs=4)


def test_desk_empty_paper_and_marks_take_turns_and_no_sheet_bears_a_digit() -> None:
    takes = [draw_take(number, generator(number)) for number in range(60)]
    assert [take.subject.partition(",")[0] for take in takes[:3]] == ["desk", "empty paper", "marks"]
    assert all(take.sheets == () for take in takes[::3])
    assert all(take.sheets == ("",) for take in takes[1::3])
    marks = "".join("".join(take.sheets) for take in takes[2::3])
    assert marks.strip()
    assert not any(character.isdigit() for character in marks)


def test_hands_and_light_come_into_many_takes_and_are_said() -> None:
    takes = [draw_take(number, generator(number)) for number in range(60)]
    hands, lights = [take.hand is not None for take in takes], [take.weather is not None for take in takes]
    assert 0.3 < np.mean(hands) < 0.7
    assert 0.15 < np.mean(lights) < 0.55
    assert hands == ["a hand" in take.subject for take in takes]
    assert lights == ["changing light" in take.subject for take in takes]


def test_a_hand_covers_a_part_of_the_picture_and_shades_its_surroundings() -> None:
    paper = np.full((480, 640, 3), 230, np.uint8)
    visit = Visit(begin_s=1.0, end_s=3.0, angle_rad=0.0, reach=0.8, scale=1.0, unrest_px=0.0)
    matrix = visit.matrix(2.0, (640, 480))
    assert matrix is not None
    seen = FilmedHand.draw(generator()).laid_over(paper, matrix)
    changed = (np.abs(seen.astype(int) - 230).max(axis=2) > 8).mean()
    assert 0.1 < changed < 0.8
    assert (paper == 230).all()
    # the fingertips are at eight tenths of the height from below
    rows = np.flatnonzero((seen.min(axis=2) < 180).any(axis=1))
    assert rows.min() == pytest.approx(0.2 * 480, abs=60)


def test_a_hand_is_away_before_and_after_its_visit_and_farthest_in_amid_it() -> None:
    visit = Visit.draw(generator(4), length_s=6.0)
    assert 0.0 <= visit.begin_s < visit.end_s <= 6.0
    assert visit.matrix(visit.begin_s - 0.01, SMALL) is visit.matrix(visit.end_s + 0.01, SMALL) is None
    paper = np.full((120, 160, 3), 230, np.uint8)
    hand = FilmedHand.draw(generator())
    covered = []
    for share in (0.02, 0.5):
        matrix = visit.matrix(visit.begin_s + share * (visit.end_s - visit.begin_s), SMALL)
        assert matrix is not None
        covered.append((hand.laid_over(paper, matrix) != paper).mean())
    assert covered[0] < covered[1]


def test_a_cloud_takes_light_and_gives_it_back() -> None:
    cloud = Weather(cloud=0.5, cloud_s=4.0)
    assert [cloud.gain(time_s) for time_s in (0.0, 2.0, 4.0)] == pytest.approx([1.0, 0.5, 1.0])


def test_a_lamp_goes_dark_at_once_and_dazzles_when_it_is_on_again() -> None:
    lamp = Weather(switched_s=1.0, lit_s=4.0)
    assert lamp.gain(0.99) == 1.0
    assert lamp.gain(1.0) == pytest.approx(0.3)
    assert lamp.gain(1.2) < lamp.gain(3.9) < 1.0  # the exposure follows
    assert lamp.gain(4.0) == pytest.approx(1.8)
    assert lamp.gain(9.0) == pytest.approx(1.0, abs=0.01)


def test_a_flicker_goes_both_ways() -> None:
    flicker = Weather(flicker=0.1, beats=1.0)
    gains = [flicker.gain(time_s / 20) for time_s in range(20)]
    assert (min(gains), max(gains)) == pytest.approx((0.9, 1.1))


def test_the_light_is_cast_on_a_copy() -> None:
    image = np.full((4, 4, 3), 100, np.uint8)
    assert (Weather(cloud=0.5, cloud_s=2.0).cast(image, 1.0) == 50).all()
    assert (image == 100).all()


PLAN = VideoPlan(minutes=0.25, fps=6, size_wh=SMALL)


def test_a_reader_that_reads_nothing_has_no_false_readings(telling: Callable[..., FrameReader]) -> None:
    score, seen = score_video(telling(), PLAN)
    assert (score.frames, score.false_readings, score.frames_with_digits, seen) == (90, 0, 0, [])
    assert score.per_hour == 0.0
    assert score.at_most_per_hour == pytest.approx(3.0 * 240, rel=0.01)  # the rule of three, in a 240th of an hour
    assert sum(each.frames for each in score.subjects) == 90


def test_a_number_that_stays_is_announced_once_and_counts_once(
    telling: Callable[..., FrameReader], reading: Callable[..., Reading]
) -> None:
    score, seen = score_video(telling(always=[reading(4)]), PLAN)
    assert (score.false_readings, score.frames_with_digits) == (1, 90)
    assert score.per_hour == pytest.approx(240)
    (announced,) = score.announced
    assert (announced.text, announced.subject) == ("4", seen[0].subject)
    assert 0 < announced.time_s < 5
    assert seen[0].steady
    assert seen[0].take not in [frame.take for frame in seen[1:]]
    assert sum(each.false_readings for each in score.subjects) == 1


def test_frames_of_takes_that_came_to_nothing_are_shown_apart(
    telling: Callable[..., FrameReader], reading: Callable[..., Reading]
) -> None:
    # a digit in every third frame is never steady
    score, seen = score_video(telling(always=[reading(4)], every=3), PLAN)
    assert (score.false_readings, score.frames_with_digits) == (0, 30)
    assert not any(frame.steady for frame in seen)
    takes = [take for take, _ in groupby(f.take.seed for f in film_video(seconds=15, fps=6, seed=0, size_wh=SMALL))]
    assert [frame.take for frame in seen] == takes


@pytest.mark.parametrize(("seen", "expected"), [(0, 2.996), (1, 4.744), (2, 6.296), (10, 16.962)])
def test_the_greatest_rate_that_is_not_excluded_is_that_of_the_poisson_tables(seen: int, expected: float) -> None:
    assert most_expected(seen) == pytest.approx(expected, abs=0.001)


def test_the_lines_and_the_page_tell_what_was_announced(
    telling: Callable[..., FrameReader], reading: Callable[..., Reading]
) -> None:
    score, seen = score_video(telling(always=[reading(4)]), PLAN)
    text, page = video_text(score, "a model"), "".join(video_sections(score, seen))
    assert "false readings       1   (240.0 an hour, with 95 % confidence below" in text
    assert ": 4 (90.0 %)" in text
    assert "read 4" in page
    assert page.count("data:image/jpeg") == len(seen)


def test_a_hand_outside_of_the_picture_leaves_it_as_it_is() -> None:
    image = np.full((120, 160, 3), 200, np.uint8)
    hand = FilmedHand.draw(generator())
    inside, outside = (np.array([[0.2, 0.0, x], [0.0, 0.2, 10.0]]) for x in (40.0, 4000.0))
    assert hand.laid_over(image, outside) is image
    assert (hand.laid_over(image, inside) != 200).any()
    assert (image == 200).all()


def test_a_film_of_no_time_has_no_frame() -> None:
    assert list(film_video(seconds=0, fps=5, seed=0, size_wh=SMALL)) == []
