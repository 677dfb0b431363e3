"""A broker of the bench's own, where Mosquitto is installed, that can be gone for a while."""

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
from pathlib import Path

from digitreader.bench.live.servers import LOOPBACK, gist_of
from digitreader.errors import MissingExtraError
from digitreader.outputs.mqtt.address import parse_address
from digitreader.outputs.mqtt.link import Link
from digitreader.outputs.mqtt.topics import Message
from digitreader.outputs.settings import BrokerSettings

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
        self._listener = Link(
            parse_address(self.url),
            BrokerSettings(),
            client_id="listener",
            lasting=True,
            on_up=self._begin,
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
        self._listener.tell([Message(PROBE, "")])

    def _hear(self, topic: str, payload: bytes, retained: bool) -> None:  # noqa: ARG002
        if topic == PROBE:
            self._listening.set()
            return
        gist = gist_of(json.loads(payload))
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
