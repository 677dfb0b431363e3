"""Find: where a look was too coarse, and the picture is looked at again in a finer one."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.find.centres import Centres
from digitreader.find.looks import CELL_PX, Look, Map

SMALL = 0.4
"""Writing is too small for a look where the network is so sure of it."""
UNTOLD_INK, UNTOLD_HILL = 0.5, 0.12
"""So sure ink of digits, or so high a hill, where no digit was found."""
SURE_HEAT = 0.6
"""A digit with less heat may be something smaller that a coarse look blurs ..."""
FINE_PX = 24.0
"""Digits lower than this are seen better in the next look."""
LARGE = 2.0
"""... unless it is so many times as high as that: a finer look would not show it better."""
REACH_CELLS = 3
"""A region reaches so many cells beyond what it is for."""
MOST_REGIONS = 6
SPARSE = 0.6
"""Several regions are looked at one by one where they cover less than this share of the rectangle round them."""


class Region(NamedTuple):
    """A rectangle of a picture, in its pixels."""

    x: int
    y: int
    width: int
    height: int


def unclear_regions(look: Look, centres: Centres, picture: Region, *, fine_px: float = FINE_PX) -> list[Region]:
    """Where a look at a picture leaves something to be seen in a finer look.

    Args:
        look: at the part of a picture that `picture` says.
        centres: what was found in it.
        picture: the part; its regions lie within it.
        fine_px: digits lower than this, in pixels of the canvas, are to be seen again; 0 for none.
    """
    unclear = np.asarray(look.small > SMALL, np.uint8)
    doubtful = (centres[:, 4] < SURE_HEAT) & (centres[:, 3] < LARGE * FINE_PX)
    known = _covered(look.hill, centres[~doubtful], grown=1.15)
    unclear[((_most_ink(look.digit_ink) > UNTOLD_INK) | (look.hill > UNTOLD_HILL)) & (known == 0)] = 1
    unclear |= _covered(look.hill, centres[(centres[:, 3] < fine_px) | doubtful], grown=1.0)
    if not unclear.any():
        return []
    side = 2 * REACH_CELLS + 1
    reached = np.asarray(cv2.dilate(unclear, np.ones((side, side), np.uint8)), np.uint8)
    return [_in_picture(box, look, picture) for box in _rectangles(reached)]


def _most_ink(ink: Map) -> Map:
    """(H/4, W/4): the surest of the four quarters of each cell."""
    rows = np.maximum(ink[::2], ink[1::2])
    return np.maximum(rows[:, ::2], rows[:, 1::2])


def _covered(hill: Map, centres: Centres, *, grown: float) -> npt.NDArray[np.uint8]:
    """(H/4, W/4) uint8: 1 in the boxes of centres."""
    covered = np.zeros(hill.shape, np.uint8)
    for x, y, width, height, _ in (centres / CELL_PX).tolist():
        wide, high = grown * max(width, 0.5 * height) / 2, grown * height / 2
        first, last = (max(0, int(x - wide)), max(0, int(y - high))), (int(x + wide) + 1, int(y + high) + 1)
        covered[first[1] : last[1], first[0] : last[0]] = 1
    return covered


def _rectangles(unclear: npt.NDArray[np.uint8]) -> list[tuple[int, int, int, int]]:
    """The rectangles (x, y, width, height) round what hangs together, or one round all."""
    x, y, width, height = cv2.boundingRect(unclear)
    count, _, stats, _ = cv2.connectedComponentsWithStats(unclear, connectivity=8)
    boxes = [tuple(box) for box in stats[1:, :4].tolist()]
    if count - 1 > MOST_REGIONS or sum(w * h for _, _, w, h in boxes) > SPARSE * width * height:
        return [(x, y, width, height)]
    return boxes


def _in_picture(box: tuple[int, int, int, int], look: Look, picture: Region) -> Region:
    """A rectangle of cells as one of the picture."""
    x, y, width, height = box
    left, top = ((start * CELL_PX - at) / look.scale for start, at in ((x, look.left), (y, look.top)))
    right, bottom = ((end * CELL_PX - at) / look.scale for end, at in ((x + width, look.left), (y + height, look.top)))
    x0, y0 = min(picture.width - 1, max(0, int(left))), min(picture.height - 1, max(0, int(top)))
    x1, y1 = min(picture.width, int(right) + 1), min(picture.height, int(bottom) + 1)
    return Region(picture.x + x0, picture.y + y0, max(1, x1 - x0), max(1, y1 - y0))
