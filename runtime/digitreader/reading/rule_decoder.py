"""Decodes a line under the rules: the most probable number, or ? if a digit is not sure."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby, islice
from typing import NamedTuple

import numpy as np

from digitreader.reading.number_history import NumberHistory
from digitreader.reading.number_rules import NONE, Chances, Decoded, NumberRules, decode
from digitreader.reading.number_signs import joined_numbers, readings_with_point, with_point
from digitreader.reading.wheels import lower_on_wheels, with_last_between
from digitreader.values import UNSURE, Box, Line, Number, Page, Reading, around

MOST_ALTERNATIVES = 3


def numbers_in(line: Line) -> list[tuple[Reading, ...]]:
    """The readings of a line, number by number."""
    return [tuple(readings) for _, readings in groupby(line.readings, key=lambda reading: reading.group)]


def decode_number(
    readings: Sequence[Reading], fits: Callable[[str], bool], *, threshold: float, places: int = 0
) -> tuple[tuple[Reading, ...], Number]:
    """Read a number by the rules.

    Args:
        readings: every candidate for one of its digits, also those that are less sure than `threshold`.
        fits: whether a number keeps the rules.
        threshold: the least evidence of a digit that is accepted without rules.
        places: this many digits stand behind the number's point, whether it is seen or not; 0 sets no point.

    Returns:
        The readings of the number, and what is known of it. If the rules are broken: the readings that are accepted
        without rules, none of them sure.
    """
    chances, signs = np.stack([chances_in(each, threshold) for each in readings]), [each.before for each in readings]
    decoded = decode(chances, fits, threshold=threshold, signs=signs)
    if decoded is None:
        accepted = readings_with_point([each for each in readings if evidence_in(each) >= threshold], places)
        plain = text_of(accepted), math.prod(each.confidence for each in accepted)
        chosen = tuple(map(rule_breaking, accepted))
        return chosen, Number(text_of(chosen), 0.0, fits=False, alternatives=(plain,))
    chosen = readings_with_point(readings_of(decoded, readings), places)
    text = text_of(chosen)
    likely = islice(decoded.texts.items(), MOST_ALTERNATIVES if UNSURE in text else 0)
    alternatives = tuple((with_point(number, places), chance) for number, chance in likely)
    return chosen, Number(text, decoded.confidence, fits=True, alternatives=alternatives)


def readings_of(decoded: Decoded, readings: Sequence[Reading]) -> tuple[Reading, ...]:
    """The candidates that are digits of the number, or may be."""
    chosen, sign = [], ""
    for slot, reading in enumerate(readings):
        sure, chances = bool(decoded.sure[slot]), decoded.chances[slot]
        sign += reading.before
        if sure and decoded.labels[slot] == NONE:
            continue
        digit = int(chances.argmax())
        confidence, each = float(chances[digit]), tuple(chances.tolist())
        chosen.append(replace(reading, digit=digit, confidence=confidence, chances=each, sure=sure, before=sign))
        sign = ""
    return tuple(chosen)


def rule_breaking(reading: Reading) -> Reading:
    """A reading of a number that breaks the rules; its confidence is set to 0."""
    return replace(reading, confidence=0.0, chances=tuple(chances_of(reading).tolist()), sure=False)


def chances_of(reading: Reading) -> Chances:
    """How likely a reading is each digit, (10,); without these values, its confidence counts for its own digit."""
    if reading.chances:
        return np.array(reading.chances)
    alone = np.zeros(10)
    alone[reading.digit] = reading.confidence
    return alone


def evidence_in(reading: Reading) -> float:
    """The evidence for a reading's digit; without this value, its confidence counts."""
    return reading.evidence if reading.chances else reading.confidence


def chances_in(reading: Reading, threshold: float) -> Chances:
    """How likely a candidate is each digit, (10,); with too little evidence, only its evidence counts.

    Most accepted glyphs are digits. Many of the others are letters and blots. Rules that do not limit the number of
    digits would read them as the digits that they resemble.
    """
    if reading.chances and reading.evidence < min(threshold, reading.confidence):
        return chances_of(reading) * (reading.evidence / reading.confidence)
    return chances_of(reading)


def text_of(readings: Sequence[Reading]) -> str:
    """The digits of a number with its signs, a question mark for each digit that is not sure."""
    return "".join(reading.before + reading.text for reading in readings)


def box_round(readings: Sequence[Reading]) -> Box:
    """The smallest box round all the digits of a number."""
    return around(*(reading.box for reading in readings))


class _Decoded(NamedTuple):
    """A number of a line.

    Attributes:
        readings: its digits by all rules.
        number: what is known of it.
        doubt: why it cannot follow the number before it in its place; empty if it can.
        plain: if it cannot, its digits by the rules that concern a single number.
    """

    readings: tuple[Reading, ...]
    number: Number
    doubt: str = ""
    plain: tuple[Reading, ...] = ()


class RuleDecoder:
    """Reads numbers by the rules.

    Args:
        rules: the rules that each number must keep.
        threshold: the model's least evidence of a digit that is accepted without rules.
        history: the numbers that were announced; a new history in memory if none is given.
    """

    def __init__(self, rules: NumberRules, threshold: float, history: NumberHistory | None = None) -> None:
        self._rules = rules
        self._threshold = threshold
        self._history = history or NumberHistory()
        self._on_wheels: tuple[Reading, ...] = ()

    @property
    def joins_over_signs(self) -> bool:
        """Whether the marks of a line decide what is one number."""
        return bool(self._rules.form) or self._rules.signed

    def decode(self, page: Page) -> Page:
        """Decode every number of a page.

        Args:
            page: with every candidate, also those that are less sure than the threshold.

        Returns:
            The page with `Line.numbers`; a number of which no digit is accepted without rules is left out.
        """
        lines = (_line_of(line, self._decode_line(line, page.time_s)) for line in page.lines)
        return replace(page, lines=tuple(line for line in lines if line.readings))

    def decode_steady(self, page: Page) -> tuple[Page, Page | None]:
        """Decode a page, and leave out numbers that do not fit: the stream goes on, and they may be something else.

        Returns:
            The page with the numbers that fit. And the page, with its `doubt`, of the numbers that keep every rule but
            cannot follow the number before them; None if there are none.
        """
        lines = [(line, self._decode_line(line, page.time_s)) for line in page.lines]
        if self._rules.wheels:
            self._on_wheels = _whole_number(lines) or self._on_wheels
        fitting = [_line_of(line, [each for each in numbers if each.number.fits]) for line, numbers in lines]
        doubtful = [_doubtful_line(line, numbers) for line, numbers in lines]
        doubts = [each.doubt for _, numbers in lines for each in numbers if each.doubt]
        steady = replace(page, lines=tuple(line for line in fitting if line.readings))
        if not doubts:
            return steady, None
        return steady, replace(page, lines=tuple(line for line in doubtful if line.readings), doubt="; ".join(doubts))

    def remember(self, page: Page) -> None:
        """Remember the numbers of an announced page; later numbers are compared with them."""
        for readings in (number for line in page.lines for number in numbers_in(line)):
            text = text_of(readings)
            if UNSURE not in text:
                self._history.remember(box_round(readings), text, page.time_s)

    def _decode_line(self, line: Line, time_s: float) -> list[_Decoded]:
        if self.joins_over_signs:
            line = joined_numbers(line, self._rules.number_form, signed=self._rules.signed)
        numbers = []
        for each in numbers_in(line):
            candidates = lower_on_wheels(each) if self._rules.wheels else each
            accepted = [each for each in candidates if evidence_in(each) >= self._threshold]
            if self._rules.wheels and len(whole := with_last_between(accepted, self._on_wheels)) > len(accepted):
                candidates, accepted = whole, list(whole)
            if accepted:
                numbers.append(self._decode_number(candidates, box_round(accepted), time_s))
        return numbers

    def _decode_number(self, candidates: Sequence[Reading], box: Box, time_s: float) -> _Decoded:
        rules, (least, most) = self._rules, self._history.limits(box, time_s, self._rules)
        decoded = partial(decode_number, candidates, threshold=self._threshold, places=rules.point)
        chosen, number = decoded(partial(rules.fits, least=least, most=most))
        if number.fits or (least is None and most is None):
            return _Decoded(chosen, number)
        plain, read = decoded(rules.fits)
        doubtful = read.fits and UNSURE not in read.text
        doubt = self._history.why_not(text_of(plain), box, time_s, rules) if doubtful else ""
        return _Decoded(chosen, number, doubt, plain)


def _line_of(line: Line, numbers: Sequence[_Decoded]) -> Line:
    readings = tuple(reading for each in numbers for reading in each.readings)
    return Line(readings, tuple(each.number for each in numbers), line.marks)


def _whole_number(lines: Sequence[tuple[Line, Sequence[_Decoded]]]) -> tuple[Reading, ...]:
    """The digits of the only number of a page, if there is exactly one and all of it is sure."""
    numbers = [each for _, numbers in lines for each in numbers]
    if len(numbers) != 1 or not numbers[0].number.fits or UNSURE in numbers[0].number.text:
        return ()
    return numbers[0].readings


def _doubtful_line(line: Line, numbers: Sequence[_Decoded]) -> Line:
    return Line(tuple(reading for each in numbers if each.doubt for reading in each.plain), (), line.marks)
