"""Looks at a picture: what its light, glare, focus, contrast and digits measure."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.doctor.facts import Look
from digitreader.find import find_digits
from digitreader.find.illumination import to_gray
from digitreader.values import Box, ColourImage, GrayImage

Steepness = npt.NDArray[np.float32]
"""(H, W) float32, by how many grey levels a pixel differs from the next."""

BURNT = 250
BORDER_PX = 4
LEAST_RANGE = 12.0
"""A picture with fewer grey levels than this shows nothing at all."""


def look_at(image: ColourImage | GrayImage, *, scale: float = 1.0) -> Look:
    """Measure a picture.

    Args:
        image: (H, W, 3) uint8 BGR or (H, W) uint8.
        scale: as in `Frame`.
    """
    gray = to_gray(image)
    steepness = steepness_of(gray)
    boxes = [candidate.box for candidate in find_digits(image)]
    strokes = np.array([stroke_of(gray, steepness, box) for box in boxes] or [(0.0, 0.0)])
    edge_px, contrast = np.median(strokes, axis=0)
    darkest = image if image.ndim == 2 else image.min(axis=2)
    return Look(
        size_wh=(round(gray.shape[1] * scale), round(gray.shape[0] * scale)),
        digits=len(boxes),
        height_px=float(np.median([box.height for box in boxes])) * scale if boxes else 0.0,
        edge_px=float(edge_px if boxes else edge_anywhere(gray, steepness)) * scale,
        contrast=float(contrast),
        paper=float(np.percentile(gray, 80)),
        glare=float((darkest >= BURNT).mean()),
    )


def steepness_of(gray: GrayImage) -> Steepness:
    """How steep the brightness is at each pixel."""
    across = cv2.Sobel(gray, cv2.CV_32F, 1, 0, scale=1 / 8)
    down = cv2.Sobel(gray, cv2.CV_32F, 0, 1, scale=1 / 8)
    return np.asarray(cv2.magnitude(across, down), np.float32)


def stroke_of(gray: GrayImage, steepness: Steepness, box: Box) -> tuple[float, float]:
    """The width of a digit's edges in pixels, and the share of light that its ink swallows.

    The edge is as wide as the way from paper to ink would be if it were all as steep as its steepest part.
    """
    top, left = max(0, box.y - BORDER_PX), max(0, box.x - BORDER_PX)
    around = np.s_[top : box.y + box.height + BORDER_PX, left : box.x + box.width + BORDER_PX]
    darkest, darker, lighter, lightest = (float(level) for level in np.percentile(gray[around], (3, 30, 70, 97)))
    # dark ink on light paper, or chalk on a board; less than a third of a box is ink
    span = max(lighter - darkest, lightest - darker)
    steepest = max(1.0, float(np.percentile(steepness[around], 98)))
    return span / steepest, span / max(1.0, lightest)


def edge_anywhere(gray: GrayImage, steepness: Steepness) -> float:
    """The width of the picture's sharpest edges in pixels; 0.0 where it is all of one grey."""
    dark, light = np.percentile(gray, (5, 95))
    if light - dark < LEAST_RANGE:
        return 0.0
    return float(light - dark) / max(1.0, float(np.percentile(steepness, 99.5)))
