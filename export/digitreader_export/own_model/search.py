"""Finds out, with labelled digits, the input and output format of a network, which its file does not say."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from digitreader.model.own.centring import CENTRINGS
from digitreader.model.own.numbers import INKS, RANGES, InputScale, Meaning, activations_from
from digitreader.values import Activations, Glyphs

Reals = npt.NDArray[np.float32]
Answer = Callable[[Glyphs, InputScale], Reals]
"""What a network gives, (N, 10) or (N, 11) numbers, for (N, 28, 28) uint8 glyphs that are shown in a certain way."""

FEW, MANY = 400, 2_400
"""Digits on which all ways are tried, and on which the best centring is chosen."""
SUM_TOLERANCE = 0.06
"""Largest rounding error of the sum of ten integers of 1/256 each."""
RANGE_TOLERANCE = 0.01
LEAST_CHANCE = 1e-3
"""Integers give a probability of 0 for what is less likely than 1/256."""
BARELY = 0.5
"""A network that reads fewer digits than this share is not a reader of digits."""


@dataclass(frozen=True, slots=True, eq=False)
class FormScore:
    """How well a network reads when digits are shown in a certain way.

    Attributes:
        accuracy: the share of digits whose largest number is the right one.
        surprise: the mean negative logarithm of what it gives the right digit.
    """

    shown: InputScale
    centring: str
    meaning: Meaning
    accuracy: float
    surprise: float


@dataclass(frozen=True, slots=True, eq=False)
class FoundForm:
    """How a network is to be used.

    Attributes:
        best: the way that reads best.
        tried: all ways on few digits, the best first.
    """

    best: FormScore
    tried: tuple[FormScore, ...]


def find_form(answer: Answer, glyphs: Mapping[str, Glyphs], labels: npt.NDArray[np.uint8]) -> FoundForm:
    """Try every range, polarity and centring.

    Range and polarity are those in which the network is least surprised by the truth: it may read nearly as many
    digits where its numbers are a hundred times too large, but it is then sure of every mistake. The centring is the
    one by which it reads most digits.

    Args:
        answer: runs the network.
        glyphs: (N, 28, 28) uint8 of the same digits, by each of `CENTRINGS`, white ink on black.
        labels: (N,) their digits.
    """
    few = labels[:FEW]
    tried = []
    for shown, centring in itertools.product(itertools.starmap(InputScale, itertools.product(RANGES, INKS)), CENTRINGS):
        given = answer(glyphs[centring][:FEW], shown)
        tried.append(judge_way(given, few, shown, centring))
    tried.sort(key=lambda each: each.surprise)
    shown, meaning = tried[0].shown, tried[0].meaning
    by_centring = [
        judge_way(answer(glyphs[name][:MANY], shown), labels[:MANY], shown, name, meaning) for name in CENTRINGS
    ]
    best = max(by_centring, key=lambda each: (each.accuracy, -each.surprise))
    return FoundForm(best, tuple(tried))


def judge_way(
    given: Reals, labels: npt.NDArray[np.uint8], shown: InputScale, centring: str, meaning: Meaning | None = None
) -> FormScore:
    """Judge one way of showing digits.

    Args:
        given: (N, 10) or (N, 11), what the network gave.
        labels: (N,) the truth.
        shown: how the digits were shown.
        centring: how they were centred.
        meaning: of the numbers; where it is not known, it is found out.
    """
    meanings = [meaning] if meaning is not None else possible_meanings(given)
    surprises = {each: surprise_of(activations_from(given, each), labels) for each in meanings}
    likeliest = min(meanings, key=lambda each: surprises[each])
    accuracy = float((given[:, :10].argmax(axis=1) == labels).mean())
    return FormScore(shown, centring, likeliest, accuracy, surprises[likeliest])


def possible_meanings(given: Reals) -> list[Meaning]:
    """What numbers can be: shares of one, shares each for itself, or logits."""
    if float(given.min()) >= -RANGE_TOLERANCE and float(given.max()) <= 1 + RANGE_TOLERANCE:
        sums = given.sum(axis=1)
        return ["softmax"] if float(np.mean(np.abs(sums - 1) <= SUM_TOLERANCE)) > 0.99 else ["sigmoid"]
    return ["logits of softmax", "logits of sigmoid"]


def surprise_of(activations: Activations, labels: npt.NDArray[np.uint8]) -> float:
    """The mean negative logarithm of the share of each right digit in what a network gives all ten."""
    total = np.maximum(activations.sum(axis=1), LEAST_CHANCE)
    shares = activations[np.arange(len(labels)), labels] / np.maximum(total, activations.max(axis=1))
    return float(-np.log(np.maximum(shares.astype(np.float64), LEAST_CHANCE)).mean())
