"""From a frame to the candidates for digits, in reading order."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import cv2
import numpy as np

from digitreader.find.centres import INK_PX
from digitreader.find.coarse_to_fine import (
    NOTHING_SMALL,
    ScaleDetections,
    SmallWriting,
    candidates_in,
    run_at_all_scales,
    small_writing,
)
from digitreader.find.lines import groups_of, lay_out
from digitreader.find.mark_candidates import MarkCandidate, mark_candidates_in
from digitreader.find.network_maps import in_colour
from digitreader.find.non_max_suppression import non_max_suppression
from digitreader.model.engine.map_engine import MapEngine
from digitreader.values import Box, Candidate, ColourImage, GrayImage, Ink, boxes_of

LEAST_TILT_RAD = math.radians(3)


def straighten(ink: Ink, *, tilt_rad: float) -> Ink:
    """Turn ink back by the tilt of its line; small tilts are left to the normalisation."""
    if abs(tilt_rad) < LEAST_TILT_RAD:
        return ink
    height, width = ink.shape
    cos, sin = math.cos(tilt_rad), math.sin(tilt_rad)
    size_wh = (math.ceil(width * cos + height * abs(sin)) + 2, math.ceil(height * cos + width * abs(sin)) + 2)
    turn = np.array([[cos, sin, 0.0], [-sin, cos, 0.0]])
    turn[:, 2] = np.array(size_wh) / 2 - turn[:, :2] @ (width / 2, height / 2)
    return np.asarray(cv2.warpAffine(ink, turn, size_wh, flags=cv2.INTER_LINEAR), np.uint8)


WRITTEN, OF_A_DIGIT = 0.5, 0.3
"""Other writing is where the network is so sure of ink, and less sure than this that it is a digit's."""
LEAST_SHARE = 0.4
"""What is lower than this share of the usual digit is a dot, a comma or a dash."""


@dataclass(frozen=True, slots=True, eq=False)
class Findings:
    """What the finder sees in a picture.

    Attributes:
        candidates: what may be digits; what may be read in several ways is there several times.
        others: what looks like writing and is no digit: letters, signs, words.
        small: writing that is too small to be read surely.
        pieces: writing that hangs together and is not plainly a digit; dots and dashes too, and most of `others`.
    """

    candidates: list[Candidate]
    others: tuple[Box, ...] = ()
    small: SmallWriting = NOTHING_SMALL
    pieces: tuple[MarkCandidate, ...] = ()


def others_in(seen: Sequence[ScaleDetections]) -> tuple[Box, ...]:
    """What looks like writing beside the digits, in the finest look at the whole picture; in pixels of the picture."""
    whole = [each for each in seen if each.region == seen[0].region]
    if not whole:
        return ()
    finest = whole[-1]
    heights = np.sort(finest.centres[:, 3])
    usual = float(heights[len(heights) // 2]) if len(heights) else 0.0
    near_digit = cv2.dilate(finest.look.digit_ink, np.ones((5, 5), np.uint8)) > OF_A_DIGIT
    other = np.asarray((finest.look.any_ink > WRITTEN) & ~near_digit, np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(other, connectivity=8)
    boxes = INK_PX * stats[1:, :4].astype(np.float64)
    tall = boxes[:, 2:].max(axis=1) >= max(8.0, LEAST_SHARE * usual)
    return tuple(Box(*(round(value) for value in box)) for box in finest.in_picture(boxes[tall]).tolist())


SURE_HEAT = 0.25
"""Candidates with at least this heat say how the lines slope."""


class Finder:
    """Finds digits with one network, one call at a time.

    Args:
        engine: runs the network.
    """

    def __init__(self, engine: MapEngine) -> None:
        self.engine = engine

    def find(self, image: ColourImage | GrayImage) -> Findings:
        """See what is written in an image.

        Args:
            image: (H, W, 3) uint8 BGR or (H, W) uint8 gray, of any size.

        Returns:
            Candidates in no order, boxes in pixels of `image`, their ink upright where lines slope.
        """
        seen = run_at_all_scales(self.engine, in_colour(image))
        found = candidates_in(seen)
        tilt_rad = tilt_of_lines(found)
        upright = [replace(each, ink=straighten(each.ink, tilt_rad=tilt_rad)) for each in found]
        return Findings(upright, others_in(seen), small_writing(seen, found), mark_candidates_in(seen))

    def digits(self, image: ColourImage | GrayImage) -> list[Candidate]:
        """What the finder takes for digits, without reading them: candidates in reading order."""
        found = self.find(image).candidates
        heats = np.array([each.heat for each in found], np.float64)
        best = [found[index] for index in non_max_suppression([each.box for each in found], heats)]
        sure = [each for each in best if each.heat >= SURE_HEAT]
        places = reading_order([each.box for each in sure])
        return [replace(sure[index], line=line, group=group) for index, line, group in places]


class Place(NamedTuple):
    """Where a candidate stands in the order of reading: its number, its line and its group of the line, from 0."""

    number: int
    line: int
    group: int


def reading_order(boxes: Sequence[Box]) -> list[Place]:
    """The order in which things that do not overlap are read, line by line from the top, each line from the left."""
    rows = boxes_of(boxes)
    places: list[Place] = []
    for line, row in enumerate(lay_out(rows).lines):
        groups = groups_of(rows[list(row)])
        places += [Place(index, line, group) for index, group in zip(row, groups, strict=True)]
    return places


def tilt_of_lines(found: Sequence[Candidate]) -> float:
    """The slope of the lines in radians, as the best of the sure candidates stand."""
    sure = [each for each in found if each.heat >= SURE_HEAT]
    best = non_max_suppression([each.box for each in sure], np.array([each.heat for each in sure], np.float64))
    return lay_out(boxes_of([sure[index].box for index in best])).tilt_rad
