"""The parts of an image: those of the digit stay, crumbs and what a form prints go."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.data.cleaning.frames import foreign_parts
from digitreader.data.cleaning.tone import FAINTEST_SHARE
from digitreader.values import Ink

CRUMB_SHARE = 0.12
"""A part with less than this share of the largest part's ink is a crumb, and so is one ..."""
FAINT_PART = 0.5
"""... that is nowhere half as strong as the strongest."""
BODY_SHARE = 0.5
"""Where a part with so much of the largest one's ink lies clear of the image's edge ..."""
CUT_WEIGHT = 0.3
"""... the ink of parts that the edge cuts counts so much: they belong to what is outside."""


def drop_crumbs(ink: Ink) -> Ink:
    """Keep the parts that are large and strong enough to belong to the digit, and no frame or ruled line."""
    peak = int(ink.max())
    binary = cv2.threshold(ink, peak // FAINTEST_SHARE, 255, cv2.THRESH_BINARY)[1]
    count, labels, stats, _ = cv2.connectedComponentsWithStats(binary, connectivity=8)
    if count <= 2:
        return ink
    flat: npt.NDArray[np.int32] = np.asarray(labels, np.int32).ravel()
    mass = np.bincount(flat, weights=ink.ravel(), minlength=count).astype(np.float64)
    mass[[0, *foreign_parts(np.asarray(labels, np.int32), np.asarray(stats, np.int32))]] = 0
    cut = at_edge(np.asarray(stats, np.int32), ink.shape)
    if mass[~cut].max(initial=0.0) >= BODY_SHARE * mass.max():
        mass[cut] *= CUT_WEIGHT
    strongest = np.zeros(count, np.uint8)
    np.maximum.at(strongest, flat, ink.ravel())
    keep = (mass >= CRUMB_SHARE * mass.max()) & (mass > 0) & (strongest > FAINT_PART * peak)
    return np.where(keep[labels], ink, np.uint8(0))


def at_edge(stats: npt.NDArray[np.int32], shape: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    """Which parts reach the image's edge.

    Args:
        stats: (parts, 5), of `cv2.connectedComponentsWithStats`.
    """
    x, y, width, height = stats[:, :4].T
    return np.asarray((x == 0) | (y == 0) | (x + width == shape[1]) | (y + height == shape[0]))
