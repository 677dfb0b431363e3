"""Evaluates a model on labelled digits: its accuracy and calibration, also compared with its card."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from digitreader.errors import DigitReaderError
from digitreader.measure.data import LabelledImages
from digitreader.measure.data.glyphs import Mask, normalise_images
from digitreader.measure.data.mnist import DataPlace
from digitreader.model.accept import AcceptanceRule, evidence_and_confidence
from digitreader.model.card import ModelCard
from digitreader.model.engine import EngineName
from digitreader.model.load import Model
from digitreader.model.receipt import Link, Receipt
from digitreader.values import Activations

BINS = 15


def expected_calibration_error(
    confidences: npt.NDArray[np.float64], correct: npt.NDArray[np.bool_], *, bins: int = BINS
) -> float:
    """The mean difference, over bins of equal width, between the mean confidence and the share that is right.

    Args:
        confidences: (N,) 0..1.
        correct: (N,) whether the answer was right.
        bins: how many bins.
    Returns:
        0 (perfect) to 1; 0 if N is 0.
    Source: Naeini, Cooper, Hauskrecht, "Obtaining Well Calibrated Probabilities Using Bayesian Binning", 2015.
    """
    if len(confidences) == 0:
        return 0.0
    which = np.minimum((confidences * bins).astype(int), bins - 1)
    # per bin: the sum of (confidence - right); its size over N is the bin's weighted gap
    gaps = np.bincount(which, weights=confidences - correct, minlength=bins)
    return float(np.abs(gaps).sum() / len(confidences))


Labels = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The results of a model on labelled images; ``digitreader evaluate --format json`` prints them.

    Attributes:
        n: how many images; a blank image counts as misread with confidence 0.
        accuracy: the share whose strongest output neuron is the right one.
        ece: expected calibration error of the confidences, 15 bins.
        accepted: how many the acceptance rule takes for digits.
        accuracy_accepted: the share of those that is right; 0 if there are none.
        confusion: 10 rows (the truth) of 10 counts (the reading), without blank images.
    """

    n: int
    accuracy: float
    ece: float
    accepted: int
    accuracy_accepted: float
    confusion: tuple[tuple[int, ...], ...]


def evaluate(model: Model, digits: LabelledImages) -> Evaluation:
    """Normalise, classify and accept every image, with a progress bar."""
    glyphs, inked = normalise_images(digits.images, label=f"reading {digits.name}", normalise=model.normalise_one)
    activations = model.activations(glyphs)
    activations[~inked] = 0
    return judge(activations, digits.labels, model.facts.acceptance, inked=inked)


def count_accepted(model: Model, images: npt.NDArray[np.uint8]) -> int:
    """How many of (N, H, W) images without a digit the acceptance rule accepts."""
    glyphs, inked = normalise_images(images, label="reading what is not a digit")
    evidence, _ = evidence_and_confidence(model.activations(glyphs), model.facts.acceptance)
    return int(((evidence.max(axis=1) >= model.facts.acceptance.threshold) & inked).sum())


def judge(activations: Activations, labels: Labels, rule: AcceptanceRule, *, inked: Mask | None = None) -> Evaluation:
    """Compare activations with the truth.

    Args:
        activations: (N, 10) float32, 0..1; N at least 1.
        labels: (N,) uint8, 0 to 9.
        rule: what is accepted.
        inked: (N,) bool, which images have ink; all if it is not given.
    """
    inked = np.ones(len(labels), np.bool_) if inked is None else inked
    read = activations.argmax(axis=1)
    right = (read == labels) & inked
    evidence, confidences = (
        np.where(inked, each.max(axis=1), 0.0) for each in evidence_and_confidence(activations, rule)
    )
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


NAME = "digits"
ALLOWED_POINTS = 0.1
"""In percentage points: another processor may round a glyph's pixel differently, which changes a digit in thousands."""


def digits_link(receipt: Receipt, place: DataPlace, engine: EngineName) -> Link:
    """Read the digits of a place with a model that has passed its other checks.

    Raises:
        DataError: there are no usable digits.
    """
    from digitreader.measure.data.choice import OwnDigits, open_digits, take_part
    from digitreader.model.load import load_model

    opened = open_digits(place)
    if any(link.state == "fail" for link in receipt.links):
        return Link(NAME, "not tried", "")
    try:
        model = load_model(str(receipt.model), engine)
    except DigitReaderError as error:
        return Link(NAME, "fail", str(error))
    data = model.card.data if isinstance(model.card, ModelCard) else {}
    digits, _ = take_part(opened, None, data)
    found = evaluate(model, digits)
    told = f"{found.accuracy:.2%} of {found.n:,} digits read right ({digits.name})"
    # a network whose training was continued also names MNIST, whose digits it repeated
    card = model.card if isinstance(model.card, ModelCard) else None
    same_kind = card is not None and isinstance(opened, OwnDigits) == bool(card.trained_on)
    if card is None or not same_kind or not set(opened.sha256.values()) <= set(data.values()):
        return Link(NAME, "pass", f"{told}; they are not those of the card, so there is nothing to compare with")
    expected = card.measured.test
    if found.n != expected.n or 100 * abs(found.accuracy - expected.accuracy) > ALLOWED_POINTS:
        return Link(NAME, "fail", f"{told}, the card says {expected.accuracy:.2%} of {expected.n:,}")
    return Link(NAME, "pass", f"{told}, as the card says")
