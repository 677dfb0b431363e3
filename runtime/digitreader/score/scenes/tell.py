"""Tells what became of the scenes' digits: lines and pictures, by cause."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from digitreader.score.report.elements import (
    Html,
    Shown,
    bar,
    cause_title,
    figures,
    gallery,
    section,
    sides,
    stack,
    table,
)
from digitreader.score.report.pictures import bgr_of, crop_with_boxes, png_address
from digitreader.score.scenes.causes import CAUSES, Cause
from digitreader.score.scenes.measure import Mistake, ScenesScore
from digitreader.score.told import counted, percent, share_of

MEANING: Mapping[Cause, str] = {
    "misread": "found and cut as it should be, and read as another digit",
    "cut wrongly": "one box round several digits, or one digit in several boxes or only a part of it",
    "rejected": "found, but not taken for a digit",
    "not found": "no box where a digit is",
    "invented": "a digit accepted where none is",
}


def scenes_text(score: ScenesScore, title: str) -> str:
    """The figures as lines."""
    causes = [f"  {cause:<12}{count:6,}   {MEANING[cause]}" for cause in CAUSES for count in [score.causes[cause]]]
    return "\n".join(
        [
            f"{title}: {score.scenes:,} scenes with {score.digits:,} digits, seed {score.seed}",
            f"digit accuracy  {score.digit_accuracy:7.2%}   {counted(score.errors, 'error')} by edit distance",
            f"read right      {share_of(score.right, score.digits):7.2%}   {score.right:,} digits",
            f"scenes exact    {share_of(score.exact, score.scenes):7.2%}   {score.exact:,} scenes",
            "what went wrong",
            *causes,
        ]
    )


def scenes_sections(
    score: ScenesScore, mistakes: Mapping[Cause, Sequence[Mistake]], *, knobs: Sequence[tuple[str, str]]
) -> list[str]:
    """The page's sections."""
    return [
        figures(
            (percent(score.digit_accuracy), "digit accuracy", f"{counted(score.errors, 'error')} by edit distance"),
            (percent(share_of(score.right, score.digits)), "read right", f"{score.right:,} of {score.digits:,} digits"),
            (percent(share_of(score.exact, score.scenes)), "scenes exact", f"{score.exact:,} of {score.scenes:,}"),
        ),
        section("Every digit", stack({"right": score.right, **score.causes}), note=_STACK_NOTE),
        section("What went wrong", *_galleries(score, mistakes), note=_BOXES_NOTE),
        section("Which digits, and how hard the scenes were", sides(_digit_table(score), table(KNOBS, knobs))),
    ]


KNOBS = ("knob", "turned to")
_STACK_NOTE = "Each digit that is there has one outcome; what was invented comes on top of them."
_BOXES_NOTE = "Green: where the digit really is. Orange: what was read there and nearby."


def _galleries(score: ScenesScore, mistakes: Mapping[Cause, Sequence[Mistake]]) -> list[str]:
    parts = []
    for cause in CAUSES:
        shown = [_shown(mistake) for mistake in mistakes[cause]]
        parts.append(cause_title(cause, score.causes[cause], shown=len(shown)))
        if shown:
            parts += [f'<p class="note">{MEANING[cause].capitalize()}.</p>', gallery(shown)]
    return parts


def _shown(mistake: Mistake) -> Shown:
    outcome = mistake.outcome
    read = [(reading.box, bgr_of("misread")) for reading in mistake.readings]
    true = [(outcome.box, bgr_of("right"))] if outcome.truth is not None else []
    said = _said(mistake)
    crop = crop_with_boxes(mistake.image, outcome.box, [*read, *true])
    caption = Html(f"<b>{said}</b><br>scene {mistake.number}")
    return Shown(png_address(crop), caption, f"{outcome.cause}: {said}")


def _said(mistake: Mistake) -> str:
    outcome = mistake.outcome
    is_there = "no digit" if outcome.truth is None else f"a {outcome.truth}"
    if outcome.reading is None:
        return is_there
    return f"{is_there} read as {outcome.reading.digit} ({percent(outcome.reading.confidence)})"


def _digit_table(score: ScenesScore) -> str:
    rows = [
        (str(digit), "none" if share is None else percent(share), bar(share or 0.0))
        for digit, share in enumerate(score.right_by_digit)
    ]
    return table(("digit", "read right", ""), rows)
