"""Corruptions by another pen: a dotted line and a zigzag drawn across the digit."""

from __future__ import annotations

import cv2
import numpy as np

from digitreader.values import GrayImage

FINER = 8
"""Lines are drawn on a canvas so many times finer, which leaves them soft edges."""


def dotted_line(
    image: GrayImage, rng: np.random.Generator, *, dot_px: float = 2.0, gap_px: float = 2.0, thickness_px: float = 2.3
) -> GrayImage:
    """Draw a straight dotted line from the left edge to the right one."""
    height, width = image.shape
    start, end = np.array((0.0, rng.uniform(0, height))), np.array((float(width), rng.uniform(0, height)))
    length = float(np.hypot(*(end - start)))
    along = (end - start) / length
    across = 0.5 * thickness_px * np.array((-along[1], along[0]))
    canvas = finer_canvas(image)
    for begin in np.arange(0.0, length, dot_px + gap_px):
        first, last = start + begin * along, start + (begin + dot_px) * along
        corners = np.array([first - across, first + across, last + across, last - across])
        cv2.fillConvexPoly(canvas, np.round(FINER * corners).astype(np.int32), 255)
    return laid_over(image, canvas)


def zigzag(
    image: GrayImage,
    rng: np.random.Generator,
    *,
    tooth_px: float = 2.0,
    reach_px: float = 2.0,
    margin_px: float = 2.0,
    most_rise_px: float = 5.0,
    thickness_px: float = 1.0,
) -> GrayImage:
    """Draw a zigzag across the digit, from near the left edge to near the right one.

    Args:
        tooth_px: how far it goes to the right between two turns.
        reach_px: how far it turns to either side.
        margin_px: how far from the left and the right edge it ends.
        most_rise_px: it ends at most so many rows higher or lower than it begins.
    """
    height, width = image.shape
    x = np.arange(margin_px, width - margin_px, tooth_px)
    rise = rng.uniform(-most_rise_px, most_rise_px)
    first = rng.uniform(0.25 * height, 0.75 * height) - rise / 2
    turns = np.where(np.arange(len(x)) % 2 == 0, reach_px, -reach_px)
    y = first + rise * np.linspace(0.0, 1.0, len(x)) + turns
    canvas = finer_canvas(image)
    corners = np.round(FINER * np.stack([x, y], axis=1)).astype(np.int32)
    cv2.polylines(canvas, [corners], isClosed=False, color=255, thickness=max(1, round(FINER * thickness_px)))
    return laid_over(image, canvas)


def finer_canvas(image: GrayImage) -> GrayImage:
    """A black canvas for an image's lines."""
    return np.zeros((FINER * image.shape[0], FINER * image.shape[1]), np.uint8)


def laid_over(image: GrayImage, canvas: GrayImage) -> GrayImage:
    """The image with what was drawn on its finer canvas."""
    drawn = cv2.resize(canvas, image.shape[::-1], interpolation=cv2.INTER_AREA)
    return np.asarray(np.maximum(image, drawn), np.uint8)
