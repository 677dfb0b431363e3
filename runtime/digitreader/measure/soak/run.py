"""The soak: the live reader over a film with faults and every output, beside the same film undisturbed."""

from __future__ import annotations

import math
import os
import statistics
import time
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import redirect_stderr
from dataclasses import dataclass, field
from itertools import cycle, pairwise
from pathlib import Path

import cv2

from digitreader.camera.live import LiveSource
from digitreader.camera.source import LiveSettings, Notice
from digitreader.drawing import DemoCamera, DemoSettings
from digitreader.host.process import share_one_heap, with_heap_trimming
from digitreader.measure.soak.faults import FaultyCamera
from digitreader.measure.soak.outputs import DISK_FULL, Places, differences, server_fault, watched_places
from digitreader.measure.soak.silences import ReportStream, Silences
from digitreader.output.opening import closing_sinks
from digitreader.output.sink import Sink, send_frame_to_sinks, send_notice_to_sinks
from digitreader.reading.pipeline import FrameReader
from digitreader.reading.stream import read_stream
from digitreader.reading.tracker import Tracker
from digitreader.values import Frame, Page

MOST_GROWTH_MB = 5.0
MOST_SILENCE_S = 2.0
"""A fault that is reported later counts as silent, on a machine that has nothing else to do."""
LONG = 20_000
"""After this many frames growing memory counts as a fault; before that it settles."""


@dataclass(frozen=True, slots=True)
class LiveBench:
    """What was measured.

    Attributes:
        frames: read while faults came; `announced` is how many numbers were told meanwhile.
        cpu_ms: processor time of a frame, mean: read and followed; `telling_ms` is that of the outputs.
        digits_ms: the median of the frames in which ten digits or more were read.
        frames_per_s: what one core reads and tells of those; `drawing_ms`, the demo's own, is not counted.
        latency_ms: film time from the first frame of a sheet that lies still to its announcement, median of the
            undisturbed film; `slowest_ms` is the longest.
        sheets: laid while faults came; `right` is how many were announced once and as they were written.
        lost: announced of the undisturbed film only; `extra` of the disturbed one only.
        faults: how many came, by their kind.
        recovered: how many were reported, and followed by frames or accepted events again.
        outputs: for each, how many of the events or frames that it should have had, it has lost and it has too often
            or wrong.
        missing: outputs that could not be tried, and why.
        silence_s: for each kind of fault, the longest time from when it could be noticed to its report or its end.
        memory_grew_mb: from when it had settled to the end.
    """

    frames: int
    cpu_ms: float
    digits_ms: float
    telling_ms: float
    drawing_ms: float
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
    outputs: dict[str, tuple[int, int, int]]
    missing: tuple[str, ...]
    silence_s: dict[str, float]
    memory_grew_mb: float

    @property
    def leaks(self) -> bool:
        """Memory has not stayed flat."""
        return self.frames >= LONG and self.memory_grew_mb > MOST_GROWTH_MB

    @property
    def was_silent(self) -> bool:
        """A fault was not reported in time."""
        return max(self.silence_s.values(), default=0.0) > MOST_SILENCE_S

    @property
    def survived(self) -> bool:
        """Whether every fault was noticed and ended, no announcement changed, and no output missed one."""
        whole = not any(lost or extra for _, lost, extra in self.outputs.values())
        return self.faults == self.recovered and not self.lost and not self.extra and whole and not self.leaks


STATM = Path("/proc/self/statm")
SETTLED = 0.1
"""Memory is compared from when this share of the frames was read: a minute of the ten that the whole soak may take."""
PARTS = 5

Announcement = tuple[float, str]
"""When, in seconds of the film, and what."""


def told_of_each(laid: Sequence[Announcement], announced: Sequence[Announcement]) -> list[list[Announcement]]:
    """For each sheet, what was announced from when it lay still until the next one did."""
    edges_s = [began_s for began_s, _ in laid] + [math.inf]
    return [[told for told in announced if began_s <= told[0] < end_s] for began_s, end_s in pairwise(edges_s)]


def judge(laid: Sequence[Announcement], announced: Sequence[Announcement]) -> tuple[list[float], int]:
    """Compare what was announced with what was written.

    Returns:
        For each sheet how many seconds after it lay still it was announced first, where it was; and how many sheets had
        one announcement, the right one.
    """
    told = told_of_each(laid, announced)
    waits_s = [each[0][0] - began_s for (began_s, _), each in zip(laid, told, strict=True) if each]
    right = sum([text for _, text in each] == [truth] for (_, truth), each in zip(laid, told, strict=True))
    return waits_s, right


def over_and_over(laid: Sequence[Announcement], announced: Sequence[Announcement], sheets: int) -> list[str]:
    """The announcements that this many sheets give, if the film of these sheets and announcements is repeated."""
    each = cycle(told_of_each(laid, announced) or [[]])
    return [text for _ in range(sheets) for _, text in next(each)]


def growth_mb(memory_mb: Sequence[float]) -> float:
    """How much more memory the process has at the end than when it had settled; 0.0 if it was hardly looked at.

    The medians of a fifth of the time each are compared: a sheet that is drawn takes some megabytes for a moment.
    """
    settled = memory_mb[round(SETTLED * len(memory_mb)) :]
    part = len(settled) // PARTS
    return statistics.median(settled[-part:]) - statistics.median(settled[:part]) if part else 0.0


def resident_mb() -> float:
    """Memory that the process has now; where Linux does not tell, the most that it ever had."""
    try:
        return int(STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    except OSError:
        import resource  # not on Windows, where nothing is tried

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


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
MANY_DIGITS = 10
TREMBLE_S = 0.002
MEMORY_EVERY = 50
CLOSING_S = 60.0


@dataclass(slots=True)
class RunTotals:
    """What a run has brought: texts as announced with their times in the film, and what it took."""

    announced: list[Announcement] = field(default_factory=list)
    recovered: Counter[str] = field(default_factory=Counter)
    memory_mb: array[float] = field(default_factory=lambda: array("d"))
    frames: int = 0
    cpu_s: float = 0.0
    telling_s: float = 0.0
    digits_s: array[float] = field(default_factory=lambda: array("f"))

    @property
    def texts(self) -> list[str]:
        """What was announced, in its order."""
        return [text for _, text in self.announced]

    def count(self, page: Page, cpu_s: float, telling_s: float) -> None:
        """Take the times of one more frame in."""
        self.frames += 1
        self.cpu_s += cpu_s
        self.telling_s += telling_s
        if sum(len(line.readings) for line in page.lines) >= MANY_DIGITS:
            self.digits_s.append(cpu_s + telling_s)
        if self.frames % MEMORY_EVERY == 0:
            self.memory_mb.append(resident_mb())


def bench_live(
    reader: FrameReader, *, frames: int, every: int = EVERY, size_wh: tuple[int, int] = (640, 480)
) -> LiveBench:
    """Read a film on one thread: first once, undisturbed, then again and again with a fault at regular intervals.

    Args:
        reader: reads the frames.
        frames: of the film with faults.
        every: how many frames lie between two faults.
        size_wh: of the frames.
    """
    camera = DemoCamera(size_wh, seed=1, numbers=NUMBERS, settings=FILM)
    smooth = FaultyCamera(camera, frames=frames, every=0, patience_s=PATIENT.patience_s)
    share_one_heap()
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        silences = Silences()
        with redirect_stderr(ReportStream(silences)):
            undisturbed = watch(reader, smooth, ())
            with watched_places(silences) as places:
                others = places.faults
                patience_s = PATIENT.patience_s
                rough = FaultyCamera(
                    camera, frames=frames, every=every, patience_s=patience_s, others=others, silences=silences
                )
                with closing_sinks(places.sinks, CLOSING_S):
                    try:
                        disturbed = watch(reader, rough, places.sinks, silences)
                    finally:
                        for fault in others.values():
                            fault.end()
                return figures(smooth, undisturbed, rough, disturbed, places, silences=silences)
    finally:
        cv2.setNumThreads(threads)


def watch(
    reader: FrameReader, camera: FaultyCamera, sinks: Sequence[Sink], silences: Silences | None = None
) -> RunTotals:
    """Read a film to its end as `digitreader read` reads a camera, without dropping a frame."""
    seen, tracker = RunTotals(), Tracker(reader.model.facts.acceptance)

    def on_notice(notice: Notice) -> None:
        send_notice_to_sinks(sinks, notice)
        if notice.interrupted:
            tracker.interrupt()
            if silences is not None:
                silences.reported(notice.message)
        elif camera.pending:
            seen.recovered[camera.pending] += 1
            camera.pending = ""

    with LiveSource(camera.name, camera, PATIENT, stamp=trembling_s, patient=True) as source:
        source.listen(on_notice)
        frames = stamped(with_heap_trimming(source.frames()), began := Clock())
        for read in read_stream(frames, reader.read_next, tracker):
            read_s = time.thread_time()
            send_frame_to_sinks(sinks, read.frame, read.page, read.steady, read.left)
            seen.count(read.page, read_s - began.at_s, time.thread_time() - read_s)
            if read.steady is not None:
                seen.announced.append((read.steady.time_s, read.steady.text))
    return seen


@dataclass(slots=True)
class Clock:
    """When the newest frame came, in seconds of this thread's own time."""

    at_s: float = 0.0


def stamped(frames: Iterable[Frame], clock: Clock) -> Iterator[Frame]:
    """Give the frames, and note when each one is handed over."""
    for frame in frames:
        clock.at_s = time.thread_time()
        yield frame


def trembling_s(frame: Frame) -> float:
    """A frame's time by a camera's clock, which is never exact: the film's own, up to 2 ms sooner or later."""
    chance = frame.index * 2654435761 % 1000 / 999  # Knuth's multiplicative hash, "The Art of Computer Programming" 6.4
    return frame.time_s + TREMBLE_S * (2 * chance - 1)


def figures(
    smooth: FaultyCamera,
    undisturbed: RunTotals,
    rough: FaultyCamera,
    disturbed: RunTotals,
    places: Places,
    *,
    silences: Silences,
) -> LiveBench:
    """Compare the two films; the outputs are closed."""
    waits_s, _ = judge(smooth.laid, undisturbed.announced)
    expected = over_and_over(smooth.laid, undisturbed.announced, len(rough.laid))
    lost, extra = differences(expected, disturbed.texts)
    digits_ms = 1e3 * statistics.median(disturbed.digits_s) if disturbed.digits_s else math.nan
    outputs, faults = places.check(), Counter(rough.begun)
    recovered = disturbed.recovered + recovered_places(places, faults, outputs)
    return LiveBench(
        frames=disturbed.frames,
        cpu_ms=1e3 * disturbed.cpu_s / disturbed.frames,
        digits_ms=digits_ms,
        telling_ms=1e3 * disturbed.telling_s / disturbed.frames,
        drawing_ms=1e3 * rough.drawing_s / disturbed.frames,
        frames_per_s=1e3 / digits_ms,
        latency_ms=1e3 * statistics.median(waits_s) if waits_s else math.nan,
        slowest_ms=1e3 * max(waits_s, default=math.nan),
        sheets=len(rough.laid),
        right=judge(rough.laid, disturbed.announced)[1],
        announced=len(disturbed.announced),
        lost=lost,
        extra=extra,
        faults=dict(faults),
        recovered=dict(recovered),
        outputs=outputs,
        missing=places.missing,
        silence_s=silences.longest_s,
        memory_grew_mb=growth_mb(disturbed.memory_mb),
    )


def recovered_places(
    places: Places, faults: Mapping[str, int], outputs: Mapping[str, tuple[int, int, int]]
) -> Counter[str]:
    """How often each server and the disk has worked again after a fault.

    The film may end before there is another event to take: of an output that misses nothing, every fault counts.
    """
    back = Counter[str]()
    for name, server in places.servers.items():
        whole = outputs[name][1:] == (0, 0)
        for way in server.ways:
            fault = server_fault(name, way)
            back[fault] = faults.get(fault, 0) if whole else server.recovered[way]
    whole = all(outputs[name][1:] == (0, 0) for name in ("events", "jsonl", "csv"))
    back[DISK_FULL] = faults.get(DISK_FULL, 0) if whole else 0
    return +back


def describe_live(measured: LiveBench) -> str:
    """The figures of `bench live` as lines."""
    faults = [
        f"  {kind:<15}{measured.recovered.get(kind, 0):6d} of {came} over, {_silence(measured, kind)}"
        for kind, came in measured.faults.items()
    ]
    outputs = [
        f"  {name:<14}{had:6d} of its own; {lost} lost, {extra} doubled or wrong"
        for name, (had, lost, extra) in measured.outputs.items()
    ]
    wrong = f"{measured.lost} lost, {measured.extra} doubled or wrong"
    return "\n".join(
        [
            f"a film of {measured.frames} frames with {sum(measured.faults.values())} faults, read on one thread",
            *faults,
            "processor time of a frame",
            f"  ten digits    {measured.digits_ms:6.2f} ms (median), and outputs: {measured.frames_per_s:.0f} frames/s",
            f"  all frames    {measured.cpu_ms:6.2f} ms to read, {measured.telling_ms:.2f} ms for outputs (means)",
            f"  the demo's    {measured.drawing_ms:6.2f} ms, for drawing it (mean), not counted",
            "announced",
            f"  after         {measured.latency_ms:6.0f} ms in which the paper lay still, undisturbed (median)",
            f"                {measured.slowest_ms:6.0f} ms at the most",
            f"  right         {measured.right:6d} of {measured.sheets} sheets, once and as written",
            f"  numbers       {measured.announced:6d}; by faults {wrong}",
            "outputs",
            *outputs,
            *(f"  not tried     {why}" for why in measured.missing),
            f"memory          {measured.memory_grew_mb:+6.1f} MB since it had settled",
            "survived" if measured.survived else "NOT SURVIVED",
            *(
                [f"TOO SILENT: a fault was reported after more than {MOST_SILENCE_S:g} s"]
                if measured.was_silent
                else []
            ),
        ]
    )


def _silence(measured: LiveBench, kind: str) -> str:
    silence_s = measured.silence_s.get(kind)
    return "nothing to report" if silence_s is None else f"reported after {silence_s:.2f} s at the most"
