"""Still frames: what a stream shows is read again only where something moved, and now and then."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.values import ColourImage, Frame, GrayImage, Page

BLOCK_PX = 8
"""Frames are compared by the means of blocks of so many pixels each way, in which noise vanishes."""
MOVED = 5.0
"""A block has changed where its mean differs by so many grey levels more than the whole frame's does."""
READ_AGAIN_S = 1.0
"""A still frame is read again after so long, so that noise in one frame does not decide for ever."""

Blocks = npt.NDArray[np.float32]
"""(H / 8, W / 8) float32, the mean brightness of each block."""


class StillFrames:
    """Remembers the frame of a stream that was read last, and what it said."""

    def __init__(self) -> None:
        self._blocks: Blocks | None = None
        self._page: Page | None = None
        self._read_s = 0.0

    def page_of(self, frame: Frame) -> Page | None:
        """What the last frame that was read says of this one too; None where this one has to be read.

        Remember each frame that is read with `remember`.
        """
        blocks, before, page = blocks_of(frame.image), self._blocks, self._page
        self._blocks = blocks
        if before is None or page is None or before.shape != blocks.shape or page.source != frame.source:
            return None
        if not 0 <= frame.time_s - self._read_s < READ_AGAIN_S or have_moved(before, blocks):
            return None
        self._blocks = before  # what creeps is compared with what was read, or it would never be noticed
        return replace(page, frame=frame.index, time_s=frame.time_s)

    def remember(self, page: Page) -> None:
        """Keep what was read in the frame that `page_of` was asked for last."""
        self._page, self._read_s = page, page.time_s


def blocks_of(image: ColourImage | GrayImage) -> Blocks:
    """The mean brightness of each block of a frame."""
    height, width = image.shape[:2]
    size_wh = max(1, width // BLOCK_PX), max(1, height // BLOCK_PX)
    small = cv2.resize(image, size_wh, interpolation=cv2.INTER_AREA)
    return np.asarray(small if small.ndim == 2 else small.mean(axis=2), np.float32)


def have_moved(before: Blocks, now: Blocks) -> bool:
    """Whether something else than the light of the whole frame has changed."""
    change = now - before
    return float(np.abs(change - np.median(change)).max()) > MOVED
