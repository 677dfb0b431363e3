"""Chooses a model's acceptance rule on validation digits: how sure a reading is, and how sure is sure enough."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from digitreader.accept import AcceptanceRule, confidences_of
from digitreader.values import Activations

CHOICES = tuple(round(float(choice), 3) for choice in np.geomspace(0.5, 4.0, 121))

ACCEPTED_SHARE = 0.99
"""Of the validation digits; the others are so unlike a digit that keeping quiet is better."""


def choose_rule(activations: Activations, labels: npt.NDArray[np.uint8]) -> AcceptanceRule:
    """Choose the temperature that makes the truth most likely, then the threshold that 99 % of the digits reach.

    Args:
        activations: (N, 10), 0..1, of digits that the network did not learn from.
        labels: (N,) the truth.

    Source: Guo, Pleiss, Sun, Weinberger, "On Calibration of Modern Neural Networks", 2017.
    """
    rules = [AcceptanceRule(threshold=0.0, temperature=choice) for choice in CHOICES]
    best = min(rules, key=lambda rule: _surprise(activations, labels, rule))
    surest = confidences_of(activations, best).max(axis=1)
    threshold = math.floor(100 * float(np.quantile(surest, 1 - ACCEPTED_SHARE))) / 100
    return AcceptanceRule(threshold=threshold, temperature=best.temperature)


def _surprise(activations: Activations, labels: npt.NDArray[np.uint8], rule: AcceptanceRule) -> float:
    of_truth = confidences_of(activations, rule)[np.arange(len(labels)), labels]
    return float(-np.log(of_truth + 1e-12).mean())
