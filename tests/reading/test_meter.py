"""A meter: never down, at most so much an hour, over a restart, on wheels; and ink that still changes is not told."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from digitreader.errors import OutputError
from digitreader.model.accept import AcceptanceRule
from digitreader.reading.number_history import NumberHistory
from digitreader.reading.number_rules import parse_rules
from digitreader.reading.rule_decoder import RuleDecoder
from digitreader.reading.tracker import Tracker
from digitreader.reading.wheels import lower_on_wheels, with_last_between
from digitreader.values import Box, Line, Page, Reading

RULE = AcceptanceRule(threshold=0.5)
FPS = 30


def digits(text: str, *, down_px: int = 0, ink_share: float = 0.0) -> tuple[Reading, ...]:
    """The last digit stands `down_px` below the others."""
    return tuple(
        Reading(
            Box(50 * at, down_px if at == len(text) - 1 else 0, 30, 60),
            int(digit),
            0.99,
            tuple(0.999 if each == int(digit) else 0.0001 for each in range(10)),
            chances=tuple(0.99 if each == int(digit) else 0.0005 for each in range(10)),
            evidence=0.99,
            ink_share=ink_share,
        )
        for at, digit in enumerate(text)
    )


class Meter:
    """A tracker with rules, shown one text after another."""

    def __init__(self, rules: str, history: NumberHistory | None = None) -> None:
        self.tracker = Tracker(RULE, rule_decoder=RuleDecoder(parse_rules([rules]), RULE.threshold, history))
        self.frame = 0

    def show(self, text: str, *, seconds: float = 2.0) -> tuple[list[str], list[str]]:
        told, doubts = [], []
        for _ in range(round(seconds * FPS)):
            steady = self.tracker.update(Page("cam", self.frame, self.frame / FPS, (Line(digits(text)),)))
            self.frame += 1
            told += [steady.text] if steady else []
            doubts += [self.tracker.doubtful.doubt] if self.tracker.doubtful else []
        return told, doubts


def test_a_number_that_goes_down_is_doubtful_once_and_the_next_one_follows_on_the_old() -> None:
    meter = Meter("digits=4,increasing")
    assert meter.show("1234") == (["1234"], [])
    told, doubts = meter.show("1134", seconds=4)
    assert (told, doubts) == ([], ["1134 is less than 1234, which was read before"])
    assert meter.show("1235") == (["1235"], [])


def test_a_number_that_grows_too_fast_is_doubtful_and_one_step_never_is() -> None:
    meter = Meter("digits=4,point=2,per-hour=0.5")
    assert meter.show("1234") == (["12.34"], [])
    assert meter.show("1235") == (["12.35"], [])
    told, doubts = meter.show("1835")
    assert told == []
    assert len(doubts) == 1
    assert "18.35 is more than 0.5 an hour above 12.35" in doubts[0]


@pytest.mark.parametrize(("hours", "most"), [(0.0, "12.35"), (0.5, "14.85"), (3.0, "27.35")])
def test_the_greatest_number_that_may_follow_grows_with_the_hours(hours: float, most: str) -> None:
    history, box = NumberHistory(began_s=1_000.0), Box(0, 0, 180, 60)
    history.remember(box, "12.34", 60.0)
    rules = parse_rules(["digits=4,point=2,per-hour=5"])
    assert history.limits(box, 60.0 + 3600 * hours, rules) == (None, Decimal(most))


def test_the_last_number_is_known_after_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "numbers.json"
    assert Meter("digits=4,increasing", NumberHistory(file, began_s=1000.0)).show("1234") == (["1234"], [])
    later = Meter("digits=4,increasing", NumberHistory(file, began_s=5000.0))
    told, doubts = later.show("1034")
    assert (told, len(doubts)) == ([], 1)
    assert later.show("1234")[0] == ["1234"]


PLACE = Box(0, 0, 180, 60)


@pytest.mark.parametrize(
    ("rules", "text", "hours", "why"),
    [
        ("digits=4,increasing", "1034", 0.0, "1034 is less than 1234, which was read before"),
        ("digits=4,increasing", "1234", 0.0, ""),
        ("digits=4,increasing", "9999", 0.0, ""),
        ("digits=4,per-hour=5", "1300", 2.0, "1300 is more than 5 an hour above 1234, which was read 2 h before"),
        ("digits=4,per-hour=5", "1244", 2.0, ""),
    ],
)
def test_why_a_number_cannot_follow_is_said(rules: str, text: str, hours: float, why: str) -> None:
    history = NumberHistory(began_s=1_000.0)
    assert history.why_not(text, PLACE, 3600 * hours, parse_rules([rules])) == ""  # nothing is known before it
    history.remember(PLACE, "1234", 0.0)
    assert history.why_not(text, PLACE, 3600 * hours, parse_rules([rules])) == why


def test_each_time_that_saving_the_history_begins_to_fail_it_is_said_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "kept"
    folder.mkdir()
    history = NumberHistory(folder / "numbers.json")
    said = []
    for text, can_save in (("1", True), ("2", False), ("3", False), ("4", True), ("5", False)):
        if can_save and folder.is_file():
            folder.unlink()
            (tmp_path / "away").rename(folder)
        elif not can_save and folder.is_dir():  # a file takes the folder's place
            folder.rename(tmp_path / "away")
            folder.touch()
        history.remember(PLACE, text, 0.0)
        said.append(capsys.readouterr().err.count("the history of numbers is not saved"))
    assert said == [0, 1, 0, 0, 1]
    kept = NumberHistory(tmp_path / "away" / "numbers.json").at(PLACE)
    assert kept is not None
    assert kept.text == "4"


LETTERS = '{"numbers": [{"box": {"x": 0, "y": 0, "width": 9, "height": 9}, "text": "?", "time_s": 1.0}]}'


@pytest.mark.parametrize("content", ["", "{}", '{"numbers": [{"text": "x"}]}', LETTERS, "[" * 10_000])
def test_a_file_that_holds_no_history_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "numbers.json").write_text(content)
    with pytest.raises(OutputError, match="delete it to start a new one"):
        NumberHistory(tmp_path / "numbers.json")


@pytest.mark.parametrize(
    ("text", "down_px", "lower"),
    [("12345", 0, "12345"), ("12345", -20, "12345"), ("12345", 20, "12344"), ("12345", 6, "12345")],
)
def test_a_last_wheel_that_is_still_coming_up_counts_as_the_lower_digit(text: str, down_px: int, lower: str) -> None:
    told = lower_on_wheels(digits(text, down_px=down_px))
    assert "".join(str(reading.digit) for reading in told) == lower


def test_the_wheel_before_a_nought_that_comes_up_turns_with_it() -> None:
    readings = list(digits("12340", down_px=20))
    readings[3] = replace(readings[3], box=Box(150, 18, 30, 60))
    assert "".join(str(reading.digit) for reading in lower_on_wheels(readings)) == "12339"


def test_a_digit_that_is_cut_off_by_its_window_is_none() -> None:
    readings = digits("1234")
    cut = replace(readings[3], box=Box(150, 0, 30, 40))
    assert lower_on_wheels([*readings[:3], cut])[3].evidence == 0.0


def test_a_digit_is_not_told_while_its_ink_grows_and_is_told_soon_after() -> None:
    tracker, told = Tracker(RULE), []
    for frame in range(60):
        share = 0.1 + 0.2 * min(1.0, frame / 24)
        steady = tracker.update(Page("cam", frame, frame / FPS, (Line(digits("7", ink_share=share)),)))
        told += [frame] if steady else []
    assert len(told) == 1
    assert 24 <= told[0] <= 24 + 0.5 * FPS


def test_two_halves_of_digits_in_one_window_are_none() -> None:
    readings = digits("1234")
    tall = replace(readings[3], box=Box(150, 0, 30, 80))
    assert lower_on_wheels([*readings[:3], tall])[3].evidence == 0.0


def test_a_last_wheel_that_shows_no_digit_counts_as_what_it_showed_last_while_the_others_stand() -> None:
    known, now = digits("1234"), digits("123")
    assert with_last_between(now, known) == (*now, known[3])
    assert with_last_between(digits("124"), known) == digits("124")
    assert with_last_between(digits("12"), known) == digits("12")
    assert with_last_between(now, ()) == now
    assert with_last_between((), digits("7")) == ()


def test_a_meter_that_comes_to_rest_between_two_digits_is_read_as_the_lower_one() -> None:
    decoder = RuleDecoder(parse_rules(["digits=4,wheels"]), RULE.threshold)
    pages = [
        Page("cam", frame, frame / FPS, (Line(digits(text)),)) for frame, text in enumerate(("1235", "123", "129"))
    ]
    assert [decoder.decode_steady(page)[0].text for page in pages] == ["1235", "1235", ""]


def test_a_wheel_between_two_digits_can_be_told_though_it_is_followed_by_nothing() -> None:
    meter = Meter("digits=4,increasing,wheels")
    assert meter.show("1234", seconds=0.5) == (["1234"], [])
    told = [*meter.show("1235", seconds=0.2)[0], *meter.show("123")[0]]
    assert told == ["1235"]
