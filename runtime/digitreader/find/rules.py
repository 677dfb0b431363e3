"""Find: ruled and squared paper whose lines are as dark as the ink. The lines go, the strokes that cross them stay."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.find.marks import components_of
from digitreader.find.threshold import Mask

SPAN = 0.5
"""A thin straight line along more than this share of the image is a rule."""
COVERED = 0.6
RUN = 0.03
LEAST_RUN_PX = 9
THICKEST = 0.018
LEAST_THICKEST_PX = 3
BEND_PX = 2.0
CROSSING_PX = 4
CELL_PX = 4

Coefficients = npt.NDArray[np.float64]
"""(3,) float64, a curve's row as a polynomial of its column, the highest power first: paper is seldom quite flat."""


def without_rules(mask: Mask) -> Mask:
    """Take long thin lines, level or upright or nearly so, out of the ink.

    Args:
        mask: (H, W) uint8, 255 on ink.

    Returns:
        (H, W) uint8; the argument itself where it has no such lines.
    """
    if not may_be_ruled(mask):
        return mask
    thin = thin_parts(mask)
    clean = erase(mask, level_rules(thin))
    upright = level_rules(np.asarray(cv2.transpose(thin), np.uint8))
    if upright is None:
        return clean
    return np.asarray(cv2.transpose(erase(np.asarray(cv2.transpose(clean), np.uint8), upright)), np.uint8)


def may_be_ruled(mask: Mask) -> bool:
    """A quick look at half the size; most pages have no rules, and this is all that they cost."""
    height, width = mask.shape
    half = cv2.resize(mask, (max(1, width // 2), max(1, height // 2)), interpolation=cv2.INTER_AREA)
    thin = thin_parts(np.asarray(cv2.threshold(half, 0, 255, cv2.THRESH_BINARY)[1], np.uint8))
    return reach_far(level_runs(thin)) or reach_far(level_runs(np.asarray(cv2.transpose(thin), np.uint8)))


def thin_parts(mask: Mask) -> Mask:
    """The ink without desks, blots and broad pens, to which rules may run up."""
    side = max(LEAST_THICKEST_PX, int(THICKEST * min(mask.shape))) + 1
    thick = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((side, side), np.uint8))
    return np.asarray(cv2.subtract(mask, thick), np.uint8)


def level_rules(thin: Mask) -> Mask | None:
    """The level rules, drawn whole, gaps included; None where there are none.

    A line that falls a little is a staircase of level runs, each of which touches the next.
    """
    width = thin.shape[1]
    runs = level_runs(thin)
    if width <= run_px(width) or not reach_far(runs):
        return None
    bridged = cv2.dilate(runs, np.ones((3, 2 * run_px(width)), np.uint8))
    labels, stats = components_of(np.asarray(bridged, np.uint8))
    drawn = np.zeros_like(thin)
    for label in np.flatnonzero(stats[1:, cv2.CC_STAT_WIDTH] > SPAN * width) + 1:
        x, y, span, depth = (int(value) for value in stats[label, :4])
        window = np.s_[y : y + depth, x : x + span]
        draw_rule(drawn[window], np.where(labels[window] == label, runs[window], 0))
    return drawn if drawn.any() else None


def level_runs(thin: Mask) -> Mask:
    """The ink that has ink beside it for a while, to the left or to the right."""
    return np.asarray(cv2.morphologyEx(thin, cv2.MORPH_OPEN, np.ones((1, run_px(thin.shape[1])), np.uint8)), np.uint8)


def run_px(width: int) -> int:
    """The length of the shortest run of a rule in an image of this width."""
    return max(LEAST_RUN_PX, int(RUN * width))


def reach_far(runs: Mask) -> bool:
    """Whether any runs, with short gaps bridged, reach through much of the image; judged by cells."""
    cells = cells_of_ink(runs)
    bridged = cv2.dilate(cells, np.ones((1, 2 * run_px(runs.shape[1]) // CELL_PX), np.uint8))
    stats = cv2.connectedComponentsWithStats(bridged, connectivity=8, ltype=cv2.CV_16U)[2]
    return bool((stats[1:, cv2.CC_STAT_WIDTH] > SPAN * cells.shape[1]).any())


def cells_of_ink(ink: Mask) -> Mask:
    """(H / 4, W / 4) uint8: 255 for each cell with ink in it."""
    height, width = ink.shape
    # halving is so much faster than quartering that doing it twice is too, and both give the mean of the same pixels
    for cell in (2, CELL_PX) if width % CELL_PX == height % CELL_PX == 0 else (CELL_PX,):
        size_wh = (max(1, width // cell), max(1, height // cell))
        ink = np.asarray(cv2.resize(ink, size_wh, interpolation=cv2.INTER_AREA), np.uint8)
    return np.asarray(cv2.threshold(ink, 0, 255, cv2.THRESH_BINARY)[1], np.uint8)


def draw_rule(drawn: Mask, pixels: npt.NDArray[np.integer]) -> None:
    """Draw the one smooth line through the pixels of a component into `drawn`, if there is one."""
    rows, columns = np.nonzero(pixels)
    near = np.ones(len(rows), bool)
    curve = np.zeros(3)
    for _ in range(3):
        curve = np.polyfit(columns[near], rows[near], 2)
        near = np.abs(rows - np.polyval(curve, columns)) <= BEND_PX + 1
    covered = len(np.unique(columns[near]))
    if covered < COVERED * pixels.shape[1]:
        return
    thickness = max(1, round(np.count_nonzero(near) / covered) + 1)
    across = np.arange(pixels.shape[1])
    points = np.stack([across, np.polyval(curve, across)], axis=1).round().astype(np.int32)
    cv2.polylines(drawn, [points], isClosed=False, color=(255,), thickness=thickness)


def erase(mask: Mask, rules: Mask | None) -> Mask:
    """Take level rules away and mend the strokes that crossed them: what has ink above and below stays."""
    if rules is None:
        return mask
    left = cv2.subtract(mask, rules)
    mended = cv2.morphologyEx(left, cv2.MORPH_CLOSE, np.ones((2 * CROSSING_PX + 1, 1), np.uint8))
    return np.asarray(cv2.bitwise_or(left, cv2.bitwise_and(mended, cv2.bitwise_and(rules, mask))), np.uint8)
