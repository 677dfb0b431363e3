"""What a line says under the rules: the most probable number, or ? where it is not sure."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby, islice

import numpy as np

from digitreader.reading.number_rules import NONE, Chances, Decoded, NumberRules, decode
from digitreader.reading.tracks import overlaps
from digitreader.values import UNSURE, Box, Line, Number, Page, Reading

MOST_ALTERNATIVES = 3


def numbers_in(line: Line) -> list[tuple[Reading, ...]]:
    """The readings of a line, number by number."""
    return [tuple(readings) for _, readings in groupby(line.readings, key=lambda reading: reading.group)]


def decode_number(
    readings: Sequence[Reading], fits: Callable[[str], bool], *, threshold: float
) -> tuple[tuple[Reading, ...], Number]:
    """Read a number by the rules.

    Args:
        readings: every candidate for one of its digits, also those that are less sure than `threshold`.
        fits: whether a number keeps the rules.
        threshold: the least evidence of a digit that is accepted without rules.

    Returns:
        The readings that make the number, and what is known of it. Where the rules are broken, those that are accepted
        without rules, none of them sure.
    """
    decoded = decode(np.stack([chances_in(each, threshold) for each in readings]), fits, threshold=threshold)
    if decoded is None:
        accepted = [each for each in readings if evidence_in(each) >= threshold]
        plain = text_of(accepted), math.prod(each.confidence for each in accepted)
        told = tuple(map(rule_breaking, accepted))
        return told, Number(text_of(told), 0.0, fits=False, alternatives=(plain,))
    told = readings_of(decoded, readings)
    text = text_of(told)
    alternatives = tuple(islice(decoded.texts.items(), MOST_ALTERNATIVES if UNSURE in text else 0))
    return told, Number(text, decoded.confidence, fits=True, alternatives=alternatives)


def readings_of(decoded: Decoded, readings: Sequence[Reading]) -> tuple[Reading, ...]:
    """The candidates that are digits of the number, or may be."""
    told = []
    for slot, reading in enumerate(readings):
        sure, chances = bool(decoded.told[slot]), decoded.chances[slot]
        if sure and decoded.labels[slot] == NONE:
            continue
        digit = int(chances.argmax())
        confidence = float(chances[digit])
        told.append(replace(reading, digit=digit, confidence=confidence, chances=tuple(chances.tolist()), sure=sure))
    return tuple(told)


def rule_breaking(reading: Reading) -> Reading:
    """A reading of a number that breaks the rules; its confidence is set to 0."""
    return replace(reading, confidence=0.0, chances=tuple(chances_of(reading).tolist()), sure=False)


def chances_of(reading: Reading) -> Chances:
    """How likely a reading is each digit, (10,); one that does not say counts with its confidence in its own digit."""
    if reading.chances:
        return np.array(reading.chances)
    alone = np.zeros(10)
    alone[reading.digit] = reading.confidence
    return alone


def evidence_in(reading: Reading) -> float:
    """How much speaks for a reading's digit; one that does not say counts with its confidence."""
    return reading.evidence if reading.chances else reading.confidence


def chances_in(reading: Reading, threshold: float) -> Chances:
    """How likely a candidate is each digit beside others, (10,); with too little evidence, by its evidence alone.

    That a glyph is rarely no digit holds of those that are accepted. Of the others many are letters and blots, which
    rules that leave the number of digits open would read as what they look like most.
    """
    if reading.chances and reading.evidence < min(threshold, reading.confidence):
        return chances_of(reading) * (reading.evidence / reading.confidence)
    return chances_of(reading)


def text_of(readings: Sequence[Reading]) -> str:
    """The digits of a number, a question mark for each that is not sure."""
    return "".join(reading.text for reading in readings)


def box_round(readings: Sequence[Reading]) -> Box:
    """The smallest box round all the digits of a number."""
    boxes = [reading.box for reading in readings]
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    right, bottom = max(box.x + box.width for box in boxes), max(box.y + box.height for box in boxes)
    return Box(left, top, right - left, bottom - top)


MOST_PLACES = 100
"""A camera that is carried about sees numbers in ever new places; the oldest are forgotten."""

SAME_PLACE = 0.05
"""Boxes that overlap so much (their intersection over their union) are one place; paper is not laid twice alike."""


class RuleDecoder:
    """Reads numbers by the rules.

    Args:
        rules: what each number is to keep.
        threshold: the least evidence of a digit that is accepted without rules; the model's own.
    """

    def __init__(self, rules: NumberRules, threshold: float) -> None:
        self._rules = rules
        self._threshold = threshold
        self._places: deque[tuple[Box, int]] = deque(maxlen=MOST_PLACES)

    def decode(self, page: Page) -> Page:
        """Decode every number of a page.

        Args:
            page: with every candidate, also those that are less sure than the threshold.

        Returns:
            The page with `Line.numbers`; where nothing of a number is accepted without rules, there is none.
        """
        lines = (self._decode_line(line) for line in page.lines)
        return replace(page, lines=tuple(line for line in lines if line.readings))

    def decode_steady(self, page: Page) -> Page:
        """Decode a page and leave the numbers out that do not fit: a stream goes on, and they may be something else."""
        decoded = self.decode(page)
        lines = (_fitting_part(line) for line in decoded.lines)
        return replace(decoded, lines=tuple(line for line in lines if line.readings))

    def remember(self, page: Page) -> None:
        """Take the numbers of an announced page as those that the next ones follow on."""
        for readings in (number for line in page.lines for number in numbers_in(line)):
            box, text = box_round(readings), "".join(reading.text for reading in readings)
            if UNSURE not in text:
                known = self._place_of(box)
                if known is not None:
                    self._places.remove(known)
                self._places.append((box, int(text)))

    def _decode_line(self, line: Line) -> Line:
        readings: list[Reading] = []
        numbers: list[Number] = []
        for candidates in numbers_in(line):
            accepted = [each for each in candidates if evidence_in(each) >= self._threshold]
            if accepted:
                fits = partial(self._rules.fits, least=self._least_at(box_round(accepted)))
                told, number = decode_number(candidates, fits, threshold=self._threshold)
                readings.extend(told)
                numbers.append(number)
        return Line(tuple(readings), tuple(numbers), line.marks)

    def _least_at(self, box: Box) -> int:
        place = self._place_of(box) if self._rules.increasing else None
        return 0 if place is None else place[1]

    def _place_of(self, box: Box) -> tuple[Box, int] | None:
        if not self._places:
            return None
        shares = overlaps([place[0] for place in self._places], [box])[:, 0]
        best = int(shares.argmax())
        return self._places[best] if shares[best] >= SAME_PLACE else None


def _fitting_part(line: Line) -> Line:
    pairs = [pair for pair in zip(numbers_in(line), line.numbers, strict=True) if pair[1].fits]
    return Line(
        tuple(each for readings, _ in pairs for each in readings), tuple(number for _, number in pairs), line.marks
    )
