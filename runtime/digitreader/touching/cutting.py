"""Touching: wide ink is cut into pieces along the paths that cross the least ink."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.values import Box, Candidate, Ink

Path = npt.NDArray[np.intp]
"""(h,) the column in which a cut crosses each row of the ink; the pixel itself belongs to the right."""

MIDDLE = 128
WIDE_SHARE = 0.9
LETTER_SHARE = 1.2
LEAST_WIDTH_PX = 12
LEAST_HEIGHT_SHARE = 0.55
STEP_SHARE = 0.14
MARGIN_SHARE = 0.12
DETOUR_COST = 250.0
HOLE_COST = 60.0
"""A cut through a hole halves the ring round it: neighbours that touch close no hole between them, or a small one."""
LEAST_HOLE = 0.1
DEAREST_CUT = 0.8
MOST_CUTS = 9
MOST_JOINED = 6


class Span(NamedTuple):
    """The ink between two of its cuts, which may be one digit of several that touch.

    Attributes:
        first: the cut on its left, 0 for the left edge of the ink.
        last: the cut on its right.
        box: where it is in the frame.
        ink: (h, w) uint8.
    """

    first: int
    last: int
    box: Box
    ink: Ink


def is_wide(candidate: Candidate) -> bool:
    """Whether a candidate is wide enough for two digits."""
    width = candidate.ink.shape[1]
    return bool(width >= WIDE_SHARE * candidate.usual_px and width >= LEAST_WIDTH_PX)


def is_wider_than_a_letter(candidate: Candidate) -> bool:
    """Whether a candidate is wider than a broad letter, an M or a W."""
    return bool(candidate.ink.shape[1] >= LETTER_SHARE * candidate.usual_px)


def spans_of(candidate: Candidate) -> list[Span]:
    """Every way to read neighbouring pieces of wide ink as one digit.

    Returns:
        The spans between any two cuts, at most `MOST_JOINED` pieces each; empty where there is nothing to cut.
    """
    ink = candidate.ink
    cuts = cheapest_cuts(ink, usual_px=candidate.usual_px)
    height, width = ink.shape
    edges = [np.zeros(height, np.intp), *cuts, np.full(height, width, np.intp)]
    spans = []
    for first in range(len(edges) - 1 if cuts else 0):
        for last in range(first + 1, min(len(edges), first + MOST_JOINED + 1)):
            piece = between(ink, edges[first], edges[last])
            columns, rows = np.flatnonzero(piece.any(axis=0)), np.flatnonzero(piece.any(axis=1))
            if len(columns) and len(rows) >= LEAST_HEIGHT_SHARE * candidate.usual_px:
                part = piece[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
                spans.append(Span(first, last, part_of(candidate.box, ink, columns, rows), part))
    return spans


def cheapest_cuts(ink: Ink, *, usual_px: float) -> list[Path]:
    """Paths from the top to the bottom, from left to right, that cross little ink and stand apart from one another."""
    cost, back = path_costs(ink, holes_of(ink, least_px=LEAST_HOLE * usual_px))
    width = ink.shape[1]
    paths = trace_all(back)
    places = paths.mean(axis=0)
    apart = max(3.0, STEP_SHARE * usual_px)
    margin = max(2.0, MARGIN_SHARE * usual_px)
    parts = parts_enough(ink, paths, least_px=LEAST_HEIGHT_SHARE * usual_px)
    price = np.where(parts & (places > margin) & (places < width - margin), cost[-1], np.inf)
    chosen: list[int] = []
    while len(chosen) < MOST_CUTS:
        end = int(price.argmin())
        if price[end] > DEAREST_CUT * 255 * usual_px:
            break
        chosen.append(end)
        price[np.abs(places - places[end]) < apart] = np.inf
    return [paths[:, end] for end in sorted(chosen, key=lambda end: float(places[end]))]


def parts_enough(ink: Ink, paths: npt.NDArray[np.intp], *, least_px: float) -> npt.NDArray[np.bool_]:
    """Which paths have ink as high as `least_px` on either side; what runs round the ink cuts nothing.

    Args:
        paths: (h, w) intp, in each column one path.
    """
    drawn, width = ink >= MIDDLE, ink.shape[1]
    inked = drawn.any(axis=1)
    first = np.where(inked, drawn.argmax(axis=1), width)[:, None]
    last = np.where(inked, width - 1 - drawn[:, ::-1].argmax(axis=1), -1)[:, None]
    left, right = heights_of(paths > first), heights_of(paths <= last)
    return np.minimum(left, right) >= least_px


def heights_of(rows: npt.NDArray[np.bool_]) -> npt.NDArray[np.intp]:
    """From the first row that is true to the last, in each column; 0 where none is."""
    height = rows.shape[0] - rows.argmax(axis=0) - rows[::-1].argmax(axis=0)
    return np.where(rows.any(axis=0), height, 0)


def holes_of(ink: Ink, *, least_px: float) -> npt.NDArray[np.bool_]:
    """Where the ink surrounds paper: (h, w) bool; holes narrower than `least_px` are left out."""
    paper = np.pad(np.where(ink < MIDDLE, 1, 0).astype(np.uint8), 1, constant_values=1)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(paper, connectivity=4)
    large = np.minimum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]) >= least_px
    large[[0, labels[0, 0]]] = False
    holes: npt.NDArray[np.bool_] = large[labels[1:-1, 1:-1]]
    return holes


def path_costs(
    ink: Ink, holes: npt.NDArray[np.bool_] | None = None
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int8]]:
    """The least ink crossed on the way from the top to each pixel, one column aside a row at most.

    Args:
        ink: (h, w) uint8.
        holes: (h, w) bool, paper that is dear to cross too.

    Returns:
        (h, w) float32 costs and (h, w) int8 steps (-1, 0, 1) back to the row above.
    """
    height, width = ink.shape
    cost = ink.astype(np.float32)
    if holes is not None:
        cost[holes] += HOLE_COST
    back = np.zeros((height, width), np.int8)
    ways = np.full((3, width), np.inf, np.float32)
    for row in range(1, height):
        above = cost[row - 1]
        ways[0, 1:], ways[1], ways[2, :-1] = above[:-1] + DETOUR_COST, above, above[1:] + DETOUR_COST
        choice = ways.argmin(axis=0)
        back[row] = choice - 1
        cost[row] += ways[choice, np.arange(width)]
    return cost, back


def trace_all(back: npt.NDArray[np.int8]) -> npt.NDArray[np.intp]:
    """Follow the steps from every column of the last row to the top.

    Returns:
        (h, w) intp, in each column the path that ends there.
    """
    height, width = back.shape
    paths = np.empty((height, width), np.intp)
    columns = np.arange(width)
    for row in range(height - 1, -1, -1):
        paths[row] = columns
        columns = columns + back[row, columns]
    return paths


def between(ink: Ink, left: Path, right: Path) -> Ink:
    """The ink from one cut up to another, black elsewhere."""
    columns = np.arange(ink.shape[1])
    inside = (columns >= left[:, None]) & (columns < right[:, None])
    return np.where(inside, ink, np.uint8(0))


def part_of(box: Box, ink: Ink, columns: npt.NDArray[np.intp], rows: npt.NDArray[np.intp]) -> Box:
    """The share of a frame's box that the inked columns and rows cover."""
    height, width = ink.shape
    return Box(
        x=box.x + round(box.width * float(columns[0]) / width),
        y=box.y + round(box.height * float(rows[0]) / height),
        width=max(1, round(box.width * len(range(columns[0], columns[-1] + 1)) / width)),
        height=max(1, round(box.height * len(range(rows[0], rows[-1] + 1)) / height)),
    )
