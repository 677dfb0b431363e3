"""Looks once more at a picture in which nothing was found, with its faint ink made darker."""

from __future__ import annotations

import cv2
import numpy as np

from digitreader.find import Finder
from digitreader.paper_light import paper_under
from digitreader.values import Box, GrayImage

SMOOTHED_PX, STRONGER = 1.0, 4.0
"""How far noise is smoothed away before ink is made so many times as dark."""
LEAST_FOUND, LEAST_HEIGHT_PX, ALIKE = 3, 4.0, 1.6
"""Fewer things, or lower ones, may be specks; digits are no more than so many times as high as one another."""


def found_stretched(gray: GrayImage, finder: Finder) -> list[Box]:
    """What is found in a picture when its ink swallows more light."""
    return enough([candidate.box for candidate in finder.digits(stretched(gray))])


def stretched(gray: GrayImage) -> GrayImage:
    """A picture whose ink is darker than it is, on paper as bright as it is."""
    smooth = cv2.GaussianBlur(gray.astype(np.float32), (0, 0), SMOOTHED_PX)
    paper = paper_under(gray).astype(np.float32)
    return np.asarray(np.clip(paper + STRONGER * (smooth - paper), 0, 255), np.uint8)


def enough(boxes: list[Box]) -> list[Box]:
    """The boxes that are about as high as most, or none where they are too few or too low to be writing."""
    if not boxes:
        return []
    usual = float(np.median([box.height for box in boxes]))
    alike = [box for box in boxes if usual / ALIKE <= box.height <= usual * ALIKE]
    return alike if len(alike) >= LEAST_FOUND and usual >= LEAST_HEIGHT_PX else []
