"""Notifies systemd: ready, alive, stopping."""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from digitreader.output.sink import Sink
from digitreader.values import Frame, Page

SOCKET, WATCHDOG_TIME, WATCHDOG_PROCESS = "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"


@dataclass(frozen=True, slots=True)
class Notifier:
    """The socket on which systemd gets notifications.

    Attributes:
        address: the address of its socket: a path, or an abstract name that begins with a zero byte.
        watchdog_s: systemd restarts the service after this many seconds without a ping; None for no watchdog.
    """

    address: str
    watchdog_s: float | None = None

    def send(self, *lines: str) -> None:
        """Send lines such as ``READY=1``; a closed socket is not an error."""
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as speaker:
            # the reader must never wait for systemd
            speaker.setblocking(False)
            speaker.sendto("\n".join(" ".join(line.split("\n")) for line in lines).encode(), self.address)


def notifier_from(environment: Mapping[str, str], *, process: int | None = None) -> Notifier | None:
    """Find out whether systemd started this process and wants notifications.

    Args:
        environment: the environment of the process.
        process: its number; that of this process if it is not given.

    Returns:
        None if systemd wants no notifications.
    """
    named = environment.get(SOCKET, "")
    if not named.startswith(("/", "@")):
        return None
    address = "\0" + named[1:] if named.startswith("@") else named
    time_us = environment.get(WATCHDOG_TIME, "")
    meant = environment.get(WATCHDOG_PROCESS, "") in {"", str(os.getpid() if process is None else process)}
    watched = meant and time_us.isdecimal() and int(time_us) > 0
    return Notifier(address, int(time_us) / 1e6 if watched else None)


PINGS_PER_WATCH = 4
"""systemd recommends two; more, so that one slow frame does not lead to a restart."""
STATUS_EVERY_S = 10.0
"""Seconds between two updates of the text in `systemctl status`."""


class Heartbeat(Sink):
    """Notifies systemd that the service has started, and sends a ping for frames and for attempts to get them.

    A reader that tries to reconnect its camera is alive, and a restart would not help; a reader whose threads hang in
    a driver is not alive. There is no thread for the pings, because that thread would go on when the reader hangs.

    Args:
        notifier: receives the notifications.
        clock: gives seconds that never go back.
    """

    def __init__(self, notifier: Notifier, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._notifier = notifier
        self._clock = clock
        watch_s = notifier.watchdog_s or STATUS_EVERY_S * PINGS_PER_WATCH
        self._every_s = min(watch_s / PINGS_PER_WATCH, STATUS_EVERY_S)
        self._next_s = clock()
        self._processed = 0
        notifier.send("READY=1", "STATUS=waiting for the first frame")

    def picture(self, page: Page, frame: Frame) -> None:
        """Count a picture as a processed frame."""
        self.frame(page, frame)

    def frame(self, page: Page, frame: Frame) -> None:  # noqa: ARG002 # as every sink
        """Count a processed frame; pings are sent only now and then."""
        self._processed += 1
        if self._is_due():
            self._notifier.send("WATCHDOG=1", f"STATUS={page.source}: {self._processed} frames processed")

    def waiting(self) -> None:
        """The camera is being reconnected: send a ping; the status still says what is wrong."""
        if self._is_due():
            self._notifier.send("WATCHDOG=1")

    def error(self, source: str, message: str, *, frame: int = 0) -> None:  # noqa: ARG002 # as every sink
        """Show in the status what is wrong; this sends no ping."""
        self._notifier.send(f"STATUS={message}")

    def fault(self, source: str, message: str) -> None:
        """Show in the status what is wrong, as for an error."""
        self.error(source, message)

    def back(self, source: str, message: str) -> None:  # noqa: ARG002 # as every sink
        """Do nothing: the next frame updates the status."""
        self._next_s = self._clock()

    def close(self, timeout_s: float) -> None:  # noqa: ARG002 # as every sink
        """Notify systemd that the service ends as intended."""
        self._notifier.send("STOPPING=1")

    def _is_due(self) -> bool:
        if self._clock() < self._next_s:
            return False
        self._next_s = self._clock() + self._every_s
        return True
