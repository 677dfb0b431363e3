"""Takes of a video without digits: empty desk, empty papers, papers with marks, hands that pass, light that changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from digitreader.demo import MARK_WAYS, DemoCamera, DemoSettings
from digitreader.score.video.hand import Hand, Visit
from digitreader.score.video.light import Weather
from digitreader.values import Frame

SUBJECTS = ("desk", "empty paper", "marks")
PAPERS = ("white", "cream", "gray", "ruled", "squared")
NAME = "video"


@dataclass(frozen=True, slots=True)
class Take:
    """What is filmed in one go.

    Attributes:
        sheets: what stands on each sheet that is shown; no digit. None is the desk alone.
        subject: one of `SUBJECTS`, and what else happens, in words.
        length_s: how long it lasts.
        hand: it comes and goes; None where none does.
        weather: how the light changes; None where it does not.
    """

    seed: int
    sheets: tuple[str, ...]
    subject: str
    length_s: float
    settings: DemoSettings
    hand: tuple[Hand, Visit] | None = None
    weather: Weather | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Filmed:
    """A frame of the video and the take that it belongs to."""

    frame: Frame
    take: Take


def film_video(*, seconds: float, fps: float, seed: int, size_wh: tuple[int, int]) -> Iterator[Filmed]:
    """Film one take after another until the time is up; the same arguments give the same frames."""
    total, index = round(seconds * fps), 0
    for number in range(total):
        rng = np.random.default_rng((seed, number))
        take = draw_take(number, rng)
        for filmed in film_take(take, first=index, fps=fps, size_wh=size_wh):
            if index == total:
                return
            yield filmed
            index += 1


def draw_take(number: int, rng: np.random.Generator) -> Take:
    """Draw what the next take shows: the subjects take turns, a hand comes into half of them, light into a third."""
    subject = SUBJECTS[number % len(SUBJECTS)]
    sheets = {"desk": (), "empty paper": ("",), "marks": (_draw_marks(rng),)}[subject]
    length = float(rng.uniform(4.0, 8.0))
    settings = _settings(length, rng, desk=not sheets)
    hand = (Hand.draw(rng), Visit.draw(rng, length_s=length)) if rng.random() < 0.5 else None
    weather = Weather.draw(rng, length_s=length) if rng.random() < 1 / 3 else None
    said = subject + (", a hand" if hand else "") + (", changing light" if weather else "")
    return Take(int(rng.integers(2**31)), sheets, said, length, settings, hand, weather)


def _settings(length_s: float, rng: np.random.Generator, *, desk: bool) -> DemoSettings:
    """Sheets of all kinds, badly lit and held askew; without sheets the film is `away_s` long."""
    away_s, moving_s = (length_s, 0.0) if desk else (0.4, 0.3)
    return DemoSettings(
        papers=PAPERS,
        folds=0.4,
        show_through=float(rng.choice([0.0, 0.0, 0.6])),
        sheet_fill=(0.7, 1.1),
        tilt_deg=12.0,
        perspective_deg=25.0,
        light_falloff=float(rng.uniform(0.1, 0.6)),
        shadow=float(rng.uniform(0.0, 0.45)),
        blur_px=float(rng.uniform(0.4, 1.0)),
        noise=float(rng.uniform(2.0, 7.0)),
        jpeg_quality=int(rng.integers(60, 95)) if rng.random() < 0.3 else None,
        digit_height=(0.08, 0.24),
        shake_px=float(rng.uniform(0.0, 3.0)),
        held_s=length_s - 2 * (away_s + moving_s),
        moving_s=moving_s,
        away_s=away_s,
    )


def _draw_marks(rng: np.random.Generator) -> str:
    """One to three lines of letters and operators."""
    kinds = list(MARK_WAYS)
    lines = [rng.choice(kinds, int(rng.integers(1, 8))) for _ in range(int(rng.integers(1, 4)))]
    return "\n".join("".join(line) for line in lines)


def film_take(take: Take, *, first: int, fps: float, size_wh: tuple[int, int]) -> Iterator[Filmed]:
    """Film one take; its frames count on from `first`."""
    camera = DemoCamera(size_wh, seed=take.seed, fps=fps, numbers=take.sheets, settings=take.settings)
    for at, shot in enumerate(camera.frames()):
        time_s, image = at / fps, shot.frame.image
        if take.hand is not None:
            hand, visit = take.hand
            matrix = visit.matrix(time_s, size_wh)
            image = image if matrix is None else hand.laid_over(image, matrix)
        if take.weather is not None:
            image = take.weather.cast(image, time_s)
        yield Filmed(Frame(image, NAME, first + at, (first + at) / fps), take)
