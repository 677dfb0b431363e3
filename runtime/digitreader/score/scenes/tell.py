"""Tells what became of the scenes' digits: lines and pictures, by cause."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from digitreader.score.causes_told import cause_galleries, cause_lines, digit_table, said_of, shown_outcome
from digitreader.score.report.elements import Html, Shown, figures, section, sides, stack, table
from digitreader.score.scenes.causes import CAUSES, Cause
from digitreader.score.scenes.measure import Mistake, ScenesScore
from digitreader.score.told import counted, percent, share_of


def scenes_text(score: ScenesScore, title: str) -> str:
    """The figures as lines."""
    return "\n".join(
        [
            f"{title}: {score.scenes:,} scenes with {score.digits:,} digits, seed {score.seed}",
            f"digit accuracy  {score.digit_accuracy:7.2%}   {counted(score.errors, 'error')} by edit distance",
            f"read right      {share_of(score.right, score.digits):7.2%}   {score.right:,} digits",
            f"scenes exact    {share_of(score.exact, score.scenes):7.2%}   {score.exact:,} scenes",
            *cause_lines(score.causes),
        ]
    )


def scenes_sections(
    score: ScenesScore, mistakes: Mapping[Cause, Sequence[Mistake]], *, knobs: Sequence[tuple[str, str]]
) -> list[str]:
    """The page's sections."""
    pictures = {cause: [_shown(mistake) for mistake in mistakes[cause]] for cause in CAUSES}
    return [
        figures(
            (percent(score.digit_accuracy), "digit accuracy", f"{counted(score.errors, 'error')} by edit distance"),
            (percent(share_of(score.right, score.digits)), "read right", f"{score.right:,} of {score.digits:,} digits"),
            (percent(share_of(score.exact, score.scenes)), "scenes exact", f"{score.exact:,} of {score.scenes:,}"),
        ),
        section("Every digit", stack({"right": score.right, **score.causes}), note=_STACK_NOTE),
        section("What went wrong", *cause_galleries(score.causes, pictures), note=_BOXES_NOTE),
        section(
            "Which digits, and how hard the scenes were", sides(digit_table(score.right_by_digit), table(KNOBS, knobs))
        ),
    ]


KNOBS = ("knob", "turned to")
_STACK_NOTE = "Each digit that is there has one outcome; what was invented comes on top of them."
_BOXES_NOTE = "Green: where the digit really is. Orange: what was read there and nearby."


def _shown(mistake: Mistake) -> Shown:
    caption = Html(f"<b>{said_of(mistake.outcome)}</b><br>scene {mistake.number}")
    return shown_outcome(mistake.outcome, mistake.image, mistake.readings, caption)
