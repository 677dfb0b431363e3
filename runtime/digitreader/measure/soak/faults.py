"""What fails in turn during a soak: a camera that films the demo, a webhook's server and a broker."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle
from pathlib import Path
from typing import Any, Self

import numpy as np

from digitreader.camera.source import PlainSource
from digitreader.drawing import DemoCamera, DemoFrame
from digitreader.errors import MissingExtraError, SourceError
from digitreader.output.mqtt.connection import BrokerConnection
from digitreader.output.mqtt.topics import Message, parse_address
from digitreader.output.settings import BrokerSettings
from digitreader.values import ColourImage, Frame

FAULTS = ("unplugged", "black", "hanging", "frozen", "wrong size", "driver error")
"""Those of the camera; after them the servers go, one by one."""
Cut = Callable[[bool], object]
"""Called with True when a server that takes events is to be gone, and with False when it is to be back."""
REFUSALS = 2
"""How often a camera that was unplugged cannot be opened before it is back."""


class FaultyCamera(PlainSource):
    """A camera with faults: opened again, it goes on with its film; during a fault the paper lies still.

    Args:
        camera: what it films.
        frames: how many frames to film, and on until the desk is empty.
        every: a fault comes after this many frames; 0 films every number once, undisturbed.
        patience_s: the reader's; a camera that goes black stays so for twice as long.
        servers: those that can be gone, by the name of that fault.

    Attributes:
        begun: the faults that came, by their kind; `pending` is the one that is not over yet, for its reader to clear.
        laid: when a sheet first lay still, in seconds of the film, and what stands on it.
        drawing_s: processor time that drawing the film has taken, which no real camera asks for.
    """

    name, live, frame_count = "bench", True, None

    def __init__(
        self,
        camera: DemoCamera,
        *,
        frames: int,
        every: int,
        patience_s: float,
        servers: Mapping[str, Cut] | None = None,
    ) -> None:
        self._film = film(camera, frames, over_and_over=bool(every))
        self._servers = servers or {}
        self._kinds, self._every, self._patience_s = cycle((*FAULTS, *self._servers)), every, patience_s
        self._step_s = 1 / camera.fps
        self._time_s = 0.0
        self._filmed = self._refusals = self._back_at = 0
        self._truth = self._gone = ""
        self._left = threading.Event()
        self.begun: list[str] = []
        self.pending = ""
        self.laid: list[tuple[float, str]] = []
        self.drawing_s = 0.0

    def __call__(self) -> Self:
        """Open it.

        Raises:
            SourceError: it is unplugged.
        """
        if self._refusals:
            self._refusals -= 1
            raise SourceError(f"{self.name}: there is no camera")
        return self

    def frames(self) -> Iterator[Frame]:
        """Give frames until the film ends or a fault ends the connection.

        Raises:
            SourceError: it is unplugged.
            RuntimeError: its driver fails.
        """
        while (shown := self._draw()) is not None:
            frame = self._frame(shown.frame.image)
            if shown.truth and not self._truth:
                self.laid.append((frame.time_s, shown.truth))
            self._truth = shown.truth
            yield frame
            self._filmed += 1
            if self._filmed == self._back_at:
                self._servers[self._gone](False)
            if self._every and self._filmed % self._every == 0:
                yield from self._fail(next(self._kinds), shown.frame.image)

    def _draw(self) -> DemoFrame | None:
        began_s = time.thread_time()
        try:
            return next(self._film, None)
        finally:
            self.drawing_s += time.thread_time() - began_s

    def _fail(self, kind: str, last: ColourImage) -> Iterator[Frame]:
        self.begun.append(kind)
        if kind in self._servers:  # and the camera films on
            self._servers[kind](True)
            self._gone, self._back_at = kind, self._filmed + self._every // 2
            return
        self.pending = kind
        if kind == "unplugged":
            self._refusals = REFUSALS
            raise SourceError(f"{self.name}: stopped giving frames")
        if kind == "driver error":
            raise RuntimeError("no buffers")
        if kind == "hanging":
            self._left.wait(2 * self._patience_s)
        elif kind == "black":
            for _ in range(round(2 * self._patience_s / self._step_s) + 1):
                yield self._frame(np.zeros_like(last))
        else:  # until it is opened again
            while True:
                yield self._frame(last if kind == "frozen" else np.ascontiguousarray(last[::2, ::2]))

    def _frame(self, image: ColourImage) -> Frame:
        self._time_s += self._step_s
        return Frame(image, self.name, self._filmed, self._time_s)


def film(camera: DemoCamera, frames: int, *, over_and_over: bool = True) -> Iterator[DemoFrame]:
    """Film the same numbers once or again and again: at most this many frames, and then until the desk is empty."""
    index = 0
    while True:
        for shown in camera.frames():
            yield shown
            index += 1
            if index >= frames and not shown.truth and not shown.moving:
                return
        if not over_and_over:
            return


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
        """Refuse all connections from now on, or accept events again."""
        self._was_gone = self._was_gone or gone
        self._gone = gone

    def take(self, body: bytes) -> bool:
        """Keep an event; False if it is gone."""
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
