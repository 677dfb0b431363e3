"""Find, step 6: each mark's ink is cut out alone, at full contrast, upright where its line is tilted."""

from __future__ import annotations

import cv2
import numpy as np

from digitreader.find.by_rules.components import Labels
from digitreader.find.by_rules.evidence import Survey
from digitreader.find.by_rules.marks import Marks
from digitreader.find.by_rules.threshold import Mask
from digitreader.values import GrayImage, Ink

EDGE_PX = 1
SQUARE = np.ones((2 * EDGE_PX + 1, 2 * EDGE_PX + 1), np.uint8)
BLACK_SHARE = 0.25
WHITE_SHARE = 0.65


def cut_inks(page: Survey, marks: Marks) -> list[Ink]:
    """The ink of each mark, without what stands beside it.

    Args:
        marks: with their peaks.

    Returns:
        (height + 2, width + 2) uint8 for each mark, less at the edge of the image: white on black with soft edges,
        stretched to the full range.
    """
    if not len(marks):
        return []
    thick = np.asarray(cv2.dilate(page.clean, SQUARE), np.uint8)
    each = zip(marks.boxes.tolist(), marks.areas.tolist(), marks.members, marks.peaks.tolist(), strict=True)
    inks = []
    for box, area, members, peak in each:
        window = grown(box, EDGE_PX)
        alone = cv2.countNonZero(page.clean[grown(box, 2 * EDGE_PX)]) == area
        reach = thick[window] if alone else reach_of(page.labels[window], members)
        inks.append(cut_ink(page.darkness[window], reach, peak=peak))
    return inks


def grown(box: list[int], edge_px: int) -> tuple[slice, slice]:
    """The rows and columns of a box (x, y, width, height), and some more on each side."""
    x, y, width, height = box
    return np.s_[max(0, y - edge_px) : y + height + edge_px, max(0, x - edge_px) : x + width + edge_px]


def reach_of(labels: Labels, members: tuple[int, ...]) -> Mask:
    """(h, w) uint8: 255 on a mark's own pixels and within one pixel of them, whatever other ink stands there."""
    own = np.isin(labels, members) if len(members) > 1 else labels == members[0]
    return np.asarray(cv2.dilate(own.view(np.uint8) * np.uint8(255), SQUARE), np.uint8)


def cut_ink(darkness: GrayImage, reach: Mask, *, peak: float) -> Ink:
    """The darkness in `reach`, stretched to 0..255 round its peak; 0 elsewhere."""
    scale = 255.0 / (peak * (WHITE_SHARE - BLACK_SHARE))
    ink = cv2.addWeighted(darkness, scale, darkness, 0.0, -BLACK_SHARE * peak * scale)
    return np.asarray(cv2.bitwise_and(ink, reach), np.uint8)
