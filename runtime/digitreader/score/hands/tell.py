"""Tells how labelled digits are read: lines, a reliability diagram, what is mixed up, and what went wrong."""

from __future__ import annotations

from collections.abc import Sequence

from digitreader.score.hands.measure import HandsScore, Wrong
from digitreader.score.report.elements import (
    Html,
    Shown,
    cause_title,
    confusion,
    figures,
    gallery,
    section,
    sides,
    stack,
)
from digitreader.score.report.pictures import pair_of, png_address
from digitreader.score.report.reliability import reliability_svg
from digitreader.score.told import percent, share_of

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
            (percent(score.accuracy), "accuracy", f"of {score.n:,} images"),
            (
                percent(share_of(score.accepted, score.n)),
                "accepted",
                f"{percent(score.accuracy_accepted)} of them right",
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
            cause_title("misread", score.misread, shown=len(misread)),
            gallery([_shown(each) for each in misread], tile_px=TILE_PX, pixelated=True),
            cause_title("rejected", score.rejected, shown=len(rejected)),
            gallery([_shown(each) for each in rejected], tile_px=TILE_PX, pixelated=True),
            note=f"The surest misreadings and the darkest rejections first. {BOTH}",
        ),
    ]


def _shown(wrong: Wrong) -> Shown:
    said = f"a {wrong.label} read as {wrong.read}"
    caption = Html(f"<b>{said}</b><br>{percent(wrong.confidence)}")
    return Shown(png_address(pair_of(wrong.image, wrong.glyph)), caption, said)
