"""Find: from a frame to the candidates for digits. Only this file knows the order of its steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from digitreader.boxes import boxes_of
from digitreader.engines.maps import MapEngine
from digitreader.find.findings import Findings, others_in
from digitreader.find.lines import groups_of, lay_out
from digitreader.find.looks import in_colour
from digitreader.find.overlapping import best_of_overlapping
from digitreader.find.pieces import pieces_in
from digitreader.find.search import candidates_in, looks_at
from digitreader.find.straighten import straighten
from digitreader.find.too_small import small_writing
from digitreader.values import Box, Candidate, ColourImage, GrayImage

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
        seen = looks_at(self.engine, in_colour(image))
        found = candidates_in(seen)
        tilt_rad = tilt_of_lines(found)
        upright = [replace(each, ink=straighten(each.ink, tilt_rad=tilt_rad)) for each in found]
        return Findings(upright, others_in(seen), small_writing(seen, found), pieces_in(seen))

    def digits(self, image: ColourImage | GrayImage) -> list[Candidate]:
        """What the finder takes for digits, without reading them: candidates in reading order."""
        found = self.find(image).candidates
        heats = np.array([each.heat for each in found], np.float64)
        best = [found[index] for index in best_of_overlapping([each.box for each in found], heats)]
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
    best = best_of_overlapping([each.box for each in sure], np.array([each.heat for each in sure], np.float64))
    return lay_out(boxes_of([sure[index].box for index in best])).tilt_rad
