"""The way of a frame: find, normalise, classify, choose, set in lines, accept. Only this file knows the order."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Sequence
from itertools import groupby

import numpy as np

from digitreader.accept import AcceptanceRule, weigh_found
from digitreader.find import Finder, best_of_overlapping, reading_order
from digitreader.model.finder import load_finder
from digitreader.model.load import Model
from digitreader.normalise import normalise_glyphs
from digitreader.still import StillFrames
from digitreader.upright import read_upright
from digitreader.values import Activations, Box, Candidate, Frame, Glyphs, Line, Page, Reading

UNREAD_WORTH = 1.0
"""Of candidates for the same ink, what one is worth however it reads; to read surely is worth 1 more. With less, the
piece of a letter that looks most like a digit would be chosen."""
SURE_HEAT, LEAST_SHARE = 0.6, 0.35
"""What is less high than this share of the digits that are as sure as this is a speck."""
LEAST_HEAT = 0.3
"""What is no digit counts as something else, a letter or a sign, where the finder saw at least so much in it."""

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
        self._still = StillFrames()

    def read_next(self, frame: Frame) -> Page:
        """Read the next frame of a stream: what was read stands while nothing moves.

        Returns:
            As `read`; of a frame that was not looked at, the time spent is that of the comparison.
        """
        begun = time.perf_counter()
        page = self._still.page_of(frame)
        if page is not None:
            spent = 1e3 * (time.perf_counter() - begun)
            return dataclasses.replace(
                page, timing_ms={"find": spent, "normalise": 0.0, "classify": 0.0, "total": spent}
            )
        page = self.read(frame)
        self._still.remember(page)
        return page

    def read(self, frame: Frame) -> Page:
        """Read one frame.

        Returns:
            The accepted digits line by line, boxes in pixels of the picture as it was taken; `timing_ms` for find,
            normalise, classify (choosing and lines included) and total.
        """
        times = [time.perf_counter()]
        found = self.finder.find(frame.image)
        candidates = found.candidates
        times.append(time.perf_counter())
        glyphs = normalise_glyphs([candidate.ink for candidate in candidates])
        times.append(time.perf_counter())
        lines, rejected = self._lines(candidates, self._activations(glyphs), frame.scale)
        others = rejected + found.others
        times.append(time.perf_counter())
        stages = dict(zip(("find", "normalise", "classify"), 1e3 * np.diff(times), strict=True))
        timing_ms = {name: float(spent) for name, spent in stages.items()} | {"total": 1e3 * (times[-1] - times[0])}
        small, read = found.small, sum(len(line.readings) for line in lines)
        small_px = small.height_px * frame.scale if read < LITTLE_READ * small.count else 0.0
        return Page(frame.source, frame.index, frame.time_s, lines, timing_ms, others, too_small_px=small_px)

    def _activations(self, glyphs: Glyphs) -> Activations:
        return self.model.activations(glyphs) if len(glyphs) else np.empty((0, 10), np.float32)

    def _lines(
        self, candidates: list[Candidate], activations: Activations, scale: float
    ) -> tuple[tuple[Line, ...], int]:
        """Of overlapping candidates keep the best, set them in lines and accept or reject each.

        Returns:
            The lines in which something was accepted, and how many candidates were rejected.
        """
        rule = self.model.facts.acceptance
        read = readings_of(candidates, activations, rule)
        worth = np.array([each.heat for each in candidates]) * [UNREAD_WORTH + each.evidence for each in read]
        best = best_of_overlapping([each.box for each in candidates], worth)
        kept = [at for at in best if read[at].evidence >= rule.threshold or candidates[at].heat >= LEAST_HEAT]
        kept = without_specks(kept, candidates)
        lines, others = [], 0
        for _, row in groupby(reading_order([read[at].box for at in kept]), key=lambda place: place.line):
            readings = [dataclasses.replace(read[kept[place.number]], group=place.group) for place in row]
            accepted = [reading for reading in readings if reading.evidence >= rule.threshold]
            others += len(readings) - len(accepted)
            if accepted:
                lines.append(Line(tuple(enlarge(each, scale) for each in (readings if self.doubtful else accepted))))
        return tuple(lines), others

    def read_upright(self, frame: Frame) -> Page:
        """Read a single picture in the quarter turn in which it reads best, as `upright.read_upright` says."""
        return read_upright(self.read, frame, threshold=self.model.facts.acceptance.threshold)


def without_specks(kept: Sequence[int], candidates: Sequence[Candidate]) -> list[int]:
    """Leave out what is much lower than the digits that the finder is sure of, unless it is sure of it too."""
    sure = sorted(candidates[at].box.height for at in kept if candidates[at].heat >= SURE_HEAT)
    if not sure:
        return list(kept)
    least = LEAST_SHARE * sure[len(sure) // 2]
    return [at for at in kept if candidates[at].heat >= SURE_HEAT or candidates[at].box.height >= least]


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
