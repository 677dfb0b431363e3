"""Counts false readings in video without digits."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from digitreader.host.progress import ProgressBar, readable_time
from digitreader.measure.report import (
    Html,
    Shown,
    cause_gallery,
    counted,
    figures,
    gallery,
    panel,
    percent,
    section,
    share_of,
    table,
)
from digitreader.measure.report_pictures import bgr_of, draw_box, jpeg_address, within
from digitreader.measure.score.video_takes import film_video
from digitreader.reading.pipeline import FrameReader
from digitreader.reading.stream import read_film
from digitreader.reading.tracker import Tracker
from digitreader.values import ColourImage, Page, Reading

MOST_LIKELY_NONE = 0.05
"""A rate is excluded if it would give so few errors with less than this probability."""


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
    """The readings in video without digits.

    Attributes:
        false_readings: steady numbers announced.
        per_hour: of the video.
        at_most_per_hour: a true rate above this would have given more false readings, with a probability of 95 %.
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
    """A frame in which something was read, with the seed of its take; `steady` if it was announced."""

    image: ColourImage
    readings: tuple[Reading, ...]
    subject: str
    time_s: float
    steady: bool
    take: int


def score_video(reader: FrameReader, plan: VideoPlan) -> tuple[VideoScore, list[SeenFrame]]:
    """Film, read and follow, with a progress bar.

    Returns:
        The score, and frames in which something was read: those announced, and the first of each take of which nothing
        was announced.

    Raises:
        UsageError: frames smaller than 32x32.
    """
    tracker = Tracker(reader.model.facts.acceptance)
    frames, with_digits, announced = Counter[str](), Counter[str](), list[FalseReading]()
    seen: list[SeenFrame] = []
    shown_takes: set[int] = set()
    seconds = 60 * plan.minutes
    with ProgressBar("watching", round(seconds * plan.fps)) as bar:
        film = film_video(seconds=seconds, fps=plan.fps, seed=plan.seed, size_wh=plan.size_wh)
        for filmed, read in read_film(film, reader.read_next, tracker):
            page, steady, take = read.page, read.steady, filmed.take
            subject = take.subject
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
    """The greatest mean that gives this few events with a probability of at least 5 %; 3.0 for no event.

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


FRAME_SIDE_PX = 560
TILE_PX = 300
PASSING = "Accepted in single frames, and never announced"


def video_text(score: VideoScore, title: str) -> str:
    """The figures as lines."""
    rate = f"{score.per_hour:.1f} an hour, with 95 % confidence below {score.at_most_per_hour:.1f}"
    share = share_of(score.frames_with_digits, score.frames)
    head = f"  {'subject':<40}{'frames':>8}{'with a digit':>14}{'false readings':>16}"
    return "\n".join(
        [
            f"{title}: {counted(score.minutes, 'minute')} without digits, {score.frames:,} frames, seed {score.seed}",
            f"false readings       {score.false_readings:,}   ({rate})",
            f"frames with a digit  {score.frames_with_digits:,}   ({share:.2%}; what does not stay is not announced)",
            head,
            *(_subject_line(each) for each in score.subjects),
            *(
                f"  at {each.time_s:.1f} s ({each.subject}): {' '.join(each.text.split())} ({percent(each.confidence)})"
                for each in score.announced
            ),
        ]
    )


def _subject_line(each: SubjectScore) -> str:
    return f"  {each.subject:<40}{each.frames:8,}{each.with_digits:14,}{each.false_readings:16,}"


def video_sections(score: VideoScore, seen: Sequence[SeenFrame]) -> list[str]:
    """The page's sections."""
    share = share_of(score.frames_with_digits, score.frames)
    rows = [
        (each.subject, f"{each.frames:,}", f"{each.with_digits:,}", f"{each.false_readings:,}")
        for each in score.subjects
    ]
    steady, passing = ([_shown(frame) for frame in seen if frame.steady is kind] for kind in (True, False))
    return [
        figures(
            (f"{score.false_readings:,}", "false readings", f"in {counted(score.minutes, 'minute')} without digits"),
            (f"{score.per_hour:.1f}", "an hour", f"with 95 % confidence below {score.at_most_per_hour:.1f}"),
            (
                f"{share:.2%}".replace("%", " %"),
                "frames with a digit",
                f"{score.frames_with_digits:,} of {score.frames:,}",
            ),
        ),
        section("What was shown", panel(table(("subject", "frames", "with a digit", "false readings"), rows))),
        section(
            "What went wrong",
            *cause_gallery("invented", score.false_readings, steady, tile_px=TILE_PX),
            *([f"<h3>{PASSING}</h3>", gallery(passing, tile_px=TILE_PX)] if passing else []),
            none="no frame had a digit",
            note="A number is announced once it was the same for a while. Single frames may err without harm; the "
            "first such frame of a take is shown.",
        ),
    ]


def _shown(frame: SeenFrame) -> Shown:
    canvas, zoom = within(frame.image, side_px=FRAME_SIDE_PX)
    for reading in frame.readings:
        draw_box(canvas, reading.box, bgr_of("invented"), zoom=zoom)
    read = " ".join(str(reading.digit) for reading in frame.readings)
    sure = min(reading.confidence for reading in frame.readings)
    caption = Html(
        f"<b>read {read}</b> ({percent(sure)})<br>{escape(frame.subject)}, after {readable_time(frame.time_s)}"
    )
    return Shown(jpeg_address(canvas), caption, f"{frame.subject}, read as {read}")
