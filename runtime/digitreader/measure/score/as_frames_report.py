"""Reports what became of digits on paper: lines, tables, and pictures of them as they lay there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import cv2
import numpy as np

from digitreader.measure.report import (
    NOTHING,
    Html,
    Shown,
    bar,
    cause_gallery,
    figures,
    panel,
    percent,
    section,
    share_of,
    stack,
    table,
)
from digitreader.measure.report_pictures import bgr_of, draw_box, png_address
from digitreader.measure.score.as_frames import LaidCorruptionsScore, LaidDigit, LaidHandsScore, LaidScore
from digitreader.values import ColourImage

TILE_PX = 64
EDGE_PX = 3
SHEET_NOTE = (
    "One of each digit as it lay on the paper: framed green where it was read right, orange where it was read as "
    "another digit, grey where it was lost."
)
COUNTS_NOTE = (
    "Each digit is laid on paper as dark ink, twelve to a picture, and found, accepted and read like those of any "
    "frame. Lost: not found, or found and not accepted. Invented: read as a digit where none lies, or a second time."
)
HEAD = ("read right", "", "misread", "lost", "invented")


def corruptions_text(score: LaidCorruptionsScore, title: str) -> str:
    """The figures as lines."""
    return "\n".join(
        [
            f"{title}, on paper: {score.n:,} digits of each corruption, seed {score.seed}",
            f"  {'':<15}{'read right':>11}{'misread':>9}{'lost':>9}{'invented':>10}",
            *(_line(row) for row in (score.clean, *score.corruptions)),
            f"  {'mean of the 15':<15}{score.mean:11.2%}",
        ]
    )


def _line(row: LaidScore) -> str:
    shares = f"{row.right_share:11.2%}{row.misread_share:9.2%}{row.lost_share:9.2%}"
    return f"  {row.name:<15}{shares}{row.invented:10,}"


def corruptions_sections(score: LaidCorruptionsScore, samples: Mapping[str, Sequence[LaidDigit]]) -> list[str]:
    """The page's sections."""
    worst = min(score.corruptions, key=lambda row: row.right_share)
    rows = [(row.name, *_cells(row)) for row in (score.clean, *score.corruptions)]
    sheet = [
        (name, Html(f'<td class="strip"><img src="{_strip(kept)}" alt="{name}"></td>'))
        for name, kept in samples.items()
    ]
    return [
        figures(
            (percent(score.mean), "mean of the 15", f"{score.n:,} digits of each, on paper"),
            (percent(score.clean.right_share), "clean", "the same digits as they are"),
            (percent(worst.right_share), "worst", worst.name),
            (f"{score.invented:,}", "invented", "on the pictures of the 15"),
        ),
        section("Each corruption", panel(table(("corruption", *HEAD), rows)), note=COUNTS_NOTE),
        section("Contact sheet", panel(table(("corruption", "digits"), sheet)), note=SHEET_NOTE),
    ]


def _cells(row: LaidScore) -> tuple[str | Html, ...]:
    misread, lost = percent(row.misread_share), percent(row.lost_share)
    return percent(row.right_share), bar(row.right_share), misread, lost, f"{row.invented:,}"


def _strip(samples: Sequence[LaidDigit]) -> str:
    """The samples in a row, each framed by what became of it, as a data URI."""
    return png_address(np.hstack([_tile(sample) for sample in samples]))


def _tile(sample: LaidDigit) -> ColourImage:
    side = TILE_PX - 2 * EDGE_PX
    small = cv2.resize(sample.cell, (side, side), interpolation=cv2.INTER_AREA)
    colour = bgr_of(sample.outcome)
    edges = (EDGE_PX,) * 4
    return np.asarray(cv2.copyMakeBorder(small, *edges, cv2.BORDER_CONSTANT, value=colour), np.uint8)


def hands_text(score: LaidHandsScore, title: str) -> str:
    """The figures as lines."""
    total = score.total
    return "\n".join(
        [
            f"{title}, on paper: {total.n:,} digits on {total.pictures:,} pictures",
            f"read right  {total.right_share:7.2%}  ({total.right:,})",
            f"misread     {total.misread_share:7.2%}  ({total.misread:,} accepted as another)",
            f"lost        {total.lost_share:7.2%}  ({total.lost:,} not found or not accepted)",
            f"invented    {total.invented:7,}",
            "digit       images    right",
            *(f"  {each.digit}{each.n:15,}{share_of(each.right, each.n):9.1%}" for each in score.by_digit),
        ]
    )


def hands_sections(score: LaidHandsScore, misread: Sequence[LaidDigit], lost: Sequence[LaidDigit]) -> list[str]:
    """The page's sections."""
    total = score.total
    rows = [
        (str(each.digit), f"{each.n:,}", percent(share := share_of(each.right, each.n)), bar(share))
        for each in score.by_digit
    ]
    return [
        figures(
            (percent(total.right_share), "read right", f"of {total.n:,} digits on paper"),
            (percent(total.misread_share), "misread", f"{total.misread:,}"),
            (percent(total.lost_share), "lost", f"{total.lost:,}"),
            (f"{total.invented:,}", "invented", f"on {total.pictures:,} pictures"),
        ),
        section(
            "Every digit",
            stack({"right": total.right, "misread": total.misread, "lost": total.lost}),
            panel(table(("digit", "images", "read right", ""), rows)),
            note=COUNTS_NOTE,
        ),
        section(
            "What went wrong",
            *cause_gallery("misread", total.misread, [_shown(each) for each in misread]),
            *cause_gallery("lost", total.lost, [_shown(each) for each in lost]),
            none=NOTHING,
            note="The first of each, as they lay on the paper; orange boxes are what was read there.",
        ),
    ]


def _shown(digit: LaidDigit) -> Shown:
    canvas = digit.cell.copy()
    for reading in digit.readings:
        draw_box(canvas, reading.box, bgr_of("misread"))
    said = f"a {digit.label}, lost" if digit.read is None else f"a {digit.label} read as {digit.read}"
    return Shown(png_address(canvas), said, said)
