"""How well spoiled digits are read as glyphs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from digitreader.host.progress import ProgressBar
from digitreader.measure.data import LabelledImages
from digitreader.measure.data.glyphs import glyph_of
from digitreader.measure.evaluation import Evaluation, judge
from digitreader.measure.report import Html, bar, figures, panel, percent, section, table
from digitreader.measure.report_pictures import bgr_of, png_address
from digitreader.measure.score.corruption_kinds import CORRUPTIONS, corrupt
from digitreader.model import Model
from digitreader.values import GLYPH_SIDE, Activations, ColourImage, Glyphs, GrayImage

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
        glyph = glyph_of(spoiled, model.normalise_one)
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


TILE_PX = 40
EDGE_PX = 2
GROUND = 128
SHEET_NOTE = (
    "One of each digit: on the left as it is given, on the right the glyph that normalisation made of it, "
    "framed green where it was read right and orange where not."
)


def corruptions_text(score: CorruptionsScore, title: str) -> str:
    """The figures as lines."""
    head = f"  {'':<15}{'accuracy':>9}{'accepted':>10}{'of these right':>16}"
    return "\n".join(
        [
            f"{title}: {score.n:,} images of each corruption, seed {score.seed}",
            head,
            *(_line(row) for row in (score.clean, *score.corruptions)),
            f"  {'mean of the 15':<15}{score.mean:9.2%}",
        ]
    )


def _line(row: CorruptionScore) -> str:
    return f"  {row.name:<15}{row.accuracy:9.2%}{row.accepted:10.1%}{row.accuracy_accepted:16.1%}"


def corruptions_sections(score: CorruptionsScore, samples: Mapping[str, Sequence[Sample]]) -> list[str]:
    """The page's sections."""
    worst = min(score.corruptions, key=lambda row: row.accuracy)
    rows = [_row(row) for row in (score.clean, *score.corruptions)]
    sheet = [
        (name, Html(f'<td class="strip"><img src="{_strip(kept)}" alt="{name}"></td>'))
        for name, kept in samples.items()
    ]
    return [
        figures(
            (percent(score.mean), "mean of the 15", f"{score.n:,} images of each"),
            (percent(score.clean.accuracy), "clean", "the same images as they are"),
            (percent(worst.accuracy), "worst", worst.name),
        ),
        section(
            "Each corruption",
            panel(table(("corruption", "accuracy", "", "accepted", "of these right"), rows)),
            note="Accuracy counts the strongest neuron of every image; accepted counts those accepted as a digit.",
        ),
        section("Contact sheet", panel(table(("corruption", "digits"), sheet)), note=SHEET_NOTE),
    ]


def _row(row: CorruptionScore) -> tuple[str | Html, ...]:
    return row.name, percent(row.accuracy), bar(row.accuracy), percent(row.accepted), percent(row.accuracy_accepted)


def _strip(samples: Sequence[Sample]) -> str:
    """The samples in a row, and their glyphs in a row beside them, as a data URI."""
    frames = [bgr_of("right" if sample.read == sample.label else "misread") for sample in samples]
    given = [_tile(sample.image, (GROUND,) * 3) for sample in samples]
    seen = [_tile(sample.glyph, frame) for sample, frame in zip(samples, frames, strict=True)]
    gap = np.full((TILE_PX, 3 * EDGE_PX, 4), 0, np.uint8)
    return png_address(np.hstack([*given, gap, *seen]))


def _tile(image: GrayImage, frame: tuple[int, int, int]) -> ColourImage:
    """An image of any size, enlarged and framed: (TILE_PX, TILE_PX, 4) uint8 with an opaque alpha."""
    side = TILE_PX - 2 * EDGE_PX
    grown = cv2.resize(image, (side, side), interpolation=cv2.INTER_NEAREST)
    framed = np.full((TILE_PX, TILE_PX, 4), (*frame, 255), np.uint8)
    framed[EDGE_PX:-EDGE_PX, EDGE_PX:-EDGE_PX, :3] = grown[:, :, None]
    return framed
