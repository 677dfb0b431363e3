"""Find: tell pen strokes from shadows, blocks, pictures and the ragged edges of a sheet."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.find.by_rules.components import Labels
from digitreader.find.by_rules.marks import Marks
from digitreader.find.by_rules.pixels import own_pixels, pixels_of
from digitreader.find.by_rules.settings import FindSettings
from digitreader.find.by_rules.surroundings import crowding_of, goes_on, inked_or_ruled
from digitreader.find.by_rules.threshold import Mask
from digitreader.values import GrayImage

SQUARE = np.ones((3, 3), np.uint8)
FAINT = 1.8
"""A piece of a faint line is hardly darker than its faintest pixel, which is at the limit for ink; a stroke is."""
HALF_AS_DARK = 0.5
BLOT_REACH = 3.0
LEAST_BLOT = 0.4
GREATEST_BLOT = 3.0

Amounts = npt.NDArray[np.float64]
"""(N,) float64, one for each mark."""

Verdicts = npt.NDArray[np.bool_]
"""(N,) bool, one for each mark."""


class Evidence(NamedTuple):
    """What speaks for each mark being written with a pen.

    Attributes:
        edge: mean step in darkness (0..255) across the outline, over two pixels; small for a shadow.
        crispness: the stroke's width over the width of its edge; below 1 where there is no flat stroke at all.
        stroke: mean stroke width as a share of the longer side.
        widest: twice the greatest distance from the edge, as a share of the longer side.
        peak: mean darkness, at least 1; `dark_half` is that of the pixels which are darker than the mean.
        faint: the mark is no darker than a line that is just dark enough to be ink.
    """

    edge: Amounts
    crispness: Amounts
    stroke: Amounts
    widest: Amounts
    peak: Amounts
    dark_half: Amounts
    faint: Verdicts


class Survey(NamedTuple):
    """The image in which marks stand.

    Attributes:
        labels: (H, W), as in `Marks`, of the components of `clean`.
        darkness: (H, W) uint8.
        mask: (H, W) uint8, 255 on ink.
        clean: the same without rules; the same array where there were none.
    """

    labels: Labels
    darkness: GrayImage
    mask: Mask
    clean: Mask


def keep_strokes(marks: Marks, page: Survey, settings: FindSettings) -> tuple[Marks, Marks]:
    """Part the marks into those that look like pen strokes on paper and those that are blots, things or pictures.

    Returns:
        The strokes and the blots; what is neither (shadows, rules, ragged edges) is in none of them.
    """
    if not len(marks):
        return marks, marks
    evidence = evidence_of(marks, page.labels, page.darkness)
    blots = are_blots(evidence, settings)
    sharp = np.flatnonzero(are_sharp(evidence, settings) & ~blots).tolist()
    # what surrounds a mark takes the longest to look at, so that is left to the last
    free = [i for i in sharp if crowding_of(marks.boxes[i].tolist(), page.clean) <= settings.greatest_crowding]
    pieces = pieces_of_lines([i for i in free if evidence.faint[i]], marks, evidence.peak, page, settings)
    strokes = np.array([i for i in free if i not in pieces], np.intp)
    measured = replace(marks, peaks=evidence.dark_half)
    return measured.take(strokes), measured.take(np.flatnonzero(blots))


def are_blots(evidence: Evidence, settings: FindSettings) -> Verdicts:
    """Which marks are too thick for their size to be writing."""
    return (evidence.stroke > settings.greatest_stroke) | (evidence.widest > settings.greatest_width)


def are_sharp(evidence: Evidence, settings: FindSettings) -> Verdicts:
    """Which marks have the sharp outline of ink on paper."""
    return (evidence.edge >= settings.least_edge) & (evidence.crispness >= settings.least_crispness)


def pieces_of_lines(
    chosen: list[int], marks: Marks, peaks: Amounts, page: Survey, settings: FindSettings
) -> frozenset[int]:
    """Which of some marks are pieces of something longer that fades in and out."""
    if not chosen:
        return frozenset()
    inked, most = inked_or_ruled(page.mask, page.clean), settings.greatest_continuation
    pieces = []
    for index in chosen:
        box, limit = marks.boxes[index].tolist(), HALF_AS_DARK * float(peaks[index])
        own = own_pixels(page.labels, box, marks.members[index])
        if goes_on(box, own, page.darkness, inked, limit=limit, most=most):
            pieces.append(index)
    return frozenset(pieces)


def evidence_of(marks: Marks, labels: Labels, darkness: GrayImage) -> Evidence:
    """Measure marks.

    Args:
        marks: at least one.
        labels: (H, W), as in `Marks`.
        darkness: (H, W) uint8.
    """
    pixels = pixels_of(marks, labels)
    own = pixels.mask()
    # marks do not touch, so that what lies next to a pixel belongs to its own mark or to none
    inner = pixels.within(cv2.erode(own, SQUARE))
    distance = pixels.within(cv2.distanceTransform(own, cv2.DIST_L2, 3))
    steps = pixels.within(cv2.morphologyEx(darkness[pixels.window], cv2.MORPH_GRADIENT, SQUARE))
    dark = pixels.of(darkness)
    edge = pixels.means(steps, inner == 0)
    mean = pixels.means(dark)
    peak = np.maximum(1.0, mean)
    stroke_px = 4.0 * pixels.means(distance) - 1.0
    longest = marks.boxes[:, 2:].max(axis=1)
    return Evidence(
        edge=edge,
        crispness=stroke_px * edge / peak,
        stroke=stroke_px / longest,
        widest=2.0 * np.maximum.reduceat(distance, pixels.starts).astype(np.float64) / longest,
        peak=peak,
        dark_half=np.maximum(1.0, pixels.means(dark, dark > pixels.each(np.floor(mean - 1)))),
        faint=peak < FAINT * np.minimum.reduceat(dark, pixels.starts),
    )


def blots_near(marks: Marks, blots: Marks) -> list[int]:
    """For each mark, how many blots of like size lie within a few of its heights."""
    if not len(blots):
        return [0] * len(marks)
    centres, heights = marks.boxes[:, :2] + marks.boxes[:, 2:] / 2, marks.boxes[:, 3:]
    others, sizes = blots.boxes[:, :2] + blots.boxes[:, 2:] / 2, blots.boxes[:, 2:].max(axis=1)
    distance = np.hypot(*np.moveaxis(centres[:, None] - others[None], 2, 0))
    alike = (sizes > LEAST_BLOT * heights) & (sizes < GREATEST_BLOT * heights)
    near: list[int] = np.count_nonzero(alike & (distance < BLOT_REACH * heights), axis=1).tolist()
    return near
