"""A webhook: every event is posted to an address."""

from __future__ import annotations

import base64
import http.client
import json
import socket
import ssl
from contextlib import suppress
from pathlib import Path
from threading import Timer
from urllib.parse import SplitResult, unquote, urlsplit

from digitreader.errors import UsageError
from digitreader.host.tls import tls_context
from digitreader.output.delivery_queue import DeliveryError, RejectedError
from digitreader.output.event import Event

WORTH_ANOTHER_TRY = frozenset({408, 425, 429})
"""Answers of the 400s that may be others a moment later; those of the 500s may be too."""


class Webhook:
    """Posts events to an address.

    Messages show only the address's host: its path is often a secret.

    Args:
        url: ``http://`` or ``https://``, with a user and a password for basic authentication where it has them.
        timeout_s: from connecting to the whole answer.
        ca_file: the certificates that are trusted; None for those of the system.

    Raises:
        UsageError: it is no such address.
        OutputError: the file of trusted certificates cannot be read.
    """

    def __init__(self, url: str, *, timeout_s: float, ca_file: Path | None = None) -> None:
        self._parts = _parts(url)
        self._context = tls_context(ca_file) if self._parts.scheme == "https" else None
        self._timeout_s = timeout_s
        self._open: http.client.HTTPConnection | None = None
        self._abandoned = False

    @property
    def where(self) -> str:
        """The scheme, the host and the port."""
        return f"{self._parts.scheme}://{self._parts.netloc.rpartition('@')[2]}"

    def wants(self, event: Event) -> bool:  # noqa: ARG002
        """All of them."""
        return True

    def deliver(self, event: Event) -> None:
        """Post it.

        Raises:
            DeliveryError: nothing answers in time, or the answer is that of a server in trouble.
            RejectedError: the answer is that another try would have the same answer.
        """
        try:
            status = self._post(json.dumps(event.as_json()).encode())
        except (OSError, http.client.HTTPException) as error:
            raise DeliveryError(
                f"{self.where}: does not take the event ({_reason(error)}); it is sent again until it is taken, and "
                f"new events wait"
            ) from error
        if 200 <= status < 300:
            return
        answer = f"{self.where}: answers {status} {http.client.responses.get(status, '')}".rstrip()
        if status >= 500 or status in WORTH_ANOTHER_TRY:
            raise DeliveryError(f"{answer}; it is sent again until it is taken, and new events wait")
        raise RejectedError(f"{answer}, so the event is dropped; check the address and the events that it takes")

    def abandon(self) -> None:
        """Hang up."""
        self._abandoned = True
        if self._open is not None:
            _hang_up(self._open)

    def _post(self, body: bytes) -> int:
        connection = self._connection()
        # a time-out of the socket starts again with each byte, and a server may drip
        timer = Timer(self._timeout_s, _hang_up, [connection])
        timer.daemon = True
        timer.start()
        self._open = connection
        try:
            connection.connect()
            if self._abandoned:
                raise ConnectionAbortedError("the reader ends")
            connection.request("POST", self._path(), body, self._headers())
            response = connection.getresponse()
            return response.status
        finally:
            timer.cancel()
            self._open = None
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        host, port = self._parts.hostname or "", self._parts.port
        if self._context is not None:
            return http.client.HTTPSConnection(host, port, timeout=self._timeout_s, context=self._context)
        return http.client.HTTPConnection(host, port, timeout=self._timeout_s)

    def _path(self) -> str:
        return (self._parts.path or "/") + (f"?{self._parts.query}" if self._parts.query else "")

    def _headers(self) -> dict[str, str]:
        headers = {"Content-Type": "application/json", "User-Agent": "digitreader", "Connection": "close"}
        if self._parts.username is not None:
            pair = f"{unquote(self._parts.username)}:{unquote(self._parts.password or '')}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        return headers


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        (parts.hostname or "").encode("idna")  # which refuses what no resolver is given
        right = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0 and url.isascii()
    except ValueError:
        parts, right = SplitResult("", "", "", "", ""), False
    if not right or any(character <= " " or character == "\x7f" for character in url):
        raise UsageError(
            "a webhook's address is http://HOST/PATH or https://HOST/PATH; check it, and encode with % "
            "what an address cannot hold"
        )
    return parts


def _hang_up(connection: http.client.HTTPConnection) -> None:
    if isinstance(connection.sock, socket.socket):
        with suppress(OSError):
            connection.sock.shutdown(socket.SHUT_RDWR)


def _reason(error: OSError | http.client.HTTPException) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, http.client.RemoteDisconnected):
        return "no answer in time, or hung up"
    if isinstance(error, http.client.HTTPException):
        return "the program that answers does not speak HTTP"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {error.verify_message}; give --ca-file FILE, and the right name"
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
