"""Outputs that write to a disk. A full disk is reported once; reading continues."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec

from digitreader.errors import OutputError
from digitreader.host.messages import print_error, print_info
from digitreader.output.event import Event, EventPrinter
from digitreader.output.rotating_file import RecordFile
from digitreader.output.sink import Sink
from digitreader.values import Frame, Page

P = ParamSpec("P")


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
    """Appends events to a file that may fail.

    Args:
        file: closed at the end.
        where: how messages call it.
    """

    def __init__(self, file: RecordFile, where: str) -> None:
        self._file = file
        self._printer = EventPrinter(file)
        self._endurance = FailureReporter(where, file)

    @property
    def missed(self) -> int:
        """How many events could not be written."""
        return self._endurance.missed

    def take(self, event: Event) -> None:
        """Append it."""
        self._endurance.attempt(self._printer.take, event)

    def frame_read(self) -> None:
        """Nothing is written of it."""

    def close(self, timeout_s: float) -> None:  # noqa: ARG002
        """Close the file."""
        self._endurance.end()
        self._file.close()
