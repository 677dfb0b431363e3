"""Find, step 2: the hills of the network's map become digits with a place and a size."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.find.looks import CELL_PX, SIZE_UNIT_PX, Look
from digitreader.find.overlapping import shared_area

LEAST_HEAT = 0.25
"""A lower hill is none; what may be a digit is judged by its reading too."""
LEAST_PX, GREATEST_PX = 7.5, 120.0
"""The network has learned digits of this size; others are for another look."""
LARGEST_LOG = 3.0
SAME, WITHIN = 0.45, 0.6
"""Two hills are of one digit where their boxes share this much of their union, or this much of the smaller one ..."""
MUCH_LOWER = 0.7
"""... and one is lower than this share of the other."""

Centres = npt.NDArray[np.float32]
"""(N, 5) float32: x and y of the centre, width, height, all in pixels of the canvas, and the heat 0..1 of the hill."""


def centres_of(look: Look) -> Centres:
    """The digits that a look shows, at most one a cell."""
    highest = cv2.dilate(look.hill, np.ones((3, 3), np.uint8))
    rows, columns = np.nonzero((look.hill >= highest) & (look.hill >= LEAST_HEAT))
    told = look.geometry[rows, columns]
    x = (columns + 0.5) * CELL_PX + told[:, 0] * SIZE_UNIT_PX
    y = (rows + 0.5) * CELL_PX + told[:, 1] * SIZE_UNIT_PX
    width, height = (np.exp(np.clip(told[:, at], -LARGEST_LOG, LARGEST_LOG)) * SIZE_UNIT_PX for at in (2, 3))
    centres = np.stack([x, y, width, height, look.hill[rows, columns]], axis=1).astype(np.float32)
    longest = np.maximum(width, height)
    return _one_a_digit(centres[(longest >= LEAST_PX) & (longest <= GREATEST_PX)])


def _one_a_digit(centres: Centres) -> Centres:
    """Of hills that are of one digit, the highest: else they would share its ink."""
    if len(centres) < 2:
        return centres
    x, y, width, height, heat = centres[np.argsort(-centres[:, 4], kind="stable")].astype(np.float64).T
    corners = np.stack([x - width / 2, y - height / 2, x + width / 2, y + height / 2], axis=1)
    shared = shared_area(corners[:, None], corners[None])
    areas = width * height
    smaller = np.minimum(areas[:, None], areas)
    within = (shared > WITHIN * smaller) & (heat[None, :] < MUCH_LOWER * heat[:, None])
    same = (shared > SAME * (areas[:, None] + areas - shared)) | within
    kept: list[int] = []
    for at in range(len(heat)):
        if not same[kept, at].any():
            kept.append(at)
    return np.ascontiguousarray(centres[np.argsort(-centres[:, 4], kind="stable")][kept])
