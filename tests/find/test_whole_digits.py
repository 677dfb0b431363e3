"""A digit of strokes that do not meet: kept whole where it reads better than its strokes together."""

from __future__ import annotations

import numpy as np
import pytest

from digitreader.find.non_max_suppression import join_parts
from digitreader.measure.score.finding.kinds import kinds_named
from digitreader.measure.score.finding.score import FindingPlan, score_finding
from digitreader.model.load import load_model
from digitreader.reading.pipeline import FrameReader
from digitreader.values import Box

HOOK, BAR, WHOLE, FAR = Box(0, 0, 20, 60), Box(25, 5, 8, 60), Box(0, 0, 33, 65), Box(80, 0, 30, 60)
BOXES = (HOOK, BAR, WHOLE, FAR)


def kept(evidence: list[float], *, boxes: tuple[Box, ...] = BOXES, first: tuple[int, ...] = (0, 1, 3)) -> set[int]:
    return set(join_parts(first, boxes, np.array(evidence), least=0.5))


def test_strokes_that_are_less_likely_two_digits_than_one_are_one() -> None:
    assert kept([0.6, 0.6, 0.9, 0.9]) == {2, 3}


def test_two_digits_that_read_better_than_what_holds_both_stay_two() -> None:
    assert kept([0.99, 0.98, 0.9, 0.9]) == {0, 1, 3}


@pytest.mark.parametrize("whole", [0.0, 0.49])
def test_what_does_not_read_as_a_digit_takes_no_place(whole: float) -> None:
    assert kept([0.1, 0.1, whole, 0.9]) == {0, 1, 3}


def test_one_part_alone_is_not_replaced() -> None:
    """A loop of a letter reads better than the letter, and the letter may yet look like a digit."""
    assert kept([0.3, 0.0, 0.9, 0.9], first=(0, 3)) == {0, 3}


def test_what_reaches_into_another_digit_takes_no_place() -> None:
    boxes = (HOOK, BAR, Box(0, 0, 33, 65), Box(20, 0, 30, 60))
    assert kept([0.2, 0.2, 0.9, 0.9], boxes=boxes) == {0, 1, 3}


def test_nothing_kept_stays_nothing() -> None:
    assert join_parts([], BOXES, np.zeros(4), least=0.5) == []


def test_digits_of_strokes_that_do_not_meet_are_read_better_than_their_strokes() -> None:
    plan = FindingPlan(kinds_named(["open-strokes"]), digits=40, empty=0, seed=7)
    score, _ = score_finding(FrameReader(load_model("accurate")), plan)
    (kind,) = score.kinds
    assert kind.right_share is not None
    assert kind.right_share > 0.75
