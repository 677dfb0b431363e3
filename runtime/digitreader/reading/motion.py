"""Finds the parts of a frame that changed, so that only these are read again."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.find import Findings
from digitreader.values import Activations, Box, ColourImage, Frame, GrayImage, around, cut_to, grown, shifted, touch

BLOCK_PX = 8
"""Side in pixels of the blocks whose means are compared between frames: noise vanishes in a mean."""
MOVED = 5.0
"""A block has changed if its mean in one channel differs by this many levels more than the mean of the whole frame."""
READ_AGAIN_S = 1.0
"""A whole frame is read at least this often, so that noise in one frame does not decide for ever."""
NOWHERE = Box(0, 0, 0, 0)

Blocks = npt.NDArray[np.float32]
"""(H / 8, W / 8, channels) float32, the mean of each block."""


class MotionDetector:
    """Remembers the frame of a stream that was read last, and finds where new frames differ from it."""

    def __init__(self) -> None:
        self._read: Blocks | None = None
        self._now: Blocks | None = None
        self._source = ""
        self._wholly_s = 0.0

    def since_last(self, frame: Frame) -> Box:
        """Where a frame differs from the frame that was read last.

        Returns:
            Pixels of the frame's image; the whole image if all of it must be read, `NOWHERE` if nothing moved.
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
        # elsewhere the frame that was read stays the reference, so that slow changes are noticed in the end
        self._now = read + light
        self._now[y0:y1, x0:x1] = now[y0:y1, x0:x1]
        left, top = x0 * width // now.shape[1], y0 * height // now.shape[0]
        right, bottom = min(width, -(-x1 * width // now.shape[1])), min(height, -(-y1 * height // now.shape[0]))
        return Box(left, top, right - left, bottom - top)

    def was_read(self, frame: Frame, *, wholly: bool) -> None:
        """Compare from now on with the frame that `since_last` was asked for last.

        Args:
            frame: that one.
            wholly: all of it was read, not only the part where something had moved.
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


BESIDE, ABOVE = 3.0, 1.0
"""Digit heights round the changed part that are looked at too: neighbours help to tell whether a mark is a digit."""
USUAL_PX = 48.0
"""The height of a digit, in pixels, while none is known."""
LARGEST_SHARE = 0.5
"""If more than this share of a frame has to be looked at, the whole frame is."""


@dataclass(frozen=True, slots=True)
class ReadArea:
    """A part of a frame to be read again, in pixels of its image.

    Attributes:
        renewed: new readings in this box replace the old ones.
        looked_at: the same box with its surroundings.
    """

    renewed: Box
    looked_at: Box


@dataclass(frozen=True, slots=True, eq=False)
class FrameFindings:
    """What was found in a frame, and the network's answers: (N, 10) for N candidates."""

    findings: Findings
    activations: Activations


def part_of(moved: Box, found: FrameFindings, size_wh: tuple[int, int]) -> ReadArea | None:
    """The part of a frame that must be read again; None for the whole frame.

    Args:
        moved: where something moved.
        found: what was found in the frame before.
        size_wh: the size of the frame.
    """
    candidates = found.findings.candidates
    renewed = around(moved, *(each.box for each in candidates if touch(each.box, moved)))
    heights = [each.box.height for each in candidates]
    height = float(np.median(heights)) if heights else USUAL_PX
    looked_at = cut_to(grown(renewed, round(BESIDE * height), round(ABOVE * height)), size_wh)
    if looked_at.width * looked_at.height > LARGEST_SHARE * size_wh[0] * size_wh[1]:
        return None
    return ReadArea(renewed, looked_at)


def renewed_in(part: ReadArea, findings: Findings) -> Findings:
    """The findings of the re-read area that lie inside the replaced area, in frame pixels."""
    x, y = part.looked_at.x, part.looked_at.y
    moved = [replace(each, box=shifted(each.box, x, y)) for each in findings.candidates]
    others = [shifted(each, x, y) for each in findings.others]
    pieces = [replace(each, box=shifted(each.box, x, y)) for each in findings.pieces]
    return Findings(
        [each for each in moved if touch(each.box, part.renewed)],
        tuple(each for each in others if touch(each, part.renewed)),
        findings.small,
        tuple(each for each in pieces if touch(each.box, part.renewed)),
    )


def joined(before: FrameFindings, part: ReadArea, now: FrameFindings) -> FrameFindings:
    """The earlier findings outside the part, and the new ones in it."""
    old, new = before.findings, now.findings
    kept = [at for at, each in enumerate(old.candidates) if not touch(each.box, part.renewed)]
    candidates = [*(old.candidates[at] for at in kept), *new.candidates]
    others = (*(each for each in old.others if not touch(each, part.renewed)), *new.others)
    pieces = (*(each for each in old.pieces if not touch(each.box, part.renewed)), *new.pieces)
    small = new.small if new.small.count else old.small
    return FrameFindings(
        Findings(candidates, others, small, pieces), np.concatenate([before.activations[kept], now.activations])
    )
