"""A frame of an animation as it is stored: a part of the canvas, and what becomes of that part afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from digitreader.values import Box


class Disposal(Enum):
    """What becomes of a patch before the next one is drawn."""

    KEEP = "it stays"
    CLEAR = "its box turns see-through"
    RESTORE = "its box shows again what was there before"


class Patch(NamedTuple):
    """One stored frame.

    Attributes:
        picture: a whole file of the same kind with this frame alone; empty where the frame is damaged or missing.
        box: where on the canvas it is drawn, in pixels.
        blended: see-through pixels show what lies below; otherwise the patch replaces it.
        disposal: what becomes of it afterwards.
    """

    picture: bytes
    box: Box
    blended: bool = True
    disposal: Disposal = Disposal.KEEP


MISSING = Patch(b"", Box(0, 0, 0, 0))
"""Stands where a file ends before its last frame does."""


class Animation(NamedTuple):
    """A file with two frames or more.

    Attributes:
        size_wh: width and height of the canvas in pixels.
        patches: in their order.
        orientation: EXIF's, 1 (upright) to 8.
    """

    size_wh: tuple[int, int]
    patches: Iterator[Patch]
    orientation: int = 1
