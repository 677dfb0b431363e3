"""The rules at work on one picture or one stream; in a stream it is remembered what was announced where."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from functools import partial

from digitreader.expect.number import box_round, decode_number, evidence_in, numbers_in
from digitreader.expect.rules import Rules
from digitreader.follow.matching import overlaps
from digitreader.values import UNSURE, Box, Line, Number, Page, Reading

MOST_PLACES = 100
"""A camera that is carried about sees numbers in ever new places; the oldest are forgotten."""

SAME_PLACE = 0.05
"""Boxes that overlap so much (their intersection over their union) are one place; paper is not laid twice alike."""


class Expectation:
    """Reads numbers by the rules.

    Args:
        rules: what each number is to keep.
        threshold: the least evidence of a digit that is accepted without rules; the model's own.
    """

    def __init__(self, rules: Rules, threshold: float) -> None:
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
