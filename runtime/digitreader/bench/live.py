"""Bench: the live reader over a film with faults, beside the same film undisturbed."""

from __future__ import annotations

import math
import os
import statistics
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path

import cv2

from digitreader.bench.faulty import FaultyCamera
from digitreader.demo import DemoCamera, DemoSettings
from digitreader.follow import Follower
from digitreader.live.notice import Notice
from digitreader.live.settings import LiveSettings
from digitreader.live.source import LiveSource
from digitreader.pipeline import Reader

EVERY = 500
NUMBERS = ("9416920236", "5188637034", "5354752972", "0456731600", "3465620225", "6773654211", "6384026872")
PATIENT = LiveSettings(patience_s=1.0, first_wait_s=0.02, longest_wait_s=0.1, release_s=2.0)
FILM = DemoSettings(
    digits=(10, 10),
    lines=(1, 1),
    groups=0.0,
    pens=("felt",),
    papers=("white",),
    folds=0.0,
    tilt_deg=2.0,
    perspective_deg=6.0,
    light_falloff=0.2,
    shadow=0.1,
    noise=2.0,
)
STATM = Path("/proc/self/statm")
MEMORY_EVERY = 50
SETTLED = 0.2
"""Memory is compared from when this share of the frames was read."""


@dataclass(frozen=True, slots=True)
class LiveBench:
    """What was measured.

    Attributes:
        cpu_ms: processor time of a frame, median: read, followed, announced.
        frames_per_s: what that allows one core.
        latency_ms: film time from the first frame of a sheet that lies still to its announcement, median; `slowest_ms`
            is the longest.
        sheets: shown in the undisturbed film; `right` is how many were announced once and as they were written.
        announced: numbers while faults came.
        lost: announced of the undisturbed film only; `extra` of the disturbed one only.
        faults: how many came, by their kind.
        recovered: how many were told and followed by frames again.
        memory_grew_mb: from when it had settled to the end.
    """

    frames: int
    cpu_ms: float
    frames_per_s: float
    latency_ms: float
    slowest_ms: float
    sheets: int
    right: int
    announced: int
    lost: int
    extra: int
    faults: dict[str, int]
    recovered: dict[str, int]
    memory_grew_mb: float

    @property
    def survived(self) -> bool:
        """Every fault was noticed and is over, and changed nothing of what was announced."""
        return self.faults == self.recovered and not self.lost and not self.extra


@dataclass(slots=True)
class Seen:
    """What a run has brought: texts as announced with their times in the film, and what it took."""

    announced: list[tuple[float, str]] = field(default_factory=list)
    cpu_s: list[float] = field(default_factory=list)
    recovered: Counter[str] = field(default_factory=Counter)
    memory_mb: list[float] = field(default_factory=list)

    @property
    def texts(self) -> list[str]:
        """What was announced, in its order."""
        return [text for _, text in self.announced]


def bench_live(reader: Reader, *, frames: int, every: int = EVERY, size_wh: tuple[int, int] = (640, 480)) -> LiveBench:
    """Read the same film twice, on one thread: undisturbed, and with a fault every so many frames.

    Args:
        reader: reads the frames.
        frames: of each film.
        every: how many frames lie between two faults.
        size_wh: of the frames.
    """
    camera = DemoCamera(size_wh, seed=1, numbers=NUMBERS, settings=FILM)
    smooth = FaultyCamera(camera, frames=frames, every=0, patience_s=PATIENT.patience_s)
    rough = FaultyCamera(camera, frames=frames, every=every, patience_s=PATIENT.patience_s)
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        undisturbed, disturbed = watch(reader, smooth), watch(reader, rough)
    finally:
        cv2.setNumThreads(threads)
    waits_s, right = judge(smooth.laid, undisturbed.announced)
    cpu_ms = 1e3 * statistics.median(undisturbed.cpu_s)
    lost, extra = differences(undisturbed.texts, disturbed.texts)
    return LiveBench(
        frames=len(undisturbed.cpu_s),
        cpu_ms=cpu_ms,
        frames_per_s=1e3 / cpu_ms,
        latency_ms=1e3 * statistics.median(waits_s) if waits_s else math.nan,
        slowest_ms=1e3 * max(waits_s, default=math.nan),
        sheets=len(smooth.laid),
        right=right,
        announced=len(disturbed.texts),
        lost=lost,
        extra=extra,
        faults=dict(Counter(rough.begun)),
        recovered=dict(disturbed.recovered),
        memory_grew_mb=growth_mb(disturbed.memory_mb),
    )


def watch(reader: Reader, camera: FaultyCamera) -> Seen:
    """Read a film to its end as `digitreader read` reads a camera, without dropping a frame."""
    seen, follower = Seen(), Follower(reader.model.facts.acceptance)

    def heed(notice: Notice) -> None:
        if notice.interrupted:
            follower.interrupt()
        elif camera.pending:
            seen.recovered[camera.pending] += 1
            camera.pending = ""

    with LiveSource(camera.name, camera, PATIENT, stamp=lambda frame: frame.time_s, patient=True) as source:
        source.heed = heed
        for frame in source.frames():
            began_s = time.thread_time()
            steady = follower.update(reader.read(frame))
            seen.cpu_s.append(time.thread_time() - began_s)
            if steady is not None:
                seen.announced.append((steady.time_s, steady.text))
            if len(seen.cpu_s) % MEMORY_EVERY == 0:
                seen.memory_mb.append(resident_mb())
    return seen


def judge(laid: Sequence[tuple[float, str]], announced: Sequence[tuple[float, str]]) -> tuple[list[float], int]:
    """Compare what was announced with what was written.

    Returns:
        For each sheet how many seconds after it lay still it was announced first, where it was; and how many sheets had
        one announcement, the right one.
    """
    waits_s, right = [], 0
    ends_s = [began_s for began_s, _ in laid[1:]] + [math.inf]
    for (began_s, truth), end_s in zip(laid, ends_s, strict=True):
        told = [(at_s, text) for at_s, text in announced if began_s <= at_s < end_s]
        waits_s += [at_s - began_s for at_s, _ in told[:1]]
        right += [text for _, text in told] == [truth]
    return waits_s, right


def differences(expected: Sequence[str], announced: Sequence[str]) -> tuple[int, int]:
    """Count what is missing and what is too much in a sequence, its order kept."""
    blocks = SequenceMatcher(None, expected, announced, autojunk=False).get_matching_blocks()
    same = sum(block.size for block in blocks)
    return len(expected) - same, len(announced) - same


def growth_mb(memory_mb: Sequence[float]) -> float:
    """How much memory grew from when it had settled to the end; 0.0 where it was not looked at often enough."""
    settled = memory_mb[round(SETTLED * len(memory_mb)) :]
    return max(settled) - settled[0] if settled else 0.0


def resident_mb() -> float:
    """Memory that the process has now; where Linux does not tell, the most that it ever had."""
    try:
        return int(STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    except OSError:
        import resource  # not on Windows, where nothing is tried

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
