"""Neighbours: a candidate among digits is more likely a digit, among letters more likely a letter.

The finder uses the same idea for ink before anything is read (`find/inks.py`); here, readings are judged.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from digitreader.values import Box, Reading, boxes_of

REACH = 3.0
"""A neighbour this many digit heights away counts less, by the factor e; one in another line counts even less."""
LEVEL, APART = 0.2, 2.0
"""Two things are on one level if their middles differ by at most this many heights (first number). The second number
says how fast a neighbour counts less beyond that."""
LEAST_SIZE = 0.35
"""A thing lower than this share of the other one is not a neighbour."""
SAME_INK = 0.5
"""Two boxes show the same ink if at least this share of the smaller one lies in both."""
LETTER_WIDTH = 0.7
"""A word counts as several letters: one for each of these shares of its height."""
NEIGHBOUR_WEIGHTS = (1.44, -1.97)
"""What digits around a reading (first), and other writing around it (second), add to the log odds that it is a digit,
each by the logarithm of their number. Fitted by `digitreader_export.finder.weigh_company` to drawn pictures that no
network learned from, with earlier digit networks. For the present networks it prints (0.08, -0.64), with which more
letters of words are read as digits. A reading without neighbours stays as sure as it was."""
NEAREST_TO_CERTAIN = 1e-6
AT_ONCE = 256

Boxes = npt.NDArray[np.integer[Any]] | npt.NDArray[np.floating[Any]]
"""(N, 4): x, y, width, height."""
Values = npt.NDArray[np.float64]
"""(N,) float64."""


class NeighbourCounts(NamedTuple):
    """How many digits and how much other writing stand near each of N readings; nearer and surer ones count more."""

    digits: Values
    others: Values


def adjusted_by_neighbours(readings: Sequence[Reading], others: Sequence[Box]) -> list[Reading]:
    """The readings, with more evidence among digits and less among other writing.

    Args:
        readings: all that may be digits, sure or not; no two show the same ink.
        others: the boxes of writing that is not a digit.
    """
    if not readings:
        return []
    shifts = signs_of(readings, others) @ np.array(NEIGHBOUR_WEIGHTS)
    return [_shifted(reading, shift) for reading, shift in zip(readings, shifts.tolist(), strict=True)]


def signs_of(readings: Sequence[Reading], others: Sequence[Box]) -> npt.NDArray[np.float64]:
    """The two values that `NEIGHBOUR_WEIGHTS` multiplies, for N readings: (N, 2) float64, 0 or more."""
    evidence = np.array([each.evidence for each in readings], np.float64)
    around = neighbours_of(boxes_of([each.box for each in readings]), evidence, boxes_of(others))
    return np.log1p(2 * np.stack(around, axis=1))


def neighbours_of(boxes: Boxes, evidence: Values, others: Boxes) -> NeighbourCounts:
    """Count what stands around each of N readings.

    Args:
        boxes: the boxes of the readings.
        evidence: (N,) 0..1, the evidence that each is a digit.
        others: (M, 4), other writing.
    """
    every = np.concatenate([boxes, others])
    is_digit = np.concatenate([evidence, np.zeros(len(others))])
    letters = np.maximum(1.0, others[:, 2] / np.maximum(1.0, LETTER_WIDTH * others[:, 3]))
    counts = np.concatenate([np.ones(len(boxes)), letters])
    digits, rest = np.zeros(len(boxes)), np.zeros(len(boxes))
    for first in range(0, len(boxes), AT_ONCE):
        some = slice(first, first + AT_ONCE)
        nearness = _nearness(boxes[some], every)
        own = np.arange(len(nearness))
        nearness[own, first + own] = 0.0
        digits[some], rest[some] = nearness @ is_digit, nearness @ ((1 - is_digit) * counts)
    return NeighbourCounts(digits, rest)


def _nearness(some: Boxes, every: Boxes) -> npt.NDArray[np.float64]:
    """How near each of N boxes is to each of M: (N, M) 0..1; 0 for those of the same ink and for much smaller ones."""
    low, high = some[:, None, :2], some[:, None, :2] + some[:, None, 2:]
    lows, highs = every[None, :, :2], every[None, :, :2] + every[None, :, 2:]
    heights = some[:, None, 3], every[None, :, 3]
    taller, smaller = np.maximum(np.maximum(*heights), 1.0), np.minimum(*heights)
    shared = np.minimum(high, highs) - np.maximum(low, lows)
    across = np.maximum(0.0, -shared[..., 0]) / taller
    apart = np.abs((low + high)[..., 1] - (lows + highs)[..., 1]) / (2 * taller)
    nearness = np.exp(-(across / REACH + APART * np.maximum(0.0, apart - LEVEL)))
    areas = np.minimum(some[:, None, 2:].prod(axis=-1), every[None, :, 2:].prod(axis=-1))
    same_ink = np.clip(shared, 0, None).prod(axis=-1) > SAME_INK * areas
    return np.asarray(np.where(same_ink | (smaller <= LEAST_SIZE * taller), 0.0, nearness), np.float64)


def _shifted(reading: Reading, shift: float) -> Reading:
    """Shift the log odds that the reading is a digit; the most likely digit does not change."""
    total = sum(reading.chances)
    share = reading.chances[reading.digit] / max(total, NEAREST_TO_CERTAIN)
    any_digit = _moved(total, shift) / max(total, NEAREST_TO_CERTAIN)
    evidence = share * _moved(reading.evidence / max(share, NEAREST_TO_CERTAIN), shift)
    chances = tuple(chance * any_digit for chance in reading.chances)
    return replace(reading, evidence=evidence, chances=chances, confidence=chances[reading.digit])


def _moved(chance: float, shift: float) -> float:
    certain = min(max(chance, NEAREST_TO_CERTAIN), 1 - NEAREST_TO_CERTAIN)
    return 1 / (1 + math.exp(-shift) * (1 - certain) / certain)
