"""Follows digits from frame to frame, and averages their confidence."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from statistics import median
from typing import Self, TypeVar

import numpy as np
import numpy.typing as npt

from digitreader.model.accept import AcceptanceRule, evidence_and_confidence
from digitreader.reading.settings import DebounceSettings, TrackerSettings
from digitreader.values import Activations, Box, Reading


def match_boxes(before: Sequence[Box], now: Sequence[Box], *, least_overlap: float) -> dict[int, int]:
    """Pair the boxes of two frames, the most alike first.

    Args:
        before: the boxes of the first frame.
        now: those of the second.
        least_overlap: boxes whose intersection over union is smaller than this are not paired.

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
        (len(before), len(now)) float32: 1.0 where two are equal, 0.0 if they do not touch.
    """
    (left, top, right, bottom), (lefts, tops, rights, bottoms) = _corners(before)[:, :, np.newaxis], _corners(now)
    width = np.maximum(np.minimum(right, rights) - np.maximum(left, lefts), 0)
    shared = width * np.maximum(np.minimum(bottom, bottoms) - np.maximum(top, tops), 0)
    either = (right - left) * (bottom - top) + (rights - lefts) * (bottoms - tops) - shared
    return np.asarray(shared / np.maximum(either, 1), np.float32)


def _corners(boxes: Sequence[Box]) -> npt.NDArray[np.float32]:
    """(4, N): left, top, right, bottom."""
    corners = [(box.x, box.y, box.x + box.width, box.y + box.height) for box in boxes]
    return np.array(corners, np.float32).reshape(-1, 4).T


LEAST_SEEN = 2
"""A digit that was seen in fewer frames cannot be seen to move."""
ROUNDING_S = 1e-6
"""Tolerance for rounding when time stamps are compared."""

Sighting = tuple[float, Box | None]
"""The time of a frame in seconds, and the digit's box; None if the digit was not seen."""


@dataclass(slots=True, eq=False)
class Track:
    """One digit, followed through the frames.

    Attributes:
        box: where it was seen last.
        place: its line and its group when all digits were last seen together.
        window: its activations in each of the last frames, None if it was not seen.
        confirmed: it was seen in enough frames, so it counts.
        announced: it was part of an announced number.
        trail: its places in the frames of the last `TrackerSettings.trail_s` seconds.
        inks: the share of its box that its ink covered in the same frames; None if not seen or not known.
    """

    box: Box
    place: tuple[int, int]
    window: deque[Activations | None]
    confirmed: bool = False
    announced: bool = False
    trail: deque[Sighting] = field(default_factory=deque)
    inks: deque[float | None] = field(default_factory=deque)

    @classmethod
    def begin(cls, box: Box, place: tuple[int, int], settings: TrackerSettings) -> Self:
        """Start a track that has no frames yet."""
        return cls(box, place, deque(maxlen=settings.window))

    def look(
        self, activations: Activations | None, time_s: float, settings: TrackerSettings, *, ink_share: float = 0.0
    ) -> None:
        """Add the next frame; set `box` before."""
        self.window.append(activations)
        seen = len(self.seen())
        self.confirmed = seen >= (settings.drop_below_frames if self.confirmed else settings.confirm_frames)
        self.trail.append((time_s, None if activations is None else self.box))
        self.inks.append(ink_share or None)
        oldest_s = time_s - settings.trail_s + ROUNDING_S
        while len(self.trail) > settings.steady_frames and self.trail[1][0] <= oldest_s:
            self.trail.popleft()
            self.inks.popleft()

    def seen(self) -> list[Activations]:
        """The activations of the frames that saw it."""
        return [activations for activations in self.window if activations is not None]

    def share_seen(self, seconds: float, frames: int) -> float:
        """The share, 0..1, of the frames of these seconds, and of at least this many, in which it was seen."""
        looks = self._looks(seconds, frames)
        return sum(box is not None for _, box in looks) / len(looks)

    def drift_px(self, seconds: float, frames: int) -> float | None:
        """How far its edges have moved, at most, in the last seconds and at least in the last frames.

        The medians of the first and the second half of the frames are compared, so that a trembling box has not moved
        and one bad frame changes nothing.

        Returns:
            Pixels; None if it has not been followed for this long, or was seen in one frame at most.
        """
        looks = self._looks(seconds, frames)
        boxes = [box for _, box in looks if box is not None]
        if len(boxes) < LEAST_SEEN or looks[0][0] > self.trail[-1][0] - seconds + ROUNDING_S:
            return None
        half = len(boxes) // 2
        return max(abs(a - b) for a, b in zip(middle_edges(boxes[:half]), middle_edges(boxes[-half:]), strict=True))

    def ink_change(self, seconds: float, frames: int) -> float:
        """The change of the share of its box that is ink, relative to before; 0.0 if that is not known.

        As in `drift_px`, the medians of the first and the second half of the frames are compared.
        """
        count = len(self._looks(seconds, frames))
        shares = [share for share in list(self.inks)[-count:] if share is not None]
        if len(shares) < LEAST_SEEN:
            return 0.0
        half = len(shares) // 2
        before, now = median(shares[:half]), median(shares[-half:])
        return abs(now - before) / before

    def _looks(self, seconds: float, frames: int) -> list[Sighting]:
        """The frames of the last seconds, and the one just before them: no camera's clock is exact."""
        begins_s = self.trail[-1][0] - seconds + ROUNDING_S
        young = 1 + sum(time_s > begins_s for time_s, _ in self.trail)
        return list(islice(self.trail, max(0, len(self.trail) - max(young, frames)), None))


def middle_edges(boxes: Sequence[Box]) -> tuple[float, float, float, float]:
    """The medians of the boxes' left, upper, right and lower edges."""
    return (
        median([box.x for box in boxes]),
        median([box.y for box in boxes]),
        median([box.x + box.width for box in boxes]),
        median([box.y + box.height for box in boxes]),
    )


@dataclass(slots=True)
class Streak:
    """How long a state has lasted: the number of frames, and the time of the first."""

    frames: int = 0
    began_s: float = 0.0

    def count(self, time_s: float) -> None:
        """Count one more frame."""
        self.began_s = self.began_s if self.frames else time_s
        self.frames += 1

    def lasted(self, frames: int, seconds: float, now_s: float) -> bool:
        """True when both the frames and the seconds have passed."""
        return self.frames >= frames and now_s - self.began_s >= seconds - ROUNDING_S


DIGITS = 10

Real = TypeVar("Real", np.float32, np.float64)


def readings_over_frames(tracks: Sequence[Track], rule: AcceptanceRule, *, doubtful: bool) -> list[Reading | None]:
    """The reading of each track; None if it is no digit.

    Args:
        tracks: each was seen in at least one frame.
        rule: weighs the activations.
        doubtful: also give readings below the rule's threshold.
    """
    if not tracks:
        return []
    # all frames of all tracks in one call: one takes as long as a hundred
    seen = [track.seen() for track in tracks]
    rows = np.concatenate([row for each in seen for row in each]).reshape(-1, DIGITS)
    counts = [len(each) for each in seen]
    evidence, confidences = evidence_and_confidence(rows, rule)
    # the mean of the frames' confidences: with mean activations one different frame would hold a digit back
    chances, sure = means_of_parts(confidences, counts), means_of_parts(evidence, counts)
    means, digits = means_of_parts(rows, counts).tolist(), chances.argmax(axis=1).tolist()
    least = 0.0 if doubtful else rule.threshold
    results = zip(tracks, digits, means, chances.tolist(), sure.tolist(), strict=True)
    return [
        _reading(track, digit, mean, each, speaks[digit]) if speaks[digit] >= least else None
        for track, digit, mean, each, speaks in results
    ]


def _reading(track: Track, digit: int, mean: list[float], chances: list[float], evidence: float) -> Reading:
    each = tuple(chances)
    return Reading(track.box, digit, each[digit], tuple(mean), track.place[1], each, evidence=evidence)


def means_of_parts(values: npt.NDArray[Real], counts: Sequence[int]) -> npt.NDArray[Real]:
    """The means of consecutive groups of rows.

    Args:
        values: (N, M), one group after the other.
        counts: how many rows each group has; at least 1.

    Returns:
        (len(counts), M) of the same dtype.
    """
    if min(counts) == max(counts):  # as mostly, where all digits were seen in each frame
        return np.asarray(values.reshape(len(counts), counts[0], -1).mean(axis=1))
    parts = np.split(values, np.cumsum(counts)[:-1])
    return np.stack([part.mean(axis=0) for part in parts])


def activations_of(reading: Reading) -> Activations:
    """A reading's ten activations; without them, its confidence for its own digit and 0 for the others."""
    if reading.activations:
        return np.asarray(reading.activations, np.float32)
    alone = np.zeros(10, np.float32)
    alone[reading.digit] = reading.confidence
    return alone


TrackedReadings = Sequence[tuple[Reading, Track]]
"""Readings to announce, each with its track."""


@dataclass(frozen=True, slots=True)
class SteadyText:
    """A text that has stayed the same, and may be announced.

    Attributes:
        readings: the readings of the text, one or more, with their tracks.
        waited_s: seconds for which it was the same.
        steady_s: seconds for which it has to be the same.
        frames: least number of frames over which a digit's motion is measured.
    """

    readings: TrackedReadings
    waited_s: float
    steady_s: float
    frames: int

    def is_trusted(self, debounce: DebounceSettings) -> bool:
        """Whether it is no longer doubtful."""
        if self.is_being_written(debounce):
            return False
        seen = min(track.share_seen(debounce.rested_s, self.frames) for _, track in self.readings)
        sure = all(reading.evidence >= debounce.sure_evidence for reading, _ in self.readings)
        if (seen >= debounce.seen_share or self.waited_s >= debounce.rarely_seen_s) and self._lies_still(
            debounce, sure=sure
        ):
            return True
        return sure and seen >= debounce.held_seen_share and self._is_held(debounce)

    def is_being_written(self, debounce: DebounceSettings) -> bool:
        """Whether the ink of a digit still changes: somebody writes it, or its wheel turns."""
        seconds = max(self.steady_s, debounce.still_s)
        return any(
            track.ink_change(seconds, self.frames) > debounce.ink_change_share
            or track.ink_change(debounce.rested_s, self.frames) > debounce.slow_ink_change_share
            for _, track in self.readings
        )

    def _lies_still(self, debounce: DebounceSettings, *, sure: bool) -> bool:
        if len(self.readings) >= debounce.many_digits:
            return self._is_still(debounce, debounce.almost_still_share)
        return self._is_still(debounce, debounce.still_share) and (sure or self._has_rested(debounce))

    def _is_held(self, debounce: DebounceSettings) -> bool:
        if self.waited_s < debounce.held_s:
            return False
        return (
            len(self.readings) > 1
            or self.waited_s >= debounce.single_digit_s
            or self._is_still(debounce, debounce.almost_still_share)
        )

    def _is_still(self, debounce: DebounceSettings, share: float) -> bool:
        seconds = max(self.steady_s, debounce.still_s)
        ways = ((track.drift_px(seconds, self.frames), track) for _, track in self.readings)
        return all(way is not None and way <= debounce.still_px + share * track.box.height for way, track in ways)

    def _has_rested(self, debounce: DebounceSettings) -> bool:
        ways = ((track.drift_px(debounce.rested_s, self.frames), track) for _, track in self.readings)
        return all(
            way is None or way <= debounce.still_px + debounce.rested_share * track.box.height for way, track in ways
        )


def are_letters(readings: TrackedReadings, debounce: DebounceSettings, *, outnumbered: bool) -> bool:
    """Whether a line's digits are more likely letters.

    That is so if they are few, not all sure, and fewer than the other things in their line. Digits that were announced
    before stay digits.
    """
    known = all(track.announced or reading.evidence >= debounce.few_digits_evidence for reading, track in readings)
    return outnumbered and len(readings) < debounce.many_digits and not known
