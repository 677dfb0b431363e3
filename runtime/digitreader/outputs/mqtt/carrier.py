"""What carries events to a broker, keeps the reader's status true, and notices another reader of its name."""

from __future__ import annotations

import json
import platform
import secrets

from digitreader.outputs.event import Event
from digitreader.outputs.mqtt.address import Address
from digitreader.outputs.mqtt.discovery import discovery_messages
from digitreader.outputs.mqtt.fleet import parse_object
from digitreader.outputs.mqtt.link import Link
from digitreader.outputs.mqtt.topics import OFFLINE, ONLINE, Message, Topics
from digitreader.outputs.settings import BrokerSettings
from digitreader.talk import complain


class BrokerCarrier:
    """Publishes events, each until the broker has it (quality of service 1).

    Args:
        address: of the broker.
        settings: how to come in.
        name: the reader's.
        run: told apart by it from another reader of this name, and from an earlier run.

    Raises:
        UsageError: the name cannot be part of a topic.
        MissingExtraError: paho-mqtt is not installed.
        OutputError: the file of trusted certificates cannot be read.
    """

    def __init__(self, address: Address, settings: BrokerSettings, *, name: str, run: str) -> None:
        self._address = address
        self._topics = Topics(address.prefix, name)
        self._discovery = discovery_messages(settings.discovery, self._topics) if settings.discovery else []
        self._online = Message(self._topics.status, ONLINE, retain=True)
        self._offline = Message(self._topics.status, OFFLINE, retain=True)
        self._hello = Message(self._topics.hello, json.dumps({"run": run, "host": platform.node()}))
        self._state = self._topics.nothing()
        self._known = self._greeted = False
        self._run = run
        self._met: set[str] = set()
        self._leaving = False
        # two clients of one id would throw each other out for ever, those of one run too
        client_id = f"digitreader-{name}-{run}-{secrets.token_hex(2)}"
        self._link = Link(
            address, settings, client_id=client_id, will=self._offline, on_up=self._greet, on_message=self._hear
        )
        self._link.start()

    @property
    def where(self) -> str:
        """The address without the user."""
        return str(self._address)

    def wants(self, event: Event) -> bool:  # noqa: ARG002
        """All of them."""
        return True

    def deliver(self, event: Event) -> None:
        """Publish it; this lasts for as long as the broker is away.

        Raises:
            DeliveryError: it was abandoned.
        """
        messages = self._topics.messages(event)
        self._link.wait_for_beginning()
        # before it is published, so that a connection that comes back in between never tells an older one
        self._state = messages[-1]
        self._link.publish(messages)

    def abandon(self) -> None:
        """Say goodbye and end the connection."""
        self._leaving = True
        self._link.close([self._offline])

    def _greet(self) -> None:
        self._link.subscribe([self._topics.hello, self._topics.status, self._topics.state])
        # the number that an earlier run has left at the broker is shown no more; what this run has told since follows
        first = [] if self._greeted else [self._state]
        self._known, self._greeted = not self._greeted, True
        self._link.tell([self._online, *first, *self._discovery, self._hello])

    def _hear(self, topic: str, payload: bytes, retained: bool) -> None:
        if topic == self._topics.status and payload == OFFLINE.encode() and not self._leaving:
            # the last will of an earlier run that the broker has only now missed
            self._link.tell([self._online])
        if topic == self._topics.state and retained:
            self._known = True
        if topic == self._topics.hello:
            self._meet(payload)
            self._remind()

    def _remind(self) -> None:
        """Tell a broker that has forgotten it what is shown; what it keeps has come before the hello."""
        if not self._known:
            self._known = True
            self._link.tell([self._state])

    def _meet(self, payload: bytes) -> None:
        other = parse_object(payload)
        run = str(other.get("run", ""))
        if run in {"", self._run} or run in self._met:
            return
        self._met.add(run)
        complain(
            f"{self._address}: another reader, on {other.get('host') or 'some computer'}, is called "
            f"{self._topics.name!r} too, and both write to the same topics; give each a --name of its own"
        )
        self._link.tell([self._hello])  # so that the other one knows as well
