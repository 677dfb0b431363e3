"""What the network found in scenes, compared with the truth: digits found and missed, and centres where none is."""

from __future__ import annotations

from typing import Any, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from digitreader_train.finder.targets import CELL_PX, SIZE_UNIT_PX

HEAT = 0.3
"""A peak of the heat map counts as a centre from here on."""
TIE = 1e-12
"""Heat that each cell has less than the one before it, which decides between cells that are equally hot."""
LEAST_REACH_PX = 4.0
"""A centre is right inside its digit's box, or at most so far from the box's middle."""

Boxes = npt.NDArray[np.float32]
"""(N, 4) float32: middle x, middle y, width and height in pixels."""
Planes = npt.NDArray[np.floating[Any]]
"""(C, C, channels) of any floats."""


class Compared(NamedTuple):
    """A scene's digits and what was found.

    Attributes:
        truth: the digits that are asked for.
        is_found: (N,) bool, one for each of them.
        centres: what was told, without what is neither right nor wrong.
        is_right: (M,) bool, one for each of those.
    """

    truth: Boxes
    is_found: npt.NDArray[np.bool_]
    centres: Boxes
    is_right: npt.NDArray[np.bool_]

    @property
    def mistakes(self) -> int:
        """Digits missed and centres told where none is."""
        return int((~self.is_found).sum() + (~self.is_right).sum())


class Shares(NamedTuple):
    """How many of the digits are found (recall) and how many of the centres are right (precision), 0..1."""

    recall: float
    precision: float


def compare_scene(maps: Planes, geometry: Planes, told_maps: Planes, told_geometry: Planes) -> Compared:
    """Compare what the network tells of one scene with the truth.

    Args:
        maps: (C, C, 11) 0..1, of `Targets.maps` with where the hill is asked for.
        geometry: (C, C, 4 or 5) of `Targets.geometry`.
        told_maps: (C, C, 10) logits.
        told_geometry: (C, C, 4).
    """
    heat, asked = 1 / (1 + np.exp(-told_maps[..., 0])), maps[..., 10] > 0.5
    truth = boxes_at(np.argwhere((maps[..., 0] == 1) & asked), geometry)
    cells = peaks_of(heat)
    cells = cells[np.argsort(-heat[cells[:, 0], cells[:, 1]], kind="stable")]
    centres = boxes_at(cells, told_geometry)
    is_found, is_right = _match(truth, centres)
    counts = is_right | asked[cells[:, 0], cells[:, 1]]
    return Compared(truth, is_found, centres[counts], is_right[counts])


def shares_of(compared: list[Compared]) -> Shares:
    """Sum up over scenes; 0 where there was nothing to find or nothing was told."""
    found = np.concatenate([each.is_found for each in compared])
    right = np.concatenate([each.is_right for each in compared])
    return Shares(float(found.mean()) if len(found) else 0.0, float(right.mean()) if len(right) else 0.0)


def peaks_of(heat: Planes) -> npt.NDArray[np.intp]:
    """The (N, 2) cells, row and column, that are at least `HEAT` and the highest of their 3x3 neighbourhood.

    Of neighbours that are equally high, as the rounding of an integer network makes them, the first counts.
    """
    ranked = heat.astype(np.float64) - np.arange(heat.size).reshape(heat.shape) * TIE
    return np.argwhere((heat >= HEAT) & (ranked >= cv2.dilate(ranked, np.ones((3, 3), np.uint8))))


def boxes_at(cells: npt.NDArray[np.intp], geometry: Planes) -> Boxes:
    """The boxes that a map of geometry tells at these cells."""
    rows, columns = cells[:, 0], cells[:, 1]
    told = geometry[rows, columns, :4].astype(np.float32)
    middles = np.stack([columns, rows], axis=1).astype(np.float32) * CELL_PX + CELL_PX / 2
    sizes = np.exp(np.clip(told[:, 2:], -6, 6)) * SIZE_UNIT_PX
    return np.concatenate([middles + told[:, :2] * SIZE_UNIT_PX, sizes], axis=1).astype(np.float32)


def _match(truth: Boxes, centres: Boxes) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Give each centre, in their order, the nearest digit that is still free and in whose box it lies."""
    is_found, is_right = np.zeros(len(truth), np.bool_), np.zeros(len(centres), np.bool_)
    reach = np.maximum(truth[:, 2:] / 2, LEAST_REACH_PX)
    for place, centre in enumerate(centres):
        away = np.abs(truth[:, :2] - centre[:2])
        near = np.flatnonzero((away <= reach).all(axis=1) & ~is_found)
        if len(near):
            nearest = near[np.argmin((away[near] / reach[near]).max(axis=1))]
            is_found[nearest] = is_right[place] = True
    return is_found, is_right
