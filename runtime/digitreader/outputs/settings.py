"""What the user asked for: the places to which readings go beside stdout, and what they need."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from digitreader.errors import UsageError
from digitreader.sources.naming import at_home

WITH_PLACE = {
    "text": "FILE",
    "jsonl": "FILE",
    "events": "FILE",
    "csv": "FILE",
    "pictures": "FOLDER",
    "video": "FILE.avi",
    "run": "COMMAND",
}
WINDOW = "window"
WEBHOOK_SCHEMES = ("http", "https")
BROKER_SCHEMES = ("mqtt", "mqtts")


@dataclass(frozen=True, slots=True)
class Place:
    """One place for readings.

    Attributes:
        kind: a key of `WITH_PLACE`, ``window``, ``webhook`` or ``mqtt``.
        where: the file, folder, command or address; it may hold a secret.
    """

    kind: str
    where: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class BrokerSettings:
    """How to come into an MQTT broker.

    Attributes:
        user: its name; empty where the broker asks for none.
        password: never shown.
        ca_file: the certificates that are trusted; None for those of the system.
        discovery: the prefix of Home Assistant's discovery topics; empty for no discovery.
    """

    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: Path | None = None
    discovery: str = "homeassistant"


@dataclass(frozen=True, slots=True)
class OutputSettings:
    """The places, and what they have in common.

    Attributes:
        places: in the order in which they were asked for.
        name: the reader's.
        timeout_s: of one run of a command, or one try of a webhook.
        bound: how many events may wait for each place.
        has_display: there is a desktop to open a window on.
        keep_bytes: the most that each file, video and folder of pictures may take; None keeps all.
        ca_file: the certificates that webhooks and brokers are trusted by; None for those of the system.
    """

    places: tuple[Place, ...] = ()
    name: str = "digitreader"
    timeout_s: float = 10.0
    bound: int = 1000
    has_display: bool = False
    keep_bytes: int | None = None
    ca_file: Path | None = None
    broker: BrokerSettings = BrokerSettings()


def parse_place(text: str) -> Place:
    """Understand ``KIND:WHERE`` or an address.

    Raises:
        UsageError: it is neither. What may be a secret is not repeated.
    """
    kind, colon, where = text.partition(":")
    if text == WINDOW:
        return Place(WINDOW)
    if kind in WEBHOOK_SCHEMES and where.startswith("//"):
        return Place("webhook", text)
    if kind in BROKER_SCHEMES and where.startswith("//"):
        return Place("mqtt", text)
    if kind in WITH_PLACE and where:
        return Place(kind, at_home(where))  # behind a colon no shell has filled it in
    if kind in WITH_PLACE:
        raise UsageError(f"--output {kind}: where to? write it as {kind}:{WITH_PLACE[kind]}")
    known = [*(f"{name}:{place}" for name, place in WITH_PLACE.items()), WINDOW, "http(s)://...", "mqtt(s)://..."]
    given = (kind if colon else text).partition("/")[0]
    raise UsageError(f"--output {given}: there is no such output; there are {', '.join(known)}")
