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
HALF_AS_DARK = 0.5
BLOT_REACH = 3.0
LEAST_BLOT = 0.4
GREATEST_BLOT = 3.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a mark being written with a pen.

    Attributes:
        edge: mean step in darkness (0..255) across the outline, over two pixels; small for a shadow.
        crispness: the stroke's width over the width of its edge; below 1 where there is no flat stroke at all.
        stroke: mean stroke width as a share of the longer side.
        widest: twice the greatest distance from the edge, as a share of the longer side.
        crowding: share of other ink above or below the mark, whichever is more; high at the edge of a desk.
        continuation: share of the bare paper beside the mark that is at least half as dark as the mark; above 0 where
            the mark is a piece of something longer that fades in and out (a ruled line, a fold).
    """

    edge: float
    crispness: float
    stroke: float
    widest: float
    crowding: float
    continuation: float


def keep_strokes(
    marks: Marks, labels: Labels, darkness: GrayImage, mask: Mask, settings: FindSettings
) -> tuple[Marks, Marks]:
    """Part the marks into those that look like pen strokes on paper and those that are blots, things or pictures.

    Returns:
        The strokes and the blots; what is neither (shadows, rules, ragged edges) is in none of them.
    """
    steps = cv2.morphologyEx(darkness, cv2.MORPH_GRADIENT, SQUARE)
    sums = cv2.integral(cv2.threshold(mask, 0, 1, cv2.THRESH_BINARY)[1])
    strokes, blots = [], []
    for index, (box, members) in enumerate(zip(marks.boxes.tolist(), marks.members, strict=True)):
        evidence = evidence_of(box, members, labels, darkness, steps, mask, sums)
        if is_blot(evidence, settings):
            blots.append(index)
        elif is_stroke(evidence, settings):
            strokes.append(index)
    return marks.take(np.array(strokes, np.intp)), marks.take(np.array(blots, np.intp))


def is_blot(evidence: Evidence, settings: FindSettings) -> bool:
    """Whether a mark is too thick for its size to be writing."""
    return evidence.stroke > settings.greatest_stroke or evidence.widest > settings.greatest_width


def is_stroke(evidence: Evidence, settings: FindSettings) -> bool:
    """Whether a mark that is no blot has the sharp, free outline of ink on paper."""
    return (
        evidence.edge >= settings.least_edge
        and evidence.crispness >= settings.least_crispness
        and evidence.crowding <= settings.greatest_crowding
        and evidence.continuation <= settings.greatest_continuation
    )


def blots_near(marks: Marks, blots: Marks) -> list[int]:
    """For each mark, how many blots of like size lie within a few of its heights."""
    centres, heights = marks.boxes[:, :2] + marks.boxes[:, 2:] / 2, marks.boxes[:, 3:]
    others, sizes = blots.boxes[:, :2] + blots.boxes[:, 2:] / 2, blots.boxes[:, 2:].max(axis=1)
    distance = np.hypot(*np.moveaxis(centres[:, None] - others[None], 2, 0))
    alike = (sizes > LEAST_BLOT * heights) & (sizes < GREATEST_BLOT * heights)
    near: list[int] = np.count_nonzero(alike & (distance < BLOT_REACH * heights), axis=1).tolist()
    return near


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
        labels: (H, W), as in `Marks`.
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
        continuation=dark_share_beside(box, HALF_AS_DARK * peak, darkness, mask),
    )


def dark_share_beside(box: list[int], limit: float, darkness: GrayImage, mask: Mask) -> float:
    """The share of the bare paper round a box that is darker than `limit` and yet no ink."""
    x, y, width, height = box
    reach = max(4, int(RING_REACH * max(width, height)))
    top, left = max(0, y - reach), max(0, x - reach)
    window = np.s_[top : y + height + reach, left : x + width + reach]
    beside = mask[window] == 0
    rows = slice(max(0, y - SOFT_EDGE_PX - top), y + height + SOFT_EDGE_PX - top)
    columns = slice(max(0, x - SOFT_EDGE_PX - left), x + width + SOFT_EDGE_PX - left)
    beside[rows, columns] = False
    bare = np.count_nonzero(beside)
    beside &= darkness[window] > limit
    return np.count_nonzero(beside) / bare if bare else 0.0


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
