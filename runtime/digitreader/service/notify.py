"""Talks to systemd as sd_notify(3) does: one datagram to the socket that it names."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass

SOCKET, WATCHDOG_TIME, WATCHDOG_PROCESS = "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"


@dataclass(frozen=True, slots=True)
class Notifier:
    """What systemd wants to be told.

    Attributes:
        address: of its socket, a path or an abstract name that begins with a zero byte.
        watchdog_s: it restarts the service where this long no ping came; None where it keeps no watch.
    """

    address: str
    watchdog_s: float | None = None

    def send(self, *lines: str) -> None:
        """Send lines such as ``READY=1``; nobody who listens no more is a reason to end."""
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as speaker:
            # a reader must not wait for who listens to its health
            speaker.setblocking(False)
            speaker.sendto("\n".join(" ".join(line.split("\n")) for line in lines).encode(), self.address)


def notifier_from(environment: Mapping[str, str], *, process: int | None = None) -> Notifier | None:
    """Find out whether systemd started us and wants to be told.

    Args:
        environment: of the process.
        process: its number; our own where it is not given.

    Returns:
        None where nobody listens.
    """
    named = environment.get(SOCKET, "")
    if not named.startswith(("/", "@")):
        return None
    address = "\0" + named[1:] if named.startswith("@") else named
    time_us = environment.get(WATCHDOG_TIME, "")
    meant = environment.get(WATCHDOG_PROCESS, "") in {"", str(os.getpid() if process is None else process)}
    watched = meant and time_us.isdecimal() and int(time_us) > 0
    return Notifier(address, int(time_us) / 1e6 if watched else None)
