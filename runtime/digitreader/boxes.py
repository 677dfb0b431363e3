"""What is done with boxes: whether they touch, and boxes that are moved, made larger or hold others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from digitreader.values import Box


def touch(one: Box, other: Box) -> bool:
    """Whether two boxes share a pixel."""
    across = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    down = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    return across > 0 and down > 0


def around(*boxes: Box) -> Box:
    """The smallest box that holds all of these, at least one."""
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    right, bottom = max(box.x + box.width for box in boxes), max(box.y + box.height for box in boxes)
    return Box(left, top, right - left, bottom - top)


def grown(box: Box, by_x: int, by_y: int) -> Box:
    """A box that reaches so much further at its sides, and at its top and bottom."""
    return Box(box.x - by_x, box.y - by_y, box.width + 2 * by_x, box.height + 2 * by_y)


def cut_to(box: Box, size_wh: tuple[int, int]) -> Box:
    """The part of a box that lies in a picture of this size."""
    x, y = max(0, box.x), max(0, box.y)
    right, bottom = min(size_wh[0], box.x + box.width), min(size_wh[1], box.y + box.height)
    return Box(x, y, max(0, right - x), max(0, bottom - y))


def shifted(box: Box, x: int, y: int) -> Box:
    """A box that lies so far further to the right and below."""
    return replace(box, x=box.x + x, y=box.y + y)


def scaled(box: Box, scale: float) -> Box:
    """A box in a picture so many times as large."""
    x, y, width, height = (round(value * scale) for value in (box.x, box.y, box.width, box.height))
    return Box(x, y, width, height)


def boxes_of(boxes: Sequence[Box]) -> npt.NDArray[np.int32]:
    """(N, 4) int32: x, y, width, height of each."""
    return np.array([(each.x, each.y, each.width, each.height) for each in boxes], np.int32).reshape(-1, 4)
