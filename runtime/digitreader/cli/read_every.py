"""`digitreader read --every 60s`: wake, open the camera, read it once, close it, sleep."""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

from digitreader.camera import open_source
from digitreader.camera.opening import AUTO, DEMO, is_camera
from digitreader.camera.source import LiveSettings, Notice, Source, printable
from digitreader.errors import SourceError, UsageError
from digitreader.host.messages import print_error, print_info
from digitreader.reading.settings import TrackerSettings

if TYPE_CHECKING:
    from digitreader.cli.read_loop import ReadJob
    from digitreader.values import Frame, Page

AWAKE_S = 20.0
"""The longest time for a camera to show a steady number, or to be opened."""
SLICE_S = 0.5
"""A sleeping reader shows that it is alive each time after this many seconds."""
UNITS_S = {"": 1.0, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}


def add_every_argument(parser: argparse.ArgumentParser) -> None:
    """Declare ``--every``."""
    parser.add_argument(
        "--every",
        type=parse_span,
        metavar="TIME",
        help="open the camera at this interval (60s, 5min, 1h), read it once it is steady, and close it again; with "
        "--frames N end after N times",
    )


def parse_span(text: str) -> float:
    """Parse a time such as 60s, 5min or 1h, into seconds."""
    found = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)\s*(s|m|min|h)?", text)
    seconds = float(found[1]) * UNITS_S[found[2] or ""] if found else 0.0
    if not 1 <= seconds <= 86_400:
        raise argparse.ArgumentTypeError(f"{text!r} is not a span of time from 1 s to a day; write 60s, 5min or 1h")
    return seconds


def check_every(args: argparse.Namespace, sources: Sequence[str]) -> None:
    """Refuse sources that are not cameras.

    Raises:
        UsageError: a source is not a camera, or another option needs a camera that runs all the time.
    """
    if args.every is None:
        return
    still = [spec for spec in sources if spec != DEMO and not is_camera(spec)]
    if still:
        raise UsageError(
            f"--every opens a camera again and again, and {printable(still[0])} is not a camera; leave it out"
        )
    for option, given in (("--watch", args.watch), ("--web", args.web), ("--resume", args.resume)):
        if given:
            raise UsageError(
                f"--every opens a camera only for moments, so {option} cannot be used with it; leave one out"
            )


def read_every(specs: Sequence[str], job: ReadJob, every_s: float) -> bool:
    """Read each camera once at each interval, until the process is ended or for `job.frames` times.

    Returns:
        True if a camera gave no frames the last time.
    """
    meters = [_Meter(spec, job) for spec in specs or [AUTO]]
    next_s, failed = time.monotonic(), False
    for number in count(1):
        failed = any([meter.read() for meter in meters])  # noqa: C419 # all of them are read
        if number == job.frames:
            break
        next_s = max(next_s + every_s, time.monotonic())
        _sleep_until(next_s, job)
    return failed


def _sleep_until(moment_s: float, job: ReadJob) -> None:
    while (left_s := moment_s - time.monotonic()) > 0:
        for sink in job.sinks:
            sink.waiting()
        time.sleep(min(left_s, SLICE_S))


class _Meter:
    """A camera that is opened again and again, and its state in between."""

    def __init__(self, spec: str, job: ReadJob) -> None:
        self._spec, self._job, self._name = spec, job, printable(spec)
        # kept from one time to the next; so is the time of its frames, which the rules of a meter need
        self._rule_decoder, self._began_s = job.rule_decoder(), time.monotonic()
        self._away = self._unread = False
        self._shown: Page | None = None
        self._doubt = ""

    def read(self) -> bool:
        """Open the camera, read it until a number is steady, and close it; True if it gave no frames."""
        try:
            with self._open() as source:
                self._job.reader.forget()  # the frames of the last time, or of another camera
                self._read_once(source)
        except SourceError as error:
            self._say_away(str(error))
            return True
        return False

    def _open(self) -> Source:
        source = self._open_bare()
        if self._job.framing is None:
            return source
        from digitreader.camera.framing import FramedSource

        return FramedSource(source, self._job.framing)

    def _open_bare(self) -> Source:
        if self._spec == DEMO:
            return open_source(DEMO, paced=self._job.frames is None)
        from digitreader.camera.live import open_live

        live = self._job.live or LiveSettings()
        live = replace(live, give_up_s=min(live.give_up_s, AWAKE_S), from_the_start=False)
        return open_live(self._spec, self._job.camera, live, trust=self._job.trust)

    def _read_once(self, source: Source) -> None:
        from digitreader.output.sink import send_frame_to_sinks
        from digitreader.reading.stream import read_stream
        from digitreader.reading.tracker import Tracker

        tracker = Tracker(self._job.rule, TrackerSettings(steady_s=self._job.steady_s), rule_decoder=self._rule_decoder)
        for read in read_stream(self._frames(source), self._job.reader.read_next, tracker):
            self._say_back()
            doubtful = read.doubtful if read.doubtful is None or read.doubtful.doubt != self._doubt else None
            send_frame_to_sinks(self._job.sinks, read.frame, read.page, read.steady, None, doubtful=doubtful)
            if doubtful is not None:
                print_info(f"{self._name}: doubtful, so it is not announced: {doubtful.doubt}")
                self._doubt = doubtful.doubt
            if read.steady is not None:
                self._shown, self._doubt, self._unread = read.steady, "", False
            if read.steady is not None or read.doubtful is not None:
                return
        self._say_unread(read.frame if self._shown else None)

    def _frames(self, source: Source) -> Iterator[Frame]:
        """The frames of one opening, with the seconds since the first opening."""
        opened_s = time.monotonic() - self._began_s
        for frame in source.frames():
            yield replace(frame, time_s=frame.time_s + opened_s)
            if frame.time_s >= AWAKE_S:
                return

    def _say_unread(self, frame: Frame | None) -> None:
        """Report once that the camera shows no steady number, so that the number before is gone."""
        if not self._unread:
            print_info(f"{self._name}: no steady number within {AWAKE_S:g} s; it is read again next time")
        self._unread = True
        if self._shown is not None and frame is not None:
            for sink in self._job.sinks:
                sink.gone(self._shown, frame)
        self._shown = None

    def _say_away(self, message: str) -> None:
        if not self._away:
            print_error(f"{message}; it is tried again next time")
            self._send_notice(Notice(self._name, True, message))
        self._away, self._shown = True, None

    def _say_back(self) -> None:
        if self._away:
            notice = Notice(self._name, False, f"{self._name}: is back")
            print_info(notice.message)
            self._send_notice(notice)
        self._away = False

    def _send_notice(self, notice: Notice) -> None:
        from digitreader.output.sink import send_notice_to_sinks

        send_notice_to_sinks(self._job.sinks, notice)
