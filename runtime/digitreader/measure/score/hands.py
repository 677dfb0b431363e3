"""Other people's handwriting, digit by digit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from digitreader.errors import DataError
from digitreader.measure.data import LabelledImages
from digitreader.measure.data.glyphs import normalise_images
from digitreader.measure.evaluation import judge
from digitreader.measure.report import (
    NOTHING,
    Html,
    Shown,
    cause_gallery,
    confusion,
    figures,
    percent,
    section,
    share_of,
    sides,
    stack,
)
from digitreader.measure.report_pictures import Bin, bins_of, pair_of, png_address, reliability_svg
from digitreader.model import Model
from digitreader.model.accept import evidence_and_confidence
from digitreader.values import Glyphs, GrayImage

IMAGES, CLASSES = "x", "alphabet"


def images_in(arrays: dict[str, npt.NDArray[np.generic]], path: Path) -> npt.NDArray[np.uint8]:
    """The images of an archive, (N, H, W) uint8, at least one.

    Raises:
        DataError: there are none of this form.
    """
    images = _array(arrays, IMAGES, path)
    if images.dtype != np.uint8 or images.ndim != 3 or 0 in images.shape:
        raise DataError(
            f"{path}: {IMAGES} is {images.dtype} {images.shape}, need uint8 (N, H, W), white ink (255) on black"
        )
    return np.asarray(images, np.uint8)


def classes_in(arrays: dict[str, npt.NDArray[np.generic]], count: int, path: Path) -> list[str]:
    """The class of each image: ``alphabet`` where the archive has it, or else one for all.

    Raises:
        DataError: not one for each image.
    """
    if CLASSES not in arrays:
        return [path.stem] * count
    classes = arrays[CLASSES]
    if classes.shape != (count,):
        raise DataError(f"{path}: {CLASSES} is {classes.shape}, need ({count},), one for each image")
    return [str(name) for name in classes]


def _array(arrays: dict[str, npt.NDArray[np.generic]], name: str, path: Path) -> npt.NDArray[np.generic]:
    if name not in arrays:
        raise DataError(f"{path}: has no array {name!r}, only {', '.join(arrays) or 'none'}")
    return arrays[name]


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
    glyphs, inked = normalise_images(digits.images, label=f"reading {digits.name}", normalise=model.normalise_one)
    activations = model.activations(glyphs)
    rule = model.facts.acceptance
    found = judge(activations, digits.labels, rule, inked=inked)
    evidence, chances = evidence_and_confidence(activations, rule)
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


TILE_PX = 130
BOTH = "Left: as it is given. Right: the glyph that it became."


def hands_text(score: HandsScore, title: str) -> str:
    """The figures as lines."""
    bins = [
        f"  {each.start:4.2f} to {each.end:4.2f}{each.n:9,}{each.confidence:14.1%}{each.right:9.1%}"
        for each in score.bins
        if each.n
    ]
    rejected = f"{score.rejected:,}, of which {score.rejected_right:,} had the right digit ahead"
    accepted = f"{score.accepted:,}, of which {score.accuracy_accepted:.2%} right"
    return "\n".join(
        [
            f"{title}: {score.n:,} images",
            f"accuracy           {score.accuracy:7.2%}",
            f"accepted           {share_of(score.accepted, score.n):7.2%}  ({accepted})",
            f"misread            {share_of(score.misread, score.n):7.2%}  ({score.misread:,} accepted as another)",
            f"rejected           {share_of(score.rejected, score.n):7.2%}  ({rejected})",
            f"calibration error  {score.ece:7.2%}  (expected, 15 bins)",
            "confidence         images    mean of it    right",
            *bins,
        ]
    )


def hands_sections(score: HandsScore, misread: Sequence[Wrong], rejected: Sequence[Wrong]) -> list[str]:
    """The page's sections."""
    taken_right = score.accepted - score.misread
    return [
        figures(
            (percent(score.accuracy), "accuracy", f"of {score.n:,} images, sure or not"),
            (
                percent(share_of(score.accepted, score.n)),
                "accepted",
                f"{score.accepted:,} images, {percent(score.accuracy_accepted)} of them right",
            ),
            (f"{score.ece:.2%}".replace("%", " %"), "calibration error", "expected, 15 bins"),
        ),
        section("Every image", stack({"right": taken_right, "misread": score.misread, "rejected": score.rejected})),
        section(
            "Confidence, and what is mixed up",
            sides(reliability_svg(score.bins), confusion(score.confusion)),
            note="A column that ends on the dashed line means what it says: of readings given with 90 %, nine in ten "
            "are right. Orange is what is missing to that, green what is more. In the table the truth is on the left, "
            "the strongest neuron on top.",
        ),
        section(
            "What went wrong",
            *cause_gallery(
                "misread", score.misread, [_shown(each) for each in misread], tile_px=TILE_PX, pixelated=True
            ),
            *cause_gallery(
                "rejected", score.rejected, [_shown(each) for each in rejected], tile_px=TILE_PX, pixelated=True
            ),
            none=NOTHING,
            note=f"The surest misreadings and the darkest rejections first. {BOTH}",
        ),
    ]


def _shown(wrong: Wrong) -> Shown:
    said = f"a {wrong.label} read as {wrong.read}"
    caption = Html(f"<b>{said}</b><br>{percent(wrong.confidence)}")
    return Shown(png_address(pair_of(wrong.image, wrong.glyph)), caption, said)
