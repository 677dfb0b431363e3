"""Turns the readings of many frames into steady numbers; one bad frame changes nothing."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from digitreader.model.accept import AcceptanceRule
from digitreader.reading.number_signs import steady_marks
from digitreader.reading.settings import TrackerSettings
from digitreader.reading.tracks import (
    SteadyText,
    Streak,
    Track,
    activations_of,
    are_letters,
    match_boxes,
    readings_over_frames,
)
from digitreader.values import UNSURE, Box, Line, Mark, Page, Reading

if TYPE_CHECKING:
    from digitreader.reading.rule_decoder import RuleDecoder


MARK_FRAMES = 10
"""Marks are looked for in this many of the last frames, if marks decide which digits form one number."""


class Tracker:
    """Takes a stream's pages in order and announces each new steady number once.

    It averages activations over frames, never labels. It has no clock: time comes from the pages.

    Args:
        rule: the model's rule for when averaged activations count as a digit.
        settings: its limits.
        rule_decoder: the rules of --expect; pages then have every candidate, and only sure numbers are announced.

    Attributes:
        rule: it may be changed between two pages, as `rule_decoder` may.
        left: the last announced page, if the last update found that its number has left.
        doubtful: the steady page, if the last update found a new number that cannot follow the one before.
    """

    def __init__(
        self, rule: AcceptanceRule, settings: TrackerSettings | None = None, *, rule_decoder: RuleDecoder | None = None
    ) -> None:
        self.rule = rule
        self.rule_decoder = rule_decoder
        self._settings = settings or TrackerSettings()
        self._tracks: list[Track] = []
        self._text = ""
        self._announced: Page | None = None
        self._steady, self._empty, self._doubting = Streak(), Streak(), Streak()
        self._doubted, self._reported_doubt = "", ""
        self._marks: deque[tuple[Mark, ...]] = deque(maxlen=MARK_FRAMES)
        self.left: Page | None = None
        self.doubtful: Page | None = None

    def update(self, page: Page) -> Page | None:
        """Take the next frame's page.

        Returns:
            The steady page, if its text is new; else None. Its confidences come from the averaged activations. The
            same text is announced again only after the paper has left.
        """
        self._follow(page)
        self._forget_if_gone(page)
        steady = Page(page.source, page.frame, page.time_s, self._lines(page), page.timing_ms, page.others)
        self.doubtful = None
        if self.rule_decoder is not None:
            steady, doubtful = self.rule_decoder.decode_steady(steady)
            self.doubtful = self._doubtful(doubtful)
        if steady.text != self._text:
            self._text, self._steady = steady.text, Streak()
        self._steady.count(page.time_s)
        announced = "" if self._announced is None else self._announced.text
        if steady.text in ("", announced) or UNSURE in steady.text:
            return None
        if not self._steady.lasted(self._settings.steady_frames, self._settings.steady_s, page.time_s):
            return None
        if not self._is_trusted(steady, self._steady):
            return None
        self._announced, self._reported_doubt = steady, ""
        for _, track in self._tracked_readings(steady):
            track.announced = True
        if self.rule_decoder is not None:
            self.rule_decoder.remember(steady)
        return steady

    def interrupt(self) -> None:
        """The stream was interrupted: forget all tracks, but do not announce the same number again."""
        self._tracks, self._text = [], ""
        self._steady, self._empty, self._doubting = Streak(), Streak(), Streak()
        self._marks.clear()

    def _doubtful(self, page: Page | None) -> Page | None:
        """The page with a doubtful number, if it was the same for long enough and was not reported before."""
        text = "" if page is None else page.text
        if text != self._doubted:
            self._doubted, self._doubting = text, Streak()
        if page is None or text == self._reported_doubt:
            return None
        self._doubting.count(page.time_s)
        if not self._doubting.lasted(self._settings.steady_frames, self._settings.debounce.doubt_s, page.time_s):
            return None
        if not self._is_trusted(page, self._doubting):
            return None
        self._reported_doubt = text
        return page

    def _follow(self, page: Page) -> None:
        lines = enumerate(page.lines)
        seen = [(reading, (number, reading.group)) for number, line in lines for reading in line.readings]
        before, now = [track.box for track in self._tracks], [reading.box for reading, _ in seen]
        pairs = match_boxes(before, now, least_overlap=self._settings.least_overlap)
        all_seen = all(index in pairs for index, track in enumerate(self._tracks) if track.confirmed)
        for index, track in enumerate(self._tracks):
            if index not in pairs:
                track.look(None, page.time_s, self._settings)
                continue
            reading, place = seen[pairs[index]]
            track.box = reading.box
            # if a line is missing in this frame, the lines below it have the wrong numbers
            track.place = place if all_seen else track.place
            track.look(activations_of(reading), page.time_s, self._settings, ink_share=reading.ink_share)
        matched = set(pairs.values())
        new = [
            self._begin(reading, place, page.time_s) for at, (reading, place) in enumerate(seen) if at not in matched
        ]
        self._tracks = [track for track in self._tracks if track.seen()] + new

    def _begin(self, reading: Reading, place: tuple[int, int], time_s: float) -> Track:
        track = Track.begin(reading.box, place, self._settings)
        track.look(activations_of(reading), time_s, self._settings, ink_share=reading.ink_share)
        return track

    def _forget_if_gone(self, page: Page) -> None:
        self.left = None
        if self._shows_something(page):
            self._empty = Streak()
            return
        self._empty.count(page.time_s)
        if self._empty.lasted(self._settings.gone_frames, self._settings.gone_s, page.time_s):
            self.left, self._announced = self._announced, None
            self._tracks = []

    def _shows_something(self, page: Page) -> bool:
        """Whether a frame has digits. After an announcement, digits in other places that flicker do not count."""
        if not page.lines or self._announced is None or any(track.confirmed for track in self._tracks):
            return bool(page.lines)
        earlier, now = (
            [reading.box for line in each.lines for reading in line.readings] for each in (self._announced, page)
        )
        return bool(match_boxes(earlier, now, least_overlap=self._settings.least_overlap))

    def _lines(self, page: Page) -> tuple[Line, ...]:
        """The confirmed digits line by line, with the marks of the last frame, without lines of letters."""
        confirmed = [track for track in self._tracks if track.confirmed]
        readings = readings_over_frames(confirmed, self.rule, doubtful=self.rule_decoder is not None)
        read = [(reading, track) for reading, track in zip(readings, confirmed, strict=True) if reading is not None]
        rows: dict[int, list[tuple[Reading, Track]]] = {}
        for reading, track in read:
            rows.setdefault(track.place[0], []).append((reading, track))
        # with rules every candidate is a reading, and the rules decide what is not a number
        outnumbered = self.rule_decoder is None and page.others > len(read)
        debounce = self._settings.debounce
        ordered = (rows[number] for number in sorted(rows))
        kept = (row for row in ordered if not are_letters(row, debounce, outnumbered=outnumbered))
        self._marks.append(tuple(mark for line in page.lines for mark in line.marks))
        marks = {reading.box: line.marks for line in page.lines for reading in line.readings}
        if self.rule_decoder is not None and self.rule_decoder.joins_over_signs:
            marks = self._steady_marks(page)
        return tuple(_line_of([reading for reading, _ in sorted(row, key=_middle)], marks) for row in kept)

    def _steady_marks(self, page: Page) -> dict[Box, tuple[Mark, ...]]:
        """For each box of a reading the marks beside it that were seen often enough in the last frames."""
        marks: dict[Box, tuple[Mark, ...]] = {}
        for line in page.lines:
            top, bottom = (
                min(each.box.y for each in line.readings),
                max(each.box.y + each.box.height for each in line.readings),
            )
            kept = steady_marks(self._marks, bottom - top)
            beside = tuple(mark for mark in kept if top <= mark.box.y + mark.box.height / 2 <= bottom)
            marks |= {reading.box: beside for reading in line.readings}
        return marks

    def _is_trusted(self, steady: Page, streak: Streak) -> bool:
        settings, waited_s = self._settings, steady.time_s - streak.began_s
        if waited_s < settings.debounce.lost_s and self._has_lost_digits(steady):
            return False
        case = SteadyText(self._tracked_readings(steady), waited_s, settings.steady_s, settings.steady_frames)
        return case.is_trusted(settings.debounce)

    def _tracked_readings(self, steady: Page) -> list[tuple[Reading, Track]]:
        tracks = {track.box: track for track in self._tracks if track.confirmed}
        readings = [reading for line in steady.lines for reading in line.readings]
        # a wheel between two digits shows no digit that could be followed
        return [(reading, tracks[reading.box]) for reading in readings if reading.box in tracks]

    def _has_lost_digits(self, steady: Page) -> bool:
        """Whether the last announced number has only lost some of its digits, and no digit is new."""
        before, now = (
            [reading for line in page.lines for reading in line.readings]
            for page in (self._announced or Page(""), steady)
        )
        boxes = [reading.box for reading in before], [reading.box for reading in now]
        pairs = match_boxes(*boxes, least_overlap=self._settings.least_overlap)
        same = len(pairs) == len(now) and all(before[i].digit == now[j].digit for i, j in pairs.items())
        return same and len(now) < len(before)


def _line_of(readings: Sequence[Reading], marks: Mapping[Box, tuple[Mark, ...]]) -> Line:
    """A line of these readings, with the marks beside them."""
    return Line(tuple(readings), marks=next((marks[each.box] for each in readings if each.box in marks), ()))


def _middle(read: tuple[Reading, Track]) -> float:
    return read[0].box.x + read[0].box.width / 2
