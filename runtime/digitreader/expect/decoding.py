"""Which digits the candidates of a number are when they are judged together, and which of them can be told."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import compress

import numpy as np
import numpy.typing as npt

Chances = npt.NDArray[np.float64]
"""(S, 10) float64 in 0..1: how likely each candidate is each digit; what is missing to 1 is that it is none."""

Ways = npt.NDArray[np.uint8]
"""(K, S) uint8: each row takes every candidate for a digit or for `NONE`."""

Masses = npt.NDArray[np.float64]
"""(K,) float64 in 0..1: how likely each way is."""

NONE = 10

MOST_WAYS = 1000
FAINTEST_WAY = 1e-5
"""So many ways are looked at, and none that is less likely than this share of the likeliest."""

MISFIT = 0.1
"""A number that breaks the rules counts this much of what its digits say: what is read surely is not bent to fit."""

SURE = 0.8
"""The digits of a number that are told are right, all together, with this probability."""


@dataclass(frozen=True, slots=True, eq=False)
class Decoded:
    """The most likely number that fits.

    Attributes:
        labels: (S,) uint8, what each candidate is: a digit or `NONE`.
        chances: (S, 10), how likely each candidate is each digit, now that the rules are known.
        told: (S,) bool, of which candidates that can be told.
        confidence: 0..1, how likely all of it is right, but for candidates that look like no digit anyway.
        texts: the most likely numbers that fit with their confidences, the best first.
    """

    labels: npt.NDArray[np.uint8]
    chances: Chances
    told: npt.NDArray[np.bool_]
    confidence: float
    texts: dict[str, float]


def decode(chances: Chances, fits: Callable[[str], bool], *, threshold: float) -> Decoded | None:
    """Find the most likely number that fits, among all that may be there: nothing, and a number that does not, too.

    Args:
        chances: of each candidate for itself.
        fits: whether a number keeps the rules; none does without a digit.
        threshold: a candidate that is left out, though it is some digit as likely as this, makes the number less sure.

    Returns:
        None where the rules were more likely broken than kept.
    """
    rows = np.column_stack([chances, np.clip(1.0 - chances.sum(axis=1), 0.0, 1.0)])
    ways, masses, unseen = likeliest_ways(rows)
    texts = [text_of(way) for way in ways]
    fitting = np.fromiter(map(fits, texts), bool, len(texts))
    broken = ~fitting & (ways != NONE).any(axis=1)
    weights = np.where(broken, MISFIT * masses, masses)
    if weights[fitting].sum() <= weights[broken].sum():
        return None
    shares = weights / (weights.sum() + unseen)
    labels = ways[fitting.argmax()]
    posterior = np.stack([shares @ (ways == digit) for digit in range(10)], axis=1)
    stray = (labels == NONE) & (posterior.max(axis=1) < threshold)
    agree = (ways == labels) | (fitting[:, np.newaxis] & stray)
    likeliest = _summed(compress(zip(texts, shares.tolist(), strict=True), fitting))
    return Decoded(labels, posterior, tellable(agree, shares), float(shares[agree.all(axis=1)].sum()), likeliest)


def likeliest_ways(rows: npt.NDArray[np.float64]) -> tuple[Ways, Masses, float]:
    """The most likely ways to take every candidate for a digit or for none.

    As each candidate is judged for itself, the best beginnings hold the beginnings of the best ways: this is exact.

    Args:
        rows: (S, 11), how likely each candidate is each digit or `NONE`.

    Returns:
        The ways, the best first, how likely each is, and how likely all those are together that were not looked at.
    """
    ways, masses = np.empty((1, 0), np.uint8), np.ones(1)
    for row in rows:
        grown = masses[:, np.newaxis] * row
        best = np.argsort(-grown, axis=None, kind="stable")[:MOST_WAYS]
        best = best[grown.flat[best] > FAINTEST_WAY * grown.max()]
        beginnings, labels = np.divmod(best, 11)
        ways, masses = np.column_stack([ways[beginnings], labels.astype(np.uint8)]), grown.flat[best]
    return ways, masses, max(0.0, 1.0 - float(masses.sum()))


def text_of(way: npt.NDArray[np.uint8]) -> str:
    """The digits of one way."""
    return "".join(str(label) for label in way.tolist() if label != NONE)


def tellable(agree: npt.NDArray[np.bool_], shares: Masses) -> npt.NDArray[np.bool_]:
    """Which candidates can be told: the least sure are taken back until what is left is right together.

    Args:
        agree: (K, S), whether a way says of a candidate what is to be told.
        shares: how likely each way is.

    Returns:
        (S,) bool.
    """
    told = np.ones(agree.shape[1], bool)
    for doubtful in np.argsort(shares @ agree, kind="stable"):
        if shares[agree[:, told].all(axis=1)].sum() >= SURE:
            return told
        told[doubtful] = False
    return told


def _summed(texts: Iterable[tuple[str, float]]) -> dict[str, float]:
    """Add up what several ways give the same number; the likeliest first."""
    summed: dict[str, float] = {}
    for text, share in texts:
        summed[text] = summed.get(text, 0.0) + share
    return dict(sorted(summed.items(), key=lambda item: -item[1]))
