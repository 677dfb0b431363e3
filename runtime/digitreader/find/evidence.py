"""Find: tell pen strokes from shadows, blocks, pictures and the ragged edges of a sheet."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.find.continuation import is_piece_of_line
from digitreader.find.marks import Labels, Marks
from digitreader.find.settings import FindSettings
from digitreader.find.threshold import Mask
from digitreader.values import GrayImage

SQUARE = np.ones((3, 3), np.uint8)
RULE_EDGE = np.ones((7, 7), np.uint8)
RING_SHARE = 0.3
RING_REACH = 0.5
LEAST_REACH_PX, GREATEST_REACH_PX = 4, 12
GREATEST_STRIP = 0.05
"""Only what stands closer than this share of the image's shorter side crowds a mark, however large the mark is."""
HALF_AS_DARK = 0.5
FAINT = 1.8
"""A piece of a faint line is hardly darker than its faintest pixel, which is at the limit for ink; a stroke is."""
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


def keep_strokes(marks: Marks, page: Survey, settings: FindSettings) -> tuple[Marks, Marks]:
    """Part the marks into those that look like pen strokes on paper and those that are blots, things or pictures.

    Returns:
        The strokes and the blots; what is neither (shadows, rules, ragged edges) is in none of them.
    """
    strokes, blots = [], []
    for index, (box, members) in enumerate(zip(marks.boxes.tolist(), marks.members, strict=True)):
        evidence = evidence_of(box, members, page)
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


@dataclass(frozen=True, slots=True, eq=False)
class Survey:
    """What is measured once for all marks of an image.

    Attributes:
        labels: (H, W), as in `Marks`.
        darkness: (H, W) uint8.
        steps: (H, W) uint8, the 3x3 morphological gradient of the darkness.
        inked: (H, W) uint8, 255 on ink and its soft edge.
        sums: (H + 1, W + 1) int32, the integral of the ink as 0 and 1.
    """

    labels: Labels
    darkness: GrayImage
    steps: GrayImage
    inked: Mask
    sums: npt.NDArray[np.int32]


def survey(labels: Labels, darkness: GrayImage, mask: Mask, clean: Mask) -> Survey:
    """Measure an image once for all of its marks.

    Args:
        labels: (H, W), of the components of `clean`.
        darkness: (H, W) uint8.
        mask: (H, W) uint8, 255 on ink.
        clean: the same without rules; the same array where there were none.
    """
    return Survey(
        labels=labels,
        darkness=darkness,
        steps=np.asarray(cv2.morphologyEx(darkness, cv2.MORPH_GRADIENT, SQUARE), np.uint8),
        inked=inked_or_ruled(mask, clean),
        sums=np.asarray(cv2.integral(cv2.threshold(clean, 0, 1, cv2.THRESH_BINARY)[1]), np.int32),
    )


def inked_or_ruled(mask: Mask, clean: Mask) -> Mask:
    """Ink with its soft edge, and the rules that were taken out of it with theirs, which is wider."""
    inked = np.asarray(cv2.dilate(mask, SQUARE), np.uint8)
    if clean is mask:
        return inked
    return np.asarray(cv2.bitwise_or(inked, cv2.dilate(cv2.subtract(mask, clean), RULE_EDGE)), np.uint8)


def evidence_of(box: list[int], members: tuple[int, ...], page: Survey) -> Evidence:
    """Measure one mark.

    Args:
        box: x, y, width, height.
        members: the mark's labels.
    """
    x, y, width, height = box
    window = np.s_[y : y + height, x : x + width]
    labels = page.labels[window]
    own = (np.isin(labels, members) if len(members) > 1 else labels == members[0]).view(np.uint8)
    bordered = cv2.copyMakeBorder(own, 1, 1, 1, 1, cv2.BORDER_CONSTANT)
    outline = cv2.subtract(bordered, cv2.erode(bordered, SQUARE))[1:-1, 1:-1]
    edge = cv2.mean(page.steps[window], mask=outline)[0]
    peak = max(1.0, cv2.mean(page.darkness[window], mask=own)[0])
    faintest = cv2.minMaxLoc(page.darkness[window], mask=own)[0]
    distance = cv2.distanceTransform(bordered, cv2.DIST_L2, 3)
    stroke_px = 4.0 * cv2.mean(distance, mask=bordered)[0] - 1.0
    longest = max(width, height)
    return Evidence(
        edge=edge,
        crispness=stroke_px * edge / peak,
        stroke=stroke_px / longest,
        widest=2.0 * float(distance.max()) / longest,
        crowding=crowding_of(box, page.sums),
        continuation=continuation_of(box, own, HALF_AS_DARK * peak, page) if peak < FAINT * faintest else 0.0,
    )


def continuation_of(box: list[int], own: Mask, limit: float, page: Survey) -> float:
    """The share of the bare paper round a mark that is darker than `limit`; 0 where that only crosses the mark."""
    x, y, width, height = box
    reach = min(max(LEAST_REACH_PX, int(RING_REACH * max(width, height))), GREATEST_REACH_PX)
    top, left = max(0, y - reach), max(0, x - reach)
    window = np.s_[top : y + height + reach, left : x + width + reach]
    dark = page.darkness[window] > limit
    bare = page.inked[window] == 0
    beside = np.count_nonzero(bare & dark)
    if not beside or not is_piece_of_line(own, dark, (y - top, x - left)):
        return 0.0
    return beside / np.count_nonzero(bare)


def crowding_of(box: list[int], sums: npt.NDArray[np.int32]) -> float:
    """The share of ink in the strip above the box or below it, whichever is greater."""
    x, y, width, height = box
    reach = max(3, int(min(RING_SHARE * max(width, height), GREATEST_STRIP * min(sums.shape))))
    last = sums.shape[0] - 1
    return max(
        share_of(sums, x, max(0, y - reach), width, min(reach, y)),
        share_of(sums, x, y + height, width, min(reach, last - y - height)),
    )


def share_of(sums: npt.NDArray[np.int32], x: int, y: int, width: int, height: int) -> float:
    """The mean of a rectangle, from the integral image; 0 for an empty rectangle."""
    if height <= 0:
        return 0.0
    total = int(sums[y + height, x + width]) - int(sums[y, x + width]) - int(sums[y + height, x]) + int(sums[y, x])
    return total / (width * height)
