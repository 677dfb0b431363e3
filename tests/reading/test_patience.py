"""Patience: what lies still is told at once; what moves, comes and goes, or stands among letters is watched longer."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pytest

from digitreader.model.accept import AcceptanceRule
from digitreader.reading.settings import DebounceSettings, TrackerSettings
from digitreader.reading.tracker import Tracker
from digitreader.values import Box, Line, Page, Reading

FPS = 30.0
RULE = AcceptanceRule(threshold=0.5)
AT_ONCE = 7
"""The frame of the announcement at the earliest, counted from 0: 233 ms after the first."""
IMPATIENT = TrackerSettings(debounce=DebounceSettings(still_px=math.inf, seen_share=0.0, many_digits=1, lost_s=0.0))
"""Tells what was the same for a moment, whatever it is."""
SURE, UNSURE, FAIR = 0.99, 0.8, 0.93

Way = Callable[[int], tuple[int, int]]
"""How far across and down a number is from its place in each frame."""


def still(_: int) -> tuple[int, int]:
    return 0, 0


def swaying(frame: int) -> tuple[int, int]:
    """A hand's unrest, at its most 60 pixels a second."""
    return round(10 * math.sin(2 * math.pi * frame / FPS)), round(4 * math.sin(4 * math.pi * frame / FPS))


def drifting(frame: int) -> tuple[int, int]:
    """Never at rest, 60 pixels a second up and down again: a hand that comes and goes."""
    return 0, 2 * abs(frame % 80 - 40)


def reading(digit: int, box: Box, activation: float) -> Reading:
    rest = 0.0001
    neurons = tuple(activation if neuron == digit else rest for neuron in range(10))
    return Reading(box, digit, activation, neurons)


def page(text: str, *, activation: float = SURE, at: tuple[int, int] = (0, 0), others: int = 0) -> Page:
    """A page with these lines; a gap of one place is a digit that is not seen."""
    lines = []
    for row, written in enumerate(text.split("\n")):
        places = [(column, mark) for column, mark in enumerate(written) if mark != " "]
        boxes = [Box(100 + 50 * column + at[0], 100 + 120 * row + at[1], 40, 80) for column, _ in places]
        digits = [reading(int(mark), box, activation) for (_, mark), box in zip(places, boxes, strict=True)]
        if digits:
            lines.append(Line(tuple(digits)))
    return Page("cam", lines=tuple(lines), others=others)


@dataclass(slots=True)
class Feed:
    """Numbers the frames that a follower gets."""

    tracker: Tracker
    index: int = 0

    def __call__(self, pages: Iterable[Page]) -> list[tuple[int, str]]:
        """Feed the pages and give what was announced, each with the frame of this call that brought it."""
        announced = []
        for at, each in enumerate(pages):
            steady = self.tracker.update(Page(each.source, self.index, self.index / FPS, each.lines, {}, each.others))
            self.index += 1
            if steady is not None:
                announced.append((at, steady.text))
        return announced


@pytest.fixture
def feed() -> Feed:
    return Feed(Tracker(RULE))


def moved(text: str, way: Way, frames: int, activation: float = SURE) -> list[Page]:
    return [page(text, activation=activation, at=way(frame)) for frame in range(frames)]


@pytest.mark.parametrize("activation", [SURE, UNSURE])
@pytest.mark.parametrize("text", ["7", "42", "314"])
def test_a_number_that_lies_still_is_told_within_three_tenths_of_a_second(
    feed: Feed, text: str, activation: float
) -> None:
    assert feed(moved(text, still, 60, activation)) == [(AT_ONCE, text)]
    assert AT_ONCE / FPS < 0.3


def announced_pages(settings: TrackerSettings, pages: Iterable[Page]) -> list[tuple[int, str]]:
    return Feed(Tracker(RULE, settings))(pages)


def test_a_number_that_a_hand_has_just_uncovered_is_told_without_further_patience() -> None:
    # gaps between the fingers, that move until they are gone
    hand = [page("1", activation=UNSURE, at=(9 * frame, 300)) for frame in range(30)]
    pages = [*hand, *moved("42", still, 40)]
    *_, told = announced_pages(IMPATIENT, pages)
    assert told[1] == "42"
    assert announced_pages(TrackerSettings(), pages) == [told]


def test_a_sheet_that_was_slid_in_is_told_as_fast_once_it_lies(feed: Feed) -> None:
    slid = [page("42", at=(round(400 * (1 - frame / 9) ** 2), 0)) for frame in range(9)]
    assert feed(slid) == []
    ((at, text),) = feed(moved("42", still, 40))
    assert text == "42"
    assert at <= AT_ONCE


@pytest.mark.parametrize("wrong", [page("7", at=(7, 5)), page("7", at=(60, 0)), page(""), page("8")])
@pytest.mark.parametrize("at", [1, 3, 5, 7])
def test_one_bad_frame_asks_for_no_further_patience(wrong: Page, at: int) -> None:
    pages = moved("7", still, 40)
    pages.insert(at, wrong)
    told = announced_pages(TrackerSettings(), pages)
    assert [text for _, text in told] == ["7"]
    assert told == announced_pages(IMPATIENT, pages)


def test_a_box_that_trembles_by_a_pixel_lies_still(feed: Feed) -> None:
    trembling = moved("7", lambda frame: ((frame * 7) % 3 - 1, (frame * 5) % 3 - 1), 40)
    assert feed(trembling) == [(AT_ONCE, "7")]


@pytest.mark.parametrize("text", ["1", "11"])
def test_what_never_rests_and_is_not_sure_is_never_told(feed: Feed, text: str) -> None:
    assert feed(moved(text, drifting, 300, UNSURE)) == []


def test_what_rests_for_a_moment_amid_its_way_is_told_later_where_it_is_not_sure() -> None:
    frames = []
    for activation in (SURE, UNSURE):
        feed = Feed(Tracker(RULE))
        pages = [page("1", activation=activation, at=(0, 5 * min(frame, 20))) for frame in range(60)]
        ((at, _),) = feed(pages)
        frames.append(at - 20)
    assert frames[0] <= AT_ONCE
    assert frames[1] >= AT_ONCE + 4


@pytest.mark.parametrize("text", ["42", "314"])
def test_a_number_held_in_a_hand_is_told_within_a_second(feed: Feed, text: str) -> None:
    told = feed(moved(text, swaying, 90))
    assert [text for _, text in told] == [text]
    assert AT_ONCE < told[0][0] <= FPS


def test_a_single_digit_held_in_a_hand_takes_a_second_or_a_moment_of_rest(feed: Feed) -> None:
    ((at, text),) = feed(moved("7", swaying, 90))
    assert text == "7"
    assert 1.0 <= at / FPS < 1.2
    resting = Feed(Tracker(RULE))
    ((at, _),) = resting(moved("7", lambda frame: swaying(min(frame, 15)), 90))
    assert at <= 15 + AT_ONCE


def test_a_number_that_a_hand_covers_in_part_is_not_told_anew(feed: Feed) -> None:
    feed(moved("314", still, 30))
    assert feed(moved("31", still, 28)) == []
    assert feed(moved("314", still, 30)) == []


def test_a_number_that_has_lost_a_digit_for_good_is_told_in_the_end(feed: Feed) -> None:
    feed(moved("314", still, 30))
    ((at, text),) = feed(moved("31", still, 60))
    assert text == "31"
    assert 1.0 <= at / FPS < 1.3


@pytest.mark.parametrize("text", ["317", "3141", "71"])
def test_a_number_that_has_not_only_lost_digits_is_told_at_once(feed: Feed, text: str) -> None:
    feed(moved("314", still, 30))
    ((at, told),) = feed(moved(text, still, 30))
    assert told == text
    assert at <= AT_ONCE + 4  # where a digit stays, the frames before are outweighed first


def test_a_digit_that_comes_and_goes_is_watched_for_longer(feed: Feed) -> None:
    ((at, text),) = feed([page("125" if frame % 2 else "12") for frame in range(60)])
    assert text == "125"
    assert at / FPS > 0.75


@pytest.mark.parametrize(("activation", "others", "told"), [(FAIR, 0, True), (FAIR, 2, False), (SURE, 2, True)])
def test_a_digit_among_more_letters_must_be_sure(feed: Feed, activation: float, others: int, *, told: bool) -> None:
    pages = [page("7", activation=activation, others=others)] * 60
    assert feed(pages) == ([(AT_ONCE, "7")] if told else [])


def test_a_letter_in_another_line_does_not_spoil_a_number(feed: Feed) -> None:
    line = page("417").lines[0]
    letter = Line((reading(9, Box(300, 400, 40, 80), FAIR),))
    pages = [Page("cam", lines=(line, letter), others=9)] * 60
    assert feed(pages) == [(AT_ONCE, "417")]


def test_many_digits_in_a_line_are_a_number_whatever_stands_around(feed: Feed) -> None:
    assert feed([page("417", activation=FAIR, others=20)] * 60) == [(AT_ONCE, "417")]


def test_a_digit_that_was_told_stays_when_letters_are_added(feed: Feed) -> None:
    feed([page("7", activation=FAIR)] * 30)
    assert feed([page("7", activation=FAIR, others=5)] * 60) == []
    assert feed([page("7", activation=FAIR)] * 30) == []
    assert feed.tracker.left is None
