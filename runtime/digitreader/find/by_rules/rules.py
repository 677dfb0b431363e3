"""Find: ruled and squared paper whose lines are as dark as the ink. The lines go, the strokes that cross them stay."""

from __future__ import annotations

import cv2
import numpy as np

from digitreader.find.by_rules.straight import erase, level_lines, level_runs_of
from digitreader.find.by_rules.threshold import Mask

SPAN = 0.5
"""A thin straight line along more than this share of the image is a rule."""
SPAN_OF_PIECES = 0.2
"""And where a page is ruled, so is a shorter one, which shows between two shadows or beside the writing."""
RUN = 0.03
LEAST_RUN_PX = 9
THICKEST = 0.018
LEAST_THICKEST_PX = 3
CELL_PX = 4


def without_rules(mask: Mask) -> Mask:
    """Take long thin lines, level or upright or nearly so, out of the ink.

    Args:
        mask: (H, W) uint8, 255 on ink.

    Returns:
        (H, W) uint8; the argument itself where it has no such lines.
    """
    if not may_be_ruled(mask):
        return mask
    clean = mask
    for span in (SPAN, SPAN_OF_PIECES):
        before = clean
        clean = without_level_rules(clean, span=span)
        upright = np.asarray(cv2.transpose(clean), np.uint8)
        left = without_level_rules(upright, span=span)
        clean = clean if left is upright else np.asarray(cv2.transpose(left), np.uint8)
        if clean is before:
            break
    return clean


def without_level_rules(mask: Mask, *, span: float) -> Mask:
    """Take the level rules out of the ink; the argument itself where there are none.

    Args:
        span: a rule reaches through more than this share of the image.
    """
    width, run = mask.shape[1], run_px(mask.shape[1])
    sizes = {"run_px": run, "gap_px": 2 * run, "thickest_px": thickest_px(mask)}
    for line in level_lines(thin_parts(mask), mask, least_px=span * width, **sizes):
        mask = erase(mask, line)
    return mask


def may_be_ruled(mask: Mask) -> bool:
    """A quick look at half the size; most pages have no rules, and this is all that they cost."""
    height, width = mask.shape
    half = cv2.resize(mask, (max(1, width // 2), max(1, height // 2)), interpolation=cv2.INTER_AREA)
    thin = thin_parts(np.asarray(cv2.threshold(half, 0, 255, cv2.THRESH_BINARY)[1], np.uint8))
    return reach_far(level_runs(thin)) or reach_far(level_runs(np.asarray(cv2.transpose(thin), np.uint8)))


def thin_parts(mask: Mask) -> Mask:
    """The ink without desks, blots and broad pens, to which rules may run up."""
    side = (thickest_px(mask) + 1) | 1  # an even kernel would shift what it opens
    thick = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((side, side), np.uint8))
    return np.asarray(cv2.subtract(mask, thick), np.uint8)


def thickest_px(mask: Mask) -> int:
    """How thick a rule may be in an image of this size."""
    return max(LEAST_THICKEST_PX, int(THICKEST * min(mask.shape)))


def level_runs(thin: Mask) -> Mask:
    """The ink that has ink beside it for a while, to the left or to the right."""
    return level_runs_of(thin, run_px=run_px(thin.shape[1]))


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
