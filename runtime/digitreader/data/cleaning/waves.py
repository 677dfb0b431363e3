"""A foreign line that goes up and down across the whole image, such as a zigzag that strikes the digit out."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.data.cleaning.cheapest_path import cheapest_path
from digitreader.values import Ink

Rows = npt.NDArray[np.intp]
Heights = npt.NDArray[np.float64]

LEAST_SIDE_PX = 20
MOST_SIDE_PX = 40
"""Waves are looked for in images of about MNIST's size; their steps are counted in pixels."""

ACROSS_SHARE = 0.72
"""The line goes across this share of the image, which is more than a digit of MNIST does ..."""
TIP_SHARE = 0.4
"""... and where it begins and ends there is little above and below it."""
BAND_SHARE = 0.2
"""It stays so near to the straight line from tip to tip, as a share of the image's height."""
WHOLE_SHARE = 0.95
"""It has no gaps: it is inked in so many of its columns."""

RUN_SHARE = 1 / 7
"""Where the ink is no higher than this share of the image, nothing but the line is there ..."""
ALONE_SHARE = 0.4
"""... which holds for so many columns."""
LEAST_CLIMB_PX = 2.0
"""It climbs so much in all, and falls so much ..."""
STEEP = 0.72
"""... by so many pixels from column to column ..."""
LEAST_MOVE_PX = 0.4
TURNS = 2
"""... and turns so often between moves of at least that size ..."""
SWING_PX = 2.3
"""... but keeps so near to a straight line in the mean, as no stroke of a digit does ..."""
BALANCE = 0.22
"""... and neither climb nor fall is less than this share of both."""
JUMP_PX = 4
"""So far apart are two different lines."""

BRIDGE = 5
"""A stroke that the line crosses is joined again over fewer pixels than this, level, upright or diagonal."""
PENS = tuple(np.ascontiguousarray(pen) for pen in (np.eye(BRIDGE, dtype=np.uint8), np.eye(BRIDGE, dtype=np.uint8)[::-1],
        np.ones((1, BRIDGE), np.uint8), np.ones((BRIDGE, 1), np.uint8)))  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """A line followed from column to column.

    Attributes:
        left: its first column.
        base: (n,) float64, the row of the straight line from tip to tip.
        rows: (n,) intp, the row of the line; may lie outside the image.
        whole: in which share of its columns it is inked.
    """

    left: int
    base: Heights
    rows: Rows
    whole: float


def drop_wave(ink: Ink) -> Ink:
    """Take a wavy line out where there is one, and join the strokes that it crosses."""
    if min(ink.shape) < LEAST_SIDE_PX or max(ink.shape) > MOST_SIDE_PX:
        return ink
    strong = np.asarray(cv2.threshold(ink, int(ink.max()) // 2, 255, cv2.THRESH_BINARY)[1], np.uint8)
    left, _, width, _ = cv2.boundingRect(strong)
    if width < ACROSS_SHARE * ink.shape[1]:
        return ink
    ends = (strong[:, left : left + 2], strong[:, left + width - 2 : left + width])
    if max(cv2.boundingRect(end)[3] for end in ends) > TIP_SHARE * ink.shape[0]:
        return ink
    trace = trace_line(ink, left, width)
    tops, bottoms = runs_at(strong, trace)
    alone = (bottoms >= tops) & (bottoms - tops + 1 <= RUN_SHARE * ink.shape[0])
    if trace.whole < WHOLE_SHARE or alone.mean() < ALONE_SHARE or not is_wavy(trace, (tops + bottoms) / 2, alone):
        return ink
    columns = trace.left + np.flatnonzero(alone)
    return take_out(ink, columns, tops[alone], bottoms[alone])


def trace_line(ink: Ink, left: int, width: int) -> Trace:
    """Follow the ink from the image's leftmost to its rightmost, in a band along the straight line between them."""
    height = ink.shape[0]
    half = round(BAND_SHARE * height)
    columns = np.arange(left, left + width)
    base = np.linspace(mean_row(ink[:, left : left + 2]), mean_row(ink[:, left + width - 2 : left + width]), width)
    rows = np.rint(base).astype(np.intp) + np.arange(-half, half + 1)[:, None]
    # half a peak: a line may leave the image, but goes there only if it has to
    wide = np.pad(ink / max(1, int(ink.max())), ((half, half), (0, 0)), constant_values=0.5)
    band = wide[rows + half, columns]
    path = cheapest_path(1.0 - np.minimum(band / 0.8, 1.0))
    places = np.arange(width)
    return Trace(left, base, rows[path, places], float((band[path, places] > 0.25).mean()))


def mean_row(ink: Ink) -> float:
    """The row of the ink's centre of mass."""
    mass = ink.sum(axis=1, dtype=np.float64)
    return float(mass @ np.arange(len(mass)) / max(1.0, mass.sum()))


def runs_at(strong: Ink, trace: Trace) -> tuple[Rows, Rows]:
    """The first and last row of the upright run of ink on or beside the line; 0 and -1 where there is none."""
    height = strong.shape[0]
    tops, bottoms = np.zeros(len(trace.rows), np.intp), np.full(len(trace.rows), -1, np.intp)
    for place, row in enumerate(trace.rows.tolist()):
        column = strong[:, trace.left + place].tolist()
        start = next((near for near in (row, row - 1, row + 1) if 0 <= near < height and column[near]), None)
        if start is not None:
            above, below = column[start::-1], column[start:]
            tops[place] = start + 1 - (above.index(0) if 0 in above else len(above))
            bottoms[place] = start - 1 + (below.index(0) if 0 in below else len(below))
    return tops, bottoms


def is_wavy(trace: Trace, centres: Heights, alone: npt.NDArray[np.bool_]) -> bool:
    """Whether the line climbs and falls again and again, where it can be seen alone."""
    away = centres - trace.base
    if float(np.std(away[alone])) > SWING_PX:
        return False
    moves = np.diff(away)[alone[1:] & alone[:-1]]
    moves = moves[np.abs(moves) < JUMP_PX]
    climb, fall = float(moves[moves > 0].sum()), float(-moves[moves < 0].sum())
    turns = np.count_nonzero(np.diff(np.sign(moves[np.abs(moves) >= LEAST_MOVE_PX])))
    steep = turns >= TURNS and climb + fall >= STEEP * len(moves)
    return bool(steep and min(climb, fall) >= max(LEAST_CLIMB_PX, BALANCE * (climb + fall)))


def take_out(ink: Ink, columns: Rows, tops: Rows, bottoms: Rows) -> Ink:
    """Blank these runs with their soft rims, and join what stands on both sides of them."""
    rows = np.arange(ink.shape[0])[:, None]
    line = np.zeros(ink.shape, np.bool_)
    line[:, columns] = (rows >= tops - 2) & (rows <= bottoms + 2)
    bare = np.where(line, np.uint8(0), ink)
    joined = np.maximum.reduce([cv2.morphologyEx(bare, cv2.MORPH_CLOSE, pen) for pen in PENS])
    return np.where(line, np.minimum(joined, ink), ink)
