"""The topics of one reader, and what is published on them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from digitreader.errors import UsageError
from digitreader.outputs.event import ERROR, FAULT, NUMBER, Event, told_time
from digitreader.outputs.mqtt.address import is_topic_level

ONLINE, OFFLINE = "online", "offline"


@dataclass(frozen=True, slots=True)
class Message:
    """Something to publish.

    Attributes:
        retain: the broker keeps it for those who come later.
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
        """``online`` or ``offline``, retained; the broker itself says ``offline`` when the reader is cut off."""
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
    def hello(self) -> str:
        """The run of a reader that has come; another run with this name notices it."""
        return f"{self.prefix}/{self.name}/hello"

    def messages(self, event: Event) -> list[Message]:
        """What an event publishes."""
        told = json.dumps(event.as_json())
        return [Message(self.event, told), Message(self.state, json.dumps(state_of(event)), retain=True)]

    def nothing(self) -> Message:
        """What is so before the first event: no number is shown."""
        state = {"text": "", "confidence": None, "time": told_time(datetime.now(UTC)), "id": "", "fault": ""}
        return Message(self.state, json.dumps(state), retain=True)


def state_of(event: Event) -> dict[str, str | float | None]:
    """What is so after an event: no number is shown when it has left, or when the camera is away."""
    shown = event.kind == NUMBER
    text = event.text if shown else ""
    confidence = round(event.confidence, 4) if shown and event.confidence is not None else None
    wrong = event.message if event.kind in {FAULT, ERROR} else ""
    return {"text": text, "confidence": confidence, "time": event.time, "id": event.name, "fault": wrong}
