"""A broker's address, and the topics of a reader."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import unquote, urlsplit

from digitreader.errors import UsageError
from digitreader.output.event import DOUBTFUL, ERROR, FAULT, NUMBER, Event, utc_timestamp

PORTS = {"mqtt": 1883, "mqtts": 8883}
PREFIX = "digitreader"
FORM = "a broker's address is mqtt://[USER@]HOST[:PORT][/PREFIX], mqtts:// with TLS"


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """The address of a broker.

    Attributes:
        tls: the connection is encrypted, and the broker's certificate is checked.
        user: empty if the address has none.
        prefix: the beginning of all topics.
    """

    host: str
    port: int
    tls: bool
    user: str
    prefix: str

    def __str__(self) -> str:
        """The address without the user."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"mqtt{'s' if self.tls else ''}://{host}:{self.port}"


def parse_address(text: str) -> BrokerAddress:
    """Parse an address; error messages do not repeat it, because it may contain a password.

    Raises:
        UsageError: it is not an address, or contains a password.
    """
    try:
        parts = urlsplit(text)
        port = PORTS.get(parts.scheme, 0) if parts.port is None else parts.port
        (parts.hostname or "").encode("idna")  # refuses names that no resolver accepts
    except ValueError as error:
        raise UsageError(f"{FORM}; check it; the port is a number up to 65535") from error
    if parts.password is not None:
        raise UsageError(
            "everyone who lists this computer's processes sees a password in an address; "
            "put it into a file that only you may read, and give --password-file FILE"
        )
    prefix = unquote(parts.path).strip("/") or PREFIX
    if parts.scheme not in PORTS or not parts.hostname or port == 0 or parts.query or parts.fragment:
        raise UsageError(f"{FORM}; check it")
    if not all(map(is_topic_level, prefix.split("/"))):
        raise UsageError(f"{FORM}; a prefix has no +, # or $ and no empty part")
    return BrokerAddress(parts.hostname, port, parts.scheme == "mqtts", unquote(parts.username or ""), prefix)


def is_topic_level(name: str) -> bool:
    """Whether a name may be one level of a topic."""
    return bool(name) and name.isprintable() and not name.startswith("$") and not set(name) & set("+#/")


ONLINE, OFFLINE = "online", "offline"

MOST_BYTES = 262_144
"""A message with more is left out: no reader sends one."""


@dataclass(frozen=True, slots=True)
class Message:
    """Something to publish.

    Attributes:
        retain: the broker keeps it for clients that connect later.
    """

    topic: str
    payload: str
    retain: bool = False


@dataclass(frozen=True, slots=True)
class Topics:
    """The topics of one reader.

    Raises:
        UsageError: the reader's name cannot be part of a topic.
    """

    prefix: str
    name: str

    def __post_init__(self) -> None:
        if not is_topic_level(self.name):
            raise UsageError(f"--name {self.name!r}: in MQTT a name has no +, # and /, and does not begin with $")

    @property
    def status(self) -> str:
        """``online`` or ``offline``, retained; the broker publishes ``offline`` when it loses the reader."""
        return f"{self.prefix}/{self.name}/status"

    @property
    def state(self) -> str:
        """JSON, retained: the number that is shown now, and what is wrong."""
        return f"{self.prefix}/{self.name}/state"

    @property
    def event(self) -> str:
        """JSON: every event, once."""
        return f"{self.prefix}/{self.name}/event"

    @property
    def info(self) -> str:
        """JSON, retained: the reader's model, host and version, its frame rate, and when the next report comes."""
        return f"{self.prefix}/{self.name}/info"

    @property
    def hello(self) -> str:
        """JSON: run and host of a reader that has connected, so that another reader of this name notices it."""
        return f"{self.prefix}/{self.name}/hello"

    def messages(self, event: Event) -> list[Message]:
        """The messages that publish an event."""
        payload = json.dumps(event.as_json())
        if event.kind == DOUBTFUL:  # the number before it stays the one that is shown
            return [Message(self.event, payload)]
        return [Message(self.event, payload), Message(self.state, json.dumps(state_of(event)), retain=True)]

    def nothing(self) -> Message:
        """The state message before the first event: no number is shown."""
        state = {"text": "", "confidence": None, "time": utc_timestamp(datetime.now(UTC)), "id": "", "fault": ""}
        return Message(self.state, json.dumps(state), retain=True)


def state_of(event: Event) -> dict[str, str | float | None]:
    """The state after an event: it has no number if the number has left or the camera is away."""
    shown = event.kind == NUMBER
    text = event.text if shown else ""
    confidence = round(event.confidence, 4) if shown and event.confidence is not None else None
    wrong = event.message if event.kind in {FAULT, ERROR} else ""
    return {"text": text, "confidence": confidence, "time": event.time, "id": event.name, "fault": wrong}
