"""What moves in a stream: a frame is read again only where something moved, and wholly now and then."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.values import Box, ColourImage, Frame, GrayImage

BLOCK_PX = 8
"""Frames are compared by the means of blocks of so many pixels each way, in which noise vanishes."""
MOVED = 5.0
"""A block has changed where its mean differs, in one channel, by so many levels more than the whole frame's does."""
READ_AGAIN_S = 1.0
"""A frame is read wholly after so long at the latest, so that noise in one frame does not decide for ever."""
NOWHERE = Box(0, 0, 0, 0)

Blocks = npt.NDArray[np.float32]
"""(H / 8, W / 8, channels) float32, the mean of each block."""


class Movement:
    """Remembers what was read last of a stream, and tells where frames differ from it."""

    def __init__(self) -> None:
        self._read: Blocks | None = None
        self._now: Blocks | None = None
        self._source = ""
        self._wholly_s = 0.0

    def since_last(self, frame: Frame) -> Box:
        """Where a frame differs from what was read last.

        Tell with `was_read` when it was read there.

        Returns:
            Pixels of the frame's image; all of it where it is to be read wholly, `NOWHERE` where nothing moved.
        """
        height, width = frame.image.shape[:2]
        now, read = blocks_of(frame.image), self._read
        self._now = now
        known = read is not None and read.shape == now.shape and frame.source == self._source
        if read is None or not known or not 0 <= frame.time_s - self._wholly_s < READ_AGAIN_S:
            return Box(0, 0, width, height)
        change = now - read
        light = np.median(change, axis=(0, 1))
        x, y, wide, high = cv2.boundingRect(np.asarray(np.abs(change - light).max(axis=2) > MOVED, np.uint8))
        if not wide:
            return NOWHERE
        x0, y0, x1, y1 = max(0, x - 1), max(0, y - 1), x + wide + 1, y + high + 1
        # what creeps elsewhere is still compared with what was read, or it would never be noticed
        self._now = read + light
        self._now[y0:y1, x0:x1] = now[y0:y1, x0:x1]
        left, top = x0 * width // now.shape[1], y0 * height // now.shape[0]
        right, bottom = min(width, -(-x1 * width // now.shape[1])), min(height, -(-y1 * height // now.shape[0]))
        return Box(left, top, right - left, bottom - top)

    def was_read(self, frame: Frame, *, wholly: bool) -> None:
        """Compare from now on with the frame that `since_last` was asked for last.

        Args:
            frame: that one.
            wholly: it was read everywhere, not only where something had moved.
        """
        self._read, self._source = self._now, frame.source
        if wholly:
            self._wholly_s = frame.time_s


def blocks_of(image: ColourImage | GrayImage) -> Blocks:
    """The mean of each block of a frame, in each channel."""
    height, width = image.shape[:2]
    size_wh = max(1, width // BLOCK_PX), max(1, height // BLOCK_PX)
    small = cv2.resize(image, size_wh, interpolation=cv2.INTER_AREA)
    return np.asarray(small.reshape(size_wh[1], size_wh[0], -1), np.float32)
