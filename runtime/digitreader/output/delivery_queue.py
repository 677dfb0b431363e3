"""A bounded queue and a thread that delivers events in order, so that reading never waits for an output."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Condition, Thread, Timer
from typing import Protocol

from digitreader.errors import OutputError
from digitreader.host.messages import print_error, print_info
from digitreader.output.event import Event

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 60.0
LAST_PAUSE_S = 0.1
"""Between the tries while the reader ends."""


class DeliveryError(OutputError):
    """An event that could not be delivered now; it is tried again."""


class RejectedError(OutputError):
    """An event that this place will never take; it is not tried again."""


class Publisher(Protocol):
    """Delivers one event to one place."""

    @property
    def where(self) -> str:
        """The name of the place in messages, without secrets."""

    def wants(self, event: Event) -> bool:
        """Return whether this output delivers the event."""

    def deliver(self, event: Event) -> None:
        """Deliver one that it wants.

        Raises:
            DeliveryError: not now.
            RejectedError: never.
        """

    def abandon(self) -> None:
        """Break off what is being delivered, from another thread; nothing more will be delivered."""


class DeliveryQueue:
    """Delivers events through a publisher, one by one, in order, each until it succeeds.

    A failure is reported once, and its end once; `missed` counts the events that were lost, or left over at the end.

    Args:
        publisher: delivers; it is called from the queue's thread.
        bound: how many events may wait, at least 2; beyond that the oldest is lost.
        first_pause_s: seconds after the first try that failed; they double up to a minute.
        silence_s: a delivery that takes longer is reported, while it is still waited for; infinite where long
            deliveries are usual, or where the publisher reports them itself.
        on_frame: is called for each frame that was read; it never waits.
    """

    def __init__(
        self,
        publisher: Publisher,
        *,
        bound: int,
        first_pause_s: float = FIRST_PAUSE_S,
        silence_s: float = math.inf,
        on_frame: Callable[[], None] = lambda: None,
    ) -> None:
        self.frame_read = on_frame
        self._publisher = publisher
        self._bound = bound
        self._first_pause_s, self._silence_s = first_pause_s, silence_s
        self._waiting: deque[Event] = deque()
        self._changed = Condition()
        self._closing = self._stopped = False
        self._under_way = self._failing = self._overflowing = False
        self._lost = 0
        self.missed = 0
        # a daemon: a place that hangs must not keep the process
        self._thread = Thread(target=self._work, name=publisher.where, daemon=True)
        self._thread.start()

    def take(self, event: Event) -> None:
        """Add an event; if too many wait, the oldest is dropped, with a message."""
        if not self._publisher.wants(event):
            return
        with self._changed:
            self._waiting.append(event)
            overflow = len(self._waiting) > self._bound
            if overflow:
                # the one that is under way may arrive yet
                del self._waiting[1 if self._under_way else 0]
                self._lost += 1
                self.missed += 1
            first = overflow and not self._overflowing
            self._overflowing = self._overflowing or overflow
            self._changed.notify_all()
        if first:
            print_error(
                f"{self._publisher.where}: more than {self._bound} events wait, so the oldest are lost from now on"
            )

    def close(self, timeout_s: float) -> None:
        """Deliver the waiting events for at most this many seconds, and report how many are left."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._waiting, timeout_s)
            left = len(self._waiting)
            self.missed += left
            self._stopped = True
            self._waiting.clear()
            self._changed.notify_all()
        self._publisher.abandon()
        self._thread.join(LAST_PAUSE_S)
        told = [f"{_events(count)} {what}" for count, what in ((left, "not delivered"), (self._lost, "lost")) if count]
        if told:
            print_error(f"{self._publisher.where}: {' and '.join(told)}")

    def _work(self) -> None:
        pause_s = self._first_pause_s
        while (event := self._next()) is not None:
            try:
                with self._silence_reported():
                    self._publisher.deliver(event)
            except DeliveryError as error:
                self._put_back()
                self._say_failing(error)
                self._pause(pause_s)
                pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
                continue
            except RejectedError as error:
                self._drop(error)
            except Exception as error:  # noqa: BLE001 # whatever it is, the place must not fall silent for the rest of the run
                why = f"{type(error).__name__}: {error}"
                self._drop(RejectedError(f"{self._publisher.where}: does not take the event ({why}), so it is dropped"))
            else:
                self._say_working()
            pause_s = self._first_pause_s
            self._done(event)

    @contextmanager
    def _silence_reported(self) -> Iterator[None]:
        if math.isinf(self._silence_s):
            yield
            return
        why = f"has not answered for {self._silence_s:g} s; it is waited for, and new events wait"
        timer = Timer(self._silence_s, self._say_failing, [OutputError(f"{self._publisher.where}: {why}")])
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _drop(self, error: RejectedError) -> None:
        with self._changed:
            self._lost += 1
            self.missed += 1
        self._say_failing(error)

    def _next(self) -> Event | None:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._stopped)
            self._under_way = not self._stopped
            return self._waiting[0] if self._under_way else None

    def _done(self, event: Event) -> None:
        with self._changed:
            self._under_way = False
            if self._waiting and self._waiting[0] is event:  # else all was given up meanwhile
                self._waiting.popleft()
            self._changed.notify_all()

    def _put_back(self) -> None:
        with self._changed:
            self._under_way = False

    def _pause(self, pause_s: float) -> None:
        with self._changed:
            if self._closing:
                self._changed.wait_for(lambda: self._stopped, LAST_PAUSE_S)
            else:
                self._changed.wait_for(lambda: self._closing, pause_s)

    def _say_failing(self, error: OutputError) -> None:
        if not self._failing and not self._stopped:
            print_error(str(error))
        self._failing = True

    def _say_working(self) -> None:
        if not self._failing:
            return
        with self._changed:
            lost, self._lost, self._overflowing = self._lost, 0, False
        print_info(f"{self._publisher.where}: works again" + (f"; {_events(lost)} lost meanwhile" if lost else ""))
        self._failing = False


def _events(count: int) -> str:
    return "1 event was" if count == 1 else f"{count} events were"
