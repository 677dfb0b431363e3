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
from digitreader.output.mqtt.topics import MOST_BYTES, OFFLINE, ONLINE
from digitreader.output.sink import BETWEEN_LINES

STATUS, STATE, INFO, FORGOTTEN = "status", "state", "info", "forgotten"
UNREADABLE = "its last message cannot be read; update digitreader there, or look for another sender of this name"
REMEMBERED = 32
"""After a lost connection a broker sends some events twice. To notice that, this many ids of each reader's last events
are kept."""
MOST_READERS = 4096
LONGEST_NAME, LONGEST_TEXT = 200, 4096
EARLIEST_YEAR, LATEST_YEAR = 1970, 9998
"""Times of other years are left out: some of them cannot be converted to local time."""
LARGEST_NUMBER = 2**53


class Fleet:
    """Turns a broker's messages into records: the readers' events, and ``status`` when a reader comes or goes.

    Args:
        prefix: the beginning of the topics of all readers.
        infos: also make records of each reader's model and frame rate, and of readers that were forgotten.
    """

    def __init__(self, prefix: str, *, infos: bool = False) -> None:
        self._prefix, self._infos = prefix, infos
        self._status: dict[str, str] = {}
        self._seen: dict[str, deque[str]] = {}
        self.misfits: Counter[str] = Counter()

    @property
    def topics(self) -> list[str]:
        """The topics to subscribe to."""
        return [f"{self._prefix}/+/{kind}" for kind in (STATUS, STATE, "event", *[INFO] * self._infos)]

    def hear(self, topic: str, payload: bytes, *, retained: bool) -> list[dict[str, Any]]:
        """Take a message of the broker.

        Args:
            topic: one of `topics`.
            payload: anything; a payload that no reader sends is left out, and with `infos` it is a fault.
            retained: it was sent before this fleet was watched.

        Returns:
            One record, or none if there is nothing new.
        """
        reader, _, kind = topic.removeprefix(f"{self._prefix}/").rpartition("/")
        if kind == STATUS:
            return self._hear_status(reader, payload.decode("utf-8", "replace"))
        if not payload or (kind == STATE and not retained):
            # so a retained message is taken back; and a state follows each of a reader's events
            return []
        record = parse_record(payload, needed="id" if kind != INFO else "model")
        if record is None:
            return self._refuse(reader, kind)
        if kind == INFO:
            return [{**record, "event": INFO, "reader": reader}]
        if kind == STATE:
            record |= self._news_in_state(reader, record)
        if (kind == STATE and "event" not in record) or not self._is_new(reader, record["id"]):
            return []
        return [{"event": NUMBER, **record, "reader": reader}]

    def _news_in_state(self, reader: str, record: dict[str, Any]) -> dict[str, Any]:
        """The records of a retained state for a new watcher, without the last number of a reader that has ended."""
        if self._status.get(reader) == OFFLINE:
            return {}
        if self._infos and record.get("fault"):
            return {"event": FAULT, "message": record["fault"]}
        return {"event": NUMBER} if record.get("text") else {}

    def _is_new(self, reader: str, name: str) -> bool:
        if reader not in self._seen and len(self._seen) >= MOST_READERS:
            self._count_misfit("more readers than can be")
            return False
        seen = self._seen.setdefault(reader, deque(maxlen=REMEMBERED))
        if not name or name in seen:
            return False
        seen.append(name)
        return True

    def _hear_status(self, reader: str, status: str) -> list[dict[str, Any]]:
        if not status and self._infos:  # its retained messages are taken back
            self._status.pop(reader, None)
            self._seen.pop(reader, None)
            return [{"event": FORGOTTEN, "reader": reader}]
        if status not in {ONLINE, OFFLINE} or self._status.get(reader) == status:
            return []
        if len(self._status) >= MOST_READERS and reader not in self._status:
            self._count_misfit("more readers than can be")
            return []
        self._status[reader] = status
        return [{"event": STATUS, "reader": reader, "status": status}]

    def _refuse(self, reader: str, kind: str) -> list[dict[str, Any]]:
        """Count a message that cannot be read; for a table, a fault of its reader takes its place."""
        self._count_misfit(reader)
        if not self._infos or kind == INFO or reader not in self.misfits:
            return []
        return [{"event": FAULT, "reader": reader, "message": UNREADABLE}]

    def _count_misfit(self, reader: str) -> None:
        """Print a message for a reader's first message that does not fit, and count the others."""
        if len(self.misfits) < MOST_READERS or reader in self.misfits:
            self.misfits[reader] += 1
        if self.misfits[reader] == 1:
            print_error(f"{reader[:LONGEST_NAME]}: sends messages that no reader sends; they are left out")


def parse_object(payload: bytes) -> dict[str, Any]:
    """The JSON object in a payload, with finite numbers only; an empty one if there is none."""
    try:
        value = _DECODER.decode(payload.decode())
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def parse_record(payload: bytes, *, needed: str = "id") -> dict[str, Any] | None:
    """The record that a reader has sent; None if a field is not of the right kind.

    Fields that no reader sends are left out.

    Args:
        payload: anything.
        needed: a text field that it must have.
    """
    if len(payload) > MOST_BYTES:
        return None
    record = parse_object(payload)
    record = {name: record[name] for name in _FIELDS if name in record}
    fits = isinstance(record.get(needed), str) and all(_FIELDS[name](value) for name, value in record.items())
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


_DECODER = json.JSONDecoder(parse_constant=_refuse, parse_float=_finite, parse_int=_bounded)


def _is_name(value: object) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_NAME


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_TEXT


def _is_share(value: object) -> bool:
    return value is None or (type(value) in {int, float} and 0 <= float(str(value)) <= 1)


def _is_count(value: object) -> bool:
    return type(value) is int and value >= 0


def _is_amount(value: object) -> bool:
    return type(value) in {int, float} and 0 <= float(str(value)) <= LARGEST_NUMBER


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
    "doubt": _is_text,
    "model": _is_name,
    "host": _is_name,
    "version": _is_name,
    "fps": _is_amount,
    "next_s": _is_amount,
    "lines": lambda value: isinstance(value, list),
}
"""Each field that readers send, with its check."""


def line_of(record: dict[str, Any]) -> str:
    """A record as a line for people: local time, reader, and what happened."""
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


def _local_time(timestamp: object) -> str:
    try:
        time = datetime.fromisoformat(str(timestamp))
    except ValueError:
        time = datetime.now(UTC)
    return time.astimezone().strftime("%Y-%m-%d %H:%M:%S")
