"""The servers of a soak: a webhook and a broker, each of which can fail in several ways."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Protocol, Self

from digitreader.errors import MissingExtraError
from digitreader.output.mqtt.connection import BrokerConnection
from digitreader.output.mqtt.topics import Message, parse_address
from digitreader.output.settings import BrokerSettings

GONE, SILENT, JUNK, FAILING = "gone", "silent", "junk", "failing"
"""It refuses connections; it takes them and never answers; it answers in no known protocol; it answers 503."""
NOISE = b"\x00\xff{]220 ftp.example\r\n\x1b[2J"


class Server(Protocol):
    """One that can fail.

    Attributes:
        ways: in which it can.
        recovered: how often it failed in each way and has taken events again.
        taken: what it was sent, in its order.
    """

    ways: tuple[str, ...]
    recovered: Counter[str]
    taken: list[str]

    @property
    def where(self) -> str:
        """A part of its address, which every message about it holds."""

    def fail(self, way: str) -> None:
        """Fail in this way from now on; empty: work again."""


@dataclass(slots=True)
class ServerFault:
    """A server that fails in one way."""

    server: Server
    way: str

    @property
    def where(self) -> str:
        """A part of every message about it."""
        return self.server.where

    def begin(self) -> None:
        """Let it fail."""
        self.server.fail(self.way)

    def end(self) -> None:
        """Let it work."""
        self.server.fail("")


LOOPBACK = "127.0.0.1"


class Hook:
    """A webhook that keeps what it is sent; a context manager.

    Attributes:
        taken: what was posted, in its order.
        recovered: how often it failed in each way and has taken events again.
    """

    ways: tuple[str, ...] = (GONE, SILENT, JUNK, FAILING)

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.recovered: Counter[str] = Counter()
        self._changed = threading.Condition()
        self._way = self._way_before = ""
        self._server = ThreadingHTTPServer((LOOPBACK, 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.fail("")
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Where to post to."""
        return f"http://{LOOPBACK}:{self._server.server_address[1]}/events"

    @property
    def where(self) -> str:
        """Its host and port."""
        return f"{LOOPBACK}:{self._server.server_address[1]}"

    def fail(self, way: str) -> None:
        """Fail in this way from now on; empty: take events again."""
        with self._changed:
            self._way_before, self._way = way or self._way_before, way
            self._changed.notify_all()

    def take(self, body: bytes) -> str:
        """Keep an event, if it works; return the way in which it fails."""
        with self._changed:
            if self._way:
                return self._way
            self.taken.append(event_summary(json.loads(body)))
            if self._way_before:
                self.recovered[self._way_before] += 1
            self._way_before = ""
            return ""

    def wait_while_silent(self) -> None:
        """Hold a connection open until the server works again."""
        with self._changed:
            self._changed.wait_for(lambda: self._way != SILENT)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                way = hook.take(self.rfile.read(int(self.headers["Content-Length"])))
                if way in {"", FAILING}:
                    self.send_response(503 if way else 204)
                    self.end_headers()
                elif way == JUNK:
                    self.wfile.write(NOISE)
                elif way == SILENT:
                    hook.wait_while_silent()
                self.close_connection = True

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 # the base class's name for it
                pass

        return Handler


def event_summary(event: dict[str, Any]) -> str:
    """What an event is about, and the how manieth of its run: its kind and its number, or what is wrong."""
    return f"{event['id'].rpartition('-')[2]} {event['event']} {event.get('text', event.get('message', ''))}"


BROKER_PATHS = "/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin:/opt/homebrew/sbin"
STARTING_S = 10.0
PROBE = "probe"


class Broker:
    """A Mosquitto of the bench's own that can fail, and a listener to one reader's events.

    Attributes:
        taken: what was published, in its order; what a broker that was gone has sent twice, once.
        recovered: how often it failed in each way and has given events again.

    Raises:
        MissingExtraError: mosquitto or paho-mqtt is not installed.
    """

    ways: tuple[str, ...] = (GONE, SILENT, JUNK)

    def __init__(self, folder: Path, name: str) -> None:
        program = shutil.which("mosquitto") or shutil.which("mosquitto", path=BROKER_PATHS)
        if program is None:
            raise MissingExtraError("mosquitto is not installed")
        self.taken: list[str] = []
        self.recovered: Counter[str] = Counter()
        self._way = self._way_before = ""
        self._impostor: Impostor | None = None
        self._port = free_port()
        config = folder / "mosquitto.conf"
        config.write_text(configuration(self._port, folder))
        self._command = [program, "-c", str(config)]
        self._topic = f"digitreader/{name}/event"
        self._listening = threading.Event()
        self._listener = BrokerConnection(
            parse_address(self.url),
            BrokerSettings(),
            client_id="listener",
            persistent=True,
            on_connect=self._begin,
            on_message=self._hear,
        )
        self._process = self._start()
        self._listener.start()
        self._listening.wait(STARTING_S)

    @property
    def url(self) -> str:
        """Its address for `--output`."""
        return f"mqtt://{LOOPBACK}:{self._port}"

    @property
    def where(self) -> str:
        """Its host and port."""
        return f"{LOOPBACK}:{self._port}"

    def fail(self, way: str) -> None:
        """End it, and let an impostor listen in its place; empty: start it again, with what it has for its listener."""
        if way == self._way:
            return
        if self._impostor is not None:
            self._impostor.close()
            self._impostor = None
        if not self._way:
            self._end()
        self._way_before, self._way = way or self._way, way
        if not way:
            self._process = self._start()
        elif way != GONE:
            self._impostor = Impostor(self._port, NOISE if way == JUNK else b"")

    def close(self) -> None:
        """End the listener and the broker."""
        if self._impostor is not None:
            self._impostor.close()
        self._listener.close()
        self._end()

    def _start(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(  # noqa: S603 # found by its name
            self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            await_port(self._port)
        except MissingExtraError:
            process.kill()
            raise
        return process

    def _end(self) -> None:
        self._process.terminate()
        self._process.wait()

    def _begin(self) -> None:
        self._listener.subscribe([self._topic, PROBE])
        # a broker takes one thing after the other: whoever hears this has subscribed
        self._listener.publish_once([Message(PROBE, "")])

    def _hear(self, topic: str, payload: bytes, retained: bool) -> None:  # noqa: ARG002
        if topic == PROBE:
            self._listening.set()
            return
        summary = event_summary(json.loads(payload))
        if self.taken[-1:] == [summary]:
            return
        self.taken.append(summary)
        if self._way_before and not self._way:
            self.recovered[self._way_before] += 1
            self._way_before = ""


class Impostor:
    """Listens where a broker should: it takes every connection, and answers noise and hangs up, or never answers.

    Args:
        port: of this computer.
        answer: what it sends before it hangs up; empty to send nothing and stay connected.
    """

    def __init__(self, port: int, answer: bytes) -> None:
        self._answer = answer
        self._connections: list[socket.socket] = []
        self._listening = socket.create_server((LOOPBACK, port))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Hang up, and leave the port to somebody else."""
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join()
        for connection in self._connections:
            connection.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:  # closed
                return
            if not self._answer:
                self._connections.append(connection)
                continue
            with connection, suppress(OSError):
                connection.sendall(self._answer)


def configuration(port: int, folder: Path) -> str:
    """Mosquitto's, for loopback alone; what it has for its clients it keeps in a folder while it is gone."""
    lines = [
        f"listener {port} {LOOPBACK}",
        "allow_anonymous true",
        "persistence true",
        f"persistence_location {folder}/",
    ]
    # one that root starts would become a user who may not come into the folder
    return "\n".join([*(["user root"] if os.geteuid() == 0 else []), *lines, ""])


@contextmanager
def broker_or_none(folder: Path, name: str) -> Iterator[tuple[Broker | None, str]]:
    """A broker, or why there is none."""
    try:
        broker = Broker(folder, name)
    except MissingExtraError as error:
        yield None, str(error)
        return
    try:
        yield broker, ""
    finally:
        broker.close()


def free_port() -> int:
    """A port of this computer that nobody listens on."""
    with socket.socket() as found:
        found.bind((LOOPBACK, 0))
        port: int = found.getsockname()[1]
        return port


def await_port(port: int) -> None:
    """Wait until somebody listens."""
    deadline_s = time.monotonic() + STARTING_S
    while time.monotonic() < deadline_s:
        with suppress(OSError), socket.create_connection((LOOPBACK, port), 1.0):
            return
        time.sleep(0.02)
    raise MissingExtraError("mosquitto does not listen")
