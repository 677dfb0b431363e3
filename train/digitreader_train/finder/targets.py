"""What the network is to say of a scene: maps of ink and centres, and the size of each digit."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.values import Ink
from digitreader_train.finder.scene import FinderScene

CELL_PX = 4
"""The maps have one cell for so many pixels each way."""
LEAST_PX, GREATEST_PX = 8.5, 125.0
"""Digits so high are found in one look; smaller ones are told to be too small, larger ones are for a coarser look."""
UNDECIDED = 0.78
"""Near these limits nothing is asked: down to this share of the least, and up as far."""
WHOLE, PIECE = 0.8, 0.4
"""A digit of which less than `WHOLE` is seen may be found or not; of which less than `PIECE`, it is none."""
SPREAD = 0.13
"""Standard deviation of a centre's hill, in widths and heights of its digit ..."""
LEAST_SPREAD = 0.75
"""... and at least so many cells."""
SIZE_UNIT_PX = 16.0


class Targets(NamedTuple):
    """What is right for one scene; C is its side over `CELL_PX`.

    Attributes:
        maps: (C, C, 10) uint8, 0..255 for 0..1: the hill of centres; the ink of digits in the cell's four quarters
            (upper left, upper right, lower left, lower right); the ink of any writing likewise; writing too small.
        counts: (C, C, 2) uint8, 0 or 255: where the hill is asked for, and where the size is.
        geometry: (C, C, 4) float16: the centre's place from the middle of the cell, x and y, in `SIZE_UNIT_PX`; log of
            width and height in `SIZE_UNIT_PX`.
    """

    maps: npt.NDArray[np.uint8]
    counts: npt.NDArray[np.uint8]
    geometry: npt.NDArray[np.float16]


def targets_of(scene: FinderScene) -> Targets:
    """Make the targets of a scene."""
    cells = scene.image.shape[0] // CELL_PX
    hill = np.zeros((cells, cells), np.float32)
    small = np.zeros((cells, cells), np.uint8)
    asked = np.full((cells, cells), 255, np.uint8)
    geometry = np.zeros((cells, cells, 4), np.float32)
    sized = np.zeros((cells, cells), np.uint8)
    middles = np.arange(cells, dtype=np.float32) * CELL_PX + CELL_PX / 2
    number_at = _owner_of_cells(scene)
    digits = scene.digits
    for (x, y, width, height), seen, number in zip(digits.boxes.tolist(), digits.seen.tolist(), digits.numbers.tolist(), strict=True):
        size = max(height, width)
        rows, columns = _cells_of(y, height, cells), _cells_of(x, width, cells)
        if size < LEAST_PX * UNDECIDED:
            small[rows, columns] = 255
            continue
        if size < LEAST_PX or seen < WHOLE or size > GREATEST_PX:
            if seen >= PIECE and size < GREATEST_PX / UNDECIDED:
                asked[rows, columns] = 0
            if size < LEAST_PX:
                small[rows, columns] = 255
            continue
        centre_x, centre_y = x + width / 2, y + height / 2
        across = (middles - centre_x) / max(LEAST_SPREAD * CELL_PX, SPREAD * width)
        down = (middles - centre_y) / max(LEAST_SPREAD * CELL_PX, SPREAD * height)
        own = np.exp(-0.5 * (across[None, :] ** 2 + down[:, None] ** 2))
        own[min(cells - 1, int(centre_y / CELL_PX)), min(cells - 1, int(centre_x / CELL_PX))] = 1.0
        about = (own > np.maximum(hill, 0.3)) | (number_at == number)
        values = (np.log(max(width, 2.0) / SIZE_UNIT_PX), np.log(max(height, 2.0) / SIZE_UNIT_PX))
        geometry[..., 0][about] = np.broadcast_to((centre_x - middles) / SIZE_UNIT_PX, own.shape)[about]
        geometry[..., 1][about] = np.broadcast_to(((centre_y - middles) / SIZE_UNIT_PX)[:, None], own.shape)[about]
        geometry[..., 2][about], geometry[..., 3][about] = values
        sized[about] = 255
        np.maximum(hill, own, out=hill)
    maps = np.dstack([hill * 255, *_quarters(scene.digit_ink), *_quarters(scene.any_ink), small]).astype(np.uint8)
    return Targets(maps, np.dstack([asked, sized]), geometry.astype(np.float16))


def _cells_of(start: float, length: float, cells: int) -> slice:
    return slice(max(0, int(start / CELL_PX)), min(cells, int((start + length) / CELL_PX) + 1))


def _owner_of_cells(scene: FinderScene) -> npt.NDArray[np.int16]:
    """(C, C) int16: the digit with ink at the middle of each cell, or anywhere in it; 0 for none."""
    owners = scene.owners.reshape(scene.owners.shape[0] // CELL_PX, CELL_PX, -1, CELL_PX)
    return np.asarray(owners.max(axis=(1, 3)), np.int16)


def _quarters(ink: Ink) -> list[npt.NDArray[np.uint8]]:
    half = cv2.resize(ink, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    return [half[y::2, x::2] for y in (0, 1) for x in (0, 1)]
