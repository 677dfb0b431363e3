"""Evaluates a model on labelled images, each taken through the runtime's own normalisation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from digitreader.accept import AcceptanceRule, weigh
from digitreader.data import LabelledImages
from digitreader.data.glyphs import Mask, normalise_images
from digitreader.model.calibration import expected_calibration_error
from digitreader.model.load import Model
from digitreader.values import Activations

Labels = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a model made of labelled images; this is what ``digitreader evaluate --format json`` prints.

    Attributes:
        n: how many images; a blank one counts as misread with confidence 0.
        accuracy: the share whose strongest output neuron is the right one.
        ece: expected calibration error of the confidences, 15 bins.
        accepted: how many the acceptance rule takes for digits.
        accuracy_accepted: the share of those that is right; 0 where there are none.
        confusion: 10 rows (the truth) of 10 counts (the reading); blank images are in none.
    """

    n: int
    accuracy: float
    ece: float
    accepted: int
    accuracy_accepted: float
    confusion: tuple[tuple[int, ...], ...]


def evaluate(model: Model, digits: LabelledImages) -> Evaluation:
    """Normalise, classify and accept every image, with a progress bar."""
    glyphs, inked = normalise_images(digits.images, label=f"reading {digits.name}")
    activations = model.activations(glyphs)
    activations[~inked] = 0
    return judge(activations, digits.labels, model.facts.acceptance, inked=inked)


def judge(activations: Activations, labels: Labels, rule: AcceptanceRule, *, inked: Mask | None = None) -> Evaluation:
    """Compare activations with the truth.

    Args:
        activations: (N, 10) float32, 0..1; N at least 1.
        labels: (N,) uint8, 0 to 9.
        rule: what is accepted.
        inked: (N,) bool, which images had any ink; all where not given.
    """
    inked = np.ones(len(labels), np.bool_) if inked is None else inked
    read = activations.argmax(axis=1)
    right = (read == labels) & inked
    evidence, confidences = (np.where(inked, each.max(axis=1), 0.0) for each in weigh(activations, rule))
    taken = (evidence >= rule.threshold) & inked
    return Evaluation(
        n=len(labels),
        accuracy=float(right.mean()),
        ece=expected_calibration_error(confidences, right),
        accepted=int(taken.sum()),
        accuracy_accepted=float(right[taken].mean()) if taken.any() else 0.0,
        confusion=count_confusion(labels[inked], read[inked]),
    )


def count_confusion(labels: Labels, read: npt.NDArray[np.intp]) -> tuple[tuple[int, ...], ...]:
    """Count how often each digit (row) was read as each digit (column)."""
    counts = np.bincount(labels.astype(np.intp) * 10 + read, minlength=100).reshape(10, 10)
    return tuple(tuple(int(count) for count in row) for row in counts)
