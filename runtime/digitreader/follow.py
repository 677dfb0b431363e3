"""Follow: the readings of many frames become steady readings; one bad frame changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from digitreader.accept import AcceptanceRule, Confidences, Evidence, weigh
from digitreader.track import Since, Track
from digitreader.values import UNSURE, Activations, Box, Line, Page, Reading

if TYPE_CHECKING:
    from digitreader.expect.expectation import Expectation


@dataclass(frozen=True, slots=True)
class FollowSettings:
    """When a reading is steady, and when it is gone. Both a number of frames and a time must have passed.

    Attributes:
        steady_frames: a text that stayed the same for this many frames ...
        steady_s: ... and seconds is announced.
        gone_frames: without a digit for this many frames ...
        gone_s: ... and seconds, everything is forgotten, so the same number is announced again.
        window: a digit is judged by this many of the last frames.
        believed_from: a digit counts once it was seen in this many frames of the window ...
        believed_until: ... and for as long as it was seen in this many.
        least_overlap: two boxes this alike (their intersection over their union) hold the same digit.
    """

    steady_frames: int = 5
    steady_s: float = 0.2
    gone_frames: int = 5
    gone_s: float = 0.25
    window: int = 5
    believed_from: int = 3
    believed_until: int = 2
    least_overlap: float = 0.3


class Follower:
    """Takes a stream's pages in order and tells of each new steady number once.

    It averages activations over frames, never labels, and keeps no clock: time is what the pages say.

    Args:
        rule: when averaged activations count as a digit; the model's own.
        settings: how much patience it has.
        expectation: what numbers are to keep; then the pages have every candidate, and only sure numbers are announced.

    Attributes:
        left: the page that was announced last, where the last update found that its number has left.
    """

    def __init__(
        self, rule: AcceptanceRule, settings: FollowSettings | None = None, *, expectation: Expectation | None = None
    ) -> None:
        self._rule = rule
        self._expectation = expectation
        self._settings = settings or FollowSettings()
        self._tracks: list[Track] = []
        self._text = ""
        self._announced: Page | None = None
        self._steady, self._empty = Since(), Since()
        self.left: Page | None = None

    def update(self, page: Page) -> Page | None:
        """Take the next frame's page.

        Returns:
            The page as it is steady now, where its text is new; else None. Confidences are those of the averaged
            activations. The same text is announced again only after the paper has left.
        """
        self._follow(page)
        self._forget_if_gone(page)
        steady = Page(page.source, page.frame, page.time_s, self._lines(), page.timing_ms)
        if self._expectation is not None:
            steady = self._expectation.decode_steady(steady)
        if steady.text != self._text:
            self._text, self._steady = steady.text, Since()
        self._steady.count(page.time_s)
        announced = "" if self._announced is None else self._announced.text
        if steady.text in ("", announced) or UNSURE in steady.text:
            return None
        if not self._steady.lasted(self._settings.steady_frames, self._settings.steady_s, page.time_s):
            return None
        self._announced = steady
        if self._expectation is not None:
            self._expectation.remember(steady)
        return steady

    def interrupt(self) -> None:
        """The stream broke off: what was seen says nothing of what comes, but what was announced is not said again."""
        self._tracks, self._text = [], ""
        self._steady, self._empty = Since(), Since()

    def _follow(self, page: Page) -> None:
        lines = enumerate(page.lines)
        seen = [(reading, (number, reading.group)) for number, line in lines for reading in line.readings]
        before, now = [track.box for track in self._tracks], [reading.box for reading, _ in seen]
        pairs = match_boxes(before, now, least_overlap=self._settings.least_overlap)
        all_seen = all(index in pairs for index, track in enumerate(self._tracks) if track.believed)
        for index, track in enumerate(self._tracks):
            if index not in pairs:
                track.look(None, self._settings)
                continue
            reading, place = seen[pairs[index]]
            track.box = reading.box
            # where a line is missing, the lines below it carry the wrong numbers
            track.place = place if all_seen else track.place
            track.look(activations_of(reading), self._settings)
        matched = set(pairs.values())
        new = [self._begin(reading, place) for at, (reading, place) in enumerate(seen) if at not in matched]
        self._tracks = [track for track in self._tracks if track.seen()] + new

    def _begin(self, reading: Reading, place: tuple[int, int]) -> Track:
        track = Track.begin(reading.box, place, self._settings)
        track.look(activations_of(reading), self._settings)
        return track

    def _forget_if_gone(self, page: Page) -> None:
        self.left = None
        if page.lines:
            self._empty = Since()
            return
        self._empty.count(page.time_s)
        if self._empty.lasted(self._settings.gone_frames, self._settings.gone_s, page.time_s):
            self.left, self._announced = self._announced, None
            self._tracks = []

    def _lines(self) -> tuple[Line, ...]:
        believed = [track for track in self._tracks if track.believed]
        rows: dict[int, list[tuple[float, Reading]]] = {}
        for track, reading in zip(believed, self._readings(believed), strict=True):
            if reading is not None:
                rows.setdefault(track.place[0], []).append((track.box.x + track.box.width / 2, reading))
        ordered = (sorted(rows[number], key=itemgetter(0)) for number in sorted(rows))
        return tuple(Line(tuple(reading for _, reading in row)) for row in ordered)

    def _readings(self, tracks: Sequence[Track]) -> list[Reading | None]:
        """What each track reads as; None for no digit."""
        if not tracks:
            return []
        # all frames of all tracks at once: to weigh one takes as long as to weigh a hundred
        seen = [track.seen() for track in tracks]
        rows = np.stack([row for each in seen for row in each])
        ends = np.cumsum([len(each) for each in seen]).tolist()
        evidence, confidences = weigh(rows, self._rule)
        parts = [slice(end - len(each), end) for end, each in zip(ends, seen, strict=True)]
        return [
            self._reading(track, rows[part], evidence[part], confidences[part])
            for track, part in zip(tracks, parts, strict=True)
        ]

    def _reading(self, track: Track, rows: Activations, evidence: Evidence, confidences: Confidences) -> Reading | None:
        # the mean of the frames' confidences; the mean activations would hold a digit back for one frame that differs
        chances, sure = confidences.mean(axis=0), evidence.mean(axis=0)
        digit = int(chances.argmax())
        if sure[digit] < self._rule.threshold and self._expectation is None:
            return None
        mean, each = tuple(rows.mean(axis=0).tolist()), tuple(chances.tolist())
        return Reading(track.box, digit, each[digit], mean, track.place[1], each, evidence=float(sure[digit]))


def match_boxes(before: Sequence[Box], now: Sequence[Box], *, least_overlap: float) -> dict[int, int]:
    """Pair the boxes of two frames, the most alike first.

    Args:
        before: the boxes of the first frame.
        now: those of the second.
        least_overlap: pairs whose intersection over their union is smaller than this are none.

    Returns:
        index in `before` -> index in `now`; each index at most once.
    """
    shares = overlaps(before, now)
    rows, columns = np.nonzero(shares >= least_overlap)
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for at in np.argsort(-shares[rows, columns], kind="stable"):
        row, column = int(rows[at]), int(columns[at])
        if row not in pairs and column not in taken:
            pairs[row] = column
            taken.add(column)
    return pairs


def overlaps(before: Sequence[Box], now: Sequence[Box]) -> npt.NDArray[np.float32]:
    """Intersection over union of every box with every other.

    Returns:
        (len(before), len(now)) float32: 1.0 where two are equal, 0.0 where they do not touch.
    """
    a, b = _corners(before)[:, np.newaxis], _corners(now)[np.newaxis]
    sides = np.minimum(a[..., 2:], b[..., 2:]) - np.maximum(a[..., :2], b[..., :2])
    shared = np.prod(np.maximum(sides, 0), axis=-1)
    either = np.prod(a[..., 2:] - a[..., :2], axis=-1) + np.prod(b[..., 2:] - b[..., :2], axis=-1) - shared
    return np.asarray(shared / np.maximum(either, 1), np.float32)


def _corners(boxes: Sequence[Box]) -> npt.NDArray[np.float32]:
    corners = [(box.x, box.y, box.x + box.width, box.y + box.height) for box in boxes]
    return np.array(corners, np.float32).reshape(-1, 4)


def activations_of(reading: Reading) -> Activations:
    """A reading's ten activations; one that carries none counts as its confidence in its digit alone."""
    if reading.activations:
        return np.asarray(reading.activations, np.float32)
    alone = np.zeros(10, np.float32)
    alone[reading.digit] = reading.confidence
    return alone
