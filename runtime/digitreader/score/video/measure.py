"""Reads a video without digits and counts what is announced all the same."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

from digitreader.follow import Follower
from digitreader.pipeline import Reader
from digitreader.progress import ProgressBar
from digitreader.score.told import share_of
from digitreader.score.video.takes import film_video
from digitreader.values import ColourImage, Page, Reading

MOST_LIKELY_NONE = 0.05
"""A rate is excluded where it would have brought so few errors with less than this chance."""


@dataclass(frozen=True, slots=True)
class VideoPlan:
    """Which video is filmed.

    Attributes:
        pictures: how many false readings are kept to be shown, and as many frames with digits that passed.
    """

    minutes: float = 10.0
    fps: float = 30.0
    seed: int = 0
    size_wh: tuple[int, int] = (640, 480)
    pictures: int = 12


@dataclass(frozen=True, slots=True)
class FalseReading:
    """A number that was announced though there is none."""

    time_s: float
    text: str
    confidence: float
    subject: str


@dataclass(frozen=True, slots=True)
class SubjectScore:
    """What happened while one subject was shown.

    Attributes:
        frames: how many; `with_digits` of them had a digit accepted, steady or not.
        false_readings: numbers announced.
    """

    subject: str
    frames: int
    with_digits: int
    false_readings: int


@dataclass(frozen=True, slots=True)
class VideoScore:
    """What was read where there is nothing to read.

    Attributes:
        false_readings: steady numbers announced.
        per_hour: of the video.
        at_most_per_hour: a true rate above this would, with a chance of 95 %, have brought more than were seen.
        frames_with_digits: frames in which a digit was accepted, whether or not it stayed.
    """

    minutes: float
    fps: float
    seed: int
    frames: int
    false_readings: int
    per_hour: float
    at_most_per_hour: float
    frames_with_digits: int
    subjects: tuple[SubjectScore, ...]
    announced: tuple[FalseReading, ...]


@dataclass(frozen=True, slots=True, eq=False)
class SeenFrame:
    """A frame of the take with this seed, in which something was read; `steady` where it was announced."""

    image: ColourImage
    readings: tuple[Reading, ...]
    subject: str
    time_s: float
    steady: bool
    take: int


def score_video(reader: Reader, plan: VideoPlan) -> tuple[VideoScore, list[SeenFrame]]:
    """Film, read and follow, with a progress bar.

    Returns:
        The score, and frames in which something was read: those announced, and the first of each take of which nothing
        was announced.

    Raises:
        UsageError: frames smaller than 32x32.
    """
    follower = Follower(reader.model.facts.acceptance)
    frames, with_digits, announced = Counter[str](), Counter[str](), list[FalseReading]()
    seen: list[SeenFrame] = []
    shown_takes: set[int] = set()
    seconds = 60 * plan.minutes
    with ProgressBar("watching", round(seconds * plan.fps)) as bar:
        for filmed in film_video(seconds=seconds, fps=plan.fps, seed=plan.seed, size_wh=plan.size_wh):
            page, take = reader.read_next(filmed.frame), filmed.take
            subject = take.subject
            steady = follower.update(page)
            frames[subject] += 1
            with_digits[subject] += bool(page.lines)
            if steady is not None:
                announced.append(_false_reading(steady, subject))
            if steady is not None or (page.lines and take.seed not in shown_takes):
                shown_takes.add(take.seed)
                what = page if steady is None else steady
                seen.append(
                    SeenFrame(filmed.frame.image, _readings(what), subject, page.time_s, steady is not None, take.seed)
                )
            bar.advance(note=f"{len(announced)} false readings")
    return _score(plan, frames, with_digits, announced), _worth_showing(seen, plan.pictures)


def _score(
    plan: VideoPlan, frames: Counter[str], with_digits: Counter[str], announced: list[FalseReading]
) -> VideoScore:
    hours = sum(frames.values()) / plan.fps / 3600
    false = Counter(reading.subject for reading in announced)
    return VideoScore(
        minutes=plan.minutes,
        fps=plan.fps,
        seed=plan.seed,
        frames=sum(frames.values()),
        false_readings=len(announced),
        per_hour=share_of(len(announced), hours),
        at_most_per_hour=share_of(most_expected(len(announced)), hours),
        frames_with_digits=sum(with_digits.values()),
        subjects=tuple(SubjectScore(name, frames[name], with_digits[name], false[name]) for name in sorted(frames)),
        announced=tuple(announced),
    )


def most_expected(seen: int) -> float:
    """The greatest mean with which so few events are seen with a chance of at least 5 %; 3.0 for none.

    Source: F. Garwood, "Fiducial limits for the Poisson distribution", 1936; found by halving the interval.
    """
    low, high = 0.0, seen + 10.0 * math.sqrt(seen + 1) + 10.0
    while high - low > 1e-6:
        middle = (low + high) / 2
        few = math.exp(-middle) * sum(middle**k / math.factorial(k) for k in range(seen + 1))
        low, high = (middle, high) if few > MOST_LIKELY_NONE else (low, middle)
    return high


def _false_reading(steady: Page, subject: str) -> FalseReading:
    confidence = min(reading.confidence for reading in _readings(steady))
    return FalseReading(steady.time_s, steady.text, confidence, subject)


def _readings(page: Page) -> tuple[Reading, ...]:
    return tuple(reading for line in page.lines for reading in line.readings)


def _worth_showing(seen: list[SeenFrame], pictures: int) -> list[SeenFrame]:
    steady = [frame for frame in seen if frame.steady]
    told = {frame.take for frame in steady}
    passing = [frame for frame in seen if frame.take not in told]
    return [*steady[:pictures], *passing[:pictures]]
