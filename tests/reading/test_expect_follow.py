"""Following under rules: only sure numbers are announced, and a meter never runs backwards."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest

from digitreader.model.accept import AcceptanceRule, confidences_of
from digitreader.reading.number_rules import parse_rules
from digitreader.reading.rule_decoder import RuleDecoder
from digitreader.reading.tracker import Tracker
from digitreader.values import Box, Line, Page, Reading

RULE = AcceptanceRule(threshold=0.33)
FPS = 25.0


KINDS = {"y": {1: 0.6, 7: 0.6}, "i": {1: 0.31}}
"""`y` is a 1 as much as a 7, `i` is hardly a 1; digits are sure."""


def reading(mark: str, column: int, row: int) -> Reading:
    neurons = np.full(10, 0.001, np.float32)
    for digit, activation in (KINDS.get(mark) or {int(mark): 0.99}).items():
        neurons[digit] = activation
    chances = confidences_of(neurons[None], RULE)[0]
    best = int(chances.argmax())
    box = Box(40 * column, 60 * row, 30, 40)
    sure = float(chances[best])
    return Reading(box, best, sure, tuple(neurons.tolist()), 0, tuple(chances.tolist()), evidence=sure)


def page(text: str) -> Page:
    rows = enumerate(text.split("\n") if text else [])
    lines = (Line(tuple(reading(mark, column, row) for column, mark in enumerate(line))) for row, line in rows)
    return Page("cam", lines=tuple(lines))


@dataclass(slots=True)
class Feed:
    """Numbers the frames that a follower gets."""

    rules: str
    tracker: Tracker = field(init=False)
    index: int = 0

    def __post_init__(self) -> None:
        rule_decoder = RuleDecoder(parse_rules([self.rules]), RULE.threshold)
        self.tracker = Tracker(RULE, rule_decoder=rule_decoder)

    def __call__(self, *runs: tuple[str, int]) -> list[str]:
        """Show each text for so many frames, and give what was announced."""
        announced = []
        for text, count in runs:
            for _ in range(count):
                now = page(text)
                numbered = Page(now.source, self.index, self.index / FPS, now.lines)
                steady = self.tracker.update(numbered)
                self.index += 1
                if steady is not None:
                    announced.append(steady.text)
        return announced


def test_a_number_that_keeps_the_rules_is_announced_once() -> None:
    assert Feed("digits=3")(("417", 40)) == ["417"]


def test_a_number_that_breaks_the_rules_is_not_announced() -> None:
    assert Feed("digits=3")(("4177", 20), ("", 10), ("41", 20)) == []


def test_a_number_that_breaks_the_rules_does_not_hold_the_others_up() -> None:
    assert Feed("digits=3")(("4177\n123\n9", 20)) == ["123"]


def test_a_number_that_is_not_sure_waits_until_it_is() -> None:
    assert Feed("digits=3")(("4y7", 40), ("417", 20)) == ["417"]


def test_a_number_that_becomes_doubtful_is_not_announced_again() -> None:
    assert Feed("digits=3")(("417", 20), ("4y7", 20), ("417", 20)) == ["417"]


def test_a_digit_below_the_threshold_counts_where_the_rules_need_it() -> None:
    assert Feed("digits=3")(("4i7", 40)) == ["417"]
    assert Feed("digits=1..5")(("4i7", 40)) == ["47"]


def test_frames_are_averaged_before_the_rules_are_applied() -> None:
    # one frame in three is torn between 1 and 7; over five frames the 1 is sure
    assert Feed("digits=3")(*[("417", 2), ("4y7", 1)] * 10) == ["417"]


def test_a_meter_never_runs_backwards() -> None:
    feed = Feed("digits=3,increasing")
    assert feed(("417", 20), ("411", 20), ("417", 20), ("418", 20)) == ["417", "418"]


def test_the_last_number_helps_to_read_the_next() -> None:
    assert Feed("digits=3,increasing")(("416", 20), ("4y7", 20)) == ["416"]
    assert Feed("digits=3,increasing")(("420", 20), ("4y7", 20)) == ["420", "477"]


def test_a_meter_is_remembered_while_it_is_dark() -> None:
    assert Feed("digits=3,increasing")(("417", 20), ("", 50), ("402", 20), ("", 50), ("417", 20)) == ["417", "417"]


@pytest.mark.parametrize("text", ["417", "4y7"])
def test_confidences_are_those_under_the_rules(text: str) -> None:
    tracker = Tracker(RULE, rule_decoder=RuleDecoder(parse_rules(["range=410..419"]), RULE.threshold))
    pages = [Page("cam", index, index / FPS, page(text).lines) for index in range(20)]
    steady = next(found for found in map(tracker.update, pages) if found is not None)
    assert steady.text == "417"
    assert steady.lines[0].numbers[0].confidence > 0.8
    assert all(each.confidence > 0.8 for each in steady.lines[0].readings)
