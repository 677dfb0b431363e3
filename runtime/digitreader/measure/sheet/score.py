"""How well a filled-in sheet is read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import cv2
import numpy as np

from digitreader.camera import Source
from digitreader.find.paper_light import to_gray
from digitreader.host.messages import print_info
from digitreader.measure.report import (
    NOTHING,
    Shown,
    counted,
    figures,
    gallery,
    percent,
    section,
    share_of,
    sides,
    stack,
    table,
)
from digitreader.measure.report_pictures import bgr_of, draw_box, jpeg_address, within
from digitreader.measure.score.causes import (
    CAUSES,
    MEANING,
    Cause,
    Outcome,
    cause_galleries,
    cause_lines,
    digit_table,
    outcomes_of,
    said_of,
    shown_outcome,
)
from digitreader.measure.sheet.ink import OVER_MM, grown, is_in, numbers_written, without_print
from digitreader.measure.sheet.layout import Rect, numbers_of
from digitreader.measure.sheet.straighten import SheetNotFoundError, StraightSheet, straighten_sheet
from digitreader.reading.pipeline import FrameReader
from digitreader.values import Frame, Reading


@dataclass(frozen=True, slots=True)
class SheetPhotoScore:
    """What became of one photograph.

    Attributes:
        source: where it came from.
        sheet: the test sheet's name, ``A4-0007``.
        px_per_mm: the photograph's pixels for a millimetre of the sheet, at its side nearest to the camera.
        digit_px: the height of a typical digit that was written, in pixels of the photograph; 0 if there is none.
        digits: how many digits were written; numbers whose boxes are all empty do not count.
        right: how many of them were found, cut, accepted and read right.
        causes: how many digits were not read, or were invented, by `CAUSES`.
        empty: numbers that nobody copied.
        wrong: numbers with a mistake: the number to be written, and the text that was read there.
    """

    source: str
    sheet: str
    px_per_mm: float
    digit_px: float
    digits: int
    right: int
    causes: dict[str, int]
    empty: int
    wrong: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class SheetScore:
    """What became of all photographs; the fields are those of `SheetPhotoScore`, added up.

    Attributes:
        numbers: how many were written.
        exact: how many of them were read without a mistake.
        right_by_digit: the share of each digit, 0 to 9, that was read right; None if it was not written.
    """

    digits: int
    right: int
    share_right: float
    causes: dict[str, int]
    numbers: int
    exact: int
    right_by_digit: tuple[float | None, ...]
    photos: tuple[SheetPhotoScore, ...]


@dataclass(frozen=True, slots=True, eq=False)
class SeenSheet:
    """One photograph with all that a picture of its mistakes needs.

    Attributes:
        straight: the straightened sheet; boxes are in its pixels.
        numbers: how many numbers were written.
    """

    score: SheetPhotoScore
    straight: StraightSheet
    outcomes: tuple[Outcome, ...]
    readings: tuple[Reading, ...]
    numbers: int


def see_sheet(reader: FrameReader, straight: StraightSheet, *, source: str) -> SeenSheet:
    """Read one straightened sheet like any picture, after its print was removed.

    Args:
        reader: reads it.
        straight: the sheet.
        source: the name of the photograph.
    """
    bare = without_print(straight, to_gray(straight.image))
    readings = [reading for line in reader.read(Frame(bare.gray, source)).lines for reading in line.readings]
    written = numbers_written(straight, bare.inks, readings)
    truth = [digit for digits in written for digit in digits]
    found = [candidate.box for candidate in reader.finder.digits(bare.gray)]
    outcomes = outcomes_of(truth, readings, found)
    counts = Counter(outcome.cause for outcome in outcomes)
    pairs = _pairs(straight, readings, [bool(digits) for digits in written])
    score = SheetPhotoScore(
        source=source,
        sheet=straight.sheet.name,
        px_per_mm=round(straight.photo_px_per_mm, 2),
        digit_px=float(np.median([straight.photo_height_px(digit.box) for digit in truth])) if truth else 0.0,
        digits=len(truth),
        right=counts["right"],
        causes={cause: counts[cause] for cause in CAUSES},
        empty=sum(not digits for digits in written),
        wrong=tuple((text, read) for text, read in pairs if text != read),
    )
    return SeenSheet(score, straight, tuple(outcomes), tuple(readings), len(pairs))


def total_of(seen: Sequence[SeenSheet]) -> SheetScore:
    """Add the photographs up."""
    scores = [each.score for each in seen]
    digits, right = sum(score.digits for score in scores), sum(score.right for score in scores)
    numbers = sum(each.numbers for each in seen)
    return SheetScore(
        digits=digits,
        right=right,
        share_right=share_of(right, digits),
        causes={cause: sum(score.causes[cause] for score in scores) for cause in CAUSES},
        numbers=numbers,
        exact=numbers - sum(len(score.wrong) for score in scores),
        right_by_digit=_right_by_digit([outcome for each in seen for outcome in each.outcomes]),
        photos=tuple(scores),
    )


def _right_by_digit(outcomes: Sequence[Outcome]) -> tuple[float | None, ...]:
    there = Counter(outcome.truth for outcome in outcomes)
    right = Counter(outcome.truth for outcome in outcomes if outcome.cause == "right")
    return tuple(right[digit] / there[digit] if there[digit] else None for digit in range(10))


def _pairs(straight: StraightSheet, readings: Sequence[Reading], written: Sequence[bool]) -> list[tuple[str, str]]:
    """Each number that was written, and what was read in its boxes from left to right."""
    numbers = [number for number, there in zip(numbers_of(straight.sheet), written, strict=True) if there]
    return [(number.text, _read_in(straight, number.field, readings)) for number in numbers]


def _read_in(straight: StraightSheet, field: Rect, readings: Sequence[Reading]) -> str:
    place = straight.box_of(grown(field, OVER_MM))
    inside = sorted((reading for reading in readings if is_in(reading.box, place)), key=lambda reading: reading.box.x)
    return "".join(str(reading.digit) for reading in inside)


MOST_FRAMES = 300
"""A stream shows no sheet if none is seen in this many frames."""
ENOUGH = 10
"""Frames that show the sheet, of which the sharpest is used."""


def photographed(source: Source) -> StraightSheet:
    """The test sheet that a source shows, straightened.

    Args:
        source: the opened source.

    Raises:
        SheetNotFoundError: it shows no sheet; the message is about the last frame.
        SourceError: it cannot be read.
    """
    if not source.live:
        frame = next(source.frames())
        return straighten_sheet(frame.image, name=source.name)
    print_info(f"{source.name}: hold the test sheet still before the camera, with all four corner marks in the picture")
    shown = list(islice(_sheets(source), ENOUGH))
    return max(shown, key=_sharpness)


def _sheets(source: Source) -> Iterator[StraightSheet]:
    """Every frame that shows the sheet, straightened.

    Raises:
        SheetNotFoundError: there was none.
    """
    message, seen = f"{source.name}: gave no frame, and so no test sheet; is something held before the camera?", False
    for frame in islice(source.frames(), MOST_FRAMES):
        try:
            straight = straighten_sheet(frame.image, name=source.name)
        except SheetNotFoundError as error:
            message = str(error)
            continue
        seen = True
        yield straight
    if not seen:
        raise SheetNotFoundError(message)


def _sharpness(straight: StraightSheet) -> float:
    return float(cv2.Laplacian(straight.image, cv2.CV_32F).var())


SHEET_SIDE_PX = 1200
ENOUGH_DIGIT_PX = 20.0
"""Digits that are lower than this in the photograph are read worse."""
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
            *[(f"{score.causes[cause]:,}", cause, MEANING[cause]) for cause in CAUSES],
        ),
        section("Every digit", stack({"right": score.right, **score.causes})),
        section(
            "What went wrong", *cause_galleries(score.causes, _pictures(seen, pictures)), note=BOXES_NOTE, none=NOTHING
        ),
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
