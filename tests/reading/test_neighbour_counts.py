"""How near things are to a reading, and how that moves its evidence, against the formula for one pair at a time."""

from __future__ import annotations

import math

import numpy as np
import pytest

from digitreader.reading.neighbours import (
    NEIGHBOUR_WEIGHTS,
    adjusted_by_neighbours,
    neighbours_of,
    signs_of,
)
from digitreader.values import Box, Reading, boxes_of

HERE = Box(100, 100, 25, 40)


def nearness(box: Box, here: Box = HERE) -> float:
    """How much a sure digit in a box counts beside another one."""
    return float(neighbours_of(boxes_of([here, box]), np.array([0.0, 1.0]), boxes_of([])).digits[0])


@pytest.mark.parametrize(
    ("box", "across", "apart"),
    [
        (Box(135, 100, 25, 40), 10 / 40, 0),  # the gap, in heights of the taller one
        (Box(40, 100, 25, 40), 35 / 40, 0),
        (Box(135, 108, 25, 40), 10 / 40, 0),  # a fifth of a height is level
        (Box(135, 120, 25, 40), 10 / 40, 20 / 40 - 0.2),
        (Box(135, 80, 25, 40), 10 / 40, 20 / 40 - 0.2),
        (Box(135, 90, 25, 60), 10 / 60, 0),
        (Box(100, 150, 25, 40), 0, 50 / 40 - 0.2),  # below it
        (Box(135, 100, 25, 20), 10 / 40, 10 / 40 - 0.2),
    ],
)
def test_a_neighbour_counts_less_with_its_distance_in_heights(box: Box, across: float, apart: float) -> None:
    assert nearness(box) == pytest.approx(math.exp(-across / 3 - 2 * apart))
    assert nearness(HERE, box) == pytest.approx(nearness(box))


@pytest.mark.parametrize(("height", "counts"), [(13, False), (15, True)])
def test_a_thing_lower_than_a_third_is_no_neighbour(height: int, counts: bool) -> None:
    assert (nearness(Box(135, 113, 25, height)) > 0) == counts


@pytest.mark.parametrize(("shared_px", "counts"), [(14, False), (12, True), (0, True)])
def test_boxes_that_share_more_than_half_are_of_the_same_ink(shared_px: int, counts: bool) -> None:
    assert (nearness(Box(125 - shared_px, 100, 25, 40)) > 0) == counts


def test_boxes_in_one_column_that_do_not_overlap_are_not_of_the_same_ink() -> None:
    assert nearness(Box(100, 141, 25, 40)) > 0
    assert nearness(Box(100, 110, 25, 40)) == 0


def test_a_digit_counts_by_its_evidence_and_the_rest_as_other_writing() -> None:
    boxes = boxes_of([HERE, Box(135, 100, 25, 40)])
    counts = neighbours_of(boxes, np.array([0.0, 0.75]), boxes_of([]))
    near = math.exp(-10 / 40 / 3)
    assert counts.digits[0] == pytest.approx(0.75 * near)
    assert counts.others[0] == pytest.approx(0.25 * near)


@pytest.mark.parametrize(("width", "letters"), [(20, 1), (28, 1), (56, 2), (140, 5)])
def test_a_word_counts_a_letter_for_each_seven_tenths_of_its_height(width: int, letters: float) -> None:
    counts = neighbours_of(boxes_of([HERE]), np.array([0.5]), boxes_of([Box(135, 100, width, 40)]))
    assert counts.others[0] == pytest.approx(letters * math.exp(-10 / 40 / 3))
    assert counts.digits[0] == 0


def reading(box: Box, evidence: float, *, others: float = 0.0) -> Reading:
    chances = (others, evidence, *(0.0,) * 8)
    return Reading(box, 1, evidence, chances=chances, evidence=evidence)


def test_the_weights_shift_the_log_odds_by_the_logarithm_of_the_neighbours() -> None:
    row = [reading(HERE, 0.6), reading(Box(135, 100, 25, 40), 1.0)]
    word = Box(55, 100, 35, 40)
    digits, others = math.exp(-10 / 40 / 3), 1.25 * math.exp(-10 / 40 / 3)
    signs = signs_of(row, [word])
    assert signs[0].tolist() == pytest.approx([math.log1p(2 * digits), math.log1p(2 * others)])
    shift = signs[0] @ np.array(NEIGHBOUR_WEIGHTS)
    told = adjusted_by_neighbours(row, [word])[0]
    assert math.log(told.evidence / (1 - told.evidence)) == pytest.approx(math.log(0.6 / 0.4) + shift)
    assert told.confidence == told.chances[1] == pytest.approx(told.evidence)


def test_the_shares_of_the_digits_stay() -> None:
    doubtful = reading(HERE, 0.3, others=0.1)
    told = adjusted_by_neighbours([doubtful, reading(Box(135, 100, 25, 40), 1.0)], [])[0]
    assert told.chances[1] / told.chances[0] == pytest.approx(3)
    any_digit = sum(told.chances)
    shift = math.log1p(2 * math.exp(-10 / 40 / 3)) * NEIGHBOUR_WEIGHTS[0]
    assert math.log(any_digit / (1 - any_digit)) == pytest.approx(math.log(0.4 / 0.6) + shift)
    assert told.evidence == pytest.approx(0.75 * any_digit)


@pytest.mark.parametrize("evidence", [0.0, 1.0])
def test_what_is_certain_stays_so(evidence: float) -> None:
    told = adjusted_by_neighbours([reading(HERE, evidence), reading(Box(135, 100, 25, 40), 1.0)], [])[0]
    assert told.evidence == pytest.approx(evidence, abs=1e-4)
