"""Publishes events to a broker, and announces the reader to Home Assistant."""

from __future__ import annotations

import json
import platform
import re
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from digitreader import __version__
from digitreader.host.messages import print_error
from digitreader.output.event import Event, utc_timestamp
from digitreader.output.meter import NO_METER, MeterFacts
from digitreader.output.mqtt.connection import BrokerConnection
from digitreader.output.mqtt.fleet import parse_object
from digitreader.output.mqtt.topics import OFFLINE, ONLINE, BrokerAddress, Message, Topics
from digitreader.output.settings import BrokerSettings

NUMBER = "{{ value_json.text | replace('\\n', ' / ') }}"
ONE_NUMBER = "{% set number = value_json.text | replace(',', '.') %}{{ number if number | is_number else '' }}"
"""The value of a meter. It is empty while no number is shown, and Home Assistant then keeps the sensor's last value."""
CONFIDENCE = "{{ (value_json.confidence * 100) | round(1) if value_json.confidence is not none else none }}"
LONGEST_HELLO, LONGEST_NAME, MOST_MET = 4096, 200, 64
"""Limits: bytes of a hello, characters of a name in it, and other readers of this name that are reported."""

FAULT = "{{ 'ON' if value_json.fault else 'OFF' }}"


def discovery_messages(prefix: str, topics: Topics, meter: MeterFacts = NO_METER) -> list[Message]:
    """The messages that announce one reader; retained, so that Home Assistant may start later.

    Args:
        prefix: Home Assistant's discovery prefix, usually ``homeassistant``.
        topics: the reader's topics.
        meter: what the number means; without it the number may be any text.
    """
    number: dict[str, Any] = {"name": "Number", "json_attributes_topic": topics.state}
    number |= {"value_template": ONE_NUMBER if meter.is_numeric else NUMBER} | meter.as_discovery()
    if not meter.device_class:  # a device class has its own icon
        number["icon"] = "mdi:numeric"
    confidence = {"name": "Confidence", "unit_of_measurement": "%", "state_class": "measurement"}
    fault = {"name": "Camera", "device_class": "problem", "value_template": FAULT}
    return [
        # the same number twice is two events
        _entity(prefix, topics, "sensor", "number", number | {"force_update": True}),
        _entity(prefix, topics, "sensor", "confidence", confidence | {"value_template": CONFIDENCE}),
        _entity(prefix, topics, "binary_sensor", "fault", fault | {"entity_category": "diagnostic"}),
    ]


def _entity(prefix: str, topics: Topics, component: str, entity: str, own: dict[str, Any]) -> Message:
    node = node_id(topics)
    shared = {
        "unique_id": f"{node}_{entity}",
        "state_topic": topics.state,
        "availability_topic": topics.status,
        "payload_available": ONLINE,
        "payload_not_available": OFFLINE,
        "device": {
            "identifiers": [node],
            "name": topics.name,
            "manufacturer": "digitreader",
            "model": "handwritten number reader",
            "sw_version": __version__,
        },
        "origin": {"name": "digitreader", "sw_version": __version__},
    }
    return Message(f"{prefix}/{component}/{node}/{entity}/config", json.dumps(own | shared), retain=True)


def node_id(topics: Topics) -> str:
    """A name that Home Assistant allows, of letters, digits, _ and -; different readers get different names."""
    named = f"{topics.prefix}/{topics.name}"
    return re.sub(r"[^a-zA-Z0-9-]", lambda match: f"_{ord(match[0]):x}_" if match[0] != "/" else "_", named)


INFO_EVERY_S = 10.0
"""Seconds between two reports of the frame rate."""


class FrameRate:
    """Counts frames, and reports now and then how many there were a second.

    Args:
        every_s: seconds between two reports.
        clock: gives the time in seconds.
    """

    def __init__(self, every_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._every_s, self._clock = every_s, clock
        self._since_s, self._frames = clock(), 0

    def count(self) -> float | None:
        """Count one more frame; returns the frames a second if it is time for a report, else None."""
        self._frames += 1
        lasted_s = self._clock() - self._since_s
        if lasted_s < self._every_s:
            return None
        rate, self._since_s, self._frames = self._frames / lasted_s, self._clock(), 0
        return rate


class MqttPublisher:
    """Publishes events, each until the broker has it (quality of service 1).

    Args:
        address: the broker's address.
        settings: user, password and certificates, and Home Assistant's discovery.
        name: the reader's name.
        run: a unique id of this run; another reader of this name, and an earlier run, have other ids.
        model: the name of the model.
        every_s: seconds between two frames; None for a camera that is read all the time.

    Raises:
        UsageError: the name cannot be part of a topic.
        MissingExtraError: paho-mqtt is not installed.
        OutputError: the file of trusted certificates cannot be read.
    """

    def __init__(
        self,
        address: BrokerAddress,
        settings: BrokerSettings,
        *,
        name: str,
        run: str,
        model: str = "",
        every_s: float | None = None,
    ) -> None:
        self._address = address
        self._topics = Topics(address.prefix, name)
        discovery = settings.discovery
        self._discovery = discovery_messages(discovery, self._topics, settings.meter) if discovery else []
        self._online = Message(self._topics.status, ONLINE, retain=True)
        self._offline = Message(self._topics.status, OFFLINE, retain=True)
        self._hello = Message(self._topics.hello, json.dumps({"run": run, "host": platform.node()}))
        self._state = self._topics.nothing()
        self._next_s = max(INFO_EVERY_S, every_s or 0.0)
        self._rate = FrameRate(INFO_EVERY_S)
        self._facts = {"model": model, "host": platform.node(), "version": __version__}
        self._info = self._info_message(None)
        self._known = self._greeted = False
        self._run = run
        self._met: set[str] = set()
        self._leaving = False
        # a broker disconnects a client when another one with the same id connects, also within one run
        client_id = f"digitreader-{name}-{run}-{secrets.token_hex(2)}"
        self._connection = BrokerConnection(
            address, settings, client_id=client_id, will=self._offline, on_connect=self._greet, on_message=self._hear
        )
        self._connection.start()

    @property
    def where(self) -> str:
        """The address without the user."""
        return str(self._address)

    def wants(self, event: Event) -> bool:  # noqa: ARG002
        """Every event."""
        return True

    def deliver(self, event: Event) -> None:
        """Publish an event; this waits for as long as the broker is away.

        Raises:
            DeliveryError: `abandon` was called.
        """
        messages = self._topics.messages(event)
        self._connection.wait_for_beginning()
        # before it is published, so that a reconnection in between never publishes an older state
        self._state = next((each for each in messages if each.topic == self._topics.state), self._state)
        self._connection.publish(messages)

    def frame_read(self) -> None:
        """Count a frame, and publish the frame rate now and then; this never waits."""
        rate = self._rate.count()
        if rate is not None:
            self._info = self._info_message(rate)
            self._connection.publish_once([self._info])

    def _info_message(self, rate: float | None) -> Message:
        """The info message of this reader; with a frame rate it also has the seconds until the next info message."""
        now = utc_timestamp(datetime.now(UTC))
        does = {} if rate is None else {"fps": round(rate, 2), "next_s": self._next_s}
        return Message(self._topics.info, json.dumps(self._facts | does | {"time": now}), retain=True)

    def abandon(self) -> None:
        """Say goodbye and end the connection."""
        self._leaving = True
        self._connection.close([self._offline])

    def _greet(self) -> None:
        self._connection.subscribe([self._topics.hello, self._topics.status, self._topics.state])
        # clear the number of an earlier run; the events of this run are published afterwards
        first = [] if self._greeted else [self._state]
        self._known, self._greeted = not self._greeted, True
        self._connection.publish_once([self._online, *first, self._info, *self._discovery, self._hello])

    def _hear(self, topic: str, payload: bytes, retained: bool) -> None:
        if topic == self._topics.status and payload == OFFLINE.encode() and not self._leaving:
            # an earlier run's last will: the broker has noticed only now that the run ended
            self._connection.publish_once([self._online])
        if topic == self._topics.state and retained:
            self._known = True
        if topic == self._topics.hello:
            self._meet(payload)
            self._remind()

    def _remind(self) -> None:
        """Publish the current state again if the broker did not keep it."""
        if not self._known:
            self._known = True
            self._connection.publish_once([self._state])

    def _meet(self, payload: bytes) -> None:
        other = parse_object(payload) if len(payload) <= LONGEST_HELLO else {}
        run, host = (str(other.get(key) or "")[:LONGEST_NAME] for key in ("run", "host"))
        if run in {"", self._run} or run in self._met or len(self._met) >= MOST_MET:
            return
        self._met.add(run)
        print_error(
            f"{self._address}: another reader, on {host or 'some computer'}, is called "
            f"{self._topics.name!r} too, and both write to the same topics; give each reader another --name"
        )
        self._connection.publish_once([self._hello])  # so that the other reader reports it as well
