"""The way of a frame: find, normalise, classify, choose, set in lines, accept. Only this file knows the order."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Sequence
from itertools import groupby

import numpy as np

from digitreader.accept import AcceptanceRule, weigh_found
from digitreader.company import in_company
from digitreader.find import Finder, Findings, best_of_overlapping, reading_order
from digitreader.find.whole_digits import join_parts
from digitreader.model.finder import load_finder
from digitreader.model.load import Model
from digitreader.normalise import normalise_glyphs
from digitreader.partly import Found, Part, joined, part_of, renewed_in
from digitreader.still import NOWHERE, Movement
from digitreader.upright import read_upright
from digitreader.values import Activations, Box, Candidate, Frame, Glyphs, Line, Page, Reading

UNREAD_WORTH = 1.0
"""Of candidates for the same ink, what one is worth however it reads; to read surely is worth 1 more. With less, the
piece of a letter that looks most like a digit would be chosen."""
SURE_HEAT, LEAST_SHARE, SPECK_HEAT = 0.6, 0.35, 0.9
"""What is less high than this share of the digits that are as sure as the first is a speck, unless it is as sure as the
last."""
LEAST_HEAT, LEAST_EVIDENCE = 0.3, 0.02
"""What is no digit counts as something else, a letter or a sign, where the finder saw at least so much in it; and what
has less evidence is no digit in whatever company."""

LITTLE_READ = 0.5
"""Writing is told to be too small where fewer digits are read than this share of what is small."""


class Reader:
    """Reads the digits in frames with one model.

    Args:
        model: what looks at the glyphs.
        finder: what finds the digits; the shipped one where none is given.
        doubtful: keep every candidate of a line in which something is accepted, for `expect` to judge them together.
    """

    def __init__(self, model: Model, *, finder: Finder | None = None, doubtful: bool = False) -> None:
        self.model = model
        self.finder = finder or Finder(load_finder())
        self.doubtful = doubtful
        self._movement = Movement()
        self._last: Found | None = None
        self._page: Page | None = None

    def read_next(self, frame: Frame) -> Page:
        """Read the next frame of a stream again where something moved; elsewhere, what was read before stands.

        Returns:
            As `read`; of a frame in which nothing moved, the time spent is that of the comparison.
        """
        begun = time.perf_counter()
        moved = self._movement.since_last(frame)
        if moved == NOWHERE and self._page is not None:
            spent = 1e3 * (time.perf_counter() - begun)
            timing_ms = {"find": spent, "normalise": 0.0, "classify": 0.0, "total": spent}
            return dataclasses.replace(self._page, frame=frame.index, time_s=frame.time_s, timing_ms=timing_ms)
        size_wh = frame.image.shape[1], frame.image.shape[0]
        part = None if self._last is None else part_of(moved, self._last, size_wh)
        self._page, self._last = self._read(frame, part)
        self._movement.was_read(frame, wholly=part is None)
        return self._page

    def read(self, frame: Frame) -> Page:
        """Read one frame.

        Returns:
            The accepted digits line by line, boxes in pixels of the picture as it was taken; `timing_ms` for find,
            normalise, classify (choosing and lines included) and total.
        """
        return self._read(frame, None)[0]

    def _read(self, frame: Frame, part: Part | None) -> tuple[Page, Found]:
        """Read a frame, or a part of it again; gives what was found too."""
        times = [time.perf_counter()]
        findings = self._find(frame, part)
        times.append(time.perf_counter())
        glyphs = normalise_glyphs([candidate.ink for candidate in findings.candidates])
        times.append(time.perf_counter())
        found = Found(findings, self._activations(glyphs))
        if part is not None and self._last is not None:
            found = joined(self._last, part, found)
        page = self._page_of(frame, found)
        times.append(time.perf_counter())
        stages = dict(zip(("find", "normalise", "classify"), 1e3 * np.diff(times), strict=True))
        timing_ms = {name: float(spent) for name, spent in stages.items()} | {"total": 1e3 * (times[-1] - times[0])}
        return dataclasses.replace(page, timing_ms=timing_ms), found

    def _find(self, frame: Frame, part: Part | None) -> Findings:
        if part is None:
            return self.finder.find(frame.image)
        x, y, width, height = dataclasses.astuple(part.looked_at)
        return renewed_in(part, self.finder.find(frame.image[y : y + height, x : x + width]))

    def _page_of(self, frame: Frame, found: Found) -> Page:
        """The digits that are accepted of what was found, line by line."""
        findings = found.findings
        lines, rejected = self._lines(found, frame.scale)
        small, read = findings.small, sum(len(line.readings) for line in lines)
        small_px = small.height_px * frame.scale if read < LITTLE_READ * small.count else 0.0
        others = rejected + len(findings.others)
        return Page(frame.source, frame.index, frame.time_s, lines, others=others, too_small_px=small_px)

    def _activations(self, glyphs: Glyphs) -> Activations:
        return self.model.activations(glyphs) if len(glyphs) else np.empty((0, 10), np.float32)

    def read_alone(self, frame: Frame) -> tuple[list[Reading], tuple[Box, ...]]:
        """What may be a digit in a frame, each judged by itself, and the other writing there; boxes in frame pixels."""
        findings = self.finder.find(frame.image)
        glyphs = normalise_glyphs([candidate.ink for candidate in findings.candidates])
        return [reading for reading, _ in self._alone(Found(findings, self._activations(glyphs)))], findings.others

    def _alone(self, found: Found) -> list[tuple[Reading, float]]:
        """Of candidates for the same ink the best one, as it is read, with its heat; without what cannot be a digit."""
        rule, candidates = self.model.facts.acceptance, found.findings.candidates
        read = readings_of(candidates, found.activations, rule)
        worth = np.array([each.heat for each in candidates]) * [UNREAD_WORTH + each.evidence for each in read]
        boxes, evidence = [each.box for each in candidates], np.array([each.evidence for each in read])
        best = join_parts(best_of_overlapping(boxes, worth), boxes, evidence, least=rule.threshold)
        told = [(read[at], candidates[at].heat) for at in best]
        return [(each, heat) for each, heat in told if each.evidence >= LEAST_EVIDENCE or heat >= LEAST_HEAT]

    def _lines(self, found: Found, scale: float) -> tuple[tuple[Line, ...], int]:
        """Judge what was found by its company, set it in lines and accept or reject each.

        Returns:
            The lines in which something was accepted, and how many candidates were rejected.
        """
        threshold, alone = self.model.facts.acceptance.threshold, self._alone(found)
        judged = in_company([reading for reading, _ in alone], found.findings.others)
        told = [(each, heat) for each, (_, heat) in zip(judged, alone, strict=True)]
        kept = without_specks([pair for pair in told if pair[0].evidence >= threshold or pair[1] >= LEAST_HEAT])
        lines, others = [], 0
        for _, row in groupby(reading_order([each.box for each in kept]), key=lambda place: place.line):
            readings = [dataclasses.replace(kept[place.number], group=place.group) for place in row]
            accepted = [reading for reading in readings if reading.evidence >= threshold]
            others += len(readings) - len(accepted)
            if accepted:
                lines.append(Line(tuple(enlarge(each, scale) for each in (readings if self.doubtful else accepted))))
        return tuple(lines), others

    def read_upright(self, frame: Frame) -> Page:
        """Read a single picture in the quarter turn in which it reads best, as `upright.read_upright` says."""
        return read_upright(self.read, frame, threshold=self.model.facts.acceptance.threshold)


def without_specks(told: Sequence[tuple[Reading, float]]) -> list[Reading]:
    """Leave out what is much lower than the digits that the finder is sure of, unless it is surer still of it.

    Args:
        told: readings, each with its heat.
    """
    sure = sorted(reading.box.height for reading, heat in told if heat >= SURE_HEAT)
    least = LEAST_SHARE * sure[len(sure) // 2] if sure else 0
    return [reading for reading, heat in told if heat >= SPECK_HEAT or reading.box.height >= least]


def readings_of(candidates: Sequence[Candidate], activations: Activations, rule: AcceptanceRule) -> list[Reading]:
    """The most likely digit of each candidate, sure or not.

    Args:
        candidates: N of them.
        activations: (N, 10) float32.
        rule: weighs them, together with what the finder believes of each.
    """
    heat = np.array([each.heat for each in candidates], np.float64)
    evidence, confidences = weigh_found(activations, heat, rule)
    digits: list[int] = confidences.argmax(axis=1).tolist()
    told = zip(candidates, digits, activations.tolist(), confidences.tolist(), evidence.tolist(), strict=True)
    return [
        Reading(each.box, digit, chances[digit], tuple(seen), each.group, tuple(chances), evidence=speaks[digit])
        for each, digit, seen, chances, speaks in told
    ]


def enlarge(reading: Reading, scale: float) -> Reading:
    """A reading with its box in pixels of the picture as it was taken."""
    if scale == 1.0:
        return reading
    box = reading.box
    x, y, width, height = (round(value * scale) for value in (box.x, box.y, box.width, box.height))
    return dataclasses.replace(reading, box=Box(x, y, width, height))
