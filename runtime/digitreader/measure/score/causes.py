"""Why a number was misread: not found, invented, or read wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from digitreader.drawing import DigitBox
from digitreader.measure.report import Html, Shown, bar, cause_gallery, percent, table
from digitreader.measure.report_pictures import bgr_of, crop_with_boxes, png_address
from digitreader.reading.tracks import overlaps
from digitreader.values import Box, ColourImage, Reading, around, grown

Cause = Literal["right", "misread", "cut wrongly", "rejected", "not found", "invented"]

CAUSES: tuple[Cause, ...] = ("misread", "cut wrongly", "rejected", "not found", "invented")
"""The causes of errors, in the order of the report."""

PAD = 0.08
"""Boxes are widened by this many digit heights: a 1 is so narrow that one pixel would separate two equal boxes."""
ALIKE = 0.6
"""Two boxes hold the same thing where their intersection over their union is at least this ..."""
ROUGHLY_ALIKE = 0.3
"""... or this, where the digit that was read is the right one."""
MOSTLY = 0.6
"""A box lies in another where this share of its area does."""
TIGHT = 0.75
"""A digit was cut whole where the boxes are more alike than this."""
LEAST_PIECE = 0.2
"""A piece of a digit is at least this share of its box, or it is a speck and the digit was not found."""

Shares = npt.NDArray[np.float32]
"""(T, F) float32: of each true box with each found one."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one digit, or of something that was taken for one.

    Attributes:
        box: where.
        truth: the digit that is there; None if there is none.
        reading: what was read there; None if nothing was.
    """

    cause: Cause
    box: Box
    truth: int | None
    reading: Reading | None = None


def outcomes_of(truth: Sequence[DigitBox], readings: Sequence[Reading], found: Sequence[Box]) -> list[Outcome]:
    """Say for each digit whether it was read or why not, and add what was invented.

    Args:
        truth: the digits that are there.
        readings: what was accepted.
        found: every box that the finder gave, accepted or not.

    Returns:
        One outcome for each digit, in their order, then one for each reading if no digit is. A digit is read right
        where exactly one reading lies on it, and says so.
    """
    view = _View.of(truth, readings, found)
    taken = _pair(view, truth, readings)
    outcomes = [_outcome(view, at, digit, taken, readings) for at, digit in enumerate(truth)]
    for at, reading in enumerate(readings):
        if at in taken.values():
            continue
        on = view.digit_under(at)
        if on is None:
            outcomes.append(Outcome("invented", reading.box, None, reading))
        elif outcomes[on].cause in ("right", "misread"):
            outcomes[on] = replace(outcomes[on], cause="cut wrongly", reading=None)
    return outcomes


def _outcome(view: _View, at: int, digit: DigitBox, taken: dict[int, int], readings: Sequence[Reading]) -> Outcome:
    if at not in taken:
        return Outcome(view.why_unread(at), digit.box, digit.digit)
    reading = readings[taken[at]]
    if reading.digit == digit.digit:
        return Outcome("right", digit.box, digit.digit, reading)
    cause: Cause = "cut wrongly" if view.is_cut(at, taken[at]) else "misread"
    return Outcome(cause, digit.box, digit.digit, reading)


def _pair(view: _View, truth: Sequence[DigitBox], readings: Sequence[Reading]) -> dict[int, int]:
    """Index of a digit -> index of the reading that lies on it: first those that are right, then the others."""
    digits, read = [each.digit for each in truth], [each.digit for each in readings]
    same = np.equal.outer(digits, read).reshape(len(digits), len(read))
    alike = view.alike[:, : len(readings)]
    pairs: dict[int, int] = {}
    for shares, least in ((np.where(same, alike, 0), ROUGHLY_ALIKE), (alike, ALIKE)):
        rows, columns = np.nonzero(shares >= least)
        for place in np.argsort(-shares[rows, columns], kind="stable"):
            row, column = int(rows[place]), int(columns[place])
            if row not in pairs and column not in pairs.values():
                pairs[row] = column
    return pairs


@dataclass(frozen=True, slots=True, eq=False)
class _View:
    """How every true box lies to every box that was read or found; the readings' boxes are the first.

    Attributes:
        alike: intersection over union.
        inside: the share of the found box that lies in the true one.
        covered: the share of the true box that lies in the found one.
    """

    truth: list[Box]
    others: list[Box]
    readings: int
    alike: Shares
    inside: Shares
    covered: Shares

    @classmethod
    def of(cls, truth: Sequence[DigitBox], readings: Sequence[Reading], found: Sequence[Box]) -> _View:
        pad = round(PAD * float(np.median([digit.box.height for digit in truth]))) if truth else 0
        true = [grown(digit.box, pad, pad) for digit in truth]
        # what was read whole is in both lists, and would count as two pieces of a digit
        unread = [box for box in found if all(box != reading.box for reading in readings)]
        others = [grown(box, pad, pad) for box in (*(reading.box for reading in readings), *unread)]
        alike = overlaps(true, others)
        shared = alike / (1 + alike) * np.add.outer(_areas(true), _areas(others))
        covered, inside = shared / _areas(true)[:, None], shared / _areas(others)[None, :]
        return cls(true, others, len(readings), alike, inside, covered)

    def digit_under(self, reading: int) -> int | None:
        """The digit on which a reading lies, wholly or as a piece; None if there is none."""
        touching = np.maximum(self.inside[:, reading], self.covered[:, reading])
        return int(touching.argmax()) if len(touching) and touching.max() >= MOSTLY else None

    def is_cut(self, digit: int, reading: int) -> bool:
        """Whether the box that was misread holds more or less than the digit."""
        pieces = self._pieces(digit)
        loose = self.alike[digit, reading] < TIGHT
        return bool(self._is_merged(digit, reading) or (loose and (pieces != reading).any()))

    def why_unread(self, digit: int) -> Cause:
        """Why no reading lies on a digit."""
        if any(self._is_merged(digit, int(other)) for other in np.flatnonzero(self.covered[digit] >= MOSTLY)):
            return "cut wrongly"
        pieces, best = self._pieces(digit), self.alike[digit, self.readings :].max(initial=0)
        if best >= TIGHT or (best >= ALIKE and len(pieces) < 2):
            return "rejected"
        larger = (self.covered[digit] >= MOSTLY) & (self._own() == digit)
        return "cut wrongly" if len(pieces) or larger.any() else "not found"

    def _pieces(self, digit: int) -> npt.NDArray[np.intp]:
        """The boxes that lie in a digit's and are large enough to be a part of it."""
        return np.flatnonzero((self.inside[digit] >= MOSTLY) & (self.covered[digit] >= LEAST_PIECE))

    def _own(self) -> npt.NDArray[np.intp]:
        """For each box the digit that it is most alike."""
        return np.asarray(self.alike.argmax(axis=0), np.intp)

    def _is_merged(self, digit: int, other: int) -> bool:
        """Whether a box holds several digits, this one among them."""
        held = np.flatnonzero(self.covered[:, other] >= MOSTLY)
        if len(held) < 2 or digit not in held:
            return False
        together = overlaps([around(*(self.truth[at] for at in held))], [self.others[other]])[0, 0]
        return bool(together > self.alike[held, other].max())


def _areas(boxes: Sequence[Box]) -> npt.NDArray[np.float32]:
    return np.array([box.width * box.height for box in boxes], np.float32).reshape(-1)


MEANING: Mapping[Cause, str] = {
    "misread": "found and cut as it should be, and read as another digit",
    "cut wrongly": "one box round several digits, or one digit in several boxes or only a part of it",
    "rejected": "found, but not taken for a digit",
    "not found": "no box where a digit is",
    "invented": "a digit accepted where none is",
}


def cause_lines(causes: Mapping[str, int]) -> list[str]:
    """The number of errors of each cause, as lines."""
    counts = [f"  {cause:<12}{causes[cause]:6,}   {MEANING[cause]}" for cause in CAUSES]
    return ["what went wrong", *counts]


def cause_galleries(causes: Mapping[str, int], pictures: Mapping[Cause, Sequence[Shown]]) -> list[str]:
    """The pictures of each cause that occurred under its heading, as parts of a section."""
    notes = {cause: f"{MEANING[cause].capitalize()}." for cause in CAUSES}
    parts = [cause_gallery(cause, causes[cause], pictures[cause], note=notes[cause]) for cause in CAUSES]
    return [each for part in parts for each in part]


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
