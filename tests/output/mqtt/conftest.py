"""A Mosquitto of the test's own on loopback, with and without TLS and passwords, that can be stopped and started."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from digitreader.output.delivery_queue import DeliveryQueue
from digitreader.output.event import NUMBER, Event
from digitreader.output.mqtt.publisher import MqttPublisher
from digitreader.output.mqtt.topics import parse_address
from digitreader.output.settings import BrokerSettings

if TYPE_CHECKING:
    from paho.mqtt.client import Client, MQTTMessage

ENOUGH_S = 30.0
PATH = "/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin"


def event(text: str, *, number: int = 1, kind: str = NUMBER, message: str = "") -> Event:
    return Event(kind, f"run-{number}", "desk", "2026-01-01T00:00:00.000Z", "demo", text=text, message=message)


def until(condition: Callable[[], object]) -> None:
    """Wait for what another thread or process does."""
    deadline_s = time.monotonic() + ENOUGH_S
    while not condition():
        assert time.monotonic() < deadline_s, "it did not come to be"
        time.sleep(0.01)


@dataclass
class Broker:
    """A Mosquitto; over its stops it keeps what it has for those who said that they will be back."""

    folder: Path
    port: int
    lines: list[str]
    process: subprocess.Popen[bytes] | None = None
    tls: bool = False

    @property
    def url(self) -> str:
        return f"mqtt{'s' if self.tls else ''}://localhost:{self.port}"

    def start(self) -> None:
        config = self.folder / "mosquitto.conf"
        # one that root starts would become a user who may not read the test's folder
        user = ["user root"] if os.geteuid() == 0 else []
        lines = [
            *user,
            "persistence true",
            f"persistence_location {self.folder}/",
            f"listener {self.port} 127.0.0.1",
            *self.lines,
            "",
        ]
        config.write_text("\n".join(lines))
        program = shutil.which("mosquitto", path=PATH)
        assert program is not None
        with (self.folder / "mosquitto.log").open("ab") as log:
            self.process = subprocess.Popen([program, "-c", str(config)], stdout=log, stderr=log)
        until(self._listens)

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait()
            self.process = None

    def _listens(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, (self.folder / "mosquitto.log").read_text()
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True


@pytest.fixture
def make_broker(tmp_path: Path) -> Iterator[Callable[..., Broker]]:
    """Starts brokers with lines of configuration of the test's choice."""
    pytest.importorskip("paho.mqtt", reason="paho-mqtt is not installed; it is the extra [mqtt]")
    if shutil.which("mosquitto", path=PATH) is None:
        pytest.skip("there is no Mosquitto; apt-get install mosquitto")
    brokers: list[Broker] = []

    def make(*lines: str, tls: bool = False) -> Broker:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        broker = Broker(tmp_path, port, list(lines) or ["allow_anonymous true"], tls=tls)
        brokers.append(broker)
        broker.start()
        return broker

    yield make
    for broker in brokers:
        broker.stop()


@pytest.fixture
def broker(make_broker: Callable[..., Broker]) -> Broker:
    """One that lets everybody in."""
    return make_broker()


class Listener:
    """Hears everything that a broker has; what comes before it is back after a stop is kept for it."""

    def __init__(self, broker: Broker, settings: BrokerSettings, number: int) -> None:
        from paho.mqtt.client import Client
        from paho.mqtt.enums import CallbackAPIVersion

        self.heard: list[tuple[str, str, bool]] = []
        self.ready = False
        self.client = Client(CallbackAPIVersion.VERSION2, client_id=f"listener-{number}", clean_session=False)
        self.client.on_connect = lambda client, *_: client.subscribe("#", 1)
        self.client.on_subscribe = self._subscribed
        self.client.on_message = self._hear
        self.client.reconnect_delay_set(1, 1)
        if settings.user:
            self.client.username_pw_set(settings.user, settings.password)
        if broker.tls:
            self.client.tls_set(str(settings.ca_file))
        self.client.connect("localhost", broker.port)
        self.client.loop_start()

    def on(self, topic: str) -> list[str]:
        return [payload for name, payload, _ in self.heard if name == topic]

    def send(self, topic: str, payload: str, *, retain: bool = False) -> None:
        self.client.publish(topic, payload, qos=1, retain=retain)

    def stop(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()
        # or its sockets would wait for the garbage collector, which complains of them in some later test
        self.client.on_connect = self.client.on_subscribe = self.client.on_message = None

    def _subscribed(self, *_: object) -> None:
        self.ready = True

    def _hear(self, client: Client, data: object, message: MQTTMessage) -> None:  # noqa: ARG002
        self.heard.append((message.topic, bytes(message.payload).decode(), message.retain))


@pytest.fixture
def listen() -> Iterator[Callable[..., Listener]]:
    """Has a listener hear all topics of a broker."""
    listeners: list[Listener] = []

    def begin(broker: Broker, settings: BrokerSettings | None = None) -> Listener:
        listener = Listener(broker, settings or BrokerSettings(), len(listeners))
        listeners.append(listener)
        until(lambda: listener.ready)
        return listener

    yield begin
    for listener in listeners:
        listener.stop()


Listen = Callable[..., Listener]
Readers = Callable[..., DeliveryQueue]


@pytest.fixture
def reader() -> Iterator[Readers]:
    """Starts readers that publish to a broker."""
    couriers: list[DeliveryQueue] = []

    def start(
        broker: Broker, settings: BrokerSettings | None = None, *, name: str = "desk", run: str = "r1", bound: int = 100
    ) -> DeliveryQueue:
        publisher = MqttPublisher(parse_address(broker.url), settings or BrokerSettings(), name=name, run=run)
        couriers.append(DeliveryQueue(publisher, bound=bound))
        return couriers[-1]

    yield start
    for queue in couriers:
        queue.close(0.0)


def texts(listener: Listener, topic: str = "digitreader/desk/event") -> list[str]:
    return [json.loads(payload)["text"] for payload in listener.on(topic)]
