"""Checks frames before they are read: are they black, or does the camera hang?"""

from __future__ import annotations

import cv2
import numpy as np

from digitreader.values import ColourImage, Frame, GrayImage

BLACK_LEVEL = 32
"""A picture is black if no place in it is as bright as this, of 255 ..."""
PLACE_PX = 8
"""... and a place is this wide, so that a hot pixel or the sensor's noise in the dark does not count."""
ROW_STEP = 16
"""Every 16th row or so of two pictures is compared first: those of a working camera already differ there."""

STILL_S = 60.0
"""Time until equal frames count as a hang, for codecs that send only changes. Most send a full frame every few seconds,
and hardly any less often than this."""

BLACK = "gives black pictures; take its cover off, or switch a light on"
FROZEN = "gives the same picture again and again; it hangs"
FORMLESS = "gives data that are not a picture; choose another size or rate"


class FrameHealth:
    """Checks each frame of one camera; remembers the last good frame, also after a reconnection.

    Args:
        patience_s: bad frames for this many seconds are a fault.
    """

    def __init__(self, patience_s: float) -> None:
        self._patience_s = patience_s
        self._last: ColourImage | GrayImage | None = None
        self._size: tuple[int, ...] = ()
        self._since_s: float | None = None
        self._hangs = False
        self.fault = ""

    def accepts(self, frame: Frame, *, by_differences: bool = False) -> bool:
        """Whether a frame can be read. If frames stay unreadable, `fault` says what is wrong.

        Args:
            frame: the next frame of the camera.
            by_differences: the camera sends only changes, so pictures are equal for a long time while nothing moves.
        """
        trouble = self._trouble_with(frame.image)
        if not trouble:
            self._last, self._since_s, self._hangs, self.fault = frame.image, None, False, ""
            return True
        if self._since_s is None:
            self._since_s = frame.time_s
        lasted_s = frame.time_s - self._since_s
        if trouble == FROZEN and by_differences and not self._hangs and lasted_s < STILL_S:
            return True
        self.fault = trouble if lasted_s >= self._patience_s else ""
        self._hangs = self._hangs or self.fault == FROZEN
        return False

    def reconnected(self) -> None:
        """The next frame comes over a new connection and may have another size; the last picture is still known."""
        self._size, self._since_s, self.fault = (), None, ""

    def _trouble_with(self, image: ColourImage | GrayImage) -> str:
        if not is_picture(image):
            return FORMLESS
        self._size = self._size or image.shape
        if image.shape != self._size:
            (height, width), (now_height, now_width) = self._size[:2], image.shape[:2]
            return f"changed its pictures from {width}x{height} to {now_width}x{now_height}"
        if is_black(image):
            return BLACK
        return FROZEN if self._last is not None and is_same(image, self._last) else ""


def is_picture(image: object) -> bool:
    """Whether it is an array of the shape and type that `Frame` needs, with pixels."""
    if not isinstance(image, np.ndarray) or image.dtype != np.uint8 or not image.size:
        return False
    return image.ndim == 2 or (image.ndim == 3 and image.shape[2] == 3)


def is_black(image: ColourImage | GrayImage) -> bool:
    """Whether every place of a picture is dark.

    Args:
        image: (H, W, 3) or (H, W) uint8.
    """
    height, width = image.shape[:2]
    size_wh = max(width // PLACE_PX, 1), max(height // PLACE_PX, 1)
    if image[:: 2 * PLACE_PX, :: 2 * PLACE_PX].mean() >= BLACK_LEVEL:  # true for nearly every picture
        return False
    return int(cv2.resize(image, size_wh, interpolation=cv2.INTER_AREA).max()) < BLACK_LEVEL


def is_same(image: ColourImage | GrayImage, other: ColourImage | GrayImage) -> bool:
    """Whether two pictures are equal to the last bit. Two pictures of a working camera never are, because of noise."""
    if image.shape != other.shape or not np.array_equal(image[::ROW_STEP], other[::ROW_STEP]):
        return False
    return np.array_equal(image, other)
