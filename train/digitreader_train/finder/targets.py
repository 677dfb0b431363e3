"""What the network is to learn from a scene: maps of ink and centres, and the size of each digit."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.values import Ink
from digitreader_train.finder.scene import FinderScene
from digitreader_train.finder.shapes import Rect

CELL_PX = 4
"""Width and height of a cell of the maps."""
LEAST_PX, GREATEST_PX = 8.5, 125.0
"""Digits whose longer side is between these are found in one look; of smaller ones the network says that they are too
small, and larger ones are found in a look at a reduced picture."""
UNDECIDED = 0.78
"""Near these limits no answer is right or wrong: down to this share of the least, and up to the greatest over it."""
WHOLE, PIECE = 0.8, 0.4
"""A digit of which less than `WHOLE` is seen may be found or not; one of which less than `PIECE` is seen must not."""
SPREAD = 0.13
"""Standard deviation of a centre's hill, in widths and heights of its digit ..."""
LEAST_SPREAD = 0.75
"""... and at least so many cells."""
SIZED_FROM = 0.3
"""Where a digit's hill is higher than this, the digit's size is to be known."""
SIZE_UNIT_PX = 16.0
"""The unit of the geometry."""


class Targets(NamedTuple):
    """What is right for one scene; C is its side over `CELL_PX`.

    Attributes:
        maps: (C, C, 10) uint8, 0..255 for 0..1: the hills of centres; the ink of digits in the cell's four quarters
            (upper left, upper right, lower left, lower right); the ink of any writing likewise; writing too small.
        counts: (C, C, 2) uint8, 0 or 255: where the hills count, and where the geometry does.
        geometry: (C, C, 4) float16: the centre's place from the middle of the cell, x and y, in `SIZE_UNIT_PX`; log of
            width and height in `SIZE_UNIT_PX`.
    """

    maps: npt.NDArray[np.uint8]
    counts: npt.NDArray[np.uint8]
    geometry: npt.NDArray[np.float16]


def targets_of(scene: FinderScene) -> Targets:
    """Make the targets of a scene."""
    planes, digits = _Planes(scene.image.shape[0] // CELL_PX), scene.digits
    owners = _owners_of_cells(scene)
    boxes = [Rect(*box) for box in digits.boxes.tolist()]
    for box, seen, number in zip(boxes, digits.seen.tolist(), digits.numbers.tolist(), strict=True):
        size, place = max(box.width, box.height), planes.cells_of(box)
        if size < LEAST_PX:
            planes.too_small[place] = 255
        if LEAST_PX <= size <= GREATEST_PX and seen >= WHOLE:
            planes.add_centre(box, owners == number)
        elif LEAST_PX * UNDECIDED <= size < GREATEST_PX / UNDECIDED and seen >= PIECE:
            planes.hill_counts[place] = 0
    inks = (*_quarters(scene.digit_ink), *_quarters(scene.any_ink))
    maps = np.dstack([planes.heatmap * 255, *inks, planes.too_small]).astype(np.uint8)
    counts = np.dstack([planes.hill_counts, planes.geometry_counts])
    return Targets(maps, counts, planes.geometry.astype(np.float16))


class _Planes:
    """The targets of a scene while digits are added, (C, C) each.

    Args:
        cells: C.

    Attributes:
        heatmap: float32, 0..1.
        too_small: uint8, 255 where a digit is too small.
        hill_counts: uint8, 255 or 0.
        geometry_counts: uint8, 255 or 0.
        geometry: (C, C, 4) float32.
    """

    def __init__(self, cells: int) -> None:
        self.heatmap = np.zeros((cells, cells), np.float32)
        self.too_small = np.zeros((cells, cells), np.uint8)
        self.hill_counts = np.full((cells, cells), 255, np.uint8)
        self.geometry_counts = np.zeros((cells, cells), np.uint8)
        self.geometry = np.zeros((cells, cells, 4), np.float32)
        self._middles = np.arange(cells, dtype=np.float32) * CELL_PX + CELL_PX / 2
        self._cells = cells

    def cells_of(self, box: Rect) -> tuple[slice, slice]:
        """Rows and columns of the cells that a box touches."""
        return self._range(box.y, box.height), self._range(box.x, box.width)

    def add_centre(self, box: Rect, is_own: npt.NDArray[np.bool_]) -> None:
        """Add the hill of a digit, and its place and size where it is the nearest.

        Args:
            box: of the digit.
            is_own: (C, C), the cells with ink of the digit.
        """
        to_x, to_y = box.x + box.width / 2 - self._middles, box.y + box.height / 2 - self._middles
        own = self._hill_of(box)
        about = (own > np.maximum(self.heatmap, SIZED_FROM)) | is_own
        self.geometry[..., 0][about] = np.broadcast_to(to_x / SIZE_UNIT_PX, own.shape)[about]
        self.geometry[..., 1][about] = np.broadcast_to((to_y / SIZE_UNIT_PX)[:, None], own.shape)[about]
        self.geometry[..., 2][about] = np.log(max(box.width, 2.0) / SIZE_UNIT_PX)
        self.geometry[..., 3][about] = np.log(max(box.height, 2.0) / SIZE_UNIT_PX)
        self.geometry_counts[about] = 255
        np.maximum(self.heatmap, own, out=self.heatmap)

    def _hill_of(self, box: Rect) -> npt.NDArray[np.float32]:
        """A bell over the digit, (C, C), exactly 1 in the cell of its centre."""
        x, y = box.x + box.width / 2, box.y + box.height / 2
        across = (self._middles - x) / max(LEAST_SPREAD * CELL_PX, SPREAD * box.width)
        down = (self._middles - y) / max(LEAST_SPREAD * CELL_PX, SPREAD * box.height)
        heatmap = np.exp(-0.5 * (across[None, :] ** 2 + down[:, None] ** 2))
        heatmap[min(self._cells - 1, int(y / CELL_PX)), min(self._cells - 1, int(x / CELL_PX))] = 1.0
        return np.asarray(heatmap, np.float32)

    def _range(self, start: float, length: float) -> slice:
        return slice(max(0, int(start / CELL_PX)), min(self._cells, int((start + length) / CELL_PX) + 1))


def _owners_of_cells(scene: FinderScene) -> npt.NDArray[np.int16]:
    """(C, C) int16: a digit with ink in the cell, the last one where there are several; 0 for none."""
    owners = scene.owners.reshape(scene.owners.shape[0] // CELL_PX, CELL_PX, -1, CELL_PX)
    return np.asarray(owners.max(axis=(1, 3)), np.int16)


def _quarters(ink: Ink) -> list[npt.NDArray[np.uint8]]:
    """The mean ink in each of the cells' four quarters, (C, C) each."""
    half = np.asarray(cv2.resize(ink, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)
    return [half[y::2, x::2] for y in (0, 1) for x in (0, 1)]
