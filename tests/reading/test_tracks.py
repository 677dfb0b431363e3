"""One digit through the frames: how often it was seen, how far it moved, how its ink changed; when it is trusted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from digitreader.reading.settings import DebounceSettings, TrackerSettings
from digitreader.reading.tracks import (
    SteadyText,
    Streak,
    Track,
    activations_of,
    are_letters,
    match_boxes,
    means_of_parts,
    middle_edges,
    overlaps,
)
from digitreader.values import Activations, Box, Reading

FRAME_S = 0.05
SETTINGS = TrackerSettings()
SEEN: Activations = np.full(10, 0.1, np.float32)


def track_of(boxes: Sequence[Box | None], *, ink_shares: list[float] | None = None) -> Track:
    """A track with a frame every 50 ms; None where the digit was not seen."""
    first = next(each for each in boxes if each is not None)
    track = Track.begin(first, (0, 0), SETTINGS)
    for at, box in enumerate(boxes):
        track.box = box or track.box
        share = ink_shares[at] if ink_shares else 0.0
        track.look(None if box is None else SEEN, at * FRAME_S, SETTINGS, ink_share=share)
    return track


def moving(*x: int) -> list[Box | None]:
    return [Box(each, 10, 20, 40) for each in x]


def test_boxes_overlap_by_the_share_of_their_union() -> None:
    box = Box(10, 20, 30, 40)
    others = [box, Box(25, 20, 30, 40), Box(10, 50, 30, 40), Box(40, 20, 30, 40), Box(15, 30, 10, 20)]
    shares = overlaps([box], others)
    np.testing.assert_allclose(shares, [[1, 1 / 3, 1 / 7, 0, 1 / 6]], rtol=1e-6)
    np.testing.assert_allclose(overlaps(others, [box]), shares.T)


def test_a_box_is_paired_with_the_one_most_like_it() -> None:
    before, now = [Box(0, 0, 20, 40), Box(12, 0, 20, 40)], [Box(10, 0, 20, 40), Box(100, 0, 20, 40)]
    assert match_boxes(before, now, least_overlap=0.1) == {1: 0}
    assert match_boxes(before, now, least_overlap=0.9) == {}
    assert match_boxes(before, before, least_overlap=1.0) == {0: 0, 1: 1}


def test_a_digit_counts_once_it_was_seen_in_three_frames_and_until_it_was_seen_in_one() -> None:
    here = Box(10, 10, 20, 40)
    counts = [track_of([here] * seen + [None] * hidden).confirmed for seen, hidden in
              ((2, 0), (3, 0), (5, 3), (5, 4))]  # fmt: skip
    assert counts == [False, True, True, False]


def test_the_share_of_frames_is_that_of_the_last_seconds() -> None:
    here = Box(10, 10, 20, 40)
    track = track_of([None, None, None, None, here, here, None, here, here])
    assert track.share_seen(4 * FRAME_S, 1) == pytest.approx(4 / 5)  # and the frame just before them
    assert track.share_seen(2 * FRAME_S, 1) == pytest.approx(2 / 3)
    assert track.share_seen(FRAME_S, 8) == pytest.approx(4 / 8)


def test_a_trail_is_kept_for_half_a_second_and_the_frame_before() -> None:
    track = track_of(moving(*range(30)))
    assert track.trail[0][0] == pytest.approx(29 * FRAME_S - SETTINGS.trail_s)
    assert len(track.trail) == len(track.inks) == 11


def test_the_motion_is_that_of_the_middle_of_the_frames_halves() -> None:
    assert track_of(moving(*range(10))).drift_px(4 * FRAME_S, 1) == pytest.approx(3)  # 5 6 | 7 | 8 9
    assert track_of(moving(*range(10))).drift_px(5 * FRAME_S, 1) == pytest.approx(3)  # 4 5 6 | 7 8 9
    assert track_of(moving(0, 9, 0, 9, 0, 9, 0, 9, 0)).drift_px(8 * FRAME_S, 1) == pytest.approx(0)


def test_the_edge_that_moves_most_counts() -> None:
    grown = track_of([Box(10, 10, 20, 40)] * 4 + [Box(9, 8, 28, 43)] * 4)
    assert grown.drift_px(7 * FRAME_S, 1) == 7  # the right edge
    lower = track_of([Box(10, 10, 20, 40)] * 4 + [Box(9, 12, 20, 44)] * 4)
    assert lower.drift_px(7 * FRAME_S, 1) == 6  # the lower edge


def test_the_motion_of_what_was_not_followed_long_enough_is_not_known() -> None:
    assert track_of(moving(0, 1, 2)).drift_px(4 * FRAME_S, 1) is None
    assert track_of(moving(0, 1, 2, 3, 4)).drift_px(4 * FRAME_S, 1) is not None
    assert track_of([*moving(0), None, None, None, None]).drift_px(4 * FRAME_S, 1) is None


def test_the_change_of_ink_is_a_share_of_what_it_was() -> None:
    boxes = moving(*[10] * 6)
    assert track_of(boxes, ink_shares=[0.2] * 3 + [0.3] * 3).ink_change(5 * FRAME_S, 1) == pytest.approx(0.5)
    assert track_of(boxes, ink_shares=[0.4] * 3 + [0.3] * 3).ink_change(5 * FRAME_S, 1) == pytest.approx(0.25)
    assert track_of(boxes, ink_shares=[0.2] * 4 + [0.3] * 2).ink_change(2 * FRAME_S, 1) == pytest.approx(0.5)
    assert track_of(boxes, ink_shares=[0.0] * 5 + [0.3]).ink_change(5 * FRAME_S, 1) == 0.0
    assert track_of(boxes, ink_shares=[0.0] * 4 + [0.2, 0.3]).ink_change(5 * FRAME_S, 1) == pytest.approx(0.5)


def test_the_middle_edges_are_medians() -> None:
    boxes = [Box(0, 10, 20, 40), Box(2, 14, 20, 40), Box(90, 11, 30, 50)]
    assert middle_edges(boxes) == (2, 11, 22, 54)


def test_a_state_lasts_for_frames_and_seconds() -> None:
    streak = Streak()
    for at in range(3):
        streak.count(10 + at * 0.1)
    assert streak.lasted(3, 0.2, 10.2)
    assert not streak.lasted(4, 0.2, 10.2)
    assert not streak.lasted(3, 0.25, 10.2)


@pytest.mark.parametrize("counts", [(2, 2, 2), (1, 2, 3), (6,)])
def test_the_means_are_those_of_each_part(counts: tuple[int, ...]) -> None:
    rows = np.arange(18, dtype=np.float64).reshape(6, 3) ** 2
    first, expected = 0, []
    for count in counts:
        expected.append(rows[first : first + count].mean(axis=0))
        first += count
    np.testing.assert_allclose(means_of_parts(rows, counts), expected)


def test_a_reading_without_activations_is_as_sure_of_its_digit_as_it_says() -> None:
    alone = activations_of(Reading(Box(0, 0, 1, 1), 7, 0.75))
    assert alone.tolist() == [0, 0, 0, 0, 0, 0, 0, 0.75, 0, 0]


STILL = moving(*[10] * 20)
DEBOUNCE = DebounceSettings()


def text_of(*tracks: Track, evidence: float = 0.99, waited_s: float = 0.2) -> SteadyText:
    told = [(Reading(track.box, 7, 0.9, evidence=evidence), track) for track in tracks]
    return SteadyText(told, waited_s, SETTINGS.steady_s, SETTINGS.steady_frames)


def is_trusted(*tracks: Track, evidence: float = 0.99, waited_s: float = 0.2) -> bool:
    return text_of(*tracks, evidence=evidence, waited_s=waited_s).is_trusted(DEBOUNCE)


def test_a_sure_digit_that_lies_still_is_trusted() -> None:
    assert is_trusted(track_of(STILL))
    assert is_trusted(track_of(STILL), evidence=0.5)  # it has rested


def slow(step_frames: int) -> Track:
    """A digit that moves by a pixel every few frames."""
    return track_of(moving(*(at // step_frames for at in range(20))))


def test_a_doubtful_digit_is_trusted_only_after_it_has_rested() -> None:
    crept = track_of(moving(*[0] * 14, *[4] * 6))
    assert is_trusted(crept)
    assert not is_trusted(crept, evidence=0.5)


def test_a_moving_digit_is_trusted_if_it_is_sure_and_is_held_for_a_second() -> None:
    fast = track_of(moving(*range(0, 100, 5)))
    assert not is_trusted(fast, waited_s=0.9)
    assert is_trusted(fast, waited_s=1.0)
    assert not is_trusted(fast, waited_s=5.0, evidence=0.89)


def test_two_moving_digits_are_held_for_less_time() -> None:
    fast = [track_of(moving(*range(start, start + 100, 5))) for start in (0, 50)]
    assert not is_trusted(*fast, waited_s=0.5)
    assert is_trusted(*fast, waited_s=0.6)


def test_many_digits_may_move_a_little() -> None:
    creeping = slow(2)  # 2 px in 0.2 s; a still digit of 40 px may move by 1.2 px, many by 2.2 px
    assert not is_trusted(creeping, creeping)
    assert is_trusted(creeping, creeping, creeping)


def test_a_digit_that_is_seen_rarely_waits_longer() -> None:
    here = Box(10, 10, 20, 40)
    rarely = track_of([here if at % 2 else None for at in range(20)])
    assert not is_trusted(rarely, waited_s=0.7)
    assert is_trusted(rarely, waited_s=0.8)


@pytest.mark.parametrize(("later", "written"), [(0.23, True), (0.21, False)])
def test_a_number_whose_ink_grows_is_being_written(later: float, written: bool) -> None:
    growing = track_of(STILL, ink_shares=[0.2] * 17 + [later] * 3)
    assert text_of(growing).is_being_written(DEBOUNCE) == written
    assert is_trusted(growing) != written


def test_a_number_that_was_written_slowly_is_being_written_for_longer() -> None:
    shares = [0.2] * 10 + [0.26] * 10
    assert text_of(track_of(STILL[:15], ink_shares=shares[:15])).is_being_written(DEBOUNCE)
    assert not text_of(track_of(STILL, ink_shares=shares)).is_being_written(DEBOUNCE)


def test_few_doubtful_digits_among_much_writing_are_letters() -> None:
    def letters(count: int, evidence: float, *, told: bool = False, outnumbered: bool = True) -> bool:
        text = text_of(*(track_of(STILL) for _ in range(count)), evidence=evidence)
        for _, track in text.readings:
            track.announced = told
        return are_letters(text.readings, DEBOUNCE, outnumbered=outnumbered)

    assert letters(2, 0.94)
    assert not letters(3, 0.94)
    assert not letters(2, 0.95)
    assert not letters(2, 0.94, told=True)
    assert not letters(2, 0.94, outnumbered=False)
