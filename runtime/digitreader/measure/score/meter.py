"""Films a day of a simulated meter and checks that each number is announced soon, and never a wrong one."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import cv2
import numpy as np

from digitreader.drawing import find_typefaces
from digitreader.drawing.wheel_makes import WheelStyle, draw_wheel_style
from digitreader.drawing.wheels import draw_wheel, place_windows, show_wheel, wheels_surface, window_mask
from digitreader.host.progress import ProgressBar
from digitreader.reading.number_rules import parse_rules
from digitreader.reading.pipeline import FrameReader
from digitreader.reading.rule_decoder import RuleDecoder
from digitreader.reading.stream import read_film
from digitreader.reading.tracker import Tracker
from digitreader.values import ColourImage, Frame

WHEELS, PLACES = 8, 3
RULES = (f"digits={WHEELS}", f"point={PLACES}", "wheels", "increasing", "per-hour=3")
DIGIT_PX = 44.0
FPS = 10.0
DAY_S = 86_400.0
DRAWS_A_DAY, MEDIAN_LITRES, SPREAD = 120, 3.0, 1.1
"""How often water is drawn in a day, and how much: a lognormal law from a glass to a shower."""
FLOW_L_PER_S = (0.04, 0.3)
WATCHED_S = 4.0
"""Seconds that the wheels are filmed after they stop, and one second before they turn; the rest is left out."""
NOISES, STEPS = 5, 50
"""Pictures of noise that take turns, and positions of a wheel between two digits that are drawn."""
SOON_S = 2.0
LAG_S = 1.0
"""A number is right if the wheels showed it within this many seconds before it was announced."""
ARRIVED = 0.2
"""A wheel with at most this part of its turn left may count as at its next digit."""


@dataclass(frozen=True, slots=True)
class MeterPlan:
    """What is filmed: hours of a meter, frames a second, and a seed."""

    hours: float = 24.0
    fps: float = FPS
    seed: int = 0
    size_wh: tuple[int, int] = (640, 480)


class Draw(NamedTuple):
    """Water that is drawn: when, for how long, and what the meter shows before and after, in litres."""

    begins_s: float
    ends_s: float
    before: float
    after: float


class MeterFrame(NamedTuple):
    """A frame of the film, what the meter stands at, and the number of the draw that it belongs to."""

    frame: Frame
    litres: float
    turning: bool
    draw: int


def draw_day(rng: np.random.Generator, hours: float) -> list[Draw]:
    """When water is drawn, and how much."""
    seconds = 3600 * hours
    count = max(1, round(DRAWS_A_DAY * seconds / DAY_S))
    litres, after_s, draws = float(rng.integers(1_000_000, 90_000_000)) + float(rng.random()), 5.0, list[Draw]()
    for wanted_s in np.sort(rng.uniform(5, seconds, count)):
        drawn = float(np.exp(rng.normal(math.log(MEDIAN_LITRES), SPREAD)))
        begins_s = max(float(wanted_s), after_s + WATCHED_S + 2)
        ends_s = begins_s + drawn / float(rng.uniform(*FLOW_L_PER_S))
        draws.append(Draw(begins_s, ends_s, litres, litres + drawn))
        litres, after_s = litres + drawn, ends_s
    return draws


def wheel_positions(litres: float) -> list[float]:
    """Where the wheels stand, 0 to below 10, the last one for single litres: a wheel turns while all below are at 9."""
    whole, turned = int(litres), litres - int(litres)
    positions = []
    for _ in range(WHEELS):
        digit = whole % 10
        positions.append(digit + turned)
        turned = turned if digit == 9 else 0.0
        whole //= 10
    return positions[::-1]


class MeterCamera:
    """Films one make of meter: the same housing all day, light that changes slowly, noise in each frame."""

    def __init__(self, plan: MeterPlan) -> None:
        self._plan = plan
        rng, faces = np.random.default_rng(plan.seed), find_typefaces((), system=False)
        style = draw_wheel_style(rng, faces, held_out=False, digit_px=DIGIT_PX)
        self._style: WheelStyle = replace(style, upwards=True, last=PLACES)
        # the same draws place the windows in the whole picture
        placing = np.random.default_rng(plan.seed)
        self._corners, self._window_wh, _ = place_windows(placing, WHEELS, self._style, size_wh=plan.size_wh)
        self._mask = window_mask(self._style, self._window_wh)
        housing = np.random.default_rng(plan.seed)
        nothing = wheels_surface(housing, [0.0] * WHEELS, self._style, size_wh=plan.size_wh, typefaces=faces)
        self._image, self._shown = nothing.image, [-1.0] * WHEELS
        self._wheels: dict[tuple[float, bool], ColourImage] = {}
        self._noise = [rng.integers(0, 9, nothing.image.shape).astype(np.uint8) for _ in range(NOISES)]

    def picture(self, litres: float, index: int, time_s: float) -> ColourImage:
        """What the camera takes, (H, W, 3) uint8 BGR."""
        for wheel, position in enumerate(wheel_positions(round(litres * STEPS) / STEPS)):
            if self._shown[wheel] != position:
                self._shown[wheel] = position
                drawn = self._wheel(position, last=wheel >= WHEELS - PLACES)
                self._image = show_wheel(self._image, drawn, self._corners[wheel], self._mask)
        light = 0.92 + 0.08 * math.sin(2 * math.pi * time_s / DAY_S)
        lit = cv2.convertScaleAbs(self._image, alpha=light)
        return np.asarray(cv2.add(lit, self._noise[index % NOISES]), np.uint8)

    def _wheel(self, position: float, *, last: bool) -> ColourImage:
        if (position, last) not in self._wheels:
            drawn, _, _ = draw_wheel(position, self._style, window_wh=self._window_wh, last=last)
            self._wheels[position, last] = drawn
        return self._wheels[position, last]

    def film(self, draws: Sequence[Draw]) -> Iterator[MeterFrame]:
        """The frames in which something turns or has just stopped; the time between is left out."""
        index = 0
        for number, draw in enumerate(draws):
            time_s = draw.begins_s - 1
            while time_s < draw.ends_s + WATCHED_S:
                share = (time_s - draw.begins_s) / (draw.ends_s - draw.begins_s)
                litres = draw.before + (draw.after - draw.before) * min(1.0, max(0.0, share))
                frame = Frame(self.picture(litres, index, time_s), "meter", index, time_s)
                yield MeterFrame(frame, litres, 0 < share < 1, number)
                index += 1
                time_s += 1 / self._plan.fps


@dataclass(frozen=True, slots=True)
class WrongNumber:
    """A number that was announced while the meter showed another; times in seconds since the film's beginning."""

    time_s: float
    text: str
    litres: float


@dataclass(frozen=True, slots=True)
class MeterScore:
    """The numbers that were announced for a meter.

    Attributes:
        draws: how often water was drawn; `between` of them left the last wheel between two digits.
        told: how many numbers were announced; `wrong` are those that the meter did not show.
        doubtful: numbers that were reported as doubtful.
        late: draws after which the meter's number was not known two seconds after its wheels came to rest.
        slowest_s: the longest time from the stop of the wheels to the announcement, for those in time; `median_s` is
            the median.
    """

    hours: float
    fps: float
    seed: int
    frames: int
    draws: int
    between: int
    told: int
    doubtful: int
    wrong: tuple[WrongNumber, ...]
    late: tuple[WrongNumber, ...]
    median_s: float
    slowest_s: float


def numbers_shown(litres: float) -> set[int]:
    """The right readings of a meter: a wheel that has nearly arrived may count as arrived."""
    return {math.floor(litres), math.floor(litres + ARRIVED)}


def score_meter(reader: FrameReader, plan: MeterPlan, draws: Sequence[Draw] = ()) -> MeterScore:
    """Film a meter, read it as `digitreader read --expect` does, and compare.

    Args:
        reader: reads its frames.
        plan: what is filmed.
        draws: when water is drawn, in their order; by chance if there are none.
    """
    draws = draws or draw_day(np.random.default_rng(plan.seed + 2), plan.hours)
    rules = parse_rules(RULES)
    reader.doubtful = True
    acceptance = reader.model.facts.acceptance
    tracker = Tracker(acceptance, rule_decoder=RuleDecoder(rules, acceptance.threshold))
    judge = _Judge()
    frame_count = 0
    with ProgressBar("watching the meter", len(draws)) as bar:
        done = 0
        for now, read in read_film(MeterCamera(plan).film(draws), reader.read_next, tracker):
            frame_count += 1
            judge.look(now, "" if read.steady is None else read.steady.text, doubtful=read.doubtful is not None)
            for _ in range(now.draw - done):
                bar.advance()
            done = now.draw
    judge.end()
    delays = sorted(judge.delays_s) or [0.0]
    between = sum(0.2 < draw.after % 1 < 1 - ARRIVED for draw in draws)
    return MeterScore(
        plan.hours, plan.fps, plan.seed, frame_count, len(draws), between, judge.told, judge.doubtful,
        tuple(judge.wrong), tuple(judge.late), delays[len(delays) // 2], delays[-1],
    )  # fmt: skip


class _Judge:
    """Compares announced numbers with what the meter shows, frame by frame."""

    def __init__(self) -> None:
        self.told = self.doubtful = 0
        self.wrong: list[WrongNumber] = []
        self.late: list[WrongNumber] = []
        self.delays_s: list[float] = []
        self._known: int | None = None
        self._lately: deque[tuple[float, set[int]]] = deque()
        self._rest_s: float | None = None
        self._last: MeterFrame | None = None

    def look(self, now: MeterFrame, text: str, *, doubtful: bool) -> None:
        """Take one more frame, with the number that was announced at it."""
        time_s = now.frame.time_s
        if self._last is not None and self._last.draw != now.draw:
            self.end()
            self._lately.clear()
        if now.turning or self._last is None:
            self._rest_s = None
        elif self._last.turning:
            self._rest_s = time_s
        self._last = now
        self._lately.append((time_s, numbers_shown(now.litres)))
        while self._lately[0][0] < time_s - LAG_S:
            self._lately.popleft()
        self.doubtful += doubtful
        if text:
            self._hear(text, now)
        self._settle(now)

    def _hear(self, text: str, now: MeterFrame) -> None:
        self.told += 1
        self._known = int("".join(filter(str.isdecimal, text)))
        if not any(self._known in shown for _, shown in self._lately):
            self.wrong.append(WrongNumber(now.frame.time_s, text, now.litres))

    def _settle(self, now: MeterFrame) -> None:
        """Note whether the meter's number has been announced since its wheels stopped."""
        if self._rest_s is not None and self._known in numbers_shown(now.litres):
            self.delays_s.append(now.frame.time_s - self._rest_s)
            if self.delays_s[-1] > SOON_S:
                self.late.append(WrongNumber(now.frame.time_s, str(self._known), now.litres))
            self._rest_s = None

    def end(self) -> None:
        """The meter is not watched for a while: a number that is not known by now is late."""
        if self._rest_s is not None and self._last is not None:
            self.late.append(WrongNumber(self._rest_s, str(self._known or ""), self._last.litres))
        self._rest_s = None


def meter_text(measured: MeterScore, model: str) -> str:
    """The score as lines."""
    wrong, late = (
        [f"  {what} {each.time_s:.1f} s: {each.text or 'no number'}, the meter at {each.litres:.2f} L" for each in told]
        for what, told in (("wrong at", measured.wrong), ("late at", measured.late))
    )
    return "\n".join(
        [
            f"{model}: {measured.hours:g} h of a meter, {measured.frames} frames at {measured.fps:g} a second",
            f"  drawn      {measured.draws} times; {measured.between} left the last wheel between two digits",
            f"  announced  {measured.told} numbers, {len(wrong)} of them wrong, and {measured.doubtful} as doubtful",
            f"  at rest    known after {measured.median_s:.1f} s (median), {measured.slowest_s:.1f} s at the most",
            f"  late       {len(late)} times not known {SOON_S:g} s after the wheels came to rest",
            *wrong[:10],
            *late[:10],
        ]
    )
