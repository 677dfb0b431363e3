"""What stands beside a reading says how likely it is a digit."""

from __future__ import annotations

import numpy as np
import pytest

from digitreader.reading import neighbours as company
from digitreader.reading.neighbours import adjusted_by_neighbours, neighbours_of
from digitreader.values import Box, Reading, boxes_of

SURE = 0.95


def reading(x: int, *, digit: int = 0, evidence: float = SURE, y: int = 0, height: int = 40) -> Reading:
    chances = [0.0] * 10
    chances[digit] = evidence
    return Reading(Box(x, y, 25, height), digit, evidence, chances=tuple(chances), evidence=evidence)


def test_a_doubtful_digit_among_digits_is_surer_than_alone_and_among_letters_less() -> None:
    doubtful = reading(70, evidence=0.6)
    digits = [reading(35 * place, digit=7) for place in (0, 1, 3, 4)]
    letters = [Box(35 * place, 0, 25, 40) for place in (0, 1, 3, 4)]
    among_digits = adjusted_by_neighbours([*digits, doubtful], ())[-1].evidence
    alone, among_letters = (
        adjusted_by_neighbours([doubtful], ())[0].evidence,
        adjusted_by_neighbours([doubtful], letters)[0].evidence,
    )
    assert among_digits > 0.8
    assert among_digits > alone > among_letters
    assert among_letters < 0.1


def test_even_a_sure_shape_is_doubted_in_the_middle_of_a_word() -> None:
    """The O of CLOSED reads as a 0 beyond doubt, by itself."""
    letters = [Box(35 * place, 0, 25, 40) for place in (0, 1, 3, 4, 5)]
    assert adjusted_by_neighbours([reading(70, evidence=0.95)], letters)[0].evidence < 0.5


def test_a_letter_among_many_digits_does_not_cost_them() -> None:
    digits = [reading(35 * place) for place in (0, 1, 2, 4, 5, 6)]
    told = adjusted_by_neighbours(digits, [Box(105, 0, 25, 40)])
    assert min(each.evidence for each in told) > 0.9


def test_readings_that_are_no_digits_count_as_other_writing() -> None:
    doubtful = reading(70, evidence=0.8)
    rejected = [reading(35 * place, evidence=0.01) for place in (0, 1, 3, 4)]
    assert (
        adjusted_by_neighbours([*rejected, doubtful], ())[-1].evidence
        < adjusted_by_neighbours([doubtful], ())[0].evidence
    )


def test_a_word_counts_as_many_letters() -> None:
    here, evidence = boxes_of([Box(0, 0, 25, 40)]), np.array([0.5])
    one, word = (neighbours_of(here, evidence, boxes_of([Box(40, 0, width, 40)])).others[0] for width in (28, 280))
    assert word == pytest.approx(10 * one)


def test_what_is_far_away_in_another_line_or_much_smaller_counts_less_or_nothing() -> None:
    here, evidence = boxes_of([Box(0, 0, 25, 40)]), np.array([0.5])

    def others(box: Box) -> float:
        return float(neighbours_of(here, evidence, boxes_of([box])).others[0])

    beside = others(Box(30, 0, 25, 40))
    assert beside > others(Box(200, 0, 25, 40)) > 0
    assert beside > 10 * others(Box(0, 90, 25, 40))
    assert others(Box(30, 30, 5, 8)) == 0
    assert others(Box(2, 2, 25, 38)) == 0  # the same ink


def test_it_stays_the_same_digit_and_chances_are_chances() -> None:
    chances = (0.0, 0.0, 0.0, 0.0, 0.5, 0.0, 0.0, 0.0, 0.0, 0.4)
    torn = Reading(Box(70, 0, 25, 40), 4, 0.5, chances=chances, evidence=0.5)
    for others in ((), tuple(Box(35 * place, 0, 25, 40) for place in (0, 1, 3))):
        for digits in ([], [reading(105 + 35 * place) for place in range(4)]):
            told = adjusted_by_neighbours([torn, *digits], others)[0]
            assert told.digit == int(np.argmax(told.chances)) == 4
            assert told.confidence == told.chances[4]
            assert 0 <= sum(told.chances) <= 1
            assert told.chances[9] / told.chances[4] == pytest.approx(0.8)
            assert told.evidence <= 5 / 9 + 1e-9  # it may as well be a 9, in whatever company


def test_many_readings_are_weighed_in_parts_as_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(2)
    boxes = np.column_stack([rng.integers(0, 500, (40, 2)), rng.integers(10, 50, (40, 2))]).astype(np.float64)
    evidence, others = rng.random(40), boxes[:7] + 9
    at_once = neighbours_of(boxes, evidence, others)
    monkeypatch.setattr(company, "AT_ONCE", 7)
    for part, whole in zip(neighbours_of(boxes, evidence, others), at_once, strict=True):
        np.testing.assert_allclose(part, whole)


@pytest.mark.parametrize("factor", [0.5, 3])
def test_the_scale_of_the_picture_does_not_matter(factor: float) -> None:
    boxes = boxes_of([Box(0, 0, 26, 40), Box(40, 4, 20, 44), Box(90, 0, 30, 40)])
    evidence, others = np.array([0.9, 0.2, 0.7]), boxes_of([Box(130, 0, 60, 40)])
    for scaled, plain in zip(
        neighbours_of(factor * boxes, evidence, factor * others), neighbours_of(boxes, evidence, others), strict=True
    ):
        np.testing.assert_allclose(scaled, plain, rtol=1e-9)


def test_nothing_read_is_nothing_judged() -> None:
    assert adjusted_by_neighbours([], [Box(0, 0, 10, 10)]) == []
