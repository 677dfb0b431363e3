"""The settings of outputs: the places beside stdout, and what they need."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from digitreader.output.meter import NO_METER, MeterFacts

FORMATS = ("text", "jsonl", "csv", "events", "none")
"""The values of `--format`: how readings are printed to stdout."""


@dataclass(frozen=True, slots=True)
class Place:
    """One place for readings.

    Attributes:
        kind: a key of `kinds.KINDS`.
        where: the file, folder, command or address; it may contain a secret.
    """

    kind: str
    where: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class BrokerSettings:
    """Access to an MQTT broker.

    Attributes:
        user: the user's name; empty if the broker asks for none.
        password: never shown.
        ca_file: the trusted certificates; None for those of the system.
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
    """The places, and the settings that they share.

    Attributes:
        places: in the order in which they were asked for.
        name: the reader's name.
        timeout_s: the limit for one run of a command, or one attempt of a webhook.
        bound: how many events may wait for each place.
        has_display: there is a desktop to open a window on.
        keep_bytes: the most bytes that each file, video and folder of pictures may take; None keeps all.
        recording_bytes: the same for outputs that grow with every frame, if `keep_bytes` is None.
        ca_file: the trusted certificates for webhooks and brokers; None for those of the system.
        model: the name of the model, for people who watch many readers.
        every_s: seconds between two readings of a camera that is opened each time; None if it is read all the time.
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
        """The most bytes that a place may take; None if all is kept."""
        return self.recording_bytes if recording and self.keep_bytes is None else self.keep_bytes
