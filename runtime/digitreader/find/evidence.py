"""Find: tell pen strokes from shadows, blocks, pictures and the ragged edges of a sheet."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from digitreader.find.marks import Labels, Marks
from digitreader.find.settings import FindSettings
from digitreader.find.threshold import Mask
from digitreader.values import GrayImage

SQUARE = np.ones((3, 3), np.uint8)
RING_SHARE = 0.3
RING_REACH = 0.25
SOFT_EDGE_PX = 2


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a mark being written with a pen.

    Attributes:
        edge: mean step in darkness (0..255) across the outline, over two pixels; small for a shadow.
        crispness: the stroke's width over the width of its edge; below 1 where there is no flat stroke at all.
        stroke: mean stroke width as a share of the longer side.
        widest: twice the greatest distance from the edge, as a share of the longer side.
        crowding: share of other ink above or below the mark, whichever is more; high at the edge of a desk.
        continuation: how dark the paper beside the mark is at its darkest, as a share of the mark; near 1 where the
            mark is a piece of something longer that fades in and out (a ruled line, a fold).
    """

    edge: float
    crispness: float
    stroke: float
    widest: float
    crowding: float
    continuation: float


def keep_strokes(marks: Marks, labels: Labels, darkness: GrayImage, mask: Mask, settings: FindSettings) -> Marks:
    """The marks that look like pen strokes on paper."""
    if not len(marks):
        return marks
    steps = cv2.morphologyEx(darkness, cv2.MORPH_GRADIENT, SQUARE)
    sums = cv2.integral(cv2.threshold(mask, 0, 1, cv2.THRESH_BINARY)[1])
    kept = [
        index
        for index, (box, members) in enumerate(zip(marks.boxes.tolist(), marks.members, strict=True))
        if is_stroke(evidence_of(box, members, labels, darkness, steps, mask, sums), settings)
    ]
    return marks.take(np.array(kept, np.intp))


def is_stroke(evidence: Evidence, settings: FindSettings) -> bool:
    """Whether the evidence passes every limit of the settings."""
    return (
        evidence.edge >= settings.least_edge
        and evidence.crispness >= settings.least_crispness
        and evidence.stroke <= settings.greatest_stroke
        and evidence.widest <= settings.greatest_width
        and evidence.crowding <= settings.greatest_crowding
        and evidence.continuation <= settings.greatest_continuation
    )


def evidence_of(
    box: list[int],
    members: tuple[int, ...],
    labels: Labels,
    darkness: GrayImage,
    steps: GrayImage,
    mask: Mask,
    sums: Labels,
) -> Evidence:
    """Measure one mark.

    Args:
        box: x, y, width, height.
        members: the mark's labels.
        labels: (H, W) int32.
        darkness: (H, W) uint8.
        steps: (H, W) uint8, the 3x3 morphological gradient of the darkness.
        mask: (H, W) uint8, 255 on ink.
        sums: (H + 1, W + 1) int32, the integral of the mask as 0 and 1.
    """
    x, y, width, height = box
    window = np.s_[y : y + height, x : x + width]
    own = np.isin(labels[window], members) if len(members) > 1 else labels[window] == members[0]
    bordered = cv2.copyMakeBorder(own.view(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT)
    outline = cv2.subtract(bordered, cv2.erode(bordered, SQUARE))[1:-1, 1:-1]
    edge = cv2.mean(steps[window], mask=outline)[0]
    peak = max(1.0, cv2.mean(darkness[window], mask=own.view(np.uint8))[0])
    distance = cv2.distanceTransform(bordered, cv2.DIST_L2, 3)
    stroke_px = 4.0 * cv2.mean(distance, mask=bordered)[0] - 1.0
    longest = max(width, height)
    return Evidence(
        edge=edge,
        crispness=stroke_px * edge / peak,
        stroke=stroke_px / longest,
        widest=2.0 * float(distance.max()) / longest,
        crowding=crowding_of(box, sums),
        continuation=darkest_beside(box, darkness, mask) / peak,
    )


def darkest_beside(box: list[int], darkness: GrayImage, mask: Mask) -> float:
    """The darkness that all but 2 % of the bare paper round a box stays below; 0 where no paper is left."""
    x, y, width, height = box
    reach = max(4, int(RING_REACH * max(width, height)))
    top, left = max(0, y - reach), max(0, x - reach)
    window = np.s_[top : y + height + reach, left : x + width + reach]
    bare = mask[window] == 0
    bare[max(0, y - SOFT_EDGE_PX - top) : y + height + SOFT_EDGE_PX - top,
         max(0, x - SOFT_EDGE_PX - left) : x + width + SOFT_EDGE_PX - left] = False
    paper = darkness[window][bare]
    if not paper.size:
        return 0.0
    counts = np.bincount(paper, minlength=256).cumsum()
    return float(np.searchsorted(counts, 0.98 * counts[-1]))


def crowding_of(box: list[int], sums: Labels) -> float:
    """The share of ink in the strip above the box or below it, whichever is greater."""
    x, y, width, height = box
    reach = max(3, int(RING_SHARE * max(width, height)))
    last = sums.shape[0] - 1
    return max(
        share_of(sums, x, max(0, y - reach), width, min(reach, y)),
        share_of(sums, x, y + height, width, min(reach, last - y - height)),
    )


def share_of(sums: Labels, x: int, y: int, width: int, height: int) -> float:
    """The mean of a rectangle, from the integral image; 0 for an empty rectangle."""
    if height <= 0:
        return 0.0
    total = int(sums[y + height, x + width]) - int(sums[y, x + width]) - int(sums[y + height, x]) + int(sums[y, x])
    return total / (width * height)
