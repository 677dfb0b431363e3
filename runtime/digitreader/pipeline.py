"""The way of a frame: find, normalise, classify, cut what touches, accept. Only this file knows the order."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Sequence
from itertools import groupby

import numpy as np

from digitreader.accept import AcceptanceRule, weigh
from digitreader.find import FindSettings, find_digits
from digitreader.model.load import Model
from digitreader.normalise import normalise_glyphs
from digitreader.touching import is_wide, is_wider_than_a_letter, pieces_that_read_better, spans_of
from digitreader.values import Activations, Box, Candidate, Frame, Glyphs, Line, Page, Reading

DOUBTFUL = 0.85
"""Wide ink that reads less surely than this as one digit may be several."""
SURE_PIECE = 0.5
"""Each piece of ink that was cut out among digits must read at least this surely ..."""
SURE_PIECE_ALONE = 0.7
"""... and elsewhere this surely, and none as 1, or an M would be a 14: the legs of letters are bars."""
SURE_PIECE_NARROW = 0.95
"""... and this surely where the ink is hardly wider than one letter: an M is a 17 by halves."""
DIGITS_TO_OTHERS = 2
"""A line or page is of digits where so many times more are accepted than not, wide ink that may be cut apart."""

CLUTTERED = 2
"""So many blots about a bar, and it is no 1."""


class Reader:
    """Reads the digits in frames with one model.

    Args:
        model: what looks at the glyphs.
        settings: what is taken for ink and for a digit.
        doubtful: keep every candidate of a line in which something is accepted, for `expect` to judge them together.
    """

    def __init__(self, model: Model, *, settings: FindSettings | None = None, doubtful: bool = False) -> None:
        self.model = model
        self.settings = settings or FindSettings()
        self.doubtful = doubtful

    def read(self, frame: Frame) -> Page:
        """Read one frame.

        Returns:
            The accepted digits line by line, boxes in pixels of the picture as it was taken; `timing_ms` for find,
            normalise, classify (cutting included) and total.
        """
        times = [time.perf_counter()]
        candidates = find_digits(frame.image, settings=self.settings)
        times.append(time.perf_counter())
        glyphs = normalise_glyphs([candidate.ink for candidate in candidates])
        times.append(time.perf_counter())
        lines, others = self._lines(candidates, self._activations(glyphs), frame.scale)
        times.append(time.perf_counter())
        stages = dict(zip(("find", "normalise", "classify"), 1e3 * np.diff(times), strict=True))
        timing_ms = {name: float(spent) for name, spent in stages.items()} | {"total": 1e3 * (times[-1] - times[0])}
        return Page(frame.source, frame.index, frame.time_s, lines, timing_ms, others)

    def _activations(self, glyphs: Glyphs) -> Activations:
        return self.model.activations(glyphs) if len(glyphs) else np.empty((0, 10), np.float32)

    def _lines(
        self, candidates: list[Candidate], activations: Activations, scale: float
    ) -> tuple[tuple[Line, ...], int]:
        """Accept or reject every candidate; the lines in which something was accepted, and how many were rejected."""
        rule = self.model.facts.acceptance
        found = list(zip(candidates, self._wholes(candidates, activations, rule), strict=True))
        lines, others = [], 0
        for _, grouped in groupby(found, key=lambda pair: pair[0].line):
            row = list(grouped)
            among_digits = is_of_digits(row if not all(may_be_cut(*pair) for pair in row) else found, rule)
            each = [self._readings(*pair, rule, among_digits=among_digits) for pair in row]
            rejected = sum(not is_accepted(readings, rule) for readings in each)
            others += rejected
            if rejected < len(row):
                lines.append(Line(tuple(enlarge(reading, scale) for readings in each for reading in readings)))
        return tuple(lines), others

    def _wholes(self, candidates: list[Candidate], rows: Activations, rule: AcceptanceRule) -> list[Reading]:
        """What every candidate reads as where it is one digit."""
        return readings_of([each.box for each in candidates], rows, [each.group for each in candidates], rule)

    def _readings(
        self, candidate: Candidate, whole: Reading, rule: AcceptanceRule, *, among_digits: bool
    ) -> list[Reading]:
        """What one candidate is read as: no digit, one, or several that touched."""
        if may_be_cut(candidate, whole):
            pieces = self._pieces(candidate, whole.evidence, rule, among_digits=among_digits)
            if pieces:
                return pieces
        kept = self.doubtful or whole.evidence >= rule.threshold
        return [whole] if kept and not is_stray_bar(whole, candidate) else []

    def _pieces(self, candidate: Candidate, whole: float, rule: AcceptanceRule, *, among_digits: bool) -> list[Reading]:
        """The readings of digits that touch, where they read better apart than as one."""
        spans = spans_of(candidate)
        rows = self._activations(normalise_glyphs([span.ink for span in spans]))
        readings = readings_of([span.box for span in spans], rows, [candidate.group] * len(spans), rule)
        sure = [reading.evidence for reading in readings]
        least = max(rule.threshold, least_sure(candidate, among_digits=among_digits))
        pieces = [readings[i] for i in pieces_that_read_better(spans, sure, whole=whole, threshold=least)]
        bars = sum(piece.digit == 1 for piece in pieces)
        return [] if bars == len(pieces) or (bars and not among_digits) else pieces


def may_be_cut(candidate: Candidate, whole: Reading) -> bool:
    """Whether a candidate may be several digits that touch."""
    return whole.evidence < DOUBTFUL and is_wide(candidate)


def least_sure(candidate: Candidate, *, among_digits: bool) -> float:
    """How surely (0..1) each piece of wide ink must read at least."""
    if not is_wider_than_a_letter(candidate):
        return SURE_PIECE_NARROW
    return SURE_PIECE if among_digits else SURE_PIECE_ALONE


def is_accepted(readings: Sequence[Reading], rule: AcceptanceRule) -> bool:
    """Whether something of what a candidate is read as counts as a digit by itself."""
    return any(reading.evidence >= rule.threshold for reading in readings)


def is_of_digits(found: list[tuple[Candidate, Reading]], rule: AcceptanceRule) -> bool:
    """Whether what stands alone among these is mostly digits."""
    alone = [whole for candidate, whole in found if not may_be_cut(candidate, whole)]
    digits = sum(whole.evidence >= rule.threshold for whole in alone)
    return digits > 0 and digits >= DIGITS_TO_OTHERS * (len(alone) - digits)


def readings_of(
    boxes: Sequence[Box], activations: Activations, groups: Sequence[int], rule: AcceptanceRule
) -> list[Reading]:
    """The most likely digit of each glyph, sure or not.

    Args:
        boxes: one a glyph.
        activations: (N, 10) float32.
        groups: one a glyph.
        rule: weighs them.
    """
    evidence, confidences = weigh(activations, rule)
    digits: list[int] = confidences.argmax(axis=1).tolist()
    told = zip(boxes, digits, activations.tolist(), groups, confidences.tolist(), evidence.tolist(), strict=True)
    return [
        Reading(box, digit, chances[digit], tuple(seen), group, tuple(chances), evidence=speaks[digit])
        for box, digit, seen, group, chances, speaks in told
    ]


def is_stray_bar(reading: Reading, candidate: Candidate) -> bool:
    """Whether a 1 is more likely a bar in a picture: any bar looks like a 1, so its surroundings must speak for it."""
    return reading.digit == 1 and candidate.clutter >= CLUTTERED


def enlarge(reading: Reading, scale: float) -> Reading:
    """A reading with its box in pixels of the picture as it was taken."""
    if scale == 1.0:
        return reading
    box = reading.box
    x, y, width, height = (round(value * scale) for value in (box.x, box.y, box.width, box.height))
    return dataclasses.replace(reading, box=Box(x, y, width, height))
