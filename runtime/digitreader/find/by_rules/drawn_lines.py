"""Find: lines that were drawn or printed among the digits (under a number, round a cell) are taken away."""

from __future__ import annotations

import cv2
import numpy as np

from digitreader.find.by_rules.components import Labels
from digitreader.find.by_rules.joining import usual_height
from digitreader.find.by_rules.marks import Marks
from digitreader.find.by_rules.pixels import own_pixels
from digitreader.find.by_rules.straight import erase, level_lines
from digitreader.find.by_rules.threshold import Mask

LONG = 1.3
"""A straight thin line that is longer than so many usual digits are high is no part of a digit."""
THICKEST = 0.16
"""A line is at most so thick beside the height of a usual digit."""
RUN = 0.3
GAP = 1.5
"""A line is seen on either side of the digits that stand on it."""
LEAST_PX = 3
MOST_WIDE = 40
"""Where more marks may have a line, they are the grain of wood or the weave of cloth, and no paper."""


def without_drawn_lines(clean: Mask, marks: Marks, labels: Labels) -> Mask:
    """Take lines out of the marks that are long enough to have one.

    Args:
        clean: (H, W) uint8, 255 on ink.
        labels: (H, W), as in `Marks`.

    Returns:
        (H, W) uint8; the argument itself where there are no such lines.
    """
    usual = usual_height(marks.boxes)
    _, _, widths, heights = marks.boxes.T
    # beside many specks the usual height is less than a digit's, and no digit is so much wider than high
    wide = np.flatnonzero(widths > LONG * np.maximum(usual, heights)).tolist()
    if len(wide) > MOST_WIDE:
        return clean
    left = clean
    for index in wide:
        box = marks.boxes[index].tolist()
        x, y, width, height = box
        alone = own_pixels(labels, box, marks.members[index]) * np.uint8(255)
        # beyond an edge OpenCV takes ink to go on, and the lowest stroke of a mark for a thick one
        edge = (max(LEAST_PX, int(usual)),) * 4
        own = np.asarray(cv2.copyMakeBorder(alone, *edge, cv2.BORDER_CONSTANT, value=(0,)), np.uint8)
        rest = without_lines(own, usual_px=usual)
        if rest is not own:
            own, rest = (each[edge[0] : -edge[0], edge[0] : -edge[0]] for each in (own, rest))
            left = left.copy() if left is clean else left
            left[y : y + height, x : x + width][(own > 0) & (rest == 0)] = 0
    return left


def without_lines(ink: Mask, *, usual_px: float) -> Mask:
    """Take level lines out of one mark, and where there were some the upright ones too."""
    clean = without_level_lines(ink, usual_px=usual_px)
    if clean is ink:
        return ink
    turned = np.asarray(cv2.transpose(clean), np.uint8)
    left = without_level_lines(turned, usual_px=usual_px)
    return clean if left is turned else np.asarray(cv2.transpose(left), np.uint8)


def without_level_lines(ink: Mask, *, usual_px: float) -> Mask:
    """The ink without its level lines; the argument itself where it has none."""
    thickest = max(LEAST_PX, int(THICKEST * usual_px))
    thin = cv2.subtract(ink, cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones(((thickest + 1) | 1, 1), np.uint8)))
    sizes = {"run_px": max(LEAST_PX, int(RUN * usual_px)), "gap_px": int(GAP * usual_px), "thickest_px": thickest}
    for line in level_lines(np.asarray(thin, np.uint8), ink, least_px=LONG * usual_px, **sizes):
        ink = erase(ink, line)
    return ink
