"""Transparency: a see-through picture is laid on paper that its ink stands out from."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.values import ColourImage

LEAST_SPREAD = 32.0
"""Opaque pixels whose brightness varies less than this (standard deviation, of 255) are all ink."""


def compose_on_paper(image: npt.NDArray[np.uint8]) -> ColourImage:
    """Make a picture opaque.

    Args:
        image: (H, W), (H, W, 3) or (H, W, 4) uint8, BGR and then alpha (0 see-through, 255 opaque).

    Returns:
        (H, W, 3) uint8. Where little is opaque, or all of one shade, that is ink, and the paper is white under dark
        ink and black under light ink; where more is opaque, that is ink and its paper, which is continued.
    """
    if image.ndim == 2:
        return np.asarray(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR), np.uint8)
    if image.shape[2] < 4:
        return image
    colour, alpha = image[:, :, :3], image[:, :, 3:]
    opacity = alpha.astype(np.uint16)
    paper = _paper_shade(cv2.cvtColor(image, cv2.COLOR_BGRA2GRAY), alpha[:, :, 0])
    return ((colour * opacity + paper * (255 - opacity) + 127) // 255).astype(np.uint8)


def _paper_shade(gray: npt.NDArray[np.generic], alpha: npt.NDArray[np.uint8]) -> int:
    opaque = gray[alpha > 127]
    if opaque.size == 0:
        return 255
    is_light = float(opaque.mean()) > 127
    is_ink = opaque.size < alpha.size / 2 or float(opaque.std()) < LEAST_SPREAD
    return 255 if is_light != is_ink else 0
