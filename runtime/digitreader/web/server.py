"""The server: uvicorn in a separate thread, beside the thread that reads."""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from digitreader.errors import OutputError
from digitreader.host.messages import print_info
from digitreader.web.address import WebAddress, allowed_names, link_to
from digitreader.web.app import Answers, PageContext, make_app
from digitreader.web.gate import AccessRules, with_access_control
from digitreader.web.pairing import kept_token, new_token
from digitreader.web.streams import Live

MOST_CONNECTIONS = 256
HEAD_S = 10.0
"""Seconds that the head of a request may take to arrive."""
HEAD_BYTES = 16 << 10
SEND_BUFFER, UNSENT = 128 << 10, 16 << 10
"""The most bytes that wait in the system and in the server for a viewer; small, since pictures that wait get old."""
START_S, STOP_S = 10.0, 2.0


@dataclass(frozen=True, slots=True)
class Certificate:
    """The files of a TLS server's certificate."""

    chain: Path
    key: Path


class HeadTimeoutProtocol(H11Protocol):
    """uvicorn's HTTP protocol, but a client that sends the head of a request too slowly is disconnected."""

    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Begin to wait for the first request."""
        super().connection_made(transport)
        # the next part is made when the one before is sent; with TLS, a limit of 0 would block the answer for ever
        transport.set_write_buffer_limits(high=0 if transport.get_extra_info("sslcontext") is None else UNSENT)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Take some bytes; the head of a request must be complete in time, counted from its first byte."""
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._stop_waiting()
        elif self._waiting is None:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._waiting = self.loop.call_later(HEAD_S, self._cut_off)

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _cut_off(self) -> None:
        self._waiting = None
        if self.conn.their_state is h11.IDLE and self.transport is not None:
            self.transport.abort()


class WebServer:
    """Serves the page until it is closed; a context manager.

    Args:
        address: where it listens; bound at once.
        certificate: for TLS; None speaks HTTP.
        token_file: keeps the pairing token over restarts; None makes a new token.

    Attributes:
        link: the link to the page, with the pairing token if one is needed.
        live: the newest frame and its viewers, once it is started.

    Raises:
        OutputError: the address cannot be listened on, the certificate cannot be used, or the token not kept.
    """

    def __init__(
        self, address: WebAddress, certificate: Certificate | None = None, *, token_file: Path | None = None
    ) -> None:
        self._keeps_token = token_file is not None
        self._token = "" if address.is_loopback else new_token() if token_file is None else kept_token(token_file)
        self._socket = listen_on(address)
        self.address = replace(address, port=int(self._socket.getsockname()[1]))
        self._certificate = certificate
        self.link = link_to(self.address, token=self._token, secure=certificate is not None)
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="page")
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self, served: PageContext, *, quiet: bool = False) -> None:
        """Serve the page from now on.

        Args:
            served: everything that the answers need.
            quiet: do not print the link.

        Raises:
            OutputError: the certificate cannot be used.
        """
        self._server = uvicorn.Server(self._config(served))
        self._thread = threading.Thread(target=self._serve, args=(served,), name="web", daemon=True)
        self._thread.start()
        deadline_s = time.monotonic() + START_S
        while not self._server.started and self._thread.is_alive() and time.monotonic() < deadline_s:
            time.sleep(0.005)
        if quiet:
            return
        print_info(f"the page: {self.link}")
        if self._token:
            until = "its token's file is deleted" if self._keeps_token else "digitreader is restarted"
            print_info(f"everybody who has this link can see and change everything on the page until {until}")
            print_code(self.link)

    def close(self) -> None:
        """Stop serving; all viewers are disconnected."""
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(STOP_S)
            self._server.force_exit = True
            self._thread.join(STOP_S)
        self._socket.close()
        self._worker.shutdown(wait=False, cancel_futures=True)

    def _config(self, served: PageContext) -> uvicorn.Config:
        self.live = live = Live(served.board, self._worker)
        secure = self._certificate is not None
        rules = AccessRules(
            allowed_names(self.address),
            addresses=not self.address.is_loopback,
            token=self._token,
            secure=secure,
            lasting=self._keeps_token,
        )
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # errors of clients are not reported
        config = uvicorn.Config(
            with_access_control(make_app(Answers(served, live, self._worker)), rules),
            loop="asyncio",
            http=HeadTimeoutProtocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            limit_concurrency=MOST_CONNECTIONS,
            timeout_graceful_shutdown=1,
            h11_max_incomplete_event_size=HEAD_BYTES,
            ssl_certfile=self._certificate.chain if self._certificate else None,
            ssl_keyfile=self._certificate.key if self._certificate else None,
        )
        try:
            config.load()
        except OSError as error:
            raise OutputError(
                f"--web-certificate: cannot be used ({error}); give a PEM file and its --web-key"
            ) from error
        return config

    def _serve(self, served: PageContext) -> None:
        asyncio.run(self._serve_until_closed(served))

    async def _serve_until_closed(self, served: PageContext) -> None:
        loop = asyncio.get_running_loop()

        def on_change() -> None:
            with suppress(RuntimeError):  # this loop may just have been closed
                loop.call_soon_threadsafe(self.live.wake)

        served.board.on_change = on_change
        try:
            if self._server is not None:
                await self._server.serve(sockets=[self._socket])
        finally:
            served.board.on_change = lambda: None


def listen_on(address: WebAddress) -> socket.socket:
    """Listen on an address.

    Raises:
        OutputError: it cannot be listened on.
    """
    family = socket.AF_INET6 if address.is_ipv6 else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        if hasattr(socket, "TCP_NOTSENT_LOWAT"):
            listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT)
        listening.bind((address.host, address.port))
    except OSError as error:
        listening.close()
        raise OutputError(
            f"--web {address.host}:{address.port}: this port cannot be opened ({error.strerror}); give another port"
        ) from error
    return listening


def print_code(link: str) -> None:
    """Print a link as a QR code on stderr for a phone's camera, if stderr is a terminal."""
    if sys.stderr is None or not sys.stderr.isatty():
        return
    import segno

    segno.make(link, error="l").terminal(out=sys.stderr, compact=True)
