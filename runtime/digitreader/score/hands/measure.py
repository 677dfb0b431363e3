"""Reads labelled digits: how many are right, how many accepted, and whether the confidences mean something."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from digitreader.accept import weigh
from digitreader.data import LabelledImages
from digitreader.data.glyphs import normalise_images
from digitreader.model import Model
from digitreader.model.evaluation import judge
from digitreader.score.reliability import Bin, bins_of
from digitreader.values import Glyphs, GrayImage

Order = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class HandsScore:
    """How labelled digits are read; a blank image is misread with confidence 0.

    Attributes:
        n: how many images.
        accuracy: the share whose strongest output neuron is the right one.
        ece: expected calibration error, 15 bins.
        accepted: how many are taken for a digit.
        accuracy_accepted: the share of those that is right.
        misread: how many are accepted as another digit.
        rejected: how many are not taken for a digit; `rejected_right` of them had the right neuron ahead.
        confusion: 10 rows (the truth) of 10 counts (the strongest neuron).
        bins: the reliability diagram's.
    """

    n: int
    accuracy: float
    ece: float
    accepted: int
    accuracy_accepted: float
    misread: int
    rejected: int
    rejected_right: int
    confusion: tuple[tuple[int, ...], ...]
    bins: tuple[Bin, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Wrong:
    """An image that was misread or rejected, and the glyph that it became."""

    image: GrayImage
    glyph: GrayImage
    label: int
    read: int
    confidence: float


def score_hands(
    model: Model, digits: LabelledImages, *, pictures: int = 24
) -> tuple[HandsScore, list[Wrong], list[Wrong]]:
    """Read every image, with a progress bar.

    Returns:
        The score; those accepted as another digit, the surest first; those rejected, the least sure first. At most
        `pictures` each.
    """
    glyphs, inked = normalise_images(digits.images, label=f"reading {digits.name}")
    activations = model.activations(glyphs)
    rule = model.facts.acceptance
    found = judge(activations, digits.labels, rule, inked=inked)
    evidence, chances = weigh(activations, rule)
    sure = np.where(inked, chances.max(axis=1), 0.0)
    read = chances.argmax(axis=1)
    right = (read == digits.labels) & inked
    taken = (evidence.max(axis=1) >= rule.threshold) & inked
    score = HandsScore(
        n=found.n,
        accuracy=found.accuracy,
        ece=found.ece,
        accepted=found.accepted,
        accuracy_accepted=found.accuracy_accepted,
        misread=int((taken & ~right).sum()),
        rejected=int((~taken).sum()),
        rejected_right=int((~taken & right).sum()),
        confusion=found.confusion,
        bins=bins_of(sure, right),
    )
    misread, rejected = np.flatnonzero(taken & ~right), np.flatnonzero(~taken)
    surest = misread[np.argsort(-sure[misread], kind="stable")][:pictures]
    darkest = rejected[np.argsort(sure[rejected], kind="stable")][:pictures]
    wrong = [_wrong(order, digits, glyphs, read, sure) for order in (surest, darkest)]
    return score, wrong[0], wrong[1]


def _wrong(
    order: Order, digits: LabelledImages, glyphs: Glyphs, read: Order, sure: npt.NDArray[np.float64]
) -> list[Wrong]:
    return [
        Wrong(digits.images[at], glyphs[at], int(digits.labels[at]), int(read[at]), float(sure[at]))
        for at in order.tolist()
    ]
