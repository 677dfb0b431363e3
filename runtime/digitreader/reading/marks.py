"""Finds signs and letters among digits by comparing each with its neighbours on the line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from digitreader.find.finder import MarkCandidate
from digitreader.find.lines import groups_of
from digitreader.reading.mark_features import (
    LEAST_COMPANY,
    LineItem,
    MeasuredLine,
    Values,
    features_of,
    measure_line,
)
from digitreader.reading.mark_weights import CLASSES, MEANS, NETWORKS, SPREADS
from digitreader.reading.small_networks import Chances, SmallNetworks
from digitreader.values import UNSURE, Box, Ink, Mark, around, boxes_of

BESIDE, ABOVE = 1.6, 0.75
"""A piece belongs to a line if it is at most this far from one of its digits, in heights: sideways, and from middle to
middle."""
TALLEST, LEAST = 2.2, 0.035
"""The greatest and the least height of a piece, in heights of its line."""
SAME_INK, SPECK = 0.5, 0.35
"""A piece is part of a digit if this share of it lies in the digit's box; unless it is smaller than this beside the
digit and the digit has no ink there, such as a comma under the bar of a 7."""
INKED = 100
STACKED, LOW, BETWEEN = 0.5, 0.5, 0.6
"""Two pieces are one mark, such as a colon or an equals sign, if one stands over the other with this share of the
narrower one, both are lower than the second number of heights, and at most the third apart."""
NO_LINE = -1


def lines_of(
    pieces: Sequence[MarkCandidate], kept: Sequence[LineItem], lines: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """The line in which each piece stands.

    Args:
        pieces: N of them.
        kept: readings, accepted and rejected.
        lines: the line of each reading; `NO_LINE` if its line has no digit.

    Returns:
        (N,) int64, `NO_LINE` for a piece that stands in no line, or is part of the ink of a reading in a line.
    """
    if not pieces or not kept:
        return np.full(len(pieces), NO_LINE, np.int64)
    x, y, width, height = boxes_of([each.box for each in pieces]).astype(np.float64).T[:, :, None]
    left, top, wide, high = boxes_of([each.box for each in kept]).astype(np.float64).T[:, None, :]
    across = np.maximum(np.maximum(left - (x + width), x - (left + wide)), 0) / high
    apart = np.abs(y + height / 2 - top - high / 2) / high
    fits = (height <= TALLEST * high) & (np.maximum(width, height) >= LEAST * high)
    near = np.where(fits & (apart <= ABOVE) & (across <= BESIDE) & (lines >= 0), across + apart, np.inf)
    nearest = near.argmin(axis=1)
    line_numbers = np.where(np.isfinite(near.min(axis=1)), lines[nearest], NO_LINE)
    shared_x = np.minimum(x + width, left + wide) - np.maximum(x, left)
    shared_y = np.minimum(y + height, top + high) - np.maximum(y, top)
    within = np.clip(shared_x, 0, None) * np.clip(shared_y, 0, None) > SAME_INK * np.maximum(width * height, 1)
    for piece, digit in zip(*np.nonzero(within & (line_numbers >= 0)[:, None] & (lines >= 0)), strict=True):
        if not _is_apart(pieces[piece].box, kept[digit]):
            line_numbers[piece] = NO_LINE
    return np.asarray(line_numbers, np.int64)


def _is_apart(piece: Box, digit: LineItem) -> bool:
    """Whether a piece that lies in a digit's box is small and the digit has no ink there."""
    if max(piece.width, piece.height) > SPECK * digit.box.height:
        return False
    ink = _bare(digit.ink)
    scale_x, scale_y = ink.shape[1] / digit.box.width, ink.shape[0] / digit.box.height
    x, y = (piece.x - digit.box.x) * scale_x, (piece.y - digit.box.y) * scale_y
    rows = slice(max(0, int(y)), max(0, int(y + piece.height * scale_y) + 1))
    columns = slice(max(0, int(x)), max(0, int(x + piece.width * scale_x) + 1))
    part = ink[rows, columns]
    return bool(not part.size or (part > INKED).mean() < 0.1)


def _bare(ink: Ink) -> Ink:
    """Ink without its margin."""
    rows, columns = np.nonzero(ink > INKED)
    return ink[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1] if len(rows) else ink


def joined_pieces(pieces: Sequence[MarkCandidate], usual_px: float) -> list[LineItem]:
    """The pieces of a line as things; pieces that stand one above the other become one.

    Args:
        pieces: the pieces of one line.
        usual_px: the height of its digits.
    """
    left = sorted(pieces, key=lambda each: each.box.x)
    joined: list[LineItem] = []
    while left:
        mark, *left = left
        over = next((each for each in left if _are_one(mark.box, each.box, usual_px)), None)
        if over is not None:
            left = [each for each in left if each is not over]
            mark = _together(mark, over)
        joined.append(LineItem(mark.box, mark.ink))
    return joined


def _are_one(one: Box, other: Box, usual_px: float) -> bool:
    shared = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    between = max(one.y, other.y) - min(one.y + one.height, other.y + other.height)
    low = max(one.height, other.height) <= LOW * usual_px
    return low and shared >= STACKED * min(one.width, other.width) and 0 <= between <= BETWEEN * usual_px


def _together(one: MarkCandidate, other: MarkCandidate) -> MarkCandidate:
    """Both pieces as one, in the scale of the first."""
    box, scale = around(one.box, other.box), one.ink.shape[0] / one.box.height
    ink = np.zeros((max(1, round(box.height * scale)) + 1, max(1, round(box.width * scale)) + 1), np.uint8)
    for each in (one, other):
        x, y = round((each.box.x - box.x) * scale), round((each.box.y - box.y) * scale)
        part = ink[y : y + each.ink.shape[0], x : x + each.ink.shape[1]]
        np.maximum(part, each.ink[: part.shape[0], : part.shape[1]], out=part)
    return MarkCandidate(box, ink)


DIGIT, NOTHING = "digit", "nothing"
"""Two of `CLASSES`; the others are the signs of marks."""
ACCEPTED_TO_MARK, REJECTED_TO_MARK, PIECE_TO_MARK = 0.85, 0.65, 0.5
"""The least probability of a mark at which an accepted digit, a rejected candidate and other writing become one. The
first is high, because a lost digit is worse than a sign that is read as a digit. The second is higher than the third,
because the candidate may be a badly cut digit. The third is low, because a missed dot joins two numbers."""
NEVER_FIRST, NEVER_LAST = "/)=%", "/(=+"
"""Signs that stand between other things only: a leaning 1 at an end of a line is not a slash."""
WORD_GAP = 0.8
"""Letters with at most this distance, in heights, are one mark."""

_NETWORKS = SmallNetworks(MEANS, SPREADS, NETWORKS)
_IS_SIGN = np.array([name not in (DIGIT, NOTHING) for name in CLASSES])


class LineMarks(NamedTuple):
    """What was found in lines of digits.

    Attributes:
        no_digits: the indices of the readings that are marks, each with its sign.
        marks: the marks of each line by the line's number, from left to right.
    """

    no_digits: dict[int, str]
    marks: dict[int, tuple[Mark, ...]]

    def without_letters(self) -> LineMarks:
        """Keep the known signs only; drop letters and other writing."""
        no_digits = {number: sign for number, sign in self.no_digits.items() if sign != UNSURE}
        signs = {line: tuple(mark for mark in marks if mark.sign != UNSURE) for line, marks in self.marks.items()}
        return LineMarks(no_digits, signs)


def marks_in_lines(
    kept: Sequence[LineItem],
    lines: Sequence[Sequence[int]],
    pieces: Sequence[MarkCandidate],
    *,
    tilt_rad: float,
    threshold: float,
) -> LineMarks:
    """Find the marks in lines of digits.

    Args:
        kept: readings, accepted and rejected.
        lines: for each line the indices of its readings, from left to right.
        pieces: other writing, anywhere.
        tilt_rad: the slope of the lines.
        threshold: the least evidence of an accepted reading.
    """
    no_digits, marks = dict[int, str](), dict[int, tuple[Mark, ...]]()
    for line, things in items_in_lines(kept, lines, pieces, threshold=threshold):
        classified = classify_line(measure_line(tuple(thing for thing, _ in things), tilt_rad), threshold)
        found = [_mark_of(thing, chances, threshold) for (thing, _), chances in zip(things, classified, strict=True)]
        found = [
            None if at in (0, len(found) - 1) and _hangs(things[at][0], mark, at == 0, threshold) else mark
            for at, mark in enumerate(found)
        ]
        pairs = zip(things, found, strict=True)
        no_digits |= {number: mark.sign for (_, number), mark in pairs if mark and number is not None}
        marks[line] = words_in([mark for mark in found if mark])
    return LineMarks(no_digits, marks)


def items_in_lines(
    kept: Sequence[LineItem], lines: Sequence[Sequence[int]], pieces: Sequence[MarkCandidate], *, threshold: float
) -> Iterator[tuple[int, list[tuple[LineItem, int | None]]]]:
    """For each line that has a digit: its number, and its things from left to right; readings with their indices."""
    line_of = np.full(len(kept), NO_LINE, np.int64)
    for line, row in enumerate(lines):
        if any(kept[number].evidence >= threshold for number in row):
            line_of[list(row)] = line
    piece_lines = lines_of(pieces, kept, line_of)
    for line in sorted(set(line_of[line_of >= 0].tolist())):
        of_line = [pieces[at] for at in np.flatnonzero(piece_lines == line).tolist()]
        yield line, _things_of(kept, lines[line], of_line, threshold)


def _things_of(
    kept: Sequence[LineItem], numbers: Sequence[int], pieces: Sequence[MarkCandidate], threshold: float
) -> list[tuple[LineItem, int | None]]:
    heights = sorted(kept[number].box.height for number in numbers if kept[number].evidence >= threshold)
    usual_px = float(heights[len(heights) // 2])
    row: list[tuple[LineItem, int | None]] = [(kept[number], number) for number in numbers]
    row += [(thing, None) for thing in joined_pieces(pieces, usual_px)]
    return sorted(row, key=lambda pair: pair[0].box.x + pair[0].box.width / 2)


def classify_line(row: MeasuredLine, threshold: float) -> Chances:
    """The probability of each of `CLASSES` for each thing of a line.

    In a first pass accepted readings count as digits; in a second pass each counts by its probability to be a digit.
    """
    accepted = np.array([each.evidence if each.evidence >= threshold else 0.0 for each in row.things], np.float64)
    first, _ = features_of(row, accepted)
    digit = _NETWORKS.chances_of(first)[:, CLASSES.index(DIGIT)]
    features, strength = features_of(row, accepted * digit)
    return _unjudged_where(strength < LEAST_COMPANY, _NETWORKS.chances_of(features), accepted)


def _unjudged_where(alone: npt.NDArray[np.bool_], chances: Chances, accepted: Values) -> Chances:
    """Set the classes of things without neighbours: a digit if it was accepted, otherwise nothing."""
    plain = np.zeros_like(chances)
    plain[accepted > 0, CLASSES.index(DIGIT)] = 1.0
    plain[accepted == 0, CLASSES.index(NOTHING)] = 1.0
    return np.where(alone[:, None], plain, chances)


def _mark_of(thing: LineItem, chances: npt.NDArray[np.float64], threshold: float) -> Mark | None:
    """The mark that a thing is; None if it is a digit or nothing."""
    chance = float(chances[_IS_SIGN].sum())
    if chance < _least_chance(thing, threshold):
        return None
    best = int(np.where(_IS_SIGN, chances, 0).argmax())
    return Mark(CLASSES[best], thing.box, float(chances[best]))


def _least_chance(thing: LineItem, threshold: float) -> float:
    """The least probability of a mark at which a thing becomes one."""
    if thing.evidence >= threshold:
        return ACCEPTED_TO_MARK
    return PIECE_TO_MARK if thing.reading is None else REJECTED_TO_MARK


def _hangs(thing: LineItem, mark: Mark | None, is_first: bool, threshold: float) -> bool:
    """Whether an accepted digit would become a sign at the start or end of a line where that sign cannot stand."""
    if mark is None or thing.evidence < threshold:
        return False
    return mark.sign in (NEVER_FIRST if is_first else NEVER_LAST)


def words_in(marks: Sequence[Mark]) -> tuple[Mark, ...]:
    """Marks from left to right; letters next to each other are joined."""
    joined: list[Mark] = []
    for mark in marks:
        before = joined[-1] if joined else None
        if before and before.sign == mark.sign == UNSURE:
            gap = mark.box.x - before.box.x - before.box.width
            if gap <= WORD_GAP * max(before.box.height, mark.box.height):
                both = around(before.box, mark.box)
                joined[-1] = Mark(UNSURE, both, min(before.confidence, mark.confidence))
                continue
        joined.append(mark)
    return tuple(joined)


def groups_with_marks(marks: Sequence[Mark], boxes: Sequence[Box]) -> list[int]:
    """The group of each thing in a line: a wide gap or a mark begins a new group.

    Args:
        marks: the marks of the line.
        boxes: the boxes of its digits, from left to right.
    """
    middles = [mark.box.x + mark.box.width / 2 for mark in marks]
    passed = [sum(middle < box.x + box.width / 2 for middle in middles) for box in boxes]
    places = list(zip(groups_of(boxes_of(boxes)), passed, strict=True))
    begins = [before != place for before, place in zip(places[:1] + places, places, strict=False)]
    return list(accumulate(begins))
