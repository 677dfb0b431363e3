"""Tells how spoiled digits are read: lines, a table with bars, and a contact sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import cv2
import numpy as np

from digitreader.score.corruptions.measure import CorruptionScore, CorruptionsScore, Sample
from digitreader.score.report.elements import Html, bar, figures, panel, section, table
from digitreader.score.report.pictures import bgr_of, png_address
from digitreader.score.told import percent
from digitreader.values import ColourImage, GrayImage

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
            note="Accuracy counts the strongest neuron of every image; accepted is what is taken for a digit at all.",
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
