"""Find: what stands round a mark: other ink that crowds it, or a line that it is only a piece of."""

from __future__ import annotations

import cv2
import numpy as np

from digitreader.find.by_rules.continuation import is_piece_of_line
from digitreader.find.by_rules.threshold import Mask
from digitreader.values import GrayImage

SQUARE = np.ones((3, 3), np.uint8)
RULE_EDGE = np.ones((7, 7), np.uint8)
RING_SHARE = 0.3
RING_REACH = 0.5
LEAST_REACH_PX, GREATEST_REACH_PX = 4, 12
GREATEST_STRIP = 0.05
"""Only what stands closer than this share of the image's shorter side crowds a mark, however large the mark is."""


def crowding_of(box: list[int], clean: Mask) -> float:
    """The share of ink in the strip above a mark or below it, whichever is greater.

    Args:
        box: x, y, width, height.
        clean: (H, W) uint8, 255 on ink.
    """
    x, y, width, height = box
    across = slice(x, x + width)
    reach = max(3, int(min(RING_SHARE * max(width, height), GREATEST_STRIP * (min(clean.shape) + 1))))
    above, below = clean[max(0, y - reach) : y, across], clean[y + height : y + height + reach, across]
    return max(share_of(above), share_of(below))


def share_of(strip: Mask) -> float:
    """The share of ink in a strip, 0 where it is empty."""
    return cv2.countNonZero(strip) / strip.size if strip.size else 0.0


def inked_or_ruled(mask: Mask, clean: Mask) -> Mask:
    """Ink with its soft edge, and the rules that were taken out of it with theirs, which is wider.

    Args:
        mask: (H, W) uint8, 255 on ink.
        clean: the same without rules; the same array where there were none.
    """
    inked = np.asarray(cv2.dilate(mask, SQUARE), np.uint8)
    if clean is mask:
        return inked
    return np.asarray(cv2.bitwise_or(inked, cv2.dilate(cv2.subtract(mask, clean), RULE_EDGE)), np.uint8)


def goes_on(box: list[int], own: Mask, darkness: GrayImage, inked: Mask, *, limit: float, most: float) -> bool:
    """Whether a mark is a piece of something longer that fades in and out (a ruled line, a fold).

    Args:
        box: x, y, width, height.
        own: (height, width) uint8, 1 on the mark's pixels.
        darkness: (H, W) uint8.
        inked: (H, W) uint8 of `inked_or_ruled`.
        limit: what is darker may be a part of it.
        most: the bare paper round the mark may be as dark as that on this share of it.
    """
    x, y, width, height = box
    reach = min(max(LEAST_REACH_PX, int(RING_REACH * max(width, height))), GREATEST_REACH_PX)
    top, left = max(0, y - reach), max(0, x - reach)
    window = np.s_[top : y + height + reach, left : x + width + reach]
    dark = darkness[window] > limit
    bare = inked[window] == 0
    beside = np.count_nonzero(bare & dark)
    if not beside or beside / np.count_nonzero(bare) <= most:
        return False
    return is_piece_of_line(own, dark, (y - top, x - left))
