"""Many readers in one process that publish to a broker like real ones; each has a socket, but no thread.

One machine cannot run a thousand real readers with cameras, only simulate their messages. They speak MQTT 3.1.1 with
quality of service 1: messages that the broker has not acknowledged are sent again after a reconnection.
"""

from __future__ import annotations

import secrets
import selectors
import socket
import struct
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import islice

from digitreader.output.event import NUMBER, Event, utc_timestamp
from digitreader.output.mqtt.topics import OFFLINE, ONLINE, Message, Topics
from digitreader.values import Box, Line, Reading

CONNECT, CONNACK, PUBLISH, PUBACK, DISCONNECT = 0x10, 0x20, 0x30, 0x40, 0xE0
DUPLICATE, AT_LEAST_ONCE, RETAIN = 0x08, 0x02, 0x01
KEEPALIVE_S = 600
AGAIN_S, MOST_AT_ONCE = 0.5, 20
"""Seconds between two attempts to connect, and how many readers try at once."""
SENT_TWICE = 50
"""One event in this many is sent twice, as after a lost connection."""
SKEWED = 10
"""One reader in this many has a clock that is wrong by an hour."""
LAST_S = 60.0
"""Seconds for the broker to acknowledge the last messages."""
NAME, TIME = "NAME-OF-EVENT", "TIME-OF-EVENT"
MOST_UNDER_WAY = 20
"""The most messages of a reader that may wait for the broker; beyond that it makes no new ones."""


def packet(kind: int, body: bytes) -> bytes:
    """A packet of MQTT: its first byte, its length in groups of seven bits, and the rest."""
    length, rest = bytearray(), len(body)
    while True:
        rest, group = divmod(rest, 128)
        length.append(group | (128 if rest else 0))
        if not rest:
            return bytes([kind]) + bytes(length) + body


def text_field(text: str) -> bytes:
    """A text with its length before it."""
    encoded = text.encode()
    return struct.pack(">H", len(encoded)) + encoded


def connect_packet(client_id: str, will: Message) -> bytes:
    """The packet that opens a connection, with the message that the broker publishes when the connection is lost."""
    flags = 0x02 | 0x04 | 0x08 | 0x20  # a clean session, a will of quality 1 that is retained
    head = text_field("MQTT") + bytes([4, flags]) + struct.pack(">H", KEEPALIVE_S)
    return packet(CONNECT, head + text_field(client_id) + text_field(will.topic) + text_field(will.payload))


def publish_packet(message: Message, number: int, *, again: bool = False) -> bytes:
    """The packet that publishes a message, with quality of service 1."""
    kind = PUBLISH | AT_LEAST_ONCE | (RETAIN if message.retain else 0) | (DUPLICATE if again else 0)
    return packet(kind, text_field(message.topic) + struct.pack(">H", number) + message.payload.encode())


@dataclass(slots=True, eq=False)
class SimulatedReader:
    """One reader.

    Attributes:
        ahead: how far its clock is ahead.
        run: the beginning of the names of its events.
        templates: the messages of an event, with `NAME` and `TIME` instead of its name and time.
        due_s: when it has its next number, by a clock that is never set.
        waiting: messages that the broker has not acknowledged, by the number of their packet.
        out: bytes that are still to be sent; `heard` are received bytes that are not a complete packet yet.
        made: how many numbers it has made.
    """

    topics: Topics
    ahead: timedelta
    run: str
    templates: Sequence[Message]
    due_s: float = 0.0
    connection: socket.socket | None = None
    greeted: bool = False
    again_s: float = 0.0
    waiting: dict[int, Message] = field(default_factory=dict)
    out: bytearray = field(default_factory=bytearray)
    heard: bytearray = field(default_factory=bytearray)
    number: int = 0
    made: int = 0

    def say(self, message: Message) -> None:
        """Publish a message; it waits if there is no connection."""
        self.number = self.number % 65_535 + 1
        self.waiting[self.number] = message
        if self.greeted:
            self.out += publish_packet(message, self.number)

    def tell_number(self) -> None:
        """Make a number and send it, sometimes twice."""
        self.made += 1
        name, now = f"{self.run}-{self.made}", utc_timestamp(datetime.now(UTC) + self.ahead)
        messages = [
            replace(each, payload=each.payload.replace(NAME, name).replace(TIME, now)) for each in self.templates
        ]
        for message in messages:
            self.say(message)
        if self.made % SENT_TWICE == 0:
            self.say(messages[0])

    def lost(self, now_s: float) -> None:
        """Note that the connection is lost; it is tried again soon."""
        if self.connection is not None:
            self.connection.close()
        self.connection, self.greeted, self.again_s = None, False, now_s + AGAIN_S
        self.out.clear()
        self.heard.clear()

    def hear(self, content: bytes) -> None:
        """Take bytes from the broker."""
        self.heard += content
        while len(self.heard) >= 2 and len(self.heard) >= 2 + self.heard[1]:
            kind, body = self.heard[0], bytes(self.heard[2 : 2 + self.heard[1]])
            del self.heard[: 2 + self.heard[1]]
            if kind == CONNACK:
                self.greeted = True
                for number, message in self.waiting.items():
                    self.out += publish_packet(message, number, again=True)
            elif kind == PUBACK:
                self.waiting.pop(struct.unpack(">H", body)[0], None)


def make_readers(names: Sequence[str]) -> list[SimulatedReader]:
    """Readers that are not connected yet and have no numbers."""

    def reader(index: int, name: str) -> SimulatedReader:
        topics, digits = Topics("digitreader", name), f"{10_000 + 17 * index}"
        lines = (Line(tuple(Reading(Box(40 * at, 20, 30, 50), int(each), 0.97) for at, each in enumerate(digits))),)
        event = Event(NUMBER, NAME, name, TIME, "0", 1, digits, lines)
        ahead = timedelta(hours=1 if index % SKEWED == SKEWED - 1 else 0)
        made = SimulatedReader(topics, ahead, secrets.token_hex(4), topics.messages(event))
        made.say(Message(made.topics.status, ONLINE, retain=True))
        return made

    return [reader(index, name) for index, name in enumerate(names)]


def run_readers(port: int, names: Sequence[str], *, per_s: float, seconds: float) -> tuple[int, int]:
    """Let readers publish numbers for a while, and wait until the broker has all of them.

    Args:
        port: the port of the broker on this computer.
        names: the names of the readers.
        per_s: the most numbers of each reader in a second.
        seconds: how long.

    Returns:
        How many numbers they had, and how many messages the broker has not acknowledged in the end.
    """
    readers = make_readers(names)
    with selectors.DefaultSelector() as selector:
        while not all(each.greeted for each in readers):
            _connect_some(readers, port, selector)
            _exchange(readers, selector)
        began_s = time.monotonic()
        for index, reader in enumerate(readers):
            reader.due_s = began_s + index / len(names) / per_s
        while (now_s := time.monotonic()) < began_s + seconds:
            for reader in readers:
                if now_s >= reader.due_s and len(reader.waiting) < MOST_UNDER_WAY:
                    reader.tell_number()
                    reader.due_s = max(reader.due_s + 1 / per_s, now_s)
            _connect_some(readers, port, selector)
            _exchange(readers, selector)
        while any(each.waiting for each in readers) and time.monotonic() < began_s + seconds + LAST_S:
            _connect_some(readers, port, selector)
            _exchange(readers, selector)
    for reader in readers:
        _end(reader)
    return sum(each.made for each in readers), sum(len(each.waiting) for each in readers)


def _connect_some(readers: Sequence[SimulatedReader], port: int, selector: selectors.BaseSelector) -> None:
    """Connect a few of the readers that are not connected: with a thousand at once, a broker lets most of them wait."""
    now_s = time.monotonic()
    waiting = (each for each in readers if each.connection is None and now_s >= each.again_s)
    for reader in islice(waiting, MOST_AT_ONCE):
        _connect(reader, port, selector, now_s)


def _connect(reader: SimulatedReader, port: int, selector: selectors.BaseSelector, now_s: float) -> None:
    try:
        connection = socket.create_connection(("127.0.0.1", port), 1.0)
    except OSError:
        reader.lost(now_s)
        return
    connection.setblocking(False)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    reader.connection = connection
    will = Message(reader.topics.status, OFFLINE, retain=True)
    reader.out += connect_packet(f"simulated-{reader.topics.name}", will)
    selector.register(connection, selectors.EVENT_READ, reader)


def _exchange(readers: Sequence[SimulatedReader], selector: selectors.BaseSelector) -> None:
    """Send waiting bytes and receive others, for some milliseconds at most."""
    now_s = time.monotonic()
    for reader in readers:
        if reader.connection is not None and reader.out:
            try:
                del reader.out[: reader.connection.send(reader.out)]
            except BlockingIOError:
                continue
            except OSError:
                _lose(reader, selector, now_s)
    for key, _ in selector.select(0.005):
        reader = key.data
        try:
            content = reader.connection.recv(65_536) if reader.connection else b""
        except BlockingIOError:
            continue
        except OSError:
            content = b""
        if content:
            reader.hear(content)
        else:
            _lose(reader, selector, now_s)


def _lose(reader: SimulatedReader, selector: selectors.BaseSelector, now_s: float) -> None:
    if reader.connection is not None:
        with suppress(KeyError, ValueError):
            selector.unregister(reader.connection)
    reader.lost(now_s)


def _end(reader: SimulatedReader) -> None:
    """Publish that the reader is offline, as a reader does when it ends."""
    if reader.connection is None:
        return
    reader.connection.setblocking(True)
    with suppress(OSError):
        reader.connection.sendall(
            publish_packet(Message(reader.topics.status, OFFLINE, retain=True), 1) + packet(DISCONNECT, b"")
        )
    reader.connection.close()
