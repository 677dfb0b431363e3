"""Remembers the last announced number in each place, and tells whether a new one can follow it."""

from __future__ import annotations

import json
from collections import deque
from dataclasses import asdict, dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from digitreader.errors import OutputError
from digitreader.host.files import write_atomically
from digitreader.host.messages import print_error
from digitreader.reading.number_rules import NumberRules
from digitreader.reading.number_signs import places_of, value_of
from digitreader.reading.tracks import overlaps
from digitreader.values import Box

MOST_PLACES = 64
SAME_PLACE = 0.3
"""Two numbers are in one place if their boxes are this alike (intersection over union). A sheet of paper that is laid
down again mostly lies elsewhere."""
HOUR_S = 3600.0


@dataclass(frozen=True, slots=True)
class KnownNumber:
    """A number that was announced.

    Attributes:
        box: where it stood, in pixels of the picture as it was taken.
        text: with the signs that belong to it.
        time_s: when it was announced, by the history's clock.
    """

    box: Box
    text: str
    time_s: float

    @property
    def value(self) -> Decimal:
        """Its value."""
        return value_of(self.text)


class NumberHistory:
    """Remembers the last number in each place; with a file, over a restart too.

    Args:
        file: where the history is kept; it is written completely or not at all. None keeps the history in memory. A
            reader with a file reads one meter: if only one number is remembered, a number in another place is compared
            with it too, since the camera may have been moved.
        began_s: when the stream began, in seconds since 1970; the times of its pages count from there.

    Raises:
        OutputError: the file is there and holds no history, or cannot be read.
    """

    def __init__(self, file: Path | None = None, *, began_s: float = 0.0) -> None:
        self._file, self._began_s = file, began_s
        self._known: deque[KnownNumber] = deque(_read(file) if file is not None else (), maxlen=MOST_PLACES)
        self._failing = False

    def at(self, box: Box) -> KnownNumber | None:
        """The number that was announced last in this place; None if there was none."""
        if not self._known:
            return None
        if self._file is not None and len(self._known) == 1:
            return self._known[0]
        shares = overlaps([known.box for known in self._known], [box])[:, 0]
        best = int(shares.argmax())
        return self._known[best] if shares[best] >= SAME_PLACE else None

    def limits(self, box: Box, time_s: float, rules: NumberRules) -> tuple[Decimal | None, Decimal | None]:
        """The least and the greatest value that may follow here and now; None if there is no limit.

        One step of the last digit is always allowed: a meter that counts in steps may have been just before a step.
        """
        known = self.at(box) if rules.increasing or rules.per_hour is not None else None
        if known is None:
            return None, None
        most = None
        if rules.per_hour is not None:
            hours = Decimal(max(0.0, self._began_s + time_s - known.time_s) / HOUR_S)
            most = known.value + rules.per_hour * hours + Decimal(1).scaleb(-places_of(known.text))
        return (known.value if rules.increasing else None), most

    def why_not(self, text: str, box: Box, time_s: float, rules: NumberRules) -> str:
        """Why a number cannot follow here and now; empty if it can."""
        least, most = self.limits(box, time_s, rules)
        known = self.at(box)
        if known is None:
            return ""
        if least is not None and value_of(text) < least:
            return f"{text} is less than {known.text}, which was read before"
        if most is not None and value_of(text) > most:
            hours = max(0.0, self._began_s + time_s - known.time_s) / HOUR_S
            return (
                f"{text} is more than {rules.per_hour} an hour above {known.text}, which was read {hours:.2g} h before"
            )
        return ""

    def remember(self, box: Box, text: str, time_s: float) -> None:
        """Remember a number; if the file cannot be written, print one message."""
        known = self.at(box)
        if known is not None:
            self._known.remove(known)
        self._known.append(KnownNumber(box, text, self._began_s + time_s))
        if self._file is None:
            return
        content = {"numbers": [asdict(each) for each in self._known]}
        try:
            write_atomically(self._file, (json.dumps(content) + "\n").encode())
        except OutputError as error:
            if not self._failing:
                print_error(f"{error}; the history of numbers is not saved")
            self._failing = True
        else:
            self._failing = False


def _read(file: Path) -> list[KnownNumber]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        return [_known(each) for each in content["numbers"]]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise OutputError(f"{file}: cannot be read ({error.strerror}); give a file of your own: --history") from error
    except (ValueError, TypeError, KeyError, RecursionError, InvalidOperation) as error:
        raise OutputError(f"{file}: is not a history of numbers; delete it to start a new one") from error


def _known(record: dict[str, Any]) -> KnownNumber:
    box = Box(**{side: int(value) for side, value in record["box"].items()})
    known = KnownNumber(box, str(record["text"]), float(record["time_s"]))
    if not any(each.isdecimal() for each in known.text):
        raise ValueError(known.text)
    return known
