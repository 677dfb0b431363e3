"""A number on a page: its readings are decoded together, and what cannot be told becomes a question mark."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import groupby, islice

import numpy as np

from digitreader.expect.decoding import NONE, Chances, Decoded, decode
from digitreader.values import UNSURE, Box, Line, Number, Reading

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
        told = tuple(map(doubted, accepted))
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


def doubted(reading: Reading) -> Reading:
    """A reading of a number that breaks the rules: it may well be right, and the rules wrong, but who knows."""
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
