"""Converts stored pixels to the form that is read: opaque, upright, 8 bits."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.values import ColourImage

ROWS = 64
"""Rows of a picture that are converted at once."""

LEAST_SPREAD = 32.0
"""Opaque pixels whose brightness varies less than this (standard deviation, of 255) are all ink."""

# EXIF's orientation -> how to turn the stored picture upright; 1 is upright
_TURNS: dict[int, tuple[int | None, int | None]] = {
    2: (1, None),
    3: (None, cv2.ROTATE_180),
    4: (0, None),
    5: (1, cv2.ROTATE_90_COUNTERCLOCKWISE),
    6: (None, cv2.ROTATE_90_CLOCKWISE),
    7: (1, cv2.ROTATE_90_CLOCKWISE),
    8: (None, cv2.ROTATE_90_COUNTERCLOCKWISE),
}


def compose_on_paper(image: npt.NDArray[np.uint8]) -> ColourImage:
    """Make a picture opaque.

    Args:
        image: (H, W), (H, W, 3) or (H, W, 4) uint8, BGR and then alpha (0 see-through, 255 opaque).

    Returns:
        (H, W, 3) uint8. If little is opaque, or all of one shade, the opaque part is ink; its paper becomes white for
        dark ink and black for light ink. If more is opaque, that part has ink and paper, and the paper is continued.
    """
    if image.ndim == 2:
        return np.asarray(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR), np.uint8)
    if image.shape[2] < 4:
        return image
    paper = _paper_shade(cv2.cvtColor(image, cv2.COLOR_BGRA2GRAY), image[:, :, 3])
    composed = np.empty((*image.shape[:2], 3), np.uint8)
    for first in range(0, len(image), ROWS):  # a few rows at a time: 16 bits for all rows take too much memory
        colour, opacity = image[first : first + ROWS, :, :3], image[first : first + ROWS, :, 3:].astype(np.uint16)
        composed[first : first + ROWS] = (colour * opacity + paper * (255 - opacity) + 127) // 255
    return composed


def _paper_shade(gray: npt.NDArray[np.generic], alpha: npt.NDArray[np.uint8]) -> int:
    opaque = gray[alpha > 127]
    if opaque.size == 0:
        return 255
    is_light = float(opaque.mean()) > 127
    is_ink = opaque.size < alpha.size / 2 or float(opaque.std()) < LEAST_SPREAD
    return 255 if is_light != is_ink else 0


def turn_upright(image: ColourImage, orientation: int) -> ColourImage:
    """Turn and flip a stored picture as EXIF's orientation says.

    Args:
        image: (H, W, 3) uint8.
        orientation: 1 (upright) to 8; any other counts as upright.
    """
    flip, turn = _TURNS.get(orientation, (None, None))
    flipped = image if flip is None else cv2.flip(image, flip)
    return np.asarray(flipped if turn is None else cv2.rotate(flipped, turn), np.uint8)


def to_8_bits(image: npt.NDArray[np.generic]) -> npt.NDArray[np.uint8]:
    """Convert a picture of any bit depth to 8 bits.

    Args:
        image: any shape; 16-bit pictures often use only 10, 12 or 14 bits, so their brightest pixel decides the shift.
    """
    if image.dtype == np.uint8:
        return np.asarray(image, np.uint8)
    if image.dtype == np.uint16:
        shift = max(int(image.max()).bit_length() - 8, 0)
        levels = np.empty(image.shape, np.uint8)
        for first in range(0, len(image), ROWS):
            levels[first : first + ROWS] = np.asarray(image[first : first + ROWS], np.uint16) >> shift
        return levels
    known = np.nan_to_num(image.astype(np.float32), posinf=0.0, neginf=0.0)
    low, high = float(known.min()), float(known.max())
    return ((known - low) * (255 / max(high - low, 1e-9))).astype(np.uint8)
