"""A ground that shines through: fog, stripes, shade or light behind the ink."""

from __future__ import annotations

from typing import TypeVar

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.data.cleaning.tone import FAINTEST_SHARE, rescale
from digitreader.values import Ink

Pixel = TypeVar("Pixel", bound=np.generic)

BARE_SHARE = 0.5
"""Ink alone leaves at least this share of its box bare, unless the pen is thick and the box tight ..."""
GROUND_SHARE = 0.7
"""... and even then it does not cover so much of the box's edge, as a ground does ..."""
GROUND_CORNERS = 2
"""... nor so many of its corners."""
DISC_SHARES = (0.5, 0.25)
"""What is wider than half the longer side is no stroke but ground; a quarter, where the ground is rougher."""


def lift_off_ground(ink: Ink) -> Ink:
    """Keep only what stands out as narrowly as a stroke, where fog, stripes or shade lie behind it.

    A wide disc keeps strokes whole where they run close together. Where it leaves something standing at the image's
    edge, which a digit seldom reaches, the ground is rougher than the disc, and a smaller one follows it.

    Source: the white top-hat of mathematical morphology, and N. Otsu, "A threshold selection method from gray-level
    histograms", 1979, for what counts as standing out.
    """
    if not has_ground(ink):
        return ink
    for share in DISC_SHARES:
        standing = stand_out(ink, side=max(3, int(share * max(ink.shape)) | 1))
        limit, strong = cv2.threshold(standing, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
        if not edge_of(np.asarray(strong, np.uint8)).any():
            break
    return rescale(standing, black=limit, white=cv2.mean(standing, mask=strong)[0])


def has_ground(ink: Ink) -> bool:
    """Whether the ink stands on something that covers most of the box, of its edge and of its corners."""
    bare = ink <= int(ink.max()) // FAINTEST_SHARE
    if np.count_nonzero(bare) >= BARE_SHARE * bare.size:
        return False
    covered = 4 - np.count_nonzero(bare[[0, 0, -1, -1], [0, -1, 0, -1]])
    return bool(edge_of(bare).mean() <= 1 - GROUND_SHARE and covered >= GROUND_CORNERS)


def stand_out(ink: Ink, *, side: int) -> Ink:
    """How far each pixel stands above what a disc of diameter `side` can fill from below."""
    wide = cv2.copyMakeBorder(ink, side, side, side, side, borderType=cv2.BORDER_REPLICATE)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    return np.asarray(cv2.morphologyEx(wide, cv2.MORPH_TOPHAT, disc)[side:-side, side:-side], np.uint8)


def edge_of(image: npt.NDArray[Pixel]) -> npt.NDArray[Pixel]:
    """The outermost pixels of an image (h, w) in a row, its corners twice."""
    return np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])
