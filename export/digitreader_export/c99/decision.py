"""The acceptance rule in whole numbers: the odds of each logit and of no digit, and the threshold as a fraction."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from digitreader.model.accept import AcceptanceRule, evidence_of
from digitreader.model.checks import sigmoid
from digitreader.model.engine.engine import TensorForm
from digitreader_export.c99.errors import NoCFormError

LARGEST_DENOMINATOR = 2**16 - 1
LOWEST_TEMPERATURE = 0.25
"""Below it the odds of the surest activation are more than a float32 can say."""
LEAST_LOG_ODDS = -40.0
"""Below it no digit is too rare to tell it from nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Decision:
    """When ten logits mean a digit.

    Attributes:
        odds: (256,) float32, of each logit from the smallest to the largest: what it adds to the sum of the odds.
        threshold: the least evidence, as a fraction of numbers below 2^16.
        none: what "no digit" adds to the sum of the odds for a confidence; for evidence it is 1.
    """

    odds: npt.NDArray[np.float32]
    threshold: Fraction
    none: np.float32


def decision_of(rule: AcceptanceRule, output: TensorForm, source: str) -> Decision:
    """Turn the acceptance rule into whole numbers, for logits of this form.

    The C's evidence is then within 2 millionths of `digitreader.model.accept`'s; it accepts the same readings.

    Raises:
        NoCFormError: the temperature is too low, or no digit likelier than in training.
    """
    if not rule.temperature >= LOWEST_TEMPERATURE:
        raise NoCFormError(
            f"{source}: the temperature is {rule.temperature}, need {LOWEST_TEMPERATURE} or more; export the run again"
        )
    if not LEAST_LOG_ODDS <= rule.none <= 0:
        raise NoCFormError(
            f"{source}: the log odds of no digit are {rule.none}, need {LEAST_LOG_ODDS} to 0; export the run again"
        )
    limits = np.iinfo(output.dtype)
    activations = sigmoid(output.to_real(np.arange(limits.min, limits.max + 1)))
    threshold = Fraction(rule.threshold).limit_denominator(LARGEST_DENOMINATOR)
    return Decision(_odds(activations, rule), threshold, np.float32(math.exp(rule.none)))


def _odds(activations: npt.NDArray[np.float32], rule: AcceptanceRule) -> npt.NDArray[np.float32]:
    # beside a neuron at a half, whose odds are even, the evidence is as the odds
    pairs = np.stack([activations, np.full_like(activations, 0.5)], axis=1)
    evidence = evidence_of(pairs, rule)
    return (evidence[:, 0] / evidence[:, 1]).astype(np.float32)
