"""The readers at one broker: the current state of each, and every event exactly once."""

from __future__ import annotations

import json
import math
from collections import Counter, deque
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from digitreader.host.messages import one_line, print_error
from digitreader.output.event import BACK, DOUBTFUL, ERROR, FAULT, GONE, NUMBER
from digitreader.output.mqtt.topics import OFFLINE, ONLINE
from digitreader.output.sink import BETWEEN_LINES

STATUS = "status"
REMEMBERED = 4096
"""A broker that broke off sends some events twice; so many names are kept to notice."""
MOST_BYTES, MOST_READERS = 262_144, 4096
LONGEST_NAME, LONGEST_TEXT = 200, 4096
EARLIEST_YEAR, LATEST_YEAR = 1970, 9998
"""Of the others some are no local time."""
LARGEST_NUMBER = 2**53


class Fleet:
    """Turns what a broker sends into records: events as readers made them, and ``status`` where one comes or goes.

    Args:
        prefix: what the topics of all readers begin with.
    """

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._status: dict[str, str] = {}
        self._seen: deque[str] = deque(maxlen=REMEMBERED)
        self.misfits: Counter[str] = Counter()

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
        if not payload:  # so a retained message is taken back
            return []
        told = parse_record(payload)
        if told is None:
            self._count_misfit(reader)
            return []
        # a reader's state follows each of its events, and is news only for those who were not there; what one that has
        # ended showed last is shown no more
        if kind == "state" and not (retained and told.get("text") and self._status.get(reader) != OFFLINE):
            return []
        name = told["id"]
        if not name or name in self._seen:
            return []
        self._seen.append(name)
        return [{"event": NUMBER, **told, "reader": reader}]

    def _hear_status(self, reader: str, status: str) -> list[dict[str, Any]]:
        if status not in {ONLINE, OFFLINE} or self._status.get(reader) == status:
            return []
        if len(self._status) >= MOST_READERS and reader not in self._status:
            self._count_misfit("more readers than can be")
            return []
        self._status[reader] = status
        return [{"event": STATUS, "reader": reader, "status": status}]

    def _count_misfit(self, reader: str) -> None:
        """Name a reader that sends what does not fit, once; the others of its messages are counted."""
        if len(self.misfits) < MOST_READERS or reader in self.misfits:
            self.misfits[reader] += 1
        if self.misfits[reader] == 1:
            print_error(
                f"{reader[:LONGEST_NAME]}: sends what no reader sends; it is left out, and so are others like it"
            )


def parse_object(payload: bytes) -> dict[str, Any]:
    """The JSON object in a payload, whose numbers are all finite; an empty one where there is none."""
    try:
        value = json.loads(payload, parse_constant=_refuse, parse_float=_finite, parse_int=_bounded)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def parse_record(payload: bytes) -> dict[str, Any] | None:
    """What a reader has sent, once each field is what it must be; None where one is not.

    Fields that no reader sends are left out.
    """
    if len(payload) > MOST_BYTES:
        return None
    told = parse_object(payload)
    record = {name: told[name] for name in _FIELDS if name in told}
    fits = isinstance(record.get("id"), str) and all(_FIELDS[name](value) for name, value in record.items())
    return record if fits else None


def _refuse(word: str) -> float:
    raise ValueError(word)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _bounded(text: str) -> int:
    number = int(text)
    if not -LARGEST_NUMBER <= number <= LARGEST_NUMBER:
        raise ValueError("too large a number")
    return number


def _is_name(value: object) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_NAME


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_TEXT


def _is_share(value: object) -> bool:
    return value is None or (type(value) in {int, float} and 0 <= float(str(value)) <= 1)


def _is_count(value: object) -> bool:
    return type(value) is int and value >= 0


def _is_time(value: object) -> bool:
    if not _is_name(value):
        return False
    try:
        return EARLIEST_YEAR <= datetime.fromisoformat(str(value)).year <= LATEST_YEAR
    except ValueError:
        return False


_FIELDS: dict[str, Callable[[object], bool]] = {
    "event": _is_name,
    "id": _is_name,
    "reader": _is_name,
    "time": _is_time,
    "source": _is_text,
    "message": _is_text,
    "frame": _is_count,
    "text": _is_text,
    "confidence": _is_share,
    "fault": _is_text,
    "rotated": lambda value: type(value) is int,
    "lines": lambda value: isinstance(value, list),
}
"""Each field that readers send, and what it must be."""


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
