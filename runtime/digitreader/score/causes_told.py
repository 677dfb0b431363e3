"""What became of digits, told by cause: the lines, galleries and captions that scenes and test sheets have alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from digitreader.score.report.elements import Html, Shown, bar, cause_title, gallery, table
from digitreader.score.report.pictures import bgr_of, crop_with_boxes, png_address
from digitreader.score.scenes.causes import CAUSES, Cause, Outcome
from digitreader.score.told import percent
from digitreader.values import ColourImage, Reading

MEANING: Mapping[Cause, str] = {
    "misread": "found and cut as it should be, and read as another digit",
    "cut wrongly": "one box round several digits, or one digit in several boxes or only a part of it",
    "rejected": "found, but not taken for a digit",
    "not found": "no box where a digit is",
    "invented": "a digit accepted where none is",
}


def cause_lines(causes: Mapping[str, int]) -> list[str]:
    """How often what went wrong, as lines."""
    counts = [f"  {cause:<12}{causes[cause]:6,}   {MEANING[cause]}" for cause in CAUSES]
    return ["what went wrong", *counts]


def cause_galleries(causes: Mapping[str, int], pictures: Mapping[Cause, Sequence[Shown]]) -> list[str]:
    """The pictures of each cause under its heading, as parts of a section."""
    parts = []
    for cause in CAUSES:
        parts.append(cause_title(cause, causes[cause], shown=len(pictures[cause])))
        if pictures[cause]:
            parts += [f'<p class="note">{MEANING[cause].capitalize()}.</p>', gallery(pictures[cause])]
    return parts


def shown_outcome(outcome: Outcome, image: ColourImage, readings: Sequence[Reading], caption: str | Html) -> Shown:
    """A crop round one digit: where it really is in green, what was read there and nearby in orange."""
    read = [(reading.box, bgr_of("misread")) for reading in readings]
    true = [(outcome.box, bgr_of("right"))] if outcome.truth is not None else []
    crop = crop_with_boxes(image, outcome.box, [*read, *true])
    return Shown(png_address(crop), caption, f"{outcome.cause}: {said_of(outcome)}")


def said_of(outcome: Outcome) -> str:
    """What is there and what was read, as ``a 4 read as 9 (91.0 %)``."""
    is_there = "no digit" if outcome.truth is None else f"a {outcome.truth}"
    if outcome.reading is None:
        return is_there
    return f"{is_there} read as {outcome.reading.digit} ({percent(outcome.reading.confidence)})"


def digit_table(right_by_digit: Sequence[float | None]) -> str:
    """The share of each digit that was read right, as a table with bars."""
    rows: list[Sequence[str | Html]] = [
        (str(digit), "none" if share is None else percent(share), bar(share or 0.0))
        for digit, share in enumerate(right_by_digit)
    ]
    return table(("digit", "read right", ""), rows)
