"""Turns the activations of a glyph into a digit with a confidence, or nothing."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from digitreader.values import Activations

Confidences = npt.NDArray[np.float64]
"""(N, 10) float64 in 0..1: the probability of each digit; the rest to 1 is the probability of no digit."""

Evidence = npt.NDArray[np.float64]
"""(N, 10) in 0..1: digit probabilities with the share of non-digits of the training data."""

NEAREST_TO_CERTAIN = 1e-9
LEAST_TEMPERATURE, GREATEST_TEMPERATURE, GREATEST_LOG_ODDS = 0.01, 100, 50

FOUND_WEIGHTS = (-3.44, 0.8, 1.17, -0.55)
"""Weights of the log odds that a finder candidate is a digit and read right: constant, evidence, finder heat, digit 1.
finder's heat count, and what the evidence of a 1 counts besides; fitted to drawn pictures that neither network learned
from, by `digitreader_export.finder.weigh`."""


@dataclass(frozen=True, slots=True)
class AcceptanceRule:
    """The rule that decides whether a glyph is a digit; chosen on validation data and stored in the model card.

    Attributes:
        threshold: the least evidence (0..1) of an accepted digit.
        temperature: logits are divided by this before they become evidence; above 1 it makes evidence less extreme.
        none: the log odds of "no digit" in a confidence, 0 or less. In training up to half of the glyphs are not
            digits, and its logit is 0. In pictures far fewer glyphs are not digits, so a glyph that looks like a digit
            is one with a higher probability.
    """

    threshold: float = 0.5
    temperature: float = 1.0
    none: float = field(default=0.0, metadata={"later": True})

    def __post_init__(self) -> None:
        """Refuse impossible values; the comparisons also refuse NaN.

        Raises:
            ValueError: a value is impossible.
        """
        if not 0 <= self.threshold <= 1:
            raise ValueError(f"the threshold is {self.threshold}, need 0 to 1")
        if not LEAST_TEMPERATURE <= self.temperature <= GREATEST_TEMPERATURE:
            raise ValueError(
                f"the temperature is {self.temperature}, need {LEAST_TEMPERATURE} to {GREATEST_TEMPERATURE}"
            )
        if not -GREATEST_LOG_ODDS <= self.none <= GREATEST_LOG_ODDS:
            raise ValueError(
                f"the log odds of no digit are {self.none}, need -{GREATEST_LOG_ODDS} to {GREATEST_LOG_ODDS}"
            )


class Verdict(NamedTuple):
    """The digit (0 to 9) that a glyph was accepted as, and its confidence (0..1)."""

    digit: int
    confidence: float


def evidence_and_confidence(activations: Activations, rule: AcceptanceRule) -> tuple[Evidence, Confidences]:
    """The evidence for each digit, and its probability; "no digit" is an eleventh class.

    In the evidence the logit of "no digit" is always 0, as in training. The confidences are the evidence, corrected
    because in pictures of numbers a glyph is rarely not a digit. The evidence decides what is accepted: it does not
    depend on how often a glyph in the picture is not a digit.

    Args:
        activations: (N, 10) float in 0..1, or (10,) for one glyph.
        rule: the model's rule.

    Returns:
        Both in the shape of the activations. A row sums to less than 1, and to almost 0 in the evidence if all ten are
        dark. A confidence is never less than the evidence, and the order within a row is the same.

    Source: Saerens, Latinne, Decaestecker, "Adjusting the Outputs of a Classifier to New a Priori Probabilities", 2002.
    """
    odds = _odds(activations, rule)
    total = odds.sum(axis=-1, keepdims=True)
    return odds / (1 + total), odds / (math.exp(rule.none) + total)


def log_odds_found(
    activations: Activations, heat: npt.NDArray[np.float64], rule: AcceptanceRule
) -> npt.NDArray[np.float64]:
    """The log odds that each glyph from the finder is a digit and read right, (N,) float64.

    Args:
        activations: (N, 10) float in 0..1.
        heat: (N,) float 0..1, how sure the finder is that a digit is there.
        rule: the model's rule.
    """
    odds = _odds(activations, rule)
    most = odds.max(axis=1)
    read, sure = (
        np.clip(each, NEAREST_TO_CERTAIN, 1 - NEAREST_TO_CERTAIN) for each in (most / (1 + odds.sum(axis=1)), heat)
    )
    constant, of_evidence, of_heat, of_one = FOUND_WEIGHTS
    is_one = odds.argmax(axis=1) == 1
    return np.asarray(constant + of_evidence * _logit(read) + of_heat * _logit(sure) + of_one * read * is_one)


def evidence_and_confidence_found(
    activations: Activations, is_digit: npt.NDArray[np.float64], rule: AcceptanceRule
) -> tuple[Evidence, Confidences]:
    """As `evidence_and_confidence`, for glyphs from the finder: both are lower if a digit is less likely there.

    Args:
        activations: (N, 10) float in 0..1.
        is_digit: (N,) float64, the log odds that each is a digit: `log_odds_found`, or of one that knows more.
        rule: the model's rule.
    """
    odds = _odds(activations, rule)
    shares = odds / odds.sum(axis=1, keepdims=True)
    evidence, confidences = evidence_and_confidence(activations, rule)
    return (
        np.minimum(shares * _sigmoid(is_digit)[:, None], evidence),
        np.minimum(shares * _sigmoid(is_digit - rule.none)[:, None], confidences),
    )


def _odds(activations: npt.NDArray[np.floating], rule: AcceptanceRule) -> npt.NDArray[np.float64]:
    certain = np.clip(np.asarray(activations, np.float64), NEAREST_TO_CERTAIN, 1 - NEAREST_TO_CERTAIN)
    return np.asarray((certain / (1 - certain)) ** (1 / rule.temperature))


def _logit(chances: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.asarray(np.log(chances / (1 - chances)))


def _sigmoid(logits: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.asarray(1 / (1 + np.exp(-logits)))


def evidence_of(activations: Activations, rule: AcceptanceRule) -> Evidence:
    """The evidence for each digit, as in `evidence_and_confidence`; the threshold applies to it."""
    return evidence_and_confidence(activations, rule)[0]


def confidences_of(activations: Activations, rule: AcceptanceRule) -> Confidences:
    """The probability of each digit, as in `evidence_and_confidence`."""
    return evidence_and_confidence(activations, rule)[1]


def accept(activations: npt.NDArray[np.floating], rule: AcceptanceRule) -> Verdict | None:
    """The digit of one glyph, or None if it is not a digit.

    Args:
        activations: (10,) float in 0..1.
    """
    evidence, confidences = evidence_and_confidence(np.asarray(activations, np.float32), rule)
    digit = int(evidence.argmax())
    if evidence[digit] < rule.threshold:
        return None
    return Verdict(digit, float(confidences[digit]))
