"""The readers at one broker as a table: one row for each, those with a problem first."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from digitreader.host.messages import one_line
from digitreader.output.event import DOUBTFUL, ERROR, FAULT, NUMBER
from digitreader.output.mqtt.fleet import FORGOTTEN, INFO, STATUS
from digitreader.output.mqtt.topics import OFFLINE, ONLINE
from digitreader.output.sink import BETWEEN_LINES

FINE, SILENT = "fine", "silent"
STATES = (OFFLINE, SILENT, FAULT, DOUBTFUL, FINE)
"""The states of a reader, the worst first."""
SILENT_AFTER = 3.0
"""A reader is silent if it has reported nothing for this many times its usual interval."""
SKEWED_S = 30.0
"""A reader's clock is called wrong if it differs by this many seconds from the clock of this computer."""
LEAST_WIDTH, MOST_NUMBER, MOST_MODEL = 60, 24, 12


@dataclass(slots=True)
class ReaderRow:
    """What is known of one reader; times are seconds since 1970 by the clock of this computer.

    Attributes:
        number: what it shows now; empty if it shows nothing.
        since: when the number or the state changed last; None if that is not known.
        confidence: 0..1 of the number.
        fps: frames a second; None if it has not reported them.
        model: the name of its model.
        online: whether it is connected to the broker; None if that is not known.
        wrong: what is wrong with its camera; empty if nothing is wrong.
        doubt: why the last number that was steady cannot follow on the one before it; empty if it can.
        heard: when it reported last, by a clock that is never set.
        next_s: in how many seconds it wanted to report again; None if it did not say.
        skew_s: how far its clock is ahead of this computer's; None if that is not known.
    """

    name: str
    number: str = ""
    since: float | None = None
    confidence: float | None = None
    fps: float | None = None
    model: str = ""
    online: bool | None = None
    wrong: str = ""
    doubt: str = ""
    heard: float = 0.0
    next_s: float | None = None
    skew_s: float | None = None

    def state(self, now: float) -> str:
        """One of `STATES`, at a moment of the clock that is never set."""
        if self.online is False:
            return OFFLINE
        if self.wrong:
            return FAULT
        if self.next_s is not None and now - self.heard > SILENT_AFTER * self.next_s:
            return SILENT
        return DOUBTFUL if self.doubt else FINE

    def note(self, now: float) -> str:
        """What a person should know beside the state."""
        if self.state(now) == SILENT:
            return f"no frames for {_span(now - self.heard)}"
        trouble = self.wrong or self.doubt
        if not trouble and self.skew_s is not None and abs(self.skew_s) > SKEWED_S:
            return f"its clock is {_span(abs(self.skew_s))} {'ahead' if self.skew_s > 0 else 'behind'}"
        return trouble.removeprefix(f"{self.name}: ")


class FleetTable:
    """Keeps the current state of a fleet from its records.

    Args:
        clock: the time of day, in seconds since 1970.
        steady: a clock that is never set, in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.time, steady: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._steady = clock, steady
        self._rows: dict[str, ReaderRow] = {}

    def hear(self, record: Mapping[str, Any], *, retained: bool) -> None:
        """Take a record.

        Args:
            record: as `Fleet.hear` gives it, with ``infos``.
            retained: the broker had it before this program connected.
        """
        if record["event"] == FORGOTTEN:
            self._rows.pop(record["reader"], None)
            return
        row = self._rows.setdefault(record["reader"], ReaderRow(record["reader"]))
        if record["event"] == INFO:
            self._hear_info(row, record, retained=retained)
        elif record["event"] == STATUS:
            row.online = record["status"] == ONLINE
            row.since = row.since if retained else self._clock()
            if not row.online:
                row.number, row.wrong, row.doubt, row.next_s, row.fps = "", "", "", None, None
        else:
            self._hear_event(row, record, retained=retained)

    def _hear_info(self, row: ReaderRow, record: Mapping[str, Any], *, retained: bool) -> None:
        row.model, row.fps = record["model"], record.get("fps")
        row.heard, row.next_s = self._steady(), record.get("next_s")
        if not retained and (moment := _moment(record.get("time"))) is not None:
            row.skew_s = moment - self._clock()

    def _hear_event(self, row: ReaderRow, record: Mapping[str, Any], *, retained: bool) -> None:
        kind, text = record["event"], str(record.get("text", "")).replace("\n", BETWEEN_LINES)
        row.since = self._since(row, record) if retained else self._clock()
        row.heard = row.heard if retained else self._steady()  # a reader that sends numbers is not silent
        row.wrong = ""
        if kind == DOUBTFUL:  # the number before it stays the one that is shown
            row.doubt = str(record.get("doubt") or text or kind)
            return
        row.doubt = ""
        row.number = text if kind == NUMBER else ""
        row.confidence = record.get("confidence") if kind == NUMBER else None
        if kind in {FAULT, ERROR}:
            row.wrong = str(record.get("message") or kind)
        elif kind == NUMBER and record.get("fault"):
            row.wrong = str(record["fault"])

    def _since(self, row: ReaderRow, record: Mapping[str, Any]) -> float | None:
        """The time at which a number came, never later than now, because clocks differ."""
        moment = _moment(record.get("time"))
        return None if moment is None else min(moment - (row.skew_s or 0.0), self._clock())

    def rows(self, only: str = "") -> list[ReaderRow]:
        """The readers whose names contain a text, the worst state first, then by name, 2 before 10."""
        now, wanted = self._steady(), only.casefold()
        chosen = (row for row in self._rows.values() if wanted in row.name.casefold())
        return sorted(chosen, key=lambda row: (STATES.index(row.state(now)), _natural(row.name)))

    def lines(self, *, width: int, height: int | None = None, only: str = "", title: str = "") -> list[str]:
        """The table as lines.

        Args:
            width: the most characters of a line.
            height: the most lines, at least 4; the rows that do not fit, those in the best state, are only counted.
                None shows all.
            only: only readers whose names contain this text.
            title: the first words of the first line.
        """
        rows, now = self.rows(only), self._steady()
        counted = Counter(row.state(now) for row in rows)
        summary = ", ".join(f"{counted[state]} {state}" for state in STATES if counted[state]) or "no readers yet"
        room = len(rows) if height is None else max(1, height - 3)
        shown = rows if len(rows) <= room else rows[: room - 1]
        cells = [_HEAD, *(self._cells(row, now) for row in shown)]
        lines = [f"{title}{': ' if title else ''}{summary}", *_aligned(cells)]
        if len(shown) < len(rows):
            lines.append(f"and {len(rows) - len(shown)} more, none of them worse")
        return [one_line(line)[: max(width, LEAST_WIDTH)].rstrip() for line in lines]

    def _cells(self, row: ReaderRow, now: float) -> tuple[str, ...]:
        since = "" if row.since is None else _span(max(0.0, self._clock() - row.since))
        sure = "" if row.confidence is None else f"{row.confidence:.0%}"
        fps = "" if row.fps is None else f"{row.fps:.3g}"
        number, model = row.number[:MOST_NUMBER], row.model[:MOST_MODEL]
        return (row.name, number, since, sure, fps, model, row.state(now), row.note(now))


_HEAD = ("reader", "number", "for", "sure", "fps", "model", "state", "")
_RIGHT = {1, 2, 3, 4}
"""The columns that are aligned to the right."""


def _aligned(cells: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[column]) for row in cells) for column in range(len(_HEAD))]
    return [
        "  ".join(
            cell.rjust(width) if column in _RIGHT else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    ]


def _moment(timestamp: object) -> float | None:
    try:
        moment = datetime.fromisoformat(str(timestamp))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def _span(seconds: float) -> str:
    """A span of time in its largest unit: 12 s, 5 min, 3 h, 9 d."""
    for unit, length_s in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * length_s:
            return f"{seconds / length_s:.0f} {unit}"
    return f"{seconds:.0f} s"


def _natural(name: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdecimal() and part.isascii() else (-1, part) for part in re.split(r"(\d+)", name)]
