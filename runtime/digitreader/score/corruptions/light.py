"""Corruptions of light and dark: a lifted ground, inverted stripes, edges alone."""

from __future__ import annotations

import cv2
import numpy as np

from digitreader.values import GrayImage


def brightness(image: GrayImage, rng: np.random.Generator, *, lift: float = 0.5) -> GrayImage:  # noqa: ARG001
    """Add the same light everywhere; what is white already stays white."""
    return np.asarray(np.minimum(image + 255.0 * lift, 255.0), np.uint8)


def stripe(image: GrayImage, rng: np.random.Generator, *, share: float = 0.25) -> GrayImage:  # noqa: ARG001
    """Turn black and white round in a stripe at the left and one at the right, each a share of the width."""
    width = round(share * image.shape[1])
    striped = image.copy()
    striped[:, :width] = 255 - image[:, :width]
    striped[:, -width:] = 255 - image[:, -width:]
    return striped


def canny_edges(
    image: GrayImage,
    rng: np.random.Generator,  # noqa: ARG001
    *,
    sigma_px: float = 1.0,
    low: float = 0.1,
    high: float = 0.2,
) -> GrayImage:
    """Leave the edges of the strokes alone, one pixel wide; there is none in the image's outermost pixels.

    Args:
        low: an edge goes on where its gradient is at least this share of 255 ...
        high: ... and begins where it is at least this; gradients are Sobel's sums.

    Source: J. Canny, "A computational approach to edge detection", 1986.
    """
    smooth = cv2.GaussianBlur(image, (0, 0), sigma_px)
    edges = cv2.Canny(smooth, 255.0 * low, 255.0 * high, L2gradient=True)
    inner = np.s_[1:-1, 1:-1]
    framed = np.zeros_like(image)
    framed[inner] = edges[inner]
    return framed
