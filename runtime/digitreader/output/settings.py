"""The settings of outputs: the places beside stdout, and what they need."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from digitreader.output.meter import NO_METER, MeterFacts

FORMATS = ("text", "jsonl", "csv", "events", "none")
"""What `--format` may say: how readings are printed to stdout."""


@dataclass(frozen=True, slots=True)
class Place:
    """One place for readings.

    Attributes:
        kind: a key of `kinds.KINDS`.
        where: the file, folder, command or address; it may hold a secret.
    """

    kind: str
    where: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class BrokerSettings:
    """Access to an MQTT broker.

    Attributes:
        user: its name; empty if the broker asks for none.
        password: never shown.
        ca_file: the certificates that are trusted; None for those of the system.
        discovery: the prefix of Home Assistant's discovery topics; empty for no discovery.
        meter: the description of the number for Home Assistant.
    """

    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: Path | None = None
    discovery: str = "homeassistant"
    meter: MeterFacts = NO_METER


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
        recording_bytes: the same of what grows with every frame, where `keep_bytes` is None.
        ca_file: the certificates that webhooks and brokers are trusted by; None for those of the system.
        model: the name of the model that reads, for those who watch many readers.
        every_s: the camera is opened this often and read once; None if it is read all the time.
    """

    places: tuple[Place, ...] = ()
    name: str = "digitreader"
    timeout_s: float = 10.0
    bound: int = 1000
    has_display: bool = False
    keep_bytes: int | None = None
    recording_bytes: int | None = None
    ca_file: Path | None = None
    broker: BrokerSettings = BrokerSettings()
    model: str = ""
    every_s: float | None = None

    def most_bytes(self, *, recording: bool) -> int | None:
        """The most that a place may take; None if all is kept."""
        return self.recording_bytes if recording and self.keep_bytes is None else self.keep_bytes
