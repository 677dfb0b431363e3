"""Find, normalise, classify, choose, arrange in lines, accept: only this file knows the order of the steps."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.find import Finder, Findings, non_max_suppression
from digitreader.find.finder import MarkCandidate
from digitreader.find.lines import lay_out
from digitreader.find.non_max_suppression import SHARED, areas_of, corners_of, shared_area
from digitreader.model.accept import AcceptanceRule, evidence_and_confidence_found, evidence_of, log_odds_found
from digitreader.model.load import Model, load_finder
from digitreader.reading.mark_features import LineItem
from digitreader.reading.marks import INKED, groups_with_marks, marks_in_lines
from digitreader.reading.motion import NOWHERE, FrameFindings, MotionDetector, ReadArea, joined, part_of, renewed_in
from digitreader.reading.neighbours import adjusted_by_neighbours
from digitreader.reading.rotation import read_upright
from digitreader.reading.whole_digits import Judged, Whole, choose_wholes, wholes_of
from digitreader.values import Activations, Box, Candidate, Frame, Glyphs, Ink, Line, Page, Reading, boxes_of, scaled

UNREAD_WORTH = 1.0
"""Weight of a candidate before it is read, when candidates for the same ink are compared; a sure reading adds up to 1.
With a lower value, the piece of a letter that looks most like a digit would be chosen."""
SURE_HEAT, LEAST_SHARE, SPECK_HEAT = 0.6, 0.35, 0.9
"""A thing is a speck if its height is less than this share (the second number) of the height of digits that are at
least as sure as the first number, unless the thing is at least as sure as the third."""
LEAST_HEAT, LEAST_EVIDENCE = 0.3, 0.02
"""A rejected candidate counts as a letter or a sign if the finder's heat for it is at least this. A candidate with less
evidence than the second number is not a digit, whatever its neighbours are."""

LITTLE_READ = 0.5
"""Writing is reported as too small if fewer digits are read than this share of the small pieces of writing."""


class FrameReader:
    """Reads the digits in frames with one model.

    Args:
        model: classifies the glyphs.
        finder: finds the digits; the shipped one if none is given.
        doubtful: keep every candidate of a line with an accepted digit, so that `--expect` can judge them together.

    Attributes:
        last_found: the findings in the last frame; None before the first.
    """

    def __init__(self, model: Model, *, finder: Finder | None = None, doubtful: bool = False) -> None:
        self.model = model
        self.finder = finder or Finder(load_finder())
        self.doubtful = doubtful
        self._movement = MotionDetector()
        self._last: FrameFindings | None = None
        self._page: Page | None = None
        self.last_found: FrameFindings | None = None

    def read_next(self, frame: Frame) -> Page:
        """Read the next frame of a stream. Only the part that moved is read; elsewhere the earlier readings stay.

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

    def forget(self) -> None:
        """Forget the stream: the next frame is read as a whole, like a first one."""
        self._movement, self._last, self._page, self.last_found = MotionDetector(), None, None, None

    def read(self, frame: Frame) -> Page:
        """Read one frame.

        Returns:
            The accepted digits line by line, boxes in pixels of the picture as it was taken; `timing_ms` for find,
            normalise, classify (choosing and lines included) and total.
        """
        return self._read(frame, None)[0]

    def _read(self, frame: Frame, part: ReadArea | None) -> tuple[Page, FrameFindings]:
        """Read a frame, or a part of it again; returns the page and the findings."""
        times = [time.perf_counter()]
        findings = self._find(frame, part)
        times.append(time.perf_counter())
        glyphs = self.model.normalise([candidate.ink for candidate in findings.candidates])
        times.append(time.perf_counter())
        found = FrameFindings(findings, self._activations(glyphs))
        if part is not None and self._last is not None:
            found = joined(self._last, part, found)
        self.last_found = found
        page = self._page_of(frame, found)
        times.append(time.perf_counter())
        stages = dict(zip(("find", "normalise", "classify"), 1e3 * np.diff(times), strict=True))
        timing_ms = {name: float(spent) for name, spent in stages.items()} | {"total": 1e3 * (times[-1] - times[0])}
        return dataclasses.replace(page, timing_ms=timing_ms), found

    def _find(self, frame: Frame, part: ReadArea | None) -> Findings:
        if part is None:
            return self.finder.find(frame.image)
        x, y, width, height = dataclasses.astuple(part.looked_at)
        return renewed_in(part, self.finder.find(frame.image[y : y + height, x : x + width]))

    def _page_of(self, frame: Frame, found: FrameFindings) -> Page:
        """The accepted digits of the findings, line by line."""
        findings = found.findings
        lines, rejected = self._lines(found, frame.scale)
        small, read = findings.small, sum(len(line.readings) for line in lines)
        small_px = small.height_px * frame.scale if read < LITTLE_READ * small.count else 0.0
        others = rejected + len(findings.others)
        return Page(frame.source, frame.index, frame.time_s, lines, others=others, too_small_px=small_px)

    def _activations(self, glyphs: Glyphs) -> Activations:
        return self.model.activations(glyphs) if len(glyphs) else np.empty((0, 10), np.float32)

    def read_alone(self, frame: Frame) -> tuple[list[Reading], tuple[Box, ...]]:
        """The candidates of a frame, each judged by itself, and the other writing there; boxes in frame pixels."""
        found = self._found_in(frame)
        readings = [each.reading for each in self._chosen(found) if _is_likely(each) and each.reading is not None]
        return readings, found.findings.others

    def read_things(self, frame: Frame) -> tuple[list[LineItem], list[MarkCandidate]]:
        """The candidates of a frame, judged with their neighbours but not yet as marks, and what else may be marks."""
        return self._kept(self._found_in(frame))

    def read_wholes(self, frame: Frame) -> tuple[list[Whole], list[int], list[Box]]:
        """The candidates of a frame that may be digits of which others are parts, with the digit and box of each."""
        found, rule = self._found_in(frame), self.model.facts.acceptance
        candidates = found.findings.candidates
        chosen, judged, _ = self._judged(found)
        wholes = wholes_of(chosen, judged, threshold=rule.threshold)
        return (
            wholes,
            [int(judged.digits[each.number]) for each in wholes],
            [candidates[each.number].box for each in wholes],
        )

    def _found_in(self, frame: Frame) -> FrameFindings:
        findings = self.finder.find(frame.image)
        glyphs = self.model.normalise([candidate.ink for candidate in findings.candidates])
        return FrameFindings(findings, self._activations(glyphs))

    def _chosen(self, found: FrameFindings) -> list[LineItem]:
        """The best of the candidates for the same ink, with its reading."""
        rule, candidates = self.model.facts.acceptance, found.findings.candidates
        chosen, judged, read = self._judged(found)
        best, surer = choose_wholes(chosen, judged, threshold=rule.threshold)
        for at, is_digit in surer.items():
            one = slice(at, at + 1)
            read[one] = readings_of(candidates[one], found.activations[one], np.array([is_digit]), rule)
        return [LineItem(candidates[at].box, candidates[at].ink, read[at], candidates[at].heat) for at in best]

    def _judged(self, found: FrameFindings) -> tuple[list[int], Judged, list[Reading]]:
        """The best of the candidates for the same ink, by their indices; and what is known of each, and its reading."""
        rule, candidates = self.model.facts.acceptance, found.findings.candidates
        heat = np.array([each.heat for each in candidates], np.float64)
        read = readings_of(candidates, found.activations, log_odds_found(found.activations, heat, rule), rule)
        digits, evidence = [each.digit for each in read], np.array([each.evidence for each in read], np.float64)
        alone = evidence_of(found.activations, rule).max(axis=1, initial=0.0)
        judged = Judged(candidates, np.array(digits, np.int64), alone, evidence)
        return non_max_suppression([each.box for each in candidates], heat * (UNREAD_WORTH + evidence)), judged, read

    def _lines(self, found: FrameFindings, scale: float) -> tuple[tuple[Line, ...], int]:
        """Judge the findings with their neighbours, arrange them in lines, and accept or reject each.

        Returns:
            The lines in which something was accepted, and how many candidates were rejected.
        """
        threshold, (kept, pieces) = self.model.facts.acceptance.threshold, self._kept(found)
        layout = lay_out(boxes_of([each.box for each in kept]))
        judged = marks_in_lines(kept, layout.lines, pieces, tilt_rad=layout.tilt_rad, threshold=threshold)
        if self.doubtful:  # the rules of --expect judge all candidates
            judged = judged.without_letters()
        lines, others = [], 0
        for number, row in enumerate(layout.lines):
            marks = judged.marks.get(number, ())
            groups = groups_with_marks(marks, [kept[at].box for at in row])
            grouped = [
                (kept[at].reading, group) for at, group in zip(row, groups, strict=True) if at not in judged.no_digits
            ]
            readings = [dataclasses.replace(reading, group=group) for reading, group in grouped if reading is not None]
            accepted = [reading for reading in readings if reading.evidence >= threshold]
            others += sum(kept[at].evidence < threshold for at in row)
            if accepted:
                line = Line(tuple(readings if self.doubtful else accepted), marks=marks)
                lines.append(enlarge(line, scale))
        return tuple(lines), others

    def _kept(self, found: FrameFindings) -> tuple[list[LineItem], list[MarkCandidate]]:
        """The candidates, judged with their neighbours; without specks, which may be marks as other writing may."""
        threshold, chosen = self.model.facts.acceptance.threshold, self._chosen(found)
        alone = [each for each in chosen if _is_likely(each)]
        judged = adjusted_by_neighbours(
            [each.reading for each in alone if each.reading is not None], found.findings.others
        )
        items = [dataclasses.replace(each, reading=reading) for each, reading in zip(alone, judged, strict=True)]
        kept = without_specks([each for each in items if each.evidence >= threshold or each.heat >= LEAST_HEAT])
        boxes = {each.box for each in kept}
        left = [MarkCandidate(each.box, each.ink) for each in chosen if each.box not in boxes]
        return kept, [*found.findings.pieces, *_elsewhere(left, found.findings.pieces)]

    def read_upright(self, frame: Frame) -> Page:
        """Read a single picture in the quarter turn in which it reads best; see `rotation.read_upright`."""
        return read_upright(self.read, frame, threshold=self.model.facts.acceptance.threshold)


def _elsewhere(some: Sequence[MarkCandidate], others: Sequence[MarkCandidate]) -> list[MarkCandidate]:
    """Those that are not the ink of others."""
    boxes, taken = (corners_of([each.box for each in group]) for group in (some, others))
    smaller = np.minimum(areas_of(boxes)[:, None], areas_of(taken))
    shared = shared_area(boxes[:, None], taken[None]) > SHARED * np.maximum(smaller, 1)
    return [some[at] for at in np.flatnonzero(~shared.any(axis=1)).tolist()]


def _is_likely(item: LineItem) -> bool:
    """Whether a candidate may be a digit, a letter or a sign that looks like one."""
    return item.evidence >= LEAST_EVIDENCE or item.heat >= LEAST_HEAT


def without_specks(items: Sequence[LineItem]) -> list[LineItem]:
    """Leave out readings much lower than the digits that the finder is sure of, unless it is even surer of them."""
    sure = sorted(each.box.height for each in items if each.heat >= SURE_HEAT)
    least = LEAST_SHARE * sure[len(sure) // 2] if sure else 0
    return [each for each in items if each.heat >= SPECK_HEAT or each.box.height >= least]


def readings_of(
    candidates: Sequence[Candidate],
    activations: Activations,
    is_digit: npt.NDArray[np.float64],
    rule: AcceptanceRule,
) -> list[Reading]:
    """The most likely digit of each candidate, sure or not.

    Args:
        candidates: N of them.
        activations: (N, 10) float32.
        is_digit: (N,) float64, the log odds that each is a digit.
        rule: turns all this into confidence and evidence.
    """
    evidence, confidences = evidence_and_confidence_found(activations, is_digit, rule)
    digits: list[int] = confidences.argmax(axis=1).tolist()
    rows = zip(candidates, digits, activations.tolist(), confidences.tolist(), evidence.tolist(), strict=True)
    return [
        Reading(
            each.box,
            digit,
            chances[digit],
            tuple(seen),
            each.group,
            tuple(chances),
            evidence=speaks[digit],
            ink_share=ink_share(each.ink),
        )
        for each, digit, seen, chances, speaks in rows
    ]


def ink_share(ink: Ink) -> float:
    """The share, 0..1, of the ink's box that is ink; 0.0 if there is no ink."""
    x, y, width, height = cv2.boundingRect((ink > INKED).view(np.uint8))
    return cv2.sumElems(ink[y : y + height, x : x + width])[0] / (width * height) / 255 if width else 0.0


def enlarge(line: Line, scale: float) -> Line:
    """A line with its boxes in pixels of the picture as it was taken."""
    return line if scale == 1.0 else line.with_boxes(lambda box: scaled(box, scale))
