"""Find: pieces of writing that hang together and are not plainly a digit: dots, dashes, signs, letters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.find.centres import GREATEST_PX, INK_PX
from digitreader.find.coarse_to_fine import ScaleDetections
from digitreader.values import Box, Ink

LEAST_AREA = 2
"""A piece has at least so many places of the ink maps."""
LONGEST_PX = 1.5 * GREATEST_PX
OWNED, DIGIT_HEIGHT, SURE_HEAT = 0.6, 0.55, 0.5
"""A piece is plainly a digit's where so much of it is owned by digits and it is so high beside the usual one
of those that the network is so sure of."""
MOST = 400
"""Of more pieces the largest are kept: a page of print has thousands."""

Heights = npt.NDArray[np.float64]
"""(N,) float64, in pixels of the picture."""


@dataclass(frozen=True, slots=True, eq=False)
class MarkCandidate:
    """A piece of writing.

    Attributes:
        box: where it is in the picture.
        ink: (h, w) uint8, white on black, as coarse as the finder's maps.
    """

    box: Box
    ink: Ink


def mark_candidates_in(seen: Sequence[ScaleDetections]) -> tuple[MarkCandidate, ...]:
    """The pieces of writing of a picture, each as the finest look shows it that has it whole."""
    whole = [each for each in seen if each.region == seen[0].region][-1:]
    finest = sorted(
        [*whole, *(each for each in seen if each.region != seen[0].region)], key=lambda each: each.look.scale
    )
    found, usual_px = list[MarkCandidate](), _usual_height(seen)
    for at, each in enumerate(finest):
        found += _pieces_of(each, usual_px, finer=finest[at + 1 :])
    return tuple(sorted(found, key=_area, reverse=True)[:MOST])


def _area(piece: MarkCandidate) -> int:
    return piece.box.width * piece.box.height


def _pieces_of(seen: ScaleDetections, usual_px: float, *, finer: Sequence[ScaleDetections]) -> list[MarkCandidate]:
    """The pieces that a look shows, without those that lie in the region of a finer one."""
    look, (labels, stats) = seen.look, seen.look.strokes
    ink, count = np.maximum(look.any_ink, look.digit_ink), len(stats)
    if count == 1:
        return []
    areas, longest = stats[:, cv2.CC_STAT_AREA], INK_PX * stats[:, 2:4].max(axis=1)
    kept = (areas >= LEAST_AREA) & (longest <= LONGEST_PX)
    boxes = seen.in_picture(INK_PX * stats[:, :4].astype(np.float64))
    kept &= ~_is_digit(seen, labels, boxes[:, 3], usual_px)
    kept[0] = False
    x, y = (boxes[:, :2] + boxes[:, 2:] / 2).T
    for region in (each.region for each in finer if each.look.scale > seen.look.scale):
        inside = (x >= region.x) & (x < region.x + region.width) & (y >= region.y) & (y < region.y + region.height)
        kept &= ~inside
    numbers = np.flatnonzero(kept)
    kept_boxes = boxes[numbers].round().astype(int).tolist()
    return [
        MarkCandidate(Box(bx, by, max(1, width), max(1, height)), _ink_of(ink, labels, stats, number))
        for number, (bx, by, width, height) in zip(numbers.tolist(), kept_boxes, strict=True)
    ]


def _is_digit(
    seen: ScaleDetections, labels: npt.NDArray[np.int32], heights: Heights, usual_px: float
) -> npt.NDArray[np.bool_]:
    """Whether each piece is mostly owned by a digit and about as high as one."""
    owned = np.bincount(labels[seen.owners > 0], minlength=len(heights))
    areas = seen.look.strokes.extents[:, cv2.CC_STAT_AREA]
    return np.asarray((owned >= OWNED * areas) & (heights >= DIGIT_HEIGHT * usual_px))


def _usual_height(seen: Sequence[ScaleDetections]) -> float:
    """How high a digit is that the network is sure of, in pixels of the picture; 0 where there is none."""
    parts = [each.centres[each.centres[:, 4] >= SURE_HEAT, 3] / each.look.scale for each in seen]
    heights = np.sort(np.concatenate(parts))
    return float(heights[len(heights) // 2]) if len(heights) else 0.0


def _ink_of(
    ink: npt.NDArray[np.float32], labels: npt.NDArray[np.int32], stats: npt.NDArray[np.int32], number: int
) -> Ink:
    x, y, width, height = stats[number, :4].tolist()
    place = np.s_[y : y + height, x : x + width]
    return np.asarray(np.where(labels[place] == number, 255 * ink[place], 0), np.uint8)
