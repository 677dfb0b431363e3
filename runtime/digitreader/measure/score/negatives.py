"""What is not a digit, and how often it is taken for one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

import numpy as np
import numpy.typing as npt

from digitreader.camera.images import read_image
from digitreader.drawing import FREE_MARKS, MARK_TEMPLATES, PENS, Hand, write_mark
from digitreader.host.progress import with_progress
from digitreader.measure.data import LabelledImages
from digitreader.measure.data.glyphs import Mask, glyph_of, normalise_images
from digitreader.measure.data.idx import read_archive
from digitreader.measure.report import (
    NOTHING,
    Html,
    Shown,
    bar,
    cause_gallery,
    figures,
    percent,
    section,
    share_of,
    sides,
    table,
)
from digitreader.measure.report_pictures import bgr_of, draw_box, jpeg_address, pair_of, png_address, within
from digitreader.measure.score.hands import classes_in, images_in
from digitreader.model import Model
from digitreader.model.accept import evidence_and_confidence, evidence_of
from digitreader.reading.pipeline import FrameReader
from digitreader.values import GLYPH_SIDE, ColourImage, Frame, Glyphs, GrayImage, Ink, Reading

MARK_HEIGHT_PX = 64


@dataclass(frozen=True, slots=True, eq=False)
class Negatives:
    """Ink that is not a digit.

    Attributes:
        inks: (h, w) uint8 each, white on black.
        classes: what each one is.
        name: what to call them in a sentence.
    """

    inks: Sequence[Ink]
    classes: Sequence[str]
    name: str


def read_negatives(path: Path) -> Negatives:
    """Read an .npz archive: ``x`` (N, H, W) uint8, white ink (255) on black; ``alphabet`` (N,), if it has classes.

    Raises:
        DataError: the archive is missing or of another form.
    """
    arrays = read_archive(path)
    images = images_in(arrays, path)
    return Negatives(list(images), classes_in(arrays, len(images), path), path.name)


def draw_negatives(count: int, *, seed: int) -> Negatives:
    """Draw letters, operators, scribbles and blots, each kind as often as another, in many hands and with many pens."""
    kinds, pens = [*MARK_TEMPLATES, *FREE_MARKS], list(PENS.values())
    inks, classes = [], []
    for number in range(count):
        rng = np.random.default_rng((seed, number))
        kind, pen = kinds[number % len(kinds)], pens[int(rng.integers(len(pens)))]
        inks.append(write_mark(kind, rng, Hand.random(rng), pen=pen, height_px=MARK_HEIGHT_PX))
        classes.append(kind)
    return Negatives(inks, classes, "drawn marks")


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
    """The results at the threshold at which a given share of real digits is accepted.

    Attributes:
        digits_kept: the share of digits that is accepted.
        digits: the name of the digits.
        threshold: this threshold of evidence.
        accepted: how many marks that are not digits are accepted at it.
    """

    digits_kept: float
    digits: str
    threshold: float
    accepted: int
    share: float


@dataclass(frozen=True, slots=True)
class NegativesScore:
    """How many marks that are not digits are taken for digits.

    Attributes:
        threshold: the model's threshold of evidence.
        taken_for: how many are accepted as each digit, 0 to 9.
        classes: the most often accepted first.
        at_kept: None if it was not asked for.
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
        pictures: this many of the surest mistakes are handed back.
        keep: also count at the threshold that accepts this share of these digits.
    """
    glyphs, inked = _normalised(negatives, model)
    activations, rule = model.activations(glyphs), model.facts.acceptance
    evidence, sure = (_surest(each, inked) for each in evidence_and_confidence(activations, rule))
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


def _normalised(negatives: Negatives, model: Model) -> tuple[Glyphs, Mask]:
    """The glyphs, and which of them have any ink."""
    count = len(negatives.inks)
    glyphs = np.zeros((count, GLYPH_SIDE, GLYPH_SIDE), np.uint8)
    inked = np.zeros(count, np.bool_)
    for at, ink in enumerate(with_progress(negatives.inks, label=f"reading {negatives.name}", total=count)):
        glyph = glyph_of(ink, model.normalise_one)
        if glyph is not None:
            glyphs[at], inked[at] = glyph, True
    return glyphs, inked


def _surest(each: npt.NDArray[np.float64], inked: Mask) -> Sureness:
    """What stands for the likeliest digit; 0 if there is no ink."""
    return np.where(inked, each.max(axis=1), 0.0)


def score_pictures(
    reader: FrameReader, paths: Sequence[Path], name: str
) -> tuple[NegativesScore, list[MistakenPicture]]:
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
    glyphs, inked = normalise_images(
        keep.images.images, label=f"reading {keep.images.name}", normalise=model.normalise_one
    )
    digits = np.sort(_surest(evidence_of(model.activations(glyphs), model.facts.acceptance), inked))
    # as many as may be lost are below it, and none that is to be kept
    threshold = float(digits[int((1 - keep.share) * len(digits) + 1e-9)])
    accepted = int((evidence >= threshold).sum())
    return AtKept(keep.share, keep.images.name, threshold, accepted, accepted / len(evidence))


TILE_PX = 130
PICTURE_TILE_PX = 320
PICTURE_SIDE_PX = 640


def negatives_text(score: NegativesScore, title: str) -> str:
    """The figures as lines."""
    wide = max(len(each.name) for each in score.classes) + 2
    accepted = f"{score.accepted:,}, at the model's threshold {score.threshold:g}"
    as_digits = "".join(f"{count:7,}" for count in score.taken_for)
    return "\n".join(
        [
            f"{title}: {score.n:,} inks that are not digits",
            f"accepted as digits  {score.share:7.2%}  ({accepted})",
            *([_kept_line(score.at_kept)] if score.at_kept else []),
            "as digit       " + "".join(f"{digit:7}" for digit in range(10)),
            f"accepted       {as_digits}",
            *(f"  {each.name:<{wide}}{each.share:7.1%}  {each.accepted:,} of {each.n:,}" for each in score.classes),
        ]
    )


def _kept_line(kept: AtKept) -> str:
    return (
        f"accepted as digits  {kept.share:7.2%}  ({kept.accepted:,}, where {kept.digits_kept:.1%} of {kept.digits} are "
        f"accepted: threshold {kept.threshold:.3f})"
    )


def negatives_sections(score: NegativesScore, shown: Sequence[Shown], *, tile_px: int = TILE_PX) -> list[str]:
    """The page's sections."""
    kept = score.at_kept
    remark = f"{score.accepted:,} of {score.n:,}, at the model's threshold {score.threshold:g}"
    cards = [(percent(score.share), "accepted as digits", remark)]
    if kept:
        said = f"where {percent(kept.digits_kept)} of {kept.digits} are accepted (threshold {kept.threshold:.3f})"
        cards.append((percent(kept.share), "accepted as digits", said))
    most = max(score.taken_for) or 1
    digits = [(str(digit), f"{count:,}", bar(count / most)) for digit, count in enumerate(score.taken_for)]
    classes = [
        (each.name, f"{each.n:,}", f"{each.accepted:,}", percent(each.share), bar(each.share)) for each in score.classes
    ]
    return [
        figures(*cards),
        section(
            "By class, and as which digit",
            sides(table(("class", "n", "accepted", "share", ""), classes), table(("as", "accepted", ""), digits)),
        ),
        section(
            "What went wrong",
            *cause_gallery("invented", score.accepted, shown, tile_px=tile_px, pixelated=tile_px == TILE_PX),
            none=NOTHING,
            note="Inks: the surest first; on the left as given, on the right the glyph that it became.",
        ),
    ]


def shown_ink(mistaken: Mistaken) -> Shown:
    """One ink that was taken for a digit."""
    said = f"{mistaken.kind} read as {mistaken.read}"
    caption = Html(f"<b>read as {mistaken.read}</b>, {percent(mistaken.confidence)}<br>{escape(mistaken.kind)}")
    return Shown(png_address(pair_of(mistaken.image, mistaken.glyph)), caption, said)


def shown_picture(mistaken: MistakenPicture) -> Shown:
    """One picture in which digits were read."""
    canvas, zoom = within(mistaken.image, side_px=PICTURE_SIDE_PX)
    for reading in mistaken.readings:
        draw_box(canvas, reading.box, bgr_of("invented"), zoom=zoom)
    read = " ".join(str(reading.digit) for reading in mistaken.readings)
    caption = Html(f"<b>read {read}</b><br>{escape(mistaken.name)}")
    return Shown(jpeg_address(canvas), caption, f"{mistaken.name} read as {read}")
