"""Signs and letters among digits: they are drawn with their truth, and counted where they are told as digits."""

from __future__ import annotations

import numpy as np
import pytest

from digitreader.drawing import DigitBox, MarkBox, Scene
from digitreader.measure.score.finding.kinds import KINDS, draw_kind
from digitreader.measure.score.finding.score import MarkCounts, count_marks
from digitreader.values import Box, Line, Page, Reading

ONE, MARK, TWO = Box(0, 0, 20, 40), Box(30, 0, 20, 50), Box(60, 0, 20, 40)
SHOWN = Scene(
    np.zeros((60, 90, 3), np.uint8), (DigitBox(1, ONE, 0), DigitBox(2, TWO, 0)), "1 2", (MarkBox("/", MARK, 0),)
)


def page(*readings: tuple[int, Box, int]) -> Page:
    return Page("", lines=(Line(tuple(Reading(box, digit, 0.9, group=group) for digit, box, group in readings)),))


@pytest.mark.parametrize(
    ("read", "counts"),
    [
        (page((1, ONE, 0), (2, TWO, 1)), MarkCounts(1, 0, 0)),
        (page((1, ONE, 0), (1, MARK, 0), (2, TWO, 0)), MarkCounts(1, 1, 0)),
        (page((1, ONE, 0), (2, TWO, 0)), MarkCounts(1, 0, 1)),
        (page((1, ONE, 0)), MarkCounts(1, 0, 0)),
        (Page(""), MarkCounts(1, 0, 0)),
    ],
    ids=["parted", "told as a digit", "passed over", "a digit is missing", "nothing is read"],
)
def test_what_became_of_a_mark_is_counted(read: Page, counts: MarkCounts) -> None:
    assert count_marks(SHOWN, read) == counts


@pytest.mark.parametrize("name", ["slashes", "signs", "words-and-digits"])
def test_each_mark_lies_in_the_picture_and_has_ink_in_it(name: str) -> None:
    for shown in draw_kind(KINDS[name], 3, seed=4):
        assert shown.marks
        for mark in shown.marks:
            box = mark.box
            part = shown.image[max(box.y, 0) : box.y + box.height, max(box.x, 0) : box.x + box.width]
            assert part.reshape(-1, 3).astype(np.float64).std(axis=0).max() > 5


def test_a_mark_between_digits_is_a_gap_in_the_text() -> None:
    for shown in draw_kind(KINDS["slashes"], 3, seed=4):
        slashes = [[mark for mark in shown.marks if mark.line == line] for line in range(3)]
        assert all(" " in line for line, marks in zip(shown.truth.split("\n"), slashes, strict=True) if marks)


def test_lines_of_ones_have_no_marks_and_mostly_1s() -> None:
    drawn = list(draw_kind(KINDS["ones"], 6, seed=4))
    digits = [digit.digit for shown in drawn for digit in shown.boxes]
    assert not any(shown.marks for shown in drawn)
    assert digits.count(1) > 0.5 * len(digits)
