"""The sink that makes one event of each announcement and hands the same one to every output that takes events."""

from __future__ import annotations

import json
from collections.abc import Sequence
from threading import Thread
from typing import Protocol

from digitreader.outputs.event import BACK, ERROR, FAULT, GONE, NUMBER, Event, EventMaker
from digitreader.outputs.sink import Sink
from digitreader.values import Frame, Page


class Receiver(Protocol):
    """An output that takes events."""

    @property
    def missed(self) -> int:
        """How many events it could not hand on."""

    def take(self, event: Event) -> None:
        """Take one in; it never waits for a network or a program."""

    def close(self, patience_s: float) -> None:
        """Hand on what still waits, for this many seconds at most."""


class AnnouncingSink(Sink):
    """Tell receivers of each number once; of a single picture's where it has one."""

    def __init__(self, maker: EventMaker, receivers: Sequence[Receiver]) -> None:
        self._maker = maker
        self._receivers = receivers

    @property
    def missed(self) -> int:
        """How many events receivers could not hand on."""
        return sum(receiver.missed for receiver in self._receivers)

    def picture(self, page: Page, frame: Frame) -> None:  # noqa: ARG002
        """Tell of the number, where there is one."""
        if page.text:
            self._tell(self._maker.of_page(NUMBER, page))

    def change(self, page: Page, frame: Frame) -> None:  # noqa: ARG002
        """Tell of the number."""
        self._tell(self._maker.of_page(NUMBER, page))

    def gone(self, page: Page, frame: Frame) -> None:  # noqa: ARG002
        """Tell that it left."""
        self._tell(self._maker.of_page(GONE, page))

    def fault(self, source: str, message: str) -> None:
        """Tell what is wrong."""
        self._tell(self._maker.of_message(FAULT, source, message))

    def back(self, source: str, message: str) -> None:
        """Tell that it is right again."""
        self._tell(self._maker.of_message(BACK, source, message))

    def error(self, source: str, message: str, *, frame: int = 0) -> None:  # noqa: ARG002
        """Tell what is wrong."""
        self._tell(self._maker.of_message(ERROR, source, message))

    def close(self, patience_s: float) -> None:
        """Close every receiver, all at once."""
        threads = [Thread(target=receiver.close, args=(patience_s,)) for receiver in self._receivers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _tell(self, event: Event) -> None:
        for receiver in self._receivers:
            receiver.take(event)


class Printed(Protocol):
    """What can be printed to: stdout, or a file."""

    def write(self, text: str, /) -> object:
        """Take a text in."""

    def flush(self) -> None:
        """Put it out."""


class EventPrinter:
    """Prints each event as one line of JSON."""

    missed = 0

    def __init__(self, out: Printed) -> None:
        self._out = out

    def take(self, event: Event) -> None:
        """Print it."""
        self._out.write(json.dumps(event.as_json()) + "\n")
        self._out.flush()

    def close(self, patience_s: float) -> None:
        """Nothing waits."""
