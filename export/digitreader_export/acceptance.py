"""Chooses the acceptance rule of a model: its temperature, its odds of no digit, and its threshold."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable

import numpy as np
import numpy.typing as npt

from digitreader.model.accept import AcceptanceRule, Evidence, confidences_of, evidence_of
from digitreader.values import Activations
from digitreader_train.practice import NO_DIGIT

HARM_OF_A_WRONG_DIGIT = 2
"""A digit misread or invented counts as this many that are left out, because a missing digit is noticed."""

HARDLY_MORE = 1.05
"""Two thresholds count as equal if their harm differs by less than this share; then the one that reads more is
chosen."""

THRESHOLDS = np.arange(20, 81) / 100
KEPT_SHARE = 0.99
"""Of the validation digits as they are, where too few were photographed."""

Seen = tuple[Activations, npt.NDArray[np.uint8]]
"""What a network makes of photographed candidates, (K, 10), and the truth, (K,)."""


def least_harmful(evidence: Evidence, labels: npt.NDArray[np.uint8]) -> float:
    """The lowest threshold at which digits left out and digits misread or invented do hardly more than the least harm.

    Args:
        evidence: (K, 10), of photographed candidates.
        labels: (K,), the truth.

    Returns:
        0.2 to 0.8 in hundredths.
    """
    surest, right = evidence.max(axis=1), evidence.argmax(axis=1) == labels
    taken = surest[:, None] >= THRESHOLDS
    left_out = (~taken & (labels != NO_DIGIT)[:, None]).sum(axis=0)
    wrong = (taken & ~right[:, None]).sum(axis=0)
    harm = left_out + HARM_OF_A_WRONG_DIGIT * wrong
    return float(THRESHOLDS[int((harm <= HARDLY_MORE * harm.min()).argmax())])


def keeping(evidence: Evidence, share: float = KEPT_SHARE) -> float:
    """The threshold in hundredths that this share of digits reach.

    Args:
        evidence: (N, 10), of digits.
    """
    return math.floor(100 * float(np.quantile(evidence.max(axis=1), 1 - share))) / 100


TEMPERATURES = (0.4, 4.0)
LOG_ODDS_OF_NONE = (-8.0, 0.0)
COARSE = 9
"""Temperatures, and log odds of no digit, that are tried before the best of them is refined."""
FINEST_STEP = 1e-3
DECIMALS = 3

NO_DIGIT_SHARE = 0.01
"""Assumed share of non-digits among the glyphs that are read. In training it is up to a half; with that share
confidences would be too low where people write digits, and with 0 every letter that looks a little like a digit would
be sure. It is the largest round share that keeps the calibration error on validation digits below 1 %, for every
recipe."""

Surprise = Callable[[AcceptanceRule], float]
"""How unlikely the truth is by a rule: the mean negative logarithm of its probability."""


def choose_rule(
    activations: Activations,
    labels: npt.NDArray[np.uint8],
    negatives: Activations,
    photographed: Seen | None = None,
) -> AcceptanceRule:
    """Choose temperature and odds of no digit that make the truth most likely, then the least harmful threshold.

    Args:
        activations: (N, 10), 0..1, of digits that the network did not learn from.
        labels: (N,) the truth.
        negatives: (M, 10), of glyphs that are not digits, and that it did not learn from either.
        photographed: what the threshold is chosen on; if there is none, 99 % of the digits reach it.

    Source: Guo, Pleiss, Sun, Weinberger, "On Calibration of Modern Neural Networks", 2017; the odds as in `accept`.
    """

    def surprise(rule: AcceptanceRule) -> float:
        of_truth = confidences_of(activations, rule)[np.arange(len(labels)), labels]
        of_none = 1 - confidences_of(negatives, rule).sum(axis=1)
        return (1 - NO_DIGIT_SHARE) * _surprise(of_truth) + NO_DIGIT_SHARE * _surprise(of_none)

    calibrated = refine(min(coarse_rules(), key=surprise), surprise)
    if photographed is None:
        threshold = keeping(evidence_of(activations, calibrated))
    else:
        shown, truth = photographed
        threshold = least_harmful(evidence_of(shown, calibrated), truth)
    return AcceptanceRule(threshold, round(calibrated.temperature, DECIMALS), round(calibrated.none, DECIMALS))


def _surprise(probabilities: npt.NDArray[np.float64]) -> float:
    return float(-np.log(np.maximum(probabilities, 1e-12)).mean())


def coarse_rules() -> Iterable[AcceptanceRule]:
    """A wide grid of temperatures and odds."""
    pairs = itertools.product(np.geomspace(*TEMPERATURES, COARSE), np.linspace(*LOG_ODDS_OF_NONE, COARSE))
    return (AcceptanceRule(0.0, float(temperature), float(none)) for temperature, none in pairs)


def refine(rule: AcceptanceRule, surprise: Surprise) -> AcceptanceRule:
    """Step to the least surprising rule near by, and look closer and closer, until a step is 0.1 %.

    The surprise has one valley: it is convex in the odds' logarithm and in one over the temperature.
    """
    step, least = 0.25, surprise(rule)
    while step > FINEST_STEP:
        better = min(_neighbours(rule, step), key=surprise)
        if surprise(better) < least:
            rule, least = better, surprise(better)
        else:
            step /= 2
    return rule


def _neighbours(rule: AcceptanceRule, step: float) -> Iterable[AcceptanceRule]:
    for hotter, likelier in itertools.product((-1, 0, 1), repeat=2):
        temperature = float(np.clip(rule.temperature * math.exp(step * hotter), *TEMPERATURES))
        yield AcceptanceRule(0.0, temperature, float(np.clip(rule.none + step * likelier, *LOG_ODDS_OF_NONE)))
