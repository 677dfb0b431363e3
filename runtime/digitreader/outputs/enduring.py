"""Outputs that write to a disk: what a full one keeps them from is said once, and reading goes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec

from digitreader.errors import OutputError
from digitreader.outputs.announcing import EventPrinter
from digitreader.outputs.event import Event
from digitreader.outputs.recording import RecordFile
from digitreader.outputs.sink import Sink
from digitreader.talk import complain, say
from digitreader.values import Frame, Page

P = ParamSpec("P")


class Endurance:
    """Tries steps, says once what fails, and again when it works.

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
        """Say what is missing where it does not work to the end."""
        if self._failures > 1:
            complain(f"{self._where}: {self._failures} are missing")

    def attempt(self, step: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
        """Do a step, whether it works or not."""
        name = getattr(step, "__name__", "")
        before = self._written()
        try:
            step(*args, **kwargs)
        except (OSError, OutputError) as error:
            if not self._failures:
                complain(f"{error}; reading goes on without it")
            self.missed += 1
            self._failures += 1
            self._failed_at = name
            return
        # what an output has no use for always succeeds, and says nothing about the disk
        if self._failures and name == self._failed_at and (self._file is None or self._written() > before):
            say(f"{self._where}: works again; {self._failures} {'is' if self._failures == 1 else 'are'} missing")
            self._failures = 0

    def _written(self) -> int:
        return 0 if self._file is None else self._file.appended


class EnduringSink(Sink):
    """Pass everything on to a sink that may fail; the others still get theirs.

    Args:
        sink: what writes.
        where: how messages call it.
        file: what the sink writes to, closed after it.
    """

    def __init__(self, sink: Sink, where: str, *, file: RecordFile | None = None) -> None:
        self._sink = sink
        self._file = file
        self._endurance = Endurance(where, file)

    @property
    def missed(self) -> int:
        """How many times it failed."""
        return self._endurance.missed

    def picture(self, page: Page, frame: Frame) -> None:
        """Pass it on."""
        self._endurance.attempt(self._sink.picture, page, frame)

    def frame(self, page: Page, frame: Frame) -> None:
        """Pass it on."""
        self._endurance.attempt(self._sink.frame, page, frame)

    def change(self, page: Page, frame: Frame) -> None:
        """Pass it on."""
        self._endurance.attempt(self._sink.change, page, frame)

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

    def close(self, patience_s: float) -> None:
        """Pass it on, and close the file."""
        self._endurance.attempt(self._sink.close, patience_s)
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
        self._endurance = Endurance(where, file)

    @property
    def missed(self) -> int:
        """How many events could not be written."""
        return self._endurance.missed

    def take(self, event: Event) -> None:
        """Append it."""
        self._endurance.attempt(self._printer.take, event)

    def close(self, patience_s: float) -> None:  # noqa: ARG002
        """Close the file."""
        self._endurance.end()
        self._file.close()
