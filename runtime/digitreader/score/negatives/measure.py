"""Reads what is no digit and counts what is taken for one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from digitreader.accept import evidence_of, weigh
from digitreader.data import LabelledImages
from digitreader.data.glyphs import Mask, glyph_of, normalise_images
from digitreader.model import Model
from digitreader.pipeline import Reader
from digitreader.progress import with_progress
from digitreader.score.negatives.inks import Negatives
from digitreader.score.told import share_of
from digitreader.sources.images import read_image
from digitreader.values import GLYPH_SIDE, ColourImage, Frame, Glyphs, GrayImage, Reading

Sureness = npt.NDArray[np.float64]
"""(N,) float64 in 0..1: the evidence for the likeliest digit, or the confidence in it."""


@dataclass(frozen=True, slots=True)
class ClassScore:
    """How many of one class were taken for digits."""

    name: str
    n: int
    accepted: int
    share: float


@dataclass(frozen=True, slots=True)
class AtKept:
    """The same where the threshold is set so that a share of real digits is accepted.

    Attributes:
        digits_kept: the share of digits that is accepted.
        digits: what they are.
        threshold: the evidence that this takes.
        accepted: how many that are no digits are accepted then.
    """

    digits_kept: float
    digits: str
    threshold: float
    accepted: int
    share: float


@dataclass(frozen=True, slots=True)
class NegativesScore:
    """How much that is no digit is taken for one.

    Attributes:
        threshold: the model's own, of evidence.
        taken_for: how many are accepted as each digit, 0 to 9.
        classes: the most often accepted first.
        at_kept: None where it was not asked for.
    """

    n: int
    threshold: float
    accepted: int
    share: float
    taken_for: tuple[int, ...]
    classes: tuple[ClassScore, ...]
    at_kept: AtKept | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Mistaken:
    """Something that was taken for a digit, and the glyph that it became."""

    image: GrayImage
    glyph: GrayImage
    kind: str
    read: int
    confidence: float


@dataclass(frozen=True, slots=True, eq=False)
class MistakenPicture:
    """A picture without digits in which some were read; boxes are in its pixels."""

    image: ColourImage
    readings: tuple[Reading, ...]
    name: str


@dataclass(frozen=True, slots=True)
class Digits:
    """Real digits, and the share of them that has to be accepted."""

    images: LabelledImages
    share: float


def score_negatives(
    model: Model, negatives: Negatives, *, pictures: int = 24, keep: Digits | None = None
) -> tuple[NegativesScore, list[Mistaken]]:
    """Normalise and classify every ink, with a progress bar.

    Args:
        model: reads them.
        negatives: at least one.
        pictures: so many of the surest mistakes are handed back.
        keep: also count at the threshold that accepts this share of these digits.
    """
    glyphs, inked = _normalised(negatives)
    activations, rule = model.activations(glyphs), model.facts.acceptance
    evidence, sure = (_surest(each, inked) for each in weigh(activations, rule))
    taken = evidence >= rule.threshold
    read = activations.argmax(axis=1)
    score = NegativesScore(
        n=len(sure),
        threshold=rule.threshold,
        accepted=int(taken.sum()),
        share=float(taken.mean()),
        taken_for=tuple(np.bincount(read[taken], minlength=10).tolist()),
        classes=classes_of(negatives.classes, taken),
        at_kept=None if keep is None else _at_kept(model, keep, evidence),
    )
    places = np.flatnonzero(taken)
    order = places[np.argsort(-sure[places], kind="stable")][:pictures].tolist()
    mistaken = [
        Mistaken(negatives.inks[at], glyphs[at], negatives.classes[at], int(read[at]), float(sure[at])) for at in order
    ]
    return score, mistaken


def _normalised(negatives: Negatives) -> tuple[Glyphs, Mask]:
    """The glyphs, and which of them have any ink."""
    count = len(negatives.inks)
    glyphs = np.zeros((count, GLYPH_SIDE, GLYPH_SIDE), np.uint8)
    inked = np.zeros(count, np.bool_)
    for at, ink in enumerate(with_progress(negatives.inks, label=f"reading {negatives.name}", total=count)):
        glyph = glyph_of(ink)
        if glyph is not None:
            glyphs[at], inked[at] = glyph, True
    return glyphs, inked


def _surest(each: npt.NDArray[np.float64], inked: Mask) -> Sureness:
    """What stands for the likeliest digit; 0 where there is no ink."""
    return np.where(inked, each.max(axis=1), 0.0)


def score_pictures(reader: Reader, paths: Sequence[Path], name: str) -> tuple[NegativesScore, list[MistakenPicture]]:
    """Read whole pictures without digits, with a progress bar; one in which a digit is accepted counts as accepted.

    Args:
        reader: finds and reads.
        paths: at least one.
        name: what to call them all.

    Raises:
        ImageError: one cannot be read.
    """
    mistaken: list[MistakenPicture] = []
    for path in with_progress(paths, label=f"reading {name}", total=len(paths)):
        decoded = read_image(path)
        page = reader.read(Frame(decoded.image, path.name))
        readings = tuple(reading for line in page.lines for reading in line.readings)
        if readings:
            mistaken.append(MistakenPicture(decoded.image, readings, path.name))
    taken_for = np.bincount([r.digit for each in mistaken for r in each.readings], minlength=10)
    share = len(mistaken) / len(paths)
    score = NegativesScore(
        n=len(paths),
        threshold=reader.model.facts.acceptance.threshold,
        accepted=len(mistaken),
        share=share,
        taken_for=tuple(taken_for.tolist()),
        classes=(ClassScore(name, len(paths), len(mistaken), share),),
    )
    return score, mistaken


def classes_of(classes: Sequence[str], taken: npt.NDArray[np.bool_]) -> tuple[ClassScore, ...]:
    """Count each class; the most often accepted first."""
    names = np.array(classes)
    counted = [(name, int((names == name).sum()), int(taken[names == name].sum())) for name in dict.fromkeys(classes)]
    scores = [ClassScore(name, n, accepted, share_of(accepted, n)) for name, n, accepted in counted]
    return tuple(sorted(scores, key=lambda score: (-score.share, score.name)))


def _at_kept(model: Model, keep: Digits, evidence: Sureness) -> AtKept:
    glyphs, inked = normalise_images(keep.images.images, label=f"reading {keep.images.name}")
    digits = np.sort(_surest(evidence_of(model.activations(glyphs), model.facts.acceptance), inked))
    # as many as may be lost are below it, and none that is to be kept
    threshold = float(digits[int((1 - keep.share) * len(digits) + 1e-9)])
    accepted = int((evidence >= threshold).sum())
    return AtKept(keep.share, keep.images.name, threshold, accepted, accepted / len(evidence))
