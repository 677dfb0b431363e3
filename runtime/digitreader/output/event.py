"""Events of a reader: a number came, left or changed, or a fault."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Thread
from typing import Any, Protocol

from digitreader.output.sink import Sink, page_as_json
from digitreader.values import Frame, Line, Page

NUMBER, GONE, FAULT, BACK, ERROR = "number", "gone", "fault", "back", "error"
DOUBTFUL = "doubtful"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a reader.

    Attributes:
        kind: ``number`` (it was read, or is steady), ``gone`` (it left), ``fault`` and ``back`` (a stream was
            interrupted, and gives frames again), ``error`` (a source failed) or ``doubtful`` (a number that is steady
            cannot follow on the one before it).
        name: a unique id, over all runs; an event that is delivered twice has the same one.
        reader: the reader's name.
        time: when it happened, in UTC, as ISO 8601 with milliseconds.
        source: what was read.
        frame: the frame's index.
        text: the number, with a newline between two lines of writing; empty if there is none.
        lines: its digits.
        message: what is wrong, for people; empty if nothing is wrong.
        turned_deg: as in `Page`.
        doubt: as in `Page`.
    """

    kind: str
    name: str
    reader: str
    time: str
    source: str
    frame: int = 0
    text: str = ""
    lines: tuple[Line, ...] = ()
    message: str = ""
    turned_deg: int = 0
    doubt: str = ""

    @property
    def confidence(self) -> float | None:
        """0..1, the confidence of the least certain digit; None if there is no digit."""
        return min((reading.confidence for line in self.lines for reading in line.readings), default=None)

    def as_json(self) -> dict[str, Any]:
        """The event as a dictionary for `json`."""
        about = {"event": self.kind, "id": self.name, "reader": self.reader, "time": self.time, "source": self.source}
        if self.message:
            return about | {"message": self.message}
        page = page_as_json(Page(self.source, self.frame, lines=self.lines, turned_deg=self.turned_deg))
        confidence = None if self.confidence is None else round(self.confidence, 4)
        number = {"frame": self.frame, "text": self.text, "confidence": confidence}
        about |= {"doubt": self.doubt} if self.doubt else {}
        return about | number | {key: page[key] for key in ("rotated", "lines") if key in page}


class EventMaker:
    """Makes the events of one run of a reader.

    Args:
        reader: its name.
        clock: gives the time of day with its time zone.
    """

    def __init__(self, reader: str, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.reader = reader
        self.run = os.urandom(4).hex()
        self._clock = clock
        self._made = 0

    def of_page(self, kind: str, page: Page) -> Event:
        """An event with a page's number."""
        return Event(
            kind,
            *self._begin(),
            page.source,
            page.frame,
            page.text,
            page.lines,
            turned_deg=page.turned_deg,
            doubt=page.doubt,
        )

    def of_message(self, kind: str, source: str, message: str) -> Event:
        """An event with a message about what is wrong, or right again."""
        return Event(kind, *self._begin(), source, message=message)

    def _begin(self) -> tuple[str, str, str]:
        self._made += 1
        return f"{self.run}-{self._made}", self.reader, utc_timestamp(self._clock())


def utc_timestamp(moment: datetime) -> str:
    """A moment in the form of events: UTC, ISO 8601 with milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class EventReceiver(Protocol):
    """An output that takes events."""

    @property
    def missed(self) -> int:
        """Number of events that it could not deliver."""

    def take(self, event: Event) -> None:
        """Take an event; this never waits for a network or a program."""

    def frame_read(self) -> None:
        """Called for every frame of a stream, whatever it shows, so it must be fast."""

    def close(self, timeout_s: float) -> None:
        """Deliver the waiting events, for at most this many seconds."""


class EventSink(Sink):
    """Gives each number to the receivers once, as an event."""

    def __init__(self, maker: EventMaker, receivers: Sequence[EventReceiver]) -> None:
        self._maker = maker
        self._receivers = receivers

    @property
    def missed(self) -> int:
        """Number of events that receivers could not deliver."""
        return sum(receiver.missed for receiver in self._receivers)

    def frame(self, page: Page, frame: Frame) -> None:  # noqa: ARG002
        """Announce that there was a frame."""
        for receiver in self._receivers:
            receiver.frame_read()

    def picture(self, page: Page, frame: Frame) -> None:  # noqa: ARG002
        """Send the number, if there is one."""
        if page.text:
            self._send(self._maker.of_page(NUMBER, page))

    def change(self, page: Page, frame: Frame) -> None:  # noqa: ARG002
        """Send the number."""
        self._send(self._maker.of_page(NUMBER, page))

    def doubtful(self, page: Page, frame: Frame) -> None:  # noqa: ARG002
        """Send the number, with the reason why it is doubtful."""
        self._send(self._maker.of_page(DOUBTFUL, page))

    def gone(self, page: Page, frame: Frame) -> None:  # noqa: ARG002
        """Send that the number left."""
        self._send(self._maker.of_page(GONE, page))

    def fault(self, source: str, message: str) -> None:
        """Send what is wrong."""
        self._send(self._maker.of_message(FAULT, source, message))

    def back(self, source: str, message: str) -> None:
        """Send that it is right again."""
        self._send(self._maker.of_message(BACK, source, message))

    def error(self, source: str, message: str, *, frame: int = 0) -> None:  # noqa: ARG002
        """Send what is wrong."""
        self._send(self._maker.of_message(ERROR, source, message))

    def close(self, timeout_s: float) -> None:
        """Close all receivers at the same time."""
        threads = [Thread(target=receiver.close, args=(timeout_s,)) for receiver in self._receivers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _send(self, event: Event) -> None:
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

    def frame_read(self) -> None:
        """Nothing is printed of it."""

    def close(self, timeout_s: float) -> None:
        """Nothing waits."""
