"""The readers at one broker: the current state of each, and every event exactly once."""

from __future__ import annotations

import json
from collections import deque
from datetime import UTC, datetime
from typing import Any

from digitreader.host.messages import one_line
from digitreader.output.event import BACK, DOUBTFUL, ERROR, FAULT, GONE, NUMBER
from digitreader.output.mqtt.topics import OFFLINE, ONLINE
from digitreader.output.sink import BETWEEN_LINES

STATUS = "status"
REMEMBERED = 4096
"""A broker that broke off sends some events twice; so many names are kept to notice."""


class Fleet:
    """Turns what a broker sends into records: events as readers made them, and ``status`` where one comes or goes.

    Args:
        prefix: what the topics of all readers begin with.
    """

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._status: dict[str, str] = {}
        self._seen: deque[str] = deque(maxlen=REMEMBERED)

    @property
    def topics(self) -> list[str]:
        """What to ask the broker for."""
        return [f"{self._prefix}/+/{kind}" for kind in ("status", "state", "event")]

    def hear(self, topic: str, payload: bytes, *, retained: bool) -> list[dict[str, Any]]:
        """Take in what the broker sent.

        Args:
            topic: one of `topics`.
            payload: anything; what no reader sends is left out.
            retained: it was sent before this fleet was watched.

        Returns:
            One record, or none where there is nothing new.
        """
        reader, _, kind = topic.removeprefix(f"{self._prefix}/").rpartition("/")
        if kind == "status":
            return self._hear_status(reader, payload.decode("utf-8", "replace"))
        told = parse_object(payload)
        # a reader's state follows each of its events, and is news only for those who were not there; what one that has
        # ended showed last is shown no more
        if kind == "state" and not (retained and told.get("text") and self._status.get(reader) != OFFLINE):
            return []
        name = told.get("id")
        if not isinstance(name, str) or name in self._seen or not isinstance(told.get("event", NUMBER), str):
            return []
        self._seen.append(name)
        return [{"event": NUMBER, **told, "reader": reader}]

    def _hear_status(self, reader: str, status: str) -> list[dict[str, Any]]:
        if status not in {ONLINE, OFFLINE} or self._status.get(reader) == status:
            return []
        self._status[reader] = status
        return [{"event": STATUS, "reader": reader, "status": status}]


def parse_object(payload: bytes) -> dict[str, Any]:
    """The JSON object in a payload; an empty one where there is none."""
    try:
        value = json.loads(payload)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def line_of(record: dict[str, Any]) -> str:
    """Write a record for people: local time, reader, and what there is."""
    line = f"{_local_time(record.get('time'))}  {record['reader']}: {_what(record)}"
    return one_line(line)


def _what(record: dict[str, Any]) -> str:
    kind = record["event"]
    text = str(record.get("text", "")).replace("\n", BETWEEN_LINES)
    if kind == NUMBER:
        confidence = record.get("confidence")
        return f"{text}  ({confidence:.0%})" if isinstance(confidence, (int, float)) else text
    if kind == DOUBTFUL:
        return f"doubtful: {record.get('doubt', text)}"
    if kind == GONE:
        return f"{text} is gone"
    if kind in {FAULT, ERROR, BACK}:
        return str(record.get("message", kind))
    return f"is {record.get('status', kind)}"


def _local_time(told: object) -> str:
    try:
        time = datetime.fromisoformat(str(told))
    except ValueError:
        time = datetime.now(UTC)
    return time.astimezone().strftime("%Y-%m-%d %H:%M:%S")
