"""The way of a frame: find, normalise, classify, cut what touches, accept. Only this file knows the order."""

from __future__ import annotations

import dataclasses
import time
from itertools import groupby

import numpy as np

from digitreader.accept import AcceptanceRule, confidences_of
from digitreader.find import FindSettings, find_digits
from digitreader.model.load import Model
from digitreader.normalise import normalise_glyphs
from digitreader.touching import is_wide, pieces_that_read_better, spans_of
from digitreader.values import Activations, Box, Candidate, Frame, Glyphs, Line, Page, Reading

DOUBTFUL = 0.85
"""Wide ink that reads less surely than this as one digit may be several."""
SURE_PIECE = 0.5
"""Each piece of ink that was cut must read at least this surely; and not all as 1, or an H would be an 11."""

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
        lines = self._lines(candidates, self._activations(glyphs), frame.scale)
        times.append(time.perf_counter())
        stages = dict(zip(("find", "normalise", "classify"), 1e3 * np.diff(times), strict=True))
        timing_ms = {name: float(spent) for name, spent in stages.items()} | {"total": 1e3 * (times[-1] - times[0])}
        return Page(frame.source, frame.index, frame.time_s, lines, timing_ms)

    def _activations(self, glyphs: Glyphs) -> Activations:
        return self.model.activations(glyphs) if len(glyphs) else np.empty((0, 10), np.float32)

    def _lines(self, candidates: list[Candidate], activations: Activations, scale: float) -> tuple[Line, ...]:
        """Accept or reject every candidate and keep the lines in which something was accepted."""
        rule = self.model.facts.acceptance
        lines = []
        for _, row in groupby(zip(candidates, activations, strict=True), key=lambda pair: pair[0].line):
            readings = [reading for pair in row for reading in self._readings(*pair, rule)]
            if any(reading.confidence >= rule.threshold for reading in readings):
                lines.append(Line(tuple(enlarge(reading, scale) for reading in readings)))
        return tuple(lines)

    def _readings(self, candidate: Candidate, activations: Activations, rule: AcceptanceRule) -> list[Reading]:
        """What one candidate is read as: no digit, one, or several that touched."""
        whole = reading_of(candidate.box, activations, candidate.group, rule)
        if whole.confidence < DOUBTFUL and is_wide(candidate):
            pieces = self._pieces(candidate, whole.confidence, rule)
            if pieces:
                return pieces
        kept = self.doubtful or whole.confidence >= rule.threshold
        return [whole] if kept and not is_stray_bar(whole, candidate) else []

    def _pieces(self, candidate: Candidate, whole: float, rule: AcceptanceRule) -> list[Reading]:
        """The readings of digits that touch, where they read better apart than as one."""
        spans = spans_of(candidate)
        rows = self._activations(normalise_glyphs([span.ink for span in spans]))
        readings = [reading_of(s.box, row, candidate.group, rule) for s, row in zip(spans, rows, strict=True)]
        sure = [reading.confidence for reading in readings]
        least = max(rule.threshold, SURE_PIECE)
        pieces = [readings[i] for i in pieces_that_read_better(spans, sure, whole=whole, threshold=least)]
        return [] if all(piece.digit == 1 for piece in pieces) else pieces


def reading_of(box: Box, activations: Activations, group: int, rule: AcceptanceRule) -> Reading:
    """The most likely digit of one glyph, sure or not.

    Args:
        activations: (10,) float32.
    """
    confidences = confidences_of(activations, rule)
    digit = int(confidences.argmax())
    chances = tuple(confidences.tolist())
    return Reading(box, digit, float(confidences[digit]), tuple(activations.tolist()), group, chances)


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
