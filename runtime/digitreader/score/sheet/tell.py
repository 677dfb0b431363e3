"""Tells how a test sheet was read: lines and pictures, by cause."""

from __future__ import annotations

from collections.abc import Sequence

from digitreader.score.causes_told import (
    MEANING,
    cause_galleries,
    cause_lines,
    digit_table,
    said_of,
    shown_outcome,
)
from digitreader.score.report.elements import Shown, figures, gallery, section, sides, stack, table
from digitreader.score.report.pictures import bgr_of, draw_box, jpeg_address, within
from digitreader.score.scenes.causes import CAUSES, Cause, Outcome
from digitreader.score.sheet.measure import SeenSheet, SheetPhotoScore, SheetScore
from digitreader.score.told import counted, percent, share_of

SHEET_SIDE_PX = 1200
ENOUGH_DIGIT_PX = 20.0
"""Digits that are lower than this in the photograph are read worse."""
TOLD_LARGE: Sequence[Cause] = ("not found", "cut wrongly", "misread")
BOXES_NOTE = "Green: where the digit stands. Orange: what was read there and nearby."
WHOLE_NOTE = (
    "Straightened by its corner marks. Each digit's box has the colour of what became of it; a number whose boxes are "
    "all empty does not count."
)


def sheet_text(score: SheetScore, title: str) -> str:
    """The figures as lines."""
    return "\n".join(
        [
            f"{title}: {counted(len(score.photos), 'photograph')} with {counted(score.digits, 'written digit')}",
            *[f"  {_photo_line(photo)}" for photo in score.photos],
            f"read right      {percent(score.share_right):>8}   {score.right:,} digits",
            f"numbers exact   {percent(_exact(score)):>8}   {score.exact:,} of {score.numbers:,}",
            *cause_lines(score.causes),
            *[f"  {text} read as {read or 'nothing'}" for photo in score.photos for text, read in photo.wrong],
        ]
    )


def _exact(score: SheetScore) -> float:
    return share_of(score.exact, score.numbers)


def _photo_line(photo: SheetPhotoScore) -> str:
    said = f"{photo.source}: sheet {photo.sheet}"
    if not photo.digits:
        return f"{said}, nothing is written in its boxes"
    empty = f", {counted(photo.empty, 'number')} left empty" if photo.empty else ""
    said = f"{said}, digits {photo.digit_px:.0f} pixels high{empty}"
    return said if photo.digit_px >= ENOUGH_DIGIT_PX else f"{said}; move the camera nearer"


def sheet_sections(score: SheetScore, seen: Sequence[SeenSheet], *, pictures: int) -> list[str]:
    """The page's sections.

    Args:
        pictures: the most that are shown of each cause.
    """
    return [
        figures(
            (percent(score.share_right), "read right", f"{score.right:,} of {counted(score.digits, 'written digit')}"),
            (percent(_exact(score)), "numbers exact", f"{score.exact:,} of {score.numbers:,}"),
            *[(f"{score.causes[cause]:,}", cause, MEANING[cause]) for cause in TOLD_LARGE],
        ),
        section("Every digit", stack({"right": score.right, **score.causes})),
        section("What went wrong", *cause_galleries(score.causes, _pictures(seen, pictures)), note=BOXES_NOTE),
        section("The sheets", gallery([_whole(each) for each in seen], tile_px=900), note=WHOLE_NOTE),
        section("Which digits, and which numbers", sides(digit_table(score.right_by_digit), _number_table(score))),
    ]


def _pictures(seen: Sequence[SeenSheet], most: int) -> dict[Cause, list[Shown]]:
    of_cause = {
        cause: [(each, one) for each in seen for one in each.outcomes if one.cause == cause] for cause in CAUSES
    }
    return {cause: [_shown(each, outcome) for each, outcome in found[:most]] for cause, found in of_cause.items()}


def _shown(seen: SeenSheet, outcome: Outcome) -> Shown:
    caption = f"{said_of(outcome)}, {seen.score.source}"
    return shown_outcome(outcome, seen.straight.image, seen.readings, caption)


def _whole(seen: SeenSheet) -> Shown:
    canvas, zoom = within(seen.straight.image, side_px=SHEET_SIDE_PX)
    for outcome in seen.outcomes:
        cause: Cause = outcome.cause
        draw_box(canvas, outcome.box, bgr_of(cause), zoom=zoom)
    said = _photo_line(seen.score)
    return Shown(jpeg_address(canvas), said, f"the sheet of {said}")


def _number_table(score: SheetScore) -> str:
    rows = [(photo.source, text, read or "nothing") for photo in score.photos for text, read in photo.wrong]
    return table(("photograph", "number", "read as"), rows)
