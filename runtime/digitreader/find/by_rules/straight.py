"""Find: straight thin lines in the ink, found through the strokes that cross them and taken away from under these."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.find.by_rules.components import components_of
from digitreader.find.by_rules.threshold import Mask

COVERED = 0.7
"""A line is inked along at least this share of its length, be it under the strokes that cross it ..."""
LEAST_SEEN = 0.4
"""... and to be seen by itself along this share."""
BINS = 8
NEAR_PX = 2.5
"""Pixels so near to a line are its own."""
SPARE_PX = 2
"""Ink along a line that is so much thicker than the line is a stroke that lies on it."""

Coefficients = npt.NDArray[np.float64]
"""(3,) float64, a curve's row as a polynomial of its column, the highest power first: paper is seldom quite flat."""

Places = npt.NDArray[np.intp]
"""(P,) rows or columns of pixels."""


class Line(NamedTuple):
    """One level line.

    Attributes:
        points: (L, 2) int32, x and y of its middle in every column.
        thickness: in pixels.
    """

    points: npt.NDArray[np.int32]
    thickness: int


def level_lines(
    thin: Mask, mask: Mask, *, least_px: float, run_px: int, gap_px: int, thickest_px: int
) -> Iterator[Line]:
    """The level lines, each whole, gaps included.

    A line that falls a little is a staircase of level runs, each of which touches the next.

    Args:
        thin: (H, W) uint8, 255 on ink that is thin enough.
        mask: (H, W) uint8, 255 on all ink.
        least_px: of a line from end to end.
        run_px: the length of the shortest run.
        gap_px: the length of the longest gap between two.
        thickest_px: of a line.
    """
    if thin.shape[1] <= run_px:
        return
    runs = level_runs_of(thin, run_px=run_px)
    bridged = cv2.dilate(runs, np.ones((3, gap_px), np.uint8))
    labels, stats = components_of(np.asarray(bridged, np.uint8))
    for label in (np.flatnonzero(stats[1:, cv2.CC_STAT_WIDTH] > least_px) + 1).tolist():
        x, y, span, depth = stats[label, :4].tolist()
        window = np.s_[y : y + depth, x : x + span]
        rows, columns = np.nonzero(np.where(labels[window] == label, runs[window], 0))
        line = line_through(rows + y, columns + x, mask, least_px=least_px, thickest_px=thickest_px)
        if line is not None:
            yield line


def level_runs_of(thin: Mask, *, run_px: int) -> Mask:
    """The ink that has so much ink beside it, to the left or to the right."""
    return np.asarray(cv2.morphologyEx(thin, cv2.MORPH_OPEN, np.ones((1, run_px), np.uint8)), np.uint8)


def line_through(rows: Places, columns: Places, mask: Mask, *, least_px: float, thickest_px: int) -> Line | None:
    """The one smooth line along most of the columns of some pixels, if there is one that is long enough.

    Args:
        rows: one a pixel.
        columns: one a pixel.
        mask: (H, W) uint8, all the ink.
        thickest_px: half of what a line may be thick.
    """
    near = np.abs(rows - np.polyval(first_guess(rows, columns), columns)) <= NEAR_PX
    curve = None
    for _ in range(4):
        curve = curve_through(rows[near], columns[near])
        if curve is None:
            return None
        before, near = near, np.abs(rows - np.polyval(curve, columns)) <= NEAR_PX
        if np.array_equal(near, before):
            break
    if curve is None or not near.any():
        return None
    whole = np.arange(mask.shape[1])
    course = np.polyval(curve, whole).round().astype(np.int32)
    inked = mask[np.clip(course, 0, mask.shape[0] - 1), whole] > 0
    first, end = with_inked_ends(inked, int(columns[near].min()), int(columns[near].max()) + 1)
    # `np.unique` would load modules for a twentieth of the start-up
    span, seen = max(end - first, int(np.ptp(columns)) + 1), np.count_nonzero(np.bincount(columns[near]))
    if end - first < least_px or np.count_nonzero(inked[first:end]) < COVERED * span or seen < LEAST_SEEN * span:
        return None
    beside = np.abs(rows - np.polyval(curve, columns)) <= thickest_px
    counts = np.bincount(columns[beside] - columns.min())
    return Line(np.stack([whole, course], axis=1)[first:end].astype(np.int32), int(np.median(counts[counts > 0])))


def curve_through(rows: Places, columns: Places) -> Coefficients | None:
    """The smooth curve that is nearest to some pixels, by least squares; a straight line where they reach less far.

    `np.polyfit` takes some times as long, and warns on the terminal where pixels stand in too few columns; here they
    have no curve.
    """
    if not len(columns):
        return None
    first, reach = int(columns.min()), int(np.ptp(columns))
    degree = 2 if reach > BINS else 1
    if np.count_nonzero(np.bincount(columns - first)) <= degree:
        return None
    # columns of -1 to 1, or their squares would differ too much from them in size
    middle, half = first + reach / 2, reach / 2
    along = (columns - middle) / half
    powers = np.stack([along * along, along, np.ones_like(along)][2 - degree :])
    *square, slope, start = np.linalg.solve(powers @ powers.T, powers @ rows)
    bend = square[0] / half**2 if square else 0.0
    return np.array([bend, slope / half - 2 * bend * middle, start - slope * middle / half + bend * middle**2])


def with_inked_ends(inked: npt.NDArray[np.bool_], first: int, end: int) -> tuple[int, int]:
    """From where to where a line goes on under the strokes that stand on its ends."""
    before, after = np.flatnonzero(~inked[:first]), np.flatnonzero(~inked[end:])
    return (int(before[-1]) + 1 if len(before) else 0), (end + int(after[0]) if len(after) else len(inked))


def first_guess(rows: Places, columns: Places) -> Coefficients:
    """The straight line through two of a few places that has the most pixels on it; strokes beside it have fewer."""
    bins = ((columns - columns.min()) * BINS) // (np.ptp(columns) + 1)
    chosen = [bins == number for number in np.flatnonzero(np.bincount(bins)).tolist()]
    places = sorted((middle_of(columns[each]), float(np.bincount(rows[each]).argmax())) for each in chosen)
    if len(places) < 2:
        return np.array([0.0, middle_of(rows)])
    slopes = [(there[1] - here[1]) / max(1.0, there[0] - here[0]) for here, there in combinations(places, 2)]
    starts = [y - slope * x for slope, ((x, y), _) in zip(slopes, combinations(places, 2), strict=True)]
    guesses = np.array([slopes, starts])
    hits = np.abs(rows - (guesses[0][:, None] * columns + guesses[1][:, None])) <= NEAR_PX
    return guesses[:, np.count_nonzero(hits, axis=1).argmax()]


def middle_of(numbers: Places) -> float:
    """The median, of an even number the mean of the two in the middle (`np.median` takes some times as long)."""
    ordered = np.sort(numbers)
    return float(ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2


def erase(mask: Mask, line: Line) -> Mask:
    """Take a level line away from under the strokes that cross it: where the ink is thicker, there is a stroke.

    Args:
        mask: (H, W) uint8, 255 on ink.

    Returns:
        (H, W) uint8, a new array.
    """
    reach = line.thickness + 2 * SPARE_PX
    top, bottom = int(line.points[:, 1].min()) - 2 * reach, int(line.points[:, 1].max()) + 2 * reach + 1
    band = np.s_[max(0, top) : bottom, :]
    left = mask.copy()
    zone = np.zeros_like(mask[band])
    points = line.points - np.array([0, max(0, top)], np.int32)
    cv2.polylines(zone, [points], isClosed=False, color=(255,), thickness=reach)
    thick = cv2.morphologyEx(mask[band], cv2.MORPH_OPEN, np.ones(((line.thickness + SPARE_PX + 1) | 1, 1), np.uint8))
    left[band][(zone > 0) & (thick == 0)] = 0
    return left
