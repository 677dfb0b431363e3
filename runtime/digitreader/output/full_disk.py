"""Outputs that write to a disk. A full disk is reported once; reading continues."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import ParamSpec

from digitreader.errors import OutputError
from digitreader.host.messages import print_error, print_info
from digitreader.output.event import Event, EventPrinter
from digitreader.output.rotating_file import RecordFile
from digitreader.output.sink import Sink
from digitreader.values import Frame, Page

P = ParamSpec("P")
RETRY_S = 2.0
"""Seconds between two tries to write events that wait."""


class FailureReporter:
    """Tries steps; prints one message when they fail, and one when they work again.

    Args:
        where: how messages call the place.
        file: what the steps write to, where they may also have nothing to write.

    Attributes:
        missed: how many steps have failed since the beginning.
    """

    def __init__(self, where: str, file: RecordFile | None = None) -> None:
        self._where, self._file = where, file
        self.missed = self._failures = 0
        self._failed_at = ""

    def end(self) -> None:
        """At the end, print how many writes are missing if the output still fails."""
        if self._failures > 1:
            print_error(f"{self._where}: {self._failures} are missing")

    def attempt(self, step: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
        """Do a step, whether it works or not."""
        name = getattr(step, "__name__", "")
        before = self._written()
        try:
            step(*args, **kwargs)
        except (OSError, OutputError) as error:
            if not self._failures:
                print_error(f"{error}; reading goes on without this output")
            self.missed += 1
            self._failures += 1
            self._failed_at = name
            return
        # a call that writes nothing always succeeds, so it does not prove that the disk works
        if self._failures and name == self._failed_at and (self._file is None or self._written() > before):
            print_info(f"{self._where}: works again; {self._failures} {'is' if self._failures == 1 else 'are'} missing")
            self._failures = 0

    def _written(self) -> int:
        return 0 if self._file is None else self._file.appended


class FaultTolerantSink(Sink):
    """Pass everything on to a sink that may fail; the others still get theirs.

    Args:
        sink: what writes.
        where: how messages call it.
        file: what the sink writes to, closed after it.
    """

    def __init__(self, sink: Sink, where: str, *, file: RecordFile | None = None) -> None:
        self._sink = sink
        self._file = file
        self._endurance = FailureReporter(where, file)

    @property
    def missed(self) -> int:
        """How many times it failed."""
        return self._endurance.missed

    @property
    def needs_image(self) -> bool:
        """Whether the sink does."""
        return self._sink.needs_image

    def picture(self, page: Page, frame: Frame) -> None:
        """Pass it on."""
        self._endurance.attempt(self._sink.picture, page, frame)

    def frame(self, page: Page, frame: Frame) -> None:
        """Pass it on."""
        self._endurance.attempt(self._sink.frame, page, frame)

    def change(self, page: Page, frame: Frame) -> None:
        """Pass it on."""
        self._endurance.attempt(self._sink.change, page, frame)

    def doubtful(self, page: Page, frame: Frame) -> None:
        """Pass it on."""
        self._endurance.attempt(self._sink.doubtful, page, frame)

    def gone(self, page: Page, frame: Frame) -> None:
        """Pass it on."""
        self._endurance.attempt(self._sink.gone, page, frame)

    def error(self, source: str, message: str, *, frame: int = 0) -> None:
        """Pass it on."""
        self._endurance.attempt(self._sink.error, source, message, frame=frame)

    def fault(self, source: str, message: str) -> None:
        """Pass it on."""
        self._endurance.attempt(self._sink.fault, source, message)

    def back(self, source: str, message: str) -> None:
        """Pass it on."""
        self._endurance.attempt(self._sink.back, source, message)

    def close(self, timeout_s: float) -> None:
        """Pass it on, and close the file."""
        self._endurance.attempt(self._sink.close, timeout_s)
        self._endurance.end()
        if self._file is not None:
            self._file.close()


class EventRecorder:
    """Appends events to a file; while the disk is full they wait in memory, and are written once there is room.

    Args:
        file: closed at the end.
        where: how messages call it.
        bound: how many events may wait; beyond that the oldest is lost.
        clock: seconds that never go back.
    """

    def __init__(
        self, file: RecordFile, where: str, *, bound: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._file, self._where, self._clock = file, where, clock
        self._printer = EventPrinter(file)
        self._waiting: deque[Event] = deque()
        self._bound = bound
        self._lost = 0
        self._failing, self._retry_s = False, 0.0

    @property
    def missed(self) -> int:
        """How many events are not in the file."""
        return self._lost + len(self._waiting)

    def take(self, event: Event) -> None:
        """Append it, after those that wait."""
        self._waiting.append(event)
        if len(self._waiting) > self._bound:
            self._waiting.popleft()
            self._lost += 1
        self._write()

    def frame_read(self) -> None:
        """Try again to write the events that wait, every few seconds."""
        if self._failing and self._clock() >= self._retry_s:
            self._write()

    def close(self, timeout_s: float) -> None:  # noqa: ARG002
        """Try a last time, print how many events are missing, and close the file."""
        self._write()
        if self.missed:
            print_error(f"{self._where}: {_events(self.missed)} missing")
        self._file.close()

    def _write(self) -> None:
        try:
            while self._waiting:
                self._printer.take(self._waiting[0])
                self._waiting.popleft()
        except (OSError, OutputError) as error:
            if not self._failing:
                print_error(f"{error}; reading goes on, and events wait until they can be written")
            self._failing, self._retry_s = True, self._clock() + RETRY_S
            return
        if self._failing:
            print_info(f"{self._where}: works again" + (f"; {_events(self._lost)} lost" if self._lost else ""))
        self._failing = False


def _events(count: int) -> str:
    return "1 event is" if count == 1 else f"{count} events are"
