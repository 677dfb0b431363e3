"""Marks: what stands in a line of digits and is none, told by its neighbours: slashes, brackets, dots, letters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from digitreader.boxes import around, boxes_of
from digitreader.find.lines import groups_of
from digitreader.find.pieces import Piece
from digitreader.marks.features import LEAST_COMPANY, Features, Row, Thing, features_of, row_of
from digitreader.marks.shapes import Values
from digitreader.marks.things import NO_LINE, joined_pieces, lines_of
from digitreader.marks.weights import CLASSES, MEANS, NETWORKS, SPREADS
from digitreader.values import UNSURE, Box, Mark

DIGIT, NOTHING = "digit", "nothing"
"""Two of `CLASSES`; the others are the signs of marks."""
SURE_MARK = 0.85
"""What was accepted as a digit is a mark where its chance to be one is at least this; a digit that is lost costs more
than a sign that is told as one."""
NEVER_FIRST, NEVER_LAST = "/)=%", "/(=+"
"""Signs that something stands before, and behind; a 1 at an end of a line is no slash, however it leans."""
LIKELY_MARK = 0.5
"""Other writing is a mark where its chance to be one is at least this."""
WORD_GAP = 0.8
"""Letters that stand so near to each other, in heights, are one mark."""

UNUSUAL = 4.0
"""A feature counts up to so many of its standard deviations."""

Layer = npt.NDArray[np.float64]
"""(outputs, inputs + 1) float64."""
_NETWORKS = [(np.array(inner), np.array(outer)) for inner, outer in NETWORKS]

Chances = npt.NDArray[np.float64]
"""(N, len(CLASSES)) float64 0..1, each row sums to 1."""


class Judged(NamedTuple):
    """What was found in lines of digits.

    Attributes:
        no_digits: the numbers of the readings that are marks, each with its sign.
        marks: of each line by its number, from left to right.
    """

    no_digits: dict[int, str]
    marks: dict[int, tuple[Mark, ...]]

    def signs_alone(self) -> Judged:
        """Without what is told to be some other writing."""
        no_digits = {number: sign for number, sign in self.no_digits.items() if sign != UNSURE}
        signs = {line: tuple(mark for mark in marks if mark.sign != UNSURE) for line, marks in self.marks.items()}
        return Judged(no_digits, signs)


def judge_lines(
    kept: Sequence[Thing], lines: Sequence[Sequence[int]], pieces: Sequence[Piece], *, tilt_rad: float, threshold: float
) -> Judged:
    """Find the marks in lines of digits.

    Args:
        kept: readings, accepted and rejected.
        lines: the numbers of those that stand in each line, from left to right.
        pieces: other writing, anywhere.
        tilt_rad: the slope of the lines.
        threshold: the least evidence of an accepted reading.
    """
    no_digits, marks = dict[int, str](), dict[int, tuple[Mark, ...]]()
    for line, things in things_in_lines(kept, lines, pieces, threshold=threshold):
        told = judge_row(row_of(tuple(thing for thing, _ in things), tilt_rad), threshold)
        found = [_told_mark(thing, chances, threshold) for (thing, _), chances in zip(things, told, strict=True)]
        found = [
            None if at in (0, len(found) - 1) and _hangs(things[at][0], mark, at == 0, threshold) else mark
            for at, mark in enumerate(found)
        ]
        pairs = zip(things, found, strict=True)
        no_digits |= {number: mark.sign for (_, number), mark in pairs if mark and number is not None}
        marks[line] = words_in([mark for mark in found if mark])
    return Judged(no_digits, marks)


def things_in_lines(
    kept: Sequence[Thing], lines: Sequence[Sequence[int]], pieces: Sequence[Piece], *, threshold: float
) -> Iterator[tuple[int, list[tuple[Thing, int | None]]]]:
    """For each line that has a digit its number, and its things from left to right, readings with their numbers."""
    line_of = np.full(len(kept), NO_LINE, np.int64)
    for line, row in enumerate(lines):
        if any(kept[number].evidence >= threshold for number in row):
            line_of[list(row)] = line
    piece_lines = lines_of(pieces, kept, line_of)
    for line in np.unique(line_of[line_of >= 0]).tolist():
        of_line = [pieces[at] for at in np.flatnonzero(piece_lines == line).tolist()]
        yield line, _things_of(kept, lines[line], of_line, threshold)


def _things_of(
    kept: Sequence[Thing], numbers: Sequence[int], pieces: Sequence[Piece], threshold: float
) -> list[tuple[Thing, int | None]]:
    heights = sorted(kept[number].box.height for number in numbers if kept[number].evidence >= threshold)
    usual_px = float(heights[len(heights) // 2])
    row: list[tuple[Thing, int | None]] = [(kept[number], number) for number in numbers]
    row += [(thing, None) for thing in joined_pieces(pieces, usual_px)]
    return sorted(row, key=lambda pair: pair[0].box.x + pair[0].box.width / 2)


def judge_row(row: Row, threshold: float) -> Chances:
    """How likely each thing of a line is each of `CLASSES`.

    What was accepted counts as a digit at first; then by how likely it is one.
    """
    accepted = np.array([each.evidence if each.evidence >= threshold else 0.0 for each in row.things], np.float64)
    first, _ = features_of(row, accepted)
    digit = chances_of(first)[:, CLASSES.index(DIGIT)]
    features, strength = features_of(row, accepted * digit)
    return _unjudged_where(strength < LEAST_COMPANY, chances_of(features), accepted)


def chances_of(features: Features) -> Chances:
    """What the small networks say, in the mean."""
    shown = scaled_features(features, np.array(MEANS), np.array(SPREADS))
    return np.asarray(np.mean([chances_by(inner, outer, shown) for inner, outer in _NETWORKS], axis=0), np.float64)


def scaled_features(features: Features, means: Values, spreads: Values) -> Features:
    """Features by how unusual each is, as the networks are shown them."""
    return np.asarray(np.clip((features - means) / spreads, -UNUSUAL, UNUSUAL), np.float64)


def chances_by(inner: Layer, outer: Layer, shown: Features) -> Chances:
    """One hidden layer of what is above 0, and a softmax; the last column of both layers is the bias."""
    hidden = np.maximum(shown @ inner[:, :-1].T + inner[:, -1], 0.0)
    told = hidden @ outer[:, :-1].T + outer[:, -1]
    odds = np.exp(told - told.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True), np.float64)


def _unjudged_where(alone: npt.NDArray[np.bool_], chances: Chances, accepted: Values) -> Chances:
    """What stands alone is a digit where it was accepted, and nothing otherwise."""
    plain = np.zeros_like(chances)
    plain[accepted > 0, CLASSES.index(DIGIT)] = 1.0
    plain[accepted == 0, CLASSES.index(NOTHING)] = 1.0
    return np.where(alone[:, None], plain, chances)


def _told_mark(thing: Thing, chances: npt.NDArray[np.float64], threshold: float) -> Mark | None:
    """The mark that a thing is; None where it is a digit or nothing."""
    signs = np.array([name not in (DIGIT, NOTHING) for name in CLASSES])
    chance = float(chances[signs].sum())
    if chance < (SURE_MARK if thing.evidence >= threshold else LIKELY_MARK):
        return None
    best = int(np.where(signs, chances, 0).argmax())
    return Mark(CLASSES[best], thing.box, float(chances[best]))


def _hangs(thing: Thing, mark: Mark | None, is_first: bool, threshold: float) -> bool:
    """Whether what was accepted as a digit would be a sign that nothing stands before, or behind, as it must."""
    if mark is None or thing.evidence < threshold:
        return False
    return mark.sign in (NEVER_FIRST if is_first else NEVER_LAST)


def words_in(marks: Sequence[Mark]) -> tuple[Mark, ...]:
    """Marks from left to right; letters next to each other are one."""
    told: list[Mark] = []
    for mark in marks:
        before = told[-1] if told else None
        if before and before.sign == mark.sign == UNSURE:
            gap = mark.box.x - before.box.x - before.box.width
            if gap <= WORD_GAP * max(before.box.height, mark.box.height):
                both = around(before.box, mark.box)
                told[-1] = Mark(UNSURE, both, min(before.confidence, mark.confidence))
                continue
        told.append(mark)
    return tuple(told)


def parted_by(marks: Sequence[Mark], boxes: Sequence[Box]) -> list[int]:
    """The group of everything in a line: a wide gap begins a new one, and so does a mark.

    Args:
        marks: of the line.
        boxes: of what stands in it, from left to right.
    """
    middles = [mark.box.x + mark.box.width / 2 for mark in marks]
    passed = [sum(middle < box.x + box.width / 2 for middle in middles) for box in boxes]
    places = list(zip(groups_of(boxes_of(boxes)), passed, strict=True))
    begins = [before != place for before, place in zip(places[:1] + places, places, strict=False)]
    return list(accumulate(begins))
