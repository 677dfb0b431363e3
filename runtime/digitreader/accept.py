"""Accept: the activations of a glyph become a digit with a confidence, or nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from digitreader.values import Activations

Confidences = npt.NDArray[np.float64]
"""(N, 10) float64 in 0..1: the probability of each digit; what is missing to 1 is the probability of no digit."""

NEAREST_TO_CERTAIN = 1e-9


@dataclass(frozen=True, slots=True)
class AcceptanceRule:
    """When a glyph counts as a digit; chosen on validation data and carried in the model card.

    Attributes:
        threshold: the least confidence (0..1) of an accepted digit.
        temperature: logits are divided by this before they become confidences; above 1 it makes them humbler.
    """

    threshold: float = 0.5
    temperature: float = 1.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """The digit (0 to 9) that a glyph was accepted as, and its confidence (0..1)."""

    digit: int
    confidence: float


def confidences_of(activations: Activations, rule: AcceptanceRule) -> Confidences:
    """The probability of each digit, where "no digit" is an eleventh class whose logit is always 0.

    Args:
        activations: (N, 10) float in 0..1.

    Returns:
        (N, 10) float64; a row sums to less than 1, and to almost nothing where all ten neurons are dark.
    """
    certain = np.clip(np.asarray(activations, np.float64), NEAREST_TO_CERTAIN, 1 - NEAREST_TO_CERTAIN)
    odds = (certain / (1 - certain)) ** (1 / rule.temperature)
    confidences: Confidences = odds / (1 + odds.sum(axis=-1, keepdims=True))
    return confidences


def accept(activations: npt.NDArray[np.floating], rule: AcceptanceRule) -> Verdict | None:
    """The digit of one glyph, or None where it is not a digit.

    Args:
        activations: (10,) float in 0..1.
    """
    confidences = confidences_of(np.asarray(activations, np.float32)[None], rule)[0]
    digit = int(confidences.argmax())
    if confidences[digit] < rule.threshold:
        return None
    return Verdict(digit, float(confidences[digit]))
