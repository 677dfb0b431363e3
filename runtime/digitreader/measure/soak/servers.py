"""Real servers for a soak: a webhook's, and a broker."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

from digitreader.errors import MissingExtraError
from digitreader.output.mqtt.connection import BrokerConnection
from digitreader.output.mqtt.topics import Message, parse_address
from digitreader.output.settings import BrokerSettings

LOOPBACK = "127.0.0.1"


class Hook:
    """A webhook that keeps what it is sent; a context manager.

    Attributes:
        taken: what was posted, in its order.
        recovered: how often it was gone and has taken events again.
    """

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.recovered = 0
        self._gone = self._was_gone = False
        self._server = ThreadingHTTPServer((LOOPBACK, 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Where to post to."""
        return f"http://{LOOPBACK}:{self._server.server_address[1]}/events"

    def cut(self, gone: bool) -> None:
        """Hang up on whoever comes from now on, or take events again."""
        self._was_gone = self._was_gone or gone
        self._gone = gone

    def take(self, body: bytes) -> bool:
        """Keep an event; False where it is gone."""
        if self._gone:
            return False
        self.taken.append(event_summary(json.loads(body)))
        self.recovered += self._was_gone
        self._was_gone = False
        return True

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if hook.take(body):
                    self.send_response(204)
                    self.end_headers()
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
    """A Mosquitto of the bench's own that can be gone, and a listener to one reader's events.

    Attributes:
        taken: what was published, in its order; what a broker that was gone has sent twice, once.
        recovered: how often it was gone and has given events again.

    Raises:
        MissingExtraError: mosquitto or paho-mqtt is not installed.
    """

    def __init__(self, folder: Path, name: str) -> None:
        program = shutil.which("mosquitto") or shutil.which("mosquitto", path=BROKER_PATHS)
        if program is None:
            raise MissingExtraError("mosquitto is not installed")
        self.taken: list[str] = []
        self.recovered = 0
        self._is_back = False
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

    def cut(self, gone: bool) -> None:
        """End it, or start it again where it is gone; what it has for its listener it keeps."""
        if gone:
            self._end()
        elif self._process.poll() is not None:
            self._process = self._start()
            self._is_back = True

    def close(self) -> None:
        """End the listener and the broker."""
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
        gist = event_summary(json.loads(payload))
        if self.taken[-1:] == [gist]:
            return
        self.taken.append(gist)
        self.recovered += self._is_back
        self._is_back = False


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
