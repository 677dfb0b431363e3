"""One time limit for a camera's whole answer over HTTP, however slowly its bytes come."""

from __future__ import annotations

import functools
import http.client
import io
import socket
import time
import urllib.request
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ssl


class Deadline:
    """The moment when an answer, or a part of it, has to be complete.

    Args:
        limit_s: the seconds from each `restart` to that moment.
    """

    def __init__(self, limit_s: float) -> None:
        self.limit_s = limit_s
        self.restart()

    def restart(self) -> None:
        """Give the next answer, or the next part, the whole time again."""
        self._end_s = time.monotonic() + self.limit_s

    def left_s(self) -> float:
        """The seconds that are left, more than 0.

        Raises:
            TimeoutError: none are left.
        """
        left_s = self._end_s - time.monotonic()
        if left_s <= 0:
            raise TimeoutError
        return left_s


class TimedHandler(urllib.request.HTTPHandler):
    """Opens http addresses; redirects and logins share the deadline."""

    def __init__(self, deadline: Deadline) -> None:
        super().__init__()
        self._deadline = deadline

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        """Called by urllib."""
        return self.do_open(_timed(http.client.HTTPConnection, self._deadline), req)


class TimedTlsHandler(urllib.request.HTTPSHandler):
    """Opens https addresses; redirects and logins share the deadline."""

    def __init__(self, deadline: Deadline, context: ssl.SSLContext) -> None:
        super().__init__()
        self._deadline, self._trusted = deadline, context

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        """Called by urllib."""
        return self.do_open(_timed(http.client.HTTPSConnection, self._deadline), req, context=self._trusted)


def _timed(kind: type[http.client.HTTPConnection], deadline: Deadline) -> Any:
    """A function that makes connections of this kind whose answers have to be complete in time."""

    def connection(host: str, *, timeout: float, **options: Any) -> http.client.HTTPConnection:  # noqa: ARG001
        made = kind(host, timeout=deadline.left_s(), **options)
        made.response_class = functools.partial(_TimedResponse, deadline=deadline)  # type: ignore[assignment] # makes one
        return made

    return connection


class _TimedResponse(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, deadline: Deadline, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        raw = self.fp.detach()
        self.fp = io.BufferedReader(_TimedReader(raw, sock, deadline))


class _TimedReader(io.RawIOBase):
    """Reads a socket until a deadline; the time-out of a socket alone starts again with each byte."""

    def __init__(self, raw: io.RawIOBase, link: socket.socket, deadline: Deadline) -> None:
        super().__init__()
        self._raw, self._link, self._deadline = raw, link, deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int | None:
        self._link.settimeout(self._deadline.left_s())
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()
