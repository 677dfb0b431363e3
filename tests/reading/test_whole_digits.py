"""A digit of strokes that do not meet: kept whole where that is more likely than its strokes."""

from __future__ import annotations

import numpy as np
import pytest

from digitreader.measure.score.finding.kinds import kinds_named
from digitreader.measure.score.finding.score import FindingPlan, score_finding
from digitreader.model.load import load_model
from digitreader.reading.pipeline import FrameReader
from digitreader.reading.whole_digits import COUNT, Judged, choose_wholes, wholes_of
from digitreader.reading.whole_weights import MEANS
from digitreader.values import Box, Candidate, Ink

HOOK, BAR, WHOLE, FAR = Box(0, 0, 20, 60), Box(25, 5, 8, 60), Box(0, 0, 33, 65), Box(80, 0, 30, 60)
THRESHOLD = 0.5
INK_OUTSIDE = 8
"""Which feature it is."""


def inked(box: Box) -> Ink:
    """The hook's and the bar's ink, where the box has any."""
    page: Ink = np.zeros((70, 120), np.uint8)
    page[0:40, 0:6] = page[34:40, 0:20] = page[5:65, 25:33] = page[0:60, 80:110] = 255
    return page[box.y : box.y + box.height, box.x : box.x + box.width]


def judged(
    read: list[float],
    *,
    heat: list[float],
    digits: tuple[int, ...] = (2, 1, 4, 0),
    boxes: tuple[Box, ...] = (HOOK, BAR, WHOLE, FAR),
) -> Judged:
    candidates = [Candidate(box, inked(box), heat=hot) for box, hot in zip(boxes, heat, strict=True)]
    likely, hot = np.array(read), np.array(heat)
    return Judged(candidates, np.array(digits, np.int64), likely, likely * hot)


def kept(told: Judged, *, chosen: tuple[int, ...] = (0, 1, 3)) -> set[int]:
    return set(choose_wholes(chosen, told, threshold=THRESHOLD)[0])


def test_a_hook_and_a_bar_are_one_digit_though_the_bar_alone_is_a_likely_1() -> None:
    left, sure = choose_wholes(
        (0, 1, 3), judged([0.02, 0.99, 0.99, 0.9], heat=[0.3, 0.9, 0.4, 0.9]), threshold=THRESHOLD
    )
    assert set(left) == {2, 3}
    assert sure[2] > 0


def test_two_likely_digits_stay_two_beside_a_less_likely_one_that_holds_both() -> None:
    assert kept(judged([0.99, 0.99, 0.5, 0.9], heat=[0.95, 0.95, 0.1, 0.9])) == {0, 1, 3}


@pytest.mark.parametrize("read", [0.0, 0.29])
def test_what_does_not_read_as_a_digit_takes_no_place(read: float) -> None:
    assert wholes_of((0, 1, 3), judged([0.1, 0.1, read, 0.9], heat=[0.1, 0.1, 0.9, 0.9]), threshold=THRESHOLD) == []


def test_what_reaches_into_another_digit_takes_no_place() -> None:
    told = judged([0.1, 0.1, 0.9, 0.9], heat=[0.1, 0.1, 0.9, 0.9], boxes=(HOOK, BAR, WHOLE, Box(20, 0, 30, 60)))
    assert wholes_of((0, 1, 3), told, threshold=THRESHOLD) == []


def test_the_same_digit_at_another_scale_is_no_whole_of_itself() -> None:
    told = judged([0.1, 0.9, 0.9, 0.9], heat=[0.1, 0.9, 0.9, 0.9], boxes=(HOOK, Box(1, 0, 32, 65), WHOLE, FAR))
    assert wholes_of((1, 3), told, threshold=THRESHOLD) == []


def test_a_digit_that_is_read_without_some_of_its_strokes_keeps_its_closer_box() -> None:
    told = judged([0.1, 0.99, 0.99, 0.9], heat=[0.1, 0.9, 0.9, 0.9], digits=(2, 4, 4, 0))
    assert wholes_of((0, 1, 3), told, threshold=THRESHOLD) == []


def test_only_ink_outside_accepted_parts_counts_as_unexplained() -> None:
    (whole,) = wholes_of((0, 1, 3), judged([0.02, 0.99, 0.99, 0.9], heat=[0.3, 0.9, 0.4, 0.9]), threshold=THRESHOLD)
    hook, bar = 40 * 6 + 6 * 14, 60 * 8
    assert whole.parts == (0, 1)
    assert whole.features[INK_OUTSIDE] == pytest.approx(hook / (hook + bar))


def test_of_two_wholes_for_the_same_strokes_one_is_kept() -> None:
    boxes = (HOOK, BAR, WHOLE, Box(0, 0, 34, 65))
    left = kept(
        judged([0.02, 0.99, 0.99, 0.98], heat=[0.3, 0.9, 0.4, 0.4], digits=(2, 1, 4, 4), boxes=boxes), chosen=(0, 1)
    )
    assert len(left) == 1


def test_nothing_chosen_stays_nothing() -> None:
    empty = Judged([], np.zeros(0, np.int64), np.zeros(0), np.zeros(0))
    assert choose_wholes([], empty, threshold=THRESHOLD) == ([], {})


def test_there_is_a_mean_for_each_feature() -> None:
    assert len(MEANS) == COUNT


def test_digits_of_strokes_that_do_not_meet_are_read() -> None:
    plan = FindingPlan(kinds_named(["open-strokes"]), digits=40, empty=0, seed=7)
    score, _ = score_finding(FrameReader(load_model("accurate")), plan)
    (kind,) = score.kinds
    assert kind.right_share is not None
    assert kind.right_share > 0.75
