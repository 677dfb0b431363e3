"""Corruptions by another pen: a dotted line and a zigzag drawn across the digit."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from digitreader.values import GrayImage

Corners = npt.NDArray[np.float64]
"""(N, 2) float64, the corners of a line, from left to right: x and y in pixels, whole numbers in a pixel's middle."""
Ink = npt.NDArray[np.float64]
"""(H, W) float64, 0 for paper, 1 and above for full ink."""


def dotted_line(image: GrayImage, rng: np.random.Generator, *, dot_px: int = 2) -> GrayImage:
    """Draw a straight dotted line from the left edge to the right one, each end in any row.

    Args:
        dot_px: columns of a dot and of the gap before it.
    """
    height, width = image.shape
    first, last = rng.integers(0, height - 1, 2)
    ink = line_ink(image.shape, np.array([(0.0, first), (width - 1.0, last)]))
    ink[:, np.arange(width) // dot_px % 2 == 0] = 0.0
    return laid_over(image, ink)


def zigzag(
    image: GrayImage,
    rng: np.random.Generator,
    *,
    tooth_px: float = 4.0,
    reach_px: float = 2.0,
    margin_px: float = 2.0,
    most_rise_px: int = 5,
) -> GrayImage:
    """Draw a zigzag across the digit, from near the left edge to near the right one; it begins in any row.

    Args:
        tooth_px: how far it goes along its middle line between two turns.
        reach_px: how far from its middle line it turns.
        margin_px: how far from the first and the last column it ends.
        most_rise_px: its middle line ends at most so many rows higher than it begins, or one less lower down.
    """
    height, width = image.shape
    first, rise = rng.integers(0, height - 1), rng.integers(-most_rise_px, most_rise_px)
    way = np.array((width - 1.0 - 2.0 * margin_px, rise))
    length = float(np.hypot(*way))
    along = way / length
    level = teeth(length, tooth_px=tooth_px, reach_px=reach_px)
    corners = level @ np.array([along, (-along[1], along[0])]) + (margin_px, first)
    return laid_over(image, line_ink(image.shape, corners))


def teeth(length_px: float, *, tooth_px: float, reach_px: float) -> Corners:
    """The corners of a zigzag whose middle line is level and begins at (0, 0), where it begins too."""
    x = np.arange(tooth_px / 2, length_px, tooth_px)
    y = np.where(np.arange(len(x)) % 2 == 0, reach_px, -reach_px)
    # the published one ends a sixth of its reach off the middle line, on the side of its last turn
    last = length_px, (y[-1] / 6 if len(y) else 0.0)
    return np.vstack([(0.0, 0.0), np.stack([x, y], axis=1), last])


def line_ink(shape: tuple[int, int], corners: Corners, *, fade_px: float = 2.3) -> Ink:
    """The ink of a line with soft edges; where columns of two of its pieces fall together, the ink of both is added.

    Args:
        shape: height and width in pixels.
        fade_px: ink is 1 + log(1 - d / fade_px) at a distance d above or below the line, until that is nothing.
    """
    rows, columns = np.indices(shape)[:, None]
    begin_x, begin_y = corners[:-1].T[..., None, None]
    end_x, end_y = corners[1:].T[..., None, None]
    slopes = (end_y - begin_y) / np.maximum(end_x - begin_x, 1e-6)  # an upright piece would be of no width
    off = np.abs(rows - (begin_y + slopes * (columns - begin_x)))
    ink = 1.0 + np.log(np.maximum(1.0 - off / fade_px, np.exp(-1.0)))
    within = (columns >= np.floor(begin_x)) & (columns < np.ceil(end_x))
    return np.asarray(np.where(within, ink, 0.0).sum(axis=0))


def laid_over(image: GrayImage, ink: Ink) -> GrayImage:
    """The image with more ink on it, white at most."""
    return np.asarray(np.minimum(image + 255.0 * ink, 255.0), np.uint8)
