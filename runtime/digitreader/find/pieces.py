"""Find: pieces of writing that hang together and are not plainly a digit: dots, dashes, signs, letters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.find.centres import GREATEST_PX
from digitreader.find.search import Seen
from digitreader.find.sharing import INK_PX
from digitreader.values import Box, Ink

LEAST_AREA = 2
"""A piece has at least so many places of the ink maps."""
LONGEST_PX = 1.5 * GREATEST_PX
OWNED, DIGIT_HEIGHT = 0.6, 0.55
"""A piece is plainly a digit's where so much of it is owned by digits and it is so high beside the usual one."""
MOST = 400
"""Of more pieces the largest are kept: a page of print has thousands."""


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A piece of writing.

    Attributes:
        box: where it is in the picture.
        ink: (h, w) uint8, white on black, as coarse as the finder's maps.
    """

    box: Box
    ink: Ink


def pieces_in(seen: Sequence[Seen]) -> tuple[Piece, ...]:
    """The pieces of writing of a picture, each as the finest look shows it that has it whole."""
    whole = [each for each in seen if each.region == seen[0].region][-1:]
    finest = sorted(
        [*whole, *(each for each in seen if each.region != seen[0].region)], key=lambda each: each.look.scale
    )
    found: list[Piece] = []
    for at, each in enumerate(finest):
        found += _pieces_of(each, finer=finest[at + 1 :])
    return tuple(sorted(found, key=_area, reverse=True)[:MOST])


def _area(piece: Piece) -> int:
    return piece.box.width * piece.box.height


def _pieces_of(seen: Seen, *, finer: Sequence[Seen]) -> list[Piece]:
    """The pieces that a look shows, without those that lie in the region of a finer one."""
    look, (labels, stats) = seen.look, seen.look.strokes
    ink, count = np.maximum(look.any_ink, look.digit_ink), len(stats)
    if count == 1:
        return []
    areas, longest = stats[:, cv2.CC_STAT_AREA], INK_PX * stats[:, 2:4].max(axis=1)
    kept = (areas >= LEAST_AREA) & (longest <= LONGEST_PX) & ~_is_digit(seen, labels, stats)
    kept[0] = False
    boxes = seen.in_picture(INK_PX * stats[:, :4].astype(np.float64))
    x, y = (boxes[:, :2] + boxes[:, 2:] / 2).T
    for region in (each.region for each in finer if each.look.scale > seen.look.scale):
        inside = (x >= region.x) & (x < region.x + region.width) & (y >= region.y) & (y < region.y + region.height)
        kept &= ~inside
    numbers = np.flatnonzero(kept)
    kept_boxes = boxes[numbers].round().astype(int).tolist()
    return [
        Piece(Box(bx, by, max(1, width), max(1, height)), _ink_of(ink, labels, stats, number))
        for number, (bx, by, width, height) in zip(numbers.tolist(), kept_boxes, strict=True)
    ]


def _is_digit(seen: Seen, labels: npt.NDArray[np.int32], stats: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
    """Whether each piece is mostly owned by a digit and about as high as one."""
    if not len(seen.centres):
        return np.zeros(len(stats), bool)
    usual = float(np.sort(seen.centres[:, 3])[len(seen.centres) // 2])
    owned = np.bincount(labels[seen.owners > 0], minlength=len(stats))
    mostly = owned >= OWNED * stats[:, cv2.CC_STAT_AREA]
    return np.asarray(mostly & (INK_PX * stats[:, cv2.CC_STAT_HEIGHT] >= DIGIT_HEIGHT * usual))


def _ink_of(
    ink: npt.NDArray[np.float32], labels: npt.NDArray[np.int32], stats: npt.NDArray[np.int32], number: int
) -> Ink:
    x, y, width, height = stats[number, :4].tolist()
    place = np.s_[y : y + height, x : x + width]
    return np.asarray(np.where(labels[place] == number, 255 * ink[place], 0), np.uint8)
