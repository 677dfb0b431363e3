"""Reads photographs of test sheets and counts what became of the digits that were written on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from digitreader.paper_light import to_gray
from digitreader.paper_sheet.layout import Rect, numbers_of
from digitreader.paper_sheet.straighten import StraightSheet
from digitreader.pipeline import Reader
from digitreader.score.scenes.causes import CAUSES, Outcome, outcomes_of
from digitreader.score.sheet.written import OVER_MM, grown, is_in, numbers_written, without_print
from digitreader.score.told import share_of
from digitreader.values import Frame, Reading


@dataclass(frozen=True, slots=True)
class SheetPhotoScore:
    """What became of one photograph.

    Attributes:
        source: where it came from.
        sheet: the test sheet's name, ``A4-0007``.
        px_per_mm: the photograph's pixels on a millimetre of the sheet, where it is nearest to the camera.
        digit_px: the height of a typical digit that was written, in pixels of the photograph; 0 where there is none.
        digits: how many were written; a number whose boxes are all empty was not.
        right: how many of them were found, cut, accepted and read right.
        causes: why the others were not, and what was invented, by `CAUSES`.
        empty: numbers that nobody copied.
        wrong: numbers with a mistake: what was to be written, and what was read there.
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
        right_by_digit: the share of each digit, 0 to 9, that was read right; None where it was not written.
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
        straight: what the boxes are in pixels of.
        numbers: how many were written.
    """

    score: SheetPhotoScore
    straight: StraightSheet
    outcomes: tuple[Outcome, ...]
    readings: tuple[Reading, ...]
    numbers: int


def see_sheet(reader: Reader, straight: StraightSheet, *, source: str) -> SeenSheet:
    """Read one straightened sheet as any picture is read, with what is printed on it taken away.

    Args:
        source: what the photograph is called.
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
