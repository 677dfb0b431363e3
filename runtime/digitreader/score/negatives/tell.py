"""Tells how much that is no digit was taken for one: lines, classes, and the surest mistakes."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from digitreader.score.negatives.measure import AtKept, Mistaken, MistakenPicture, NegativesScore
from digitreader.score.report.elements import Html, Shown, bar, cause_title, figures, gallery, section, sides, table
from digitreader.score.report.pictures import bgr_of, draw_box, jpeg_address, pair_of, png_address, within
from digitreader.score.told import percent

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
            f"{title}: {score.n:,} inks that are no digits",
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
            cause_title("invented", score.accepted, shown=len(shown)),
            gallery(shown, tile_px=tile_px, pixelated=tile_px == TILE_PX),
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
