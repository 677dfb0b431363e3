"""Following: steady numbers are told once, single bad frames change nothing, and what has left is forgotten."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from digitreader.model.accept import AcceptanceRule, confidences_of, evidence_of
from digitreader.reading.settings import TrackerSettings
from digitreader.reading.tracker import Tracker
from digitreader.reading.tracks import match_boxes, overlaps
from digitreader.values import Box, Line, Mark, Page, Reading

FPS = 25.0
RULE = AcceptanceRule(threshold=0.5)
SURE, STRONG = 0.98, 0.8


def neurons_of(activation: float, digit: int = 0) -> list[float]:
    return [activation if neuron == digit else 0.01 for neuron in range(10)]


def seen(digit: int, box: Box, activation: float = SURE, group: int = 0) -> Reading:
    return Reading(box, digit, activation, tuple(neurons_of(activation, digit)), group)


def page(text: str, *, shift: int = 0, activation: float = SURE) -> Page:
    """A page with this text; a digit's box depends on its place alone."""
    lines = []
    for row, written in enumerate(text.split("\n")):
        groups = enumerate(written.split(" "))
        places = [(group, digit) for group, digits in groups for digit in digits]
        readings = [
            seen(int(digit), Box(40 * column + shift, 60 * row, 30, 40), activation, group)
            for column, (group, digit) in enumerate(places)
        ]
        lines.append(Line(tuple(readings)))
    return Page("cam", lines=tuple(line for line in lines if line.readings))


@dataclass(slots=True)
class Feed:
    """Numbers the frames that a follower gets, at a steady rate."""

    tracker: Tracker
    fps: float = FPS
    index: int = 0

    def __call__(self, *pages: Page) -> list[str]:
        """Feed the pages and give the texts that were announced."""
        announced = [self._feed(each) for each in pages]
        return [steady.text for steady in announced if steady is not None]

    def _feed(self, each: Page) -> Page | None:
        numbered = replace(each, frame=self.index, time_s=self.index / self.fps)
        self.index += 1
        return self.tracker.update(numbered)


@pytest.fixture
def feed() -> Feed:
    return Feed(Tracker(RULE))


def test_a_number_that_stays_is_announced_once(feed: Feed) -> None:
    assert feed(*[page("314")] * 100) == ["314"]


def test_nothing_is_announced_before_the_number_was_steady_for_frames_and_time() -> None:
    settings = TrackerSettings(steady_frames=5, steady_s=0.2, confirm_frames=1)
    assert Feed(Tracker(RULE, settings), fps=1000)(*[page("7")] * 200) == []  # 0.199 s
    assert Feed(Tracker(RULE, settings), fps=1000)(*[page("7")] * 201) == ["7"]
    assert Feed(Tracker(RULE, settings), fps=1)(*[page("7")] * 4) == []
    assert Feed(Tracker(RULE, settings), fps=1)(*[page("7")] * 5) == ["7"]


def test_lines_and_groups_are_kept(feed: Feed) -> None:
    assert feed(*[page("12 34\n56")] * 20) == ["12 34\n56"]


@pytest.mark.parametrize("bad", ["", "8", "374", "31", "3149", "14", "000\n111"])
def test_one_bad_frame_changes_nothing(feed: Feed, bad: str) -> None:
    assert feed(*[page("314")] * 20, page(bad), *[page("314")] * 20) == ["314"]


@pytest.mark.parametrize("bad", ["", "317", "31", "3144"])
def test_a_bad_frame_now_and_then_does_not_hold_the_number_up(feed: Feed, bad: str) -> None:
    frames = [page("314"), page("314"), page("314"), page(bad)] * 10
    assert feed(*frames) == ["314"]


def test_a_line_that_is_missed_now_and_then_does_not_mix_the_others_up(feed: Feed) -> None:
    whole = page("12\n34\n56")
    without_the_first = replace(whole, lines=whole.lines[1:])
    assert feed(*[whole] * 10, *[without_the_first, whole] * 10) == ["12\n34\n56"]


def test_activations_are_averaged_and_not_labels(feed: Feed) -> None:
    # three frames of five call it a 7, but barely; taken together the neurons say 1
    neurons = [0.01] * 10
    neurons[1], neurons[7] = 0.54, 0.56
    torn = Page("cam", lines=(Line((Reading(Box(0, 0, 30, 40), 7, 0.55, tuple(neurons)),)),))
    assert feed(*[torn, page("1"), torn, page("1"), torn] * 8) == ["1"]


def test_the_steady_page_has_confidences_and_activations_averaged_over_frames() -> None:
    tracker = Tracker(RULE)
    pages = [replace(page("3", activation=a), time_s=i / FPS) for i, a in enumerate([STRONG, SURE] * 5)]
    steady = next(found for found in map(tracker.update, pages) if found is not None)
    reading = steady.lines[0].readings[0]
    assert STRONG < reading.activations[3] < SURE
    lowest, highest = confidences_of(np.array([neurons_of(STRONG), neurons_of(SURE)], np.float32), RULE).max(axis=1)
    assert lowest < reading.confidence < highest


def test_the_threshold_is_one_of_evidence_averaged_over_frames() -> None:
    announced = []
    for threshold in (0.3, 0.5):
        tracker = Tracker(AcceptanceRule(threshold, none=-4.0))
        pages = (replace(page("3", activation=0.4), time_s=at / FPS) for at in range(20))
        announced += [found.lines[0].readings[0] for found in map(tracker.update, pages) if found is not None]
    (reading,) = announced
    row = np.array([neurons_of(0.4, 3)], np.float32)
    rule = AcceptanceRule(none=-4.0)
    assert reading.evidence == pytest.approx(evidence_of(row, rule)[0, 3])
    assert 0.3 < reading.evidence < 0.5
    assert reading.confidence > 0.85
    assert reading.confidence == pytest.approx(confidences_of(row, rule)[0, 3])


def test_the_same_number_is_announced_again_only_after_it_left(feed: Feed) -> None:
    assert feed(*[page("42")] * 20, *[page("")] * 2, *[page("42")] * 20) == ["42"]
    assert feed(*[page("")] * 20, *[page("42")] * 20) == ["42"]


def test_a_short_gap_counts_as_leaving_only_when_frames_and_time_have_passed() -> None:
    slow = Feed(Tracker(RULE), fps=2)
    assert slow(*[page("42")] * 10, *[page("")] * 4, *[page("42")] * 10) == ["42"]
    fast = Feed(Tracker(RULE), fps=200)
    assert fast(*[page("42")] * 100, *[page("")] * 40, *[page("42")] * 100) == ["42"]


def test_a_number_that_is_exchanged_for_another_is_announced_without_a_mixture(feed: Feed) -> None:
    assert feed(*[page("1234")] * 20, *[page("5678")] * 20) == ["1234", "5678"]


def test_a_number_that_gains_a_digit_is_announced_anew(feed: Feed) -> None:
    assert feed(*[page("12")] * 20, *[page("123")] * 20) == ["12", "123"]


def test_digits_that_pass_by_too_fast_are_never_announced(feed: Feed) -> None:
    assert feed(*[page("12", shift=35 * step) for step in range(40)]) == []


def test_a_sheet_that_trembles_is_steady(feed: Feed) -> None:
    rng = np.random.default_rng(0)
    assert feed(*[page("2718", shift=int(rng.integers(-4, 5))) for _ in range(40)]) == ["2718"]


def test_a_digit_that_is_seen_in_one_frame_of_three_is_left_out(feed: Feed) -> None:
    assert feed(*[page("125"), page("12"), page("12")] * 10) == ["12"]


def test_a_digit_that_is_seen_in_every_second_frame_counts(feed: Feed) -> None:
    assert feed(*[page("125"), page("12")] * 15)[-1] == "125"


def test_a_digit_that_differs_from_frame_to_frame_is_left_out(feed: Feed) -> None:
    assert feed(*[page("4"), page("9"), page("7")] * 10) == []


def test_readings_without_activations_count_with_their_confidence(feed: Feed) -> None:
    bare = Page("cam", lines=(Line((Reading(Box(0, 0, 30, 40), 6, 0.9),)),))
    assert feed(*[bare] * 20) == ["6"]


def test_the_same_pages_give_the_same_announcements() -> None:
    rng = np.random.default_rng(1)
    pages = [page(str(rng.choice(["12", "12", "12", "17", ""]))) for _ in range(60)]
    assert Feed(Tracker(RULE))(*pages) == Feed(Tracker(RULE))(*pages)


def test_overlap_is_intersection_over_union() -> None:
    before = [Box(0, 0, 10, 10)]
    now = [Box(0, 0, 10, 10), Box(5, 0, 10, 10), Box(10, 0, 10, 10), Box(30, 30, 5, 5)]
    np.testing.assert_allclose(overlaps(before, now), [[1, 1 / 3, 0, 0]], rtol=1e-6)


def test_boxes_are_paired_the_most_alike_first_and_each_once() -> None:
    before = [Box(0, 0, 10, 10), Box(4, 0, 10, 10)]
    now = [Box(5, 0, 10, 10)]
    assert match_boxes(before, now, least_overlap=0.3) == {1: 0}


@pytest.mark.parametrize(("before", "now"), [([], []), ([Box(0, 0, 1, 1)], []), ([], [Box(0, 0, 1, 1)])])
def test_no_boxes_have_no_pairs(before: list[Box], now: list[Box]) -> None:
    assert match_boxes(before, now, least_overlap=0.3) == {}


def test_a_number_that_has_left_is_withdrawn_once_as_it_was_announced(feed: Feed) -> None:
    assert feed(*[page("31")] * 20) == ["31"]
    withdrawn = []
    for _ in range(30):
        feed(page(""))
        withdrawn.append(feed.tracker.left)
    told = [left.text for left in withdrawn if left is not None]
    assert told == ["31"]


def test_what_was_never_announced_is_not_withdrawn(feed: Feed) -> None:
    feed(*[page("31")] * 2, *[page("")] * 30)
    assert feed.tracker.left is None


def test_a_hand_that_passes_withdraws_nothing(feed: Feed) -> None:
    feed(*[page("31")] * 20)
    for _ in range(4):
        feed(page(""))
        assert feed.tracker.left is None


def test_a_number_held_through_an_interruption_is_not_announced_again(feed: Feed) -> None:
    assert feed(*[page("31")] * 20) == ["31"]
    feed.tracker.interrupt()
    assert feed(*[page("31")] * 20) == []
    assert feed.tracker.left is None


def test_after_an_interruption_nothing_seen_before_counts(feed: Feed) -> None:
    assert feed(*[page("31")] * 6) == []
    feed.tracker.interrupt()
    assert feed(*[page("31")] * 6) == []
    assert feed(*[page("31")] * 10) == ["31"]


def test_another_number_after_an_interruption_is_announced(feed: Feed) -> None:
    feed(*[page("31")] * 20)
    feed.tracker.interrupt()
    assert feed(*[page("45")] * 20) == ["45"]


def jittered(pages: list[Page], *, fps: float, seed: int) -> list[Page]:
    """Pages at the times of a camera, whose clock trembles by a few milliseconds."""
    rng = np.random.default_rng(seed)
    times_s = 100.0 + np.arange(len(pages)) / fps + rng.uniform(-0.003, 0.003, len(pages))
    return [replace(each, time_s=float(time_s)) for each, time_s in zip(pages, times_s, strict=True)]


@pytest.mark.parametrize("fps", [15, 20, 24, 25, 30, 50, 60])
@pytest.mark.parametrize("text", ["7", "42", "3816"])
def test_a_clock_that_trembles_makes_nothing_later(text: str, fps: float) -> None:
    def waited(pages: list[Page]) -> int:
        tracker = Tracker(RULE)
        return next(number for number, each in enumerate(pages) if tracker.update(each) is not None)

    pages = [replace(page(text), time_s=number / fps) for number in range(4 * int(fps))]
    exact = waited(pages)
    assert all(abs(waited(jittered(pages, fps=fps, seed=seed)) - exact) <= 1 for seed in range(20))


@pytest.mark.parametrize("seed", range(10))
def test_at_thirty_frames_a_second_a_still_number_is_told_within_three_tenths_of_a_second(seed: int) -> None:
    tracker, pages = Tracker(RULE), jittered([page("42")] * 30, fps=30, seed=seed)
    told_s = next(each.time_s for each in pages if tracker.update(each) is not None)
    assert told_s - pages[0].time_s < 0.3


@pytest.mark.parametrize("every", [4, 5, 7, 10])
def test_a_false_digit_that_flickers_elsewhere_keeps_no_number_that_has_left(every: int) -> None:
    stray = page("1", shift=400)
    feed = Feed(Tracker(RULE), fps=30)
    empty = [stray if number % every == 0 else page("") for number in range(120)]
    assert feed(*[page("425")] * 30, *empty, *[page("425")] * 30) == ["425", "425"]


def test_a_steady_line_has_the_marks_that_stand_beside_its_digits() -> None:
    marks = (Mark("/", Box(70, 60, 10, 50), 0.9),)
    first, second = page("12\n34 56").lines
    shown = Page("cam", lines=(first, replace(second, marks=marks)))
    tracker = Tracker(RULE)
    steady = [tracker.update(replace(shown, frame=at, time_s=at / FPS)) for at in range(20)]
    told = [each for each in steady if each is not None]
    assert [[line.marks for line in each.lines] for each in told] == [[(), marks]]
