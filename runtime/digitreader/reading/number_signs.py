"""Signs that belong to a number: the point of 12.05, the colon of a clock, the slashes of a date, a minus."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple

from digitreader.values import Box, Line, Mark, Reading

MINUS, POINT = "-", "."
FRACTION = frozenset(".,")
"""The decimal separators."""

NEAR = 0.8
"""A sign belongs to a digit if the gap between them is at most this many digit heights ..."""
APART = 1.0
"""... and a minus belongs to the number behind it if the number before it ends at least this far away."""

CLOCK = re.compile(r"(?:[01]?[0-9]|2[0-3])[:.][0-5][0-9](?:[:.][0-5][0-9])?")
DATE = re.compile(r"([0-9]{1,4})([/.-])([0-9]{1,2})(?:\2([0-9]{1,4}))?")


@dataclass(frozen=True, slots=True)
class NumberForm:
    """One form of numbers that have signs between their digits.

    Attributes:
        signs: those that may stand between two digits.
        most: the most signs that a number has; if it has several, all are equal.
        fits: whether a number with its signs has this form.
    """

    signs: str
    most: int
    fits: Callable[[str], bool]

    def takes(self, signs: Sequence[str]) -> bool:
        """Whether these signs may stand between the digits of one number, in this order."""
        return len(signs) <= self.most and len(set(signs)) <= 1


def is_date(number: str) -> bool:
    """Whether a number is a date: day and month in either order, with or without a year."""
    found = DATE.fullmatch(number)
    if found is None:
        return False
    first, second, third = (part for part in (found[1], found[3], found[4]))
    if len(first) > 2:  # the year comes first
        return len(first) == 4 and third is not None and _day_and_month(second, third)
    return _day_and_month(first, second) and (third is None or len(third) in {2, 4})


def _day_and_month(one: str, other: str) -> bool:
    smaller, greater = sorted((int(one), int(other)))
    return max(len(one), len(other)) <= 2 and 1 <= smaller <= 12 and greater <= 31


FORMS: Mapping[str, NumberForm] = {
    "decimal": NumberForm(".,", 1, lambda number: re.fullmatch(r"[0-9]+(?:[.,][0-9]+)?", number) is not None),
    "clock": NumberForm(":.", 2, lambda number: CLOCK.fullmatch(number) is not None),
    "date": NumberForm("/.-", 2, is_date),
}
"""The forms that ``--expect`` knows, by their names."""


def value_of(number: str) -> Decimal:
    """The value of a number: 12.05 and 12,05 are equal; for a clock or a date, its digits in a row."""
    sign, plain = (-1, number[1:]) if number.startswith(MINUS) else (1, number)
    plain = plain.replace(",", POINT)
    if plain.count(POINT) > 1 or not plain.replace(POINT, "").isdecimal():
        plain = "".join(each for each in plain if each.isdecimal()) or "0"
    return sign * Decimal(plain)


def places_of(number: str) -> int:
    """How many digits stand behind the point of a number; 0 if it has none."""
    at = max(number.rfind(sign) for sign in FRACTION)
    return len(number) - at - 1 if at >= 0 else 0


def with_point(number: str, places: int) -> str:
    """A number with its point before the last places, if it has none and is long enough.

    >>> with_point("12345", 3)
    '12.345'
    """
    if not places or set(number) & FRACTION or len(number.lstrip(MINUS)) <= places:
        return number
    return f"{number[:-places]}{POINT}{number[-places:]}"


def readings_with_point(readings: Sequence[Reading], places: int) -> tuple[Reading, ...]:
    """The readings of one number, with a point before the last places as `with_point` sets it."""
    result = list(readings)
    if places and len(result) > places and not any(each.before in FRACTION for each in result if each.before):
        result[-places] = replace(result[-places], before=POINT)
    return tuple(result)


class _Chain(NamedTuple):
    """Readings that stand together, with the sign before each."""

    readings: list[Reading]
    signs: list[str]


def joined_numbers(line: Line, form: NumberForm | None, *, signed: bool) -> Line:
    """Join the digits of a line to numbers across the signs that belong to them; other marks separate numbers.

    Args:
        line: its digits from left to right, and its marks.
        form: the form of the numbers; None if no signs stand between their digits.
        signed: a minus before a number belongs to it.

    Returns:
        The line with new groups, and with the signs before its readings.
    """
    chains: list[_Chain] = []
    joining = form.signs if form is not None else ""
    for before, reading in zip((None, *line.readings), line.readings, strict=False):
        sign = _sign_between(before, reading, line.marks, joining)
        if before is None or sign is None:
            minus = signed and _has_minus(before, reading, line.marks)
            chains.append(_Chain([reading], [MINUS if minus else ""]))
        else:
            chains[-1].readings.append(reading)
            chains[-1].signs.append(sign)
    whole = [part for chain in chains for part in _fitting(chain, form)]
    result = [
        replace(reading, group=group, before=sign)
        for group, chain in enumerate(whole)
        for reading, sign in zip(chain.readings, chain.signs, strict=True)
    ]
    return replace(line, readings=tuple(result))


def _fitting(chain: _Chain, form: NumberForm | None) -> list[_Chain]:
    """The chain as one number if the form allows its signs; otherwise it is split at each sign."""
    between = [sign for sign in chain.signs[1:] if sign]
    if not between or (form is not None and form.takes(between)):
        return [chain]
    parts: list[_Chain] = []
    for at, (reading, sign) in enumerate(zip(chain.readings, chain.signs, strict=True)):
        if at == 0 or sign:
            parts.append(_Chain([], []))
        parts[-1].readings.append(reading)
        parts[-1].signs.append(sign if at == 0 else "")
    return parts


def _sign_between(before: Reading | None, reading: Reading, marks: Sequence[Mark], joining: str) -> str | None:
    """The sign between a digit and the one before it, empty if there is none; None if they are not of one number."""
    if before is None:
        return None
    between = _marks_between(before, reading, marks)
    if not between:
        return "" if before.group == reading.group else None
    height = max(before.box.height, reading.box.height)
    mark = between[0]
    near = max(_gap(before.box, mark.box), _gap(mark.box, reading.box)) <= NEAR * height
    return mark.sign if len(between) == 1 and mark.sign in joining and near else None


def _has_minus(before: Reading | None, reading: Reading, marks: Sequence[Mark]) -> bool:
    between = _marks_between(before, reading, marks)
    if not between or between[-1].sign != MINUS or _gap(between[-1].box, reading.box) > NEAR * reading.box.height:
        return False
    return before is None or _gap(before.box, between[-1].box) >= APART * reading.box.height


def _marks_between(before: Reading | None, reading: Reading, marks: Sequence[Mark]) -> list[Mark]:
    from_px = float("-inf") if before is None else _middle(before.box)
    return [mark for mark in marks if from_px < _middle(mark.box) < _middle(reading.box)]


def _gap(left: Box, right: Box) -> int:
    return right.x - left.x - left.width


def _middle(box: Box) -> float:
    return box.x + box.width / 2


SAME_PLACE = 0.4
"""Marks of two frames are the same one if they are no further apart than this share of a digit's height."""
OFTEN = 0.4
"""A mark counts if it was seen in this share of the last frames: small dots are missed now and then."""


def steady_marks(frames: Iterable[Sequence[Mark]], height_px: float) -> tuple[Mark, ...]:
    """The marks of a line that were seen often enough in the last frames.

    Args:
        frames: the marks of each of the last frames.
        height_px: the height of the line's digits.
    """
    seen = [list(each) for each in frames]
    places: list[list[Mark]] = []
    for mark in (mark for each in reversed(seen) for mark in each):
        place = next((place for place in places if _near(place[0].box, mark.box, height_px)), None)
        if place is None:
            places.append([mark])
        else:
            place.append(mark)
    kept = [_most_often(place) for place in places if len(place) >= OFTEN * max(len(seen), 1)]
    return tuple(sorted(kept, key=lambda mark: _middle(mark.box)))


def _most_often(place: Sequence[Mark]) -> Mark:
    """The newest of the marks with the sign that was seen most often in one place."""
    signs = [mark.sign for mark in place]
    best = max(signs, key=signs.count)
    return next(mark for mark in place if mark.sign == best)


def _near(one: Box, other: Box, height_px: float) -> bool:
    down = abs(one.y + one.height / 2 - other.y - other.height / 2)
    return max(abs(_middle(one) - _middle(other)), down) <= SAME_PLACE * height_px
