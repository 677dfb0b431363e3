"""Reads digits that were spoiled in fifteen ways."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from digitreader.data import LabelledImages
from digitreader.data.glyphs import glyph_of
from digitreader.model import Model
from digitreader.model.evaluation import Evaluation, judge
from digitreader.progress import ProgressBar
from digitreader.score.corruptions import CORRUPTIONS, corrupt
from digitreader.values import GLYPH_SIDE, Activations, Glyphs, GrayImage

CLEAN = "clean"


@dataclass(frozen=True, slots=True)
class CorruptionScore:
    """How the digits of one corruption are read.

    Attributes:
        name: a key of `CORRUPTIONS`, or `CLEAN`.
        accuracy: the share whose strongest output neuron is the right one, as `digitreader evaluate` counts.
        accepted: the share that is taken for a digit.
        accuracy_accepted: the share of those that is right.
    """

    name: str
    accuracy: float
    accepted: float
    accuracy_accepted: float


@dataclass(frozen=True, slots=True)
class CorruptionsScore:
    """How spoiled digits are read.

    Attributes:
        n: images of each corruption.
        mean: of the corruptions' accuracies, the clean images left out.
    """

    n: int
    seed: int
    mean: float
    clean: CorruptionScore
    corruptions: tuple[CorruptionScore, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """One spoiled digit of each class: how it looks, its glyph, and what it read; None for nothing."""

    image: GrayImage
    glyph: GrayImage
    label: int
    read: int | None


def score_corruptions(
    model: Model, digits: LabelledImages, *, seed: int = 0
) -> tuple[CorruptionsScore, dict[str, list[Sample]]]:
    """Spoil every image in each way and read it, with a progress bar.

    Returns:
        The score, and for each corruption one sample of each digit.
    """
    scores: list[CorruptionScore] = []
    samples: dict[str, list[Sample]] = {}
    with ProgressBar("reading spoiled digits", (1 + len(CORRUPTIONS)) * len(digits)) as bar:
        for name in (CLEAN, *CORRUPTIONS):
            bar.advance(0, note=name)
            score, samples[name] = _score(name, model, digits, seed=seed, bar=bar)
            scores.append(score)
        mean = float(np.mean([score.accuracy for score in scores[1:]]))
        bar.advance(0, note=f"mean {mean:.1%}")
    return CorruptionsScore(len(digits), seed, mean, scores[0], tuple(scores[1:])), samples


def _score(
    name: str, model: Model, digits: LabelledImages, *, seed: int, bar: ProgressBar
) -> tuple[CorruptionScore, list[Sample]]:
    glyphs = np.zeros((len(digits), GLYPH_SIDE, GLYPH_SIDE), np.uint8)
    inked = np.ones(len(digits), np.bool_)
    for index, image in enumerate(digits.images):
        spoiled = image if name == CLEAN else corrupt(name, image, seed=seed, index=index)
        glyph = glyph_of(spoiled)
        if glyph is None:
            inked[index] = False
        else:
            glyphs[index] = glyph
        bar.advance()
    activations = model.activations(glyphs)
    activations[~inked] = 0
    found = judge(activations, digits.labels, model.facts.acceptance, inked=inked)
    return _record(name, found), _samples(name, digits, glyphs, activations, seed=seed)


def _record(name: str, found: Evaluation) -> CorruptionScore:
    return CorruptionScore(name, found.accuracy, found.accepted / found.n, found.accuracy_accepted)


def _samples(name: str, digits: LabelledImages, glyphs: Glyphs, activations: Activations, *, seed: int) -> list[Sample]:
    return [
        Sample(
            image=digits.images[at] if name == CLEAN else corrupt(name, digits.images[at], seed=seed, index=at),
            glyph=glyphs[at],
            label=int(digits.labels[at]),
            read=int(activations[at].argmax()) if activations[at].any() else None,
        )
        for at in _one_of_each(digits.labels.tolist())
    ]


def _one_of_each(labels: Sequence[int]) -> list[int]:
    """The places of the first image of each digit that there is."""
    return [labels.index(digit) for digit in range(10) if digit in labels]
