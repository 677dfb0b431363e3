"""From a frame to the candidates for digits, in reading order, and to the marks beside them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.find.centres import GREATEST_PX, INK_PX
from digitreader.find.coarse_to_fine import (
    LEAST_PX,
    NOTHING_SMALL,
    ScaleDetections,
    SmallWriting,
    cut_out_of_all,
    run_at_all_scales,
    small_writing,
)
from digitreader.find.connected_pieces import pieces_in
from digitreader.find.inks import LEAST_AREA
from digitreader.find.lines import groups_of, lay_out, tilt_of
from digitreader.find.network_maps import in_colour
from digitreader.find.non_max_suppression import corners_of, non_max_suppression, shared_area
from digitreader.model.engine.map_engine import MapEngine
from digitreader.values import Box, Candidate, ColourImage, GrayImage, Ink, boxes_of

LONGEST_PX = 1.5 * GREATEST_PX
OWNED, DIGIT_HEIGHT, PLAIN_HEAT = 0.6, 0.55, 0.5
"""A piece belongs to a digit if digits own at least this share of it and it is at least so many usual digit heights
high; the usual height is that of the digits with at least the third value as heat."""
MOST = 400
"""At most so many pieces are kept, the largest ones: a page of print has thousands."""

Heights = npt.NDArray[np.float64]
"""(N,) float64, in pixels of the picture."""


@dataclass(frozen=True, slots=True, eq=False)
class MarkCandidate:
    """A piece of writing that may be a mark.

    Attributes:
        box: in picture pixels.
        ink: (h, w) uint8, white on black, in the resolution of the finder's ink maps; of a dot, in that of the canvas.
    """

    box: Box
    ink: Ink


def mark_candidates_in(seen: Sequence[ScaleDetections]) -> tuple[MarkCandidate, ...]:
    """The pieces of writing in a picture, each from the finest scale that shows all of it."""
    whole = [each for each in seen if each.region == seen[0].region][-1:]
    finest = sorted(
        [*whole, *(each for each in seen if each.region != seen[0].region)], key=lambda each: each.look.scale
    )
    found, usual_px = list[MarkCandidate](), _usual_height(seen)
    for at, each in enumerate(finest):
        found += _pieces_of(each, usual_px, finer=finest[at + 1 :])
    return tuple(sorted(found, key=_area, reverse=True)[:MOST])


def with_dots(pieces: tuple[MarkCandidate, ...], dots: Sequence[tuple[Box, Ink]]) -> tuple[MarkCandidate, ...]:
    """The pieces, and the dots that lie on none of them; a dot that is seen at several scales is there once."""
    told = list(pieces)
    for box, ink in dots:
        corners = corners_of([each.box for each in told])
        if not shared_area(corners, corners_of([box])).any():
            told.append(MarkCandidate(box, ink))
    return tuple(told)


def _area(piece: MarkCandidate) -> int:
    return piece.box.width * piece.box.height


def _pieces_of(seen: ScaleDetections, usual_px: float, *, finer: Sequence[ScaleDetections]) -> list[MarkCandidate]:
    """The pieces at one scale, without those in the region of a finer scale."""
    look, (labels, stats, _) = seen.look, seen.look.strokes
    ink, count = np.maximum(look.any_ink, look.digit_ink), len(stats)
    if count == 1:
        return []
    areas, longest = stats[:, cv2.CC_STAT_AREA], INK_PX * stats[:, 2:4].max(axis=1)
    kept = (areas >= LEAST_AREA) & (longest <= LONGEST_PX)
    boxes = seen.in_picture(INK_PX * stats[:, :4].astype(np.float64))
    kept &= ~_is_digit(seen, labels, boxes[:, 3], usual_px)
    kept[0] = False
    x, y = (boxes[:, :2] + boxes[:, 2:] / 2).T
    for region in (each.region for each in finer if each.look.scale > seen.look.scale):
        inside = (x >= region.x) & (x < region.x + region.width) & (y >= region.y) & (y < region.y + region.height)
        kept &= ~inside
    numbers = np.flatnonzero(kept)
    kept_boxes = boxes[numbers].round().astype(int).tolist()
    return [
        MarkCandidate(Box(bx, by, max(1, width), max(1, height)), _ink_of(ink, labels, stats, number))
        for number, (bx, by, width, height) in zip(numbers.tolist(), kept_boxes, strict=True)
    ]


def _is_digit(
    seen: ScaleDetections, labels: npt.NDArray[np.int32], heights: Heights, usual_px: float
) -> npt.NDArray[np.bool_]:
    """(N,) bool: whether each piece is mostly owned by digits and about as high as one."""
    owned = np.bincount(labels.take(np.flatnonzero(seen.owners > 0)), minlength=len(heights))
    areas = seen.look.strokes.extents[:, cv2.CC_STAT_AREA]
    return np.asarray((owned >= OWNED * areas) & (heights >= DIGIT_HEIGHT * usual_px))


def _usual_height(seen: Sequence[ScaleDetections]) -> float:
    """The median height of the digits that the network is sure of, in picture pixels; 0 if there is none."""
    parts = [each.centres[each.centres[:, 4] >= PLAIN_HEAT, 3] / each.look.scale for each in seen]
    heights = np.sort(np.concatenate(parts))
    return float(heights[len(heights) // 2]) if len(heights) else 0.0


def _ink_of(
    ink: npt.NDArray[np.float32], labels: npt.NDArray[np.int32], stats: npt.NDArray[np.int32], number: int
) -> Ink:
    x, y, width, height = stats[number, :4].tolist()
    place = np.s_[y : y + height, x : x + width]
    return np.asarray(np.where(labels[place] == number, 255 * ink[place], 0), np.uint8)


LEAST_TILT_RAD = math.radians(3)


def straighten(ink: Ink, *, tilt_rad: float) -> Ink:
    """Turn ink back by the tilt of its line; normalisation removes small tilts."""
    if abs(tilt_rad) < LEAST_TILT_RAD:
        return ink
    height, width = ink.shape
    cos, sin = math.cos(tilt_rad), math.sin(tilt_rad)
    size_wh = (math.ceil(width * cos + height * abs(sin)) + 2, math.ceil(height * cos + width * abs(sin)) + 2)
    shift_x = size_wh[0] / 2 - (cos * width / 2 + sin * height / 2)
    shift_y = size_wh[1] / 2 - (cos * height / 2 - sin * width / 2)
    turn = np.array([[cos, sin, shift_x], [-sin, cos, shift_y]])
    return np.asarray(cv2.warpAffine(ink, turn, size_wh, flags=cv2.INTER_LINEAR), np.uint8)


WRITTEN, OF_A_DIGIT = 0.5, 0.3
"""Other writing: the network is at least so sure of ink, and less sure than the second value that it is a digit's."""
LEAST_SHARE = 0.4
"""Writing lower than this share of the usual digit is a dot, a comma or a dash."""


@dataclass(frozen=True, slots=True, eq=False)
class Findings:
    """The finder's result for one picture.

    Attributes:
        candidates: possible digits; ink that can be read in several ways is there several times.
        others: boxes of writing that is no digit: letters, signs, words.
        small: writing that is too small to be read reliably.
        pieces: connected pieces of writing that are not clearly digits: possible marks, dots and dashes included.
    """

    candidates: list[Candidate]
    others: tuple[Box, ...] = ()
    small: SmallWriting = NOTHING_SMALL
    pieces: tuple[MarkCandidate, ...] = ()


def others_in(seen: Sequence[ScaleDetections]) -> tuple[Box, ...]:
    """The writing that is no digit, from the finest scale of the whole picture; boxes in picture pixels."""
    whole = [each for each in seen if each.region == seen[0].region]
    if not whole:
        return ()
    finest = whole[-1]
    heights = np.sort(finest.centres[:, 3])
    usual = float(heights[len(heights) // 2]) if len(heights) else 0.0
    near_digit = cv2.dilate(finest.look.digit_ink, np.ones((5, 5), np.uint8)) > OF_A_DIGIT
    other = (finest.look.any_ink > WRITTEN) & ~near_digit
    boxes = INK_PX * pieces_in(other).extents[1:, :4].astype(np.float64)
    tall = boxes[:, 2:].max(axis=1) >= max(8.0, LEAST_SHARE * usual)
    return tuple(Box(*(round(value) for value in box)) for box in finest.in_picture(boxes[tall]).tolist())


LEAST_SIDE_PX = 4
"""Nothing is searched for in a picture with a side shorter than this: noise would look like a 1 there."""
SURE_HEAT = 0.25
"""The slope of the lines is measured on candidates with at least this heat."""


class Finder:
    """Finds digits with one network, one call at a time.

    Args:
        engine: runs the network.
    """

    def __init__(self, engine: MapEngine) -> None:
        self.engine = engine

    def find(self, image: ColourImage | GrayImage) -> Findings:
        """Find the digits and the other writing in an image.

        Args:
            image: (H, W, 3) uint8 BGR or (H, W) uint8 gray, of any size.

        Returns:
            Candidates in no order, boxes in pixels of `image`; their ink is turned upright if the lines slope. Nothing
            is found if a side of the image is shorter than `LEAST_SIDE_PX`.
        """
        if min(image.shape[:2]) < LEAST_SIDE_PX:
            return Findings([])
        seen = run_at_all_scales(self.engine, in_colour(image))
        found, dots = cut_out_of_all(seen)
        best = best_candidates(found)
        tilt_rad = tilt_of_lines(best)
        upright = [replace(each, ink=straighten(each.ink, tilt_rad=tilt_rad)) for each in found]
        pieces = with_dots(mark_candidates_in(seen), dots)
        return Findings(upright, others_in(seen), small_writing(seen, best), pieces)

    def digits(self, image: ColourImage | GrayImage) -> list[Candidate]:
        """Find digits without reading them: candidates in reading order, none of them a speck."""
        best = best_candidates(self.find(image).candidates)
        sure = [each for each in best if each.heat >= SURE_HEAT and each.box.height >= LEAST_PX]
        places = reading_order([each.box for each in sure])
        return [replace(sure[index], line=line, group=group) for index, line, group in places]


class Place(NamedTuple):
    """A candidate's place in reading order: its index, its line, and its group in the line, from 0."""

    number: int
    line: int
    group: int


def reading_order(boxes: Sequence[Box]) -> list[Place]:
    """The reading order of boxes that do not overlap: lines from top to bottom, each from left to right."""
    rows = boxes_of(boxes)
    places: list[Place] = []
    for line, row in enumerate(lay_out(rows).lines):
        groups = groups_of(rows[list(row)])
        places += [Place(index, line, group) for index, group in zip(row, groups, strict=True)]
    return places


def best_candidates(found: Sequence[Candidate]) -> list[Candidate]:
    """Keep, of candidates that show the same ink, the one with the highest heat; sorted by heat, the highest first."""
    heats = np.array([each.heat for each in found], np.float64)
    return [found[index] for index in non_max_suppression([each.box for each in found], heats)]


def tilt_of_lines(candidates: Sequence[Candidate]) -> float:
    """The slope of the lines in radians, measured on the candidates that the finder is sure of.

    Args:
        candidates: no two show the same ink.
    """
    boxes = boxes_of([each.box for each in candidates if each.heat >= SURE_HEAT])
    return tilt_of(boxes[:, :2] + boxes[:, 2:] / 2.0, boxes[:, 3].astype(np.float64))
