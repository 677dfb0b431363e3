"""Framing: a source's pictures turned upright and cut to the region of interest, before anything looks at them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Self

from digitreader.errors import SourceError
from digitreader.sources.source import Source

if TYPE_CHECKING:
    from digitreader.values import Box, Frame  # the command's --help must not wait for NumPy


@dataclass(frozen=True, slots=True)
class Framing:
    """How pictures are turned and cut.

    Attributes:
        rotate_deg: 0, 90, 180 or 270, clockwise.
        region: what is kept of the turned picture, in pixels as it was taken; None keeps all.
    """

    rotate_deg: int = 0
    region: Box | None = None


class FramedSource:
    """Another source, framed; boxes are then in pixels of the turned and cut picture."""

    def __init__(self, source: Source, framing: Framing) -> None:
        self.source, self._framing = source, framing
        self.name, self.live, self.frame_count = source.name, source.live, source.frame_count

    def __enter__(self) -> Self:
        self.source.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.source.__exit__(kind, error, traceback)

    def frames(self) -> Iterator[Frame]:
        """Give the frames, framed.

        Raises:
            SourceError: as the source says, or the region lies outside of the picture.
        """
        # unlike a generator, a map goes on behind a page that cannot be read
        return map(partial(frame_up, framing=self._framing), self.source.frames())


def frame_up(frame: Frame, framing: Framing) -> Frame:
    """Turn and cut one frame.

    Raises:
        SourceError: the region lies outside of the picture.
    """
    import numpy as np

    image = np.rot90(frame.image, -framing.rotate_deg // 90)
    if framing.region is not None:
        height, width = image.shape[:2]
        box, scale = framing.region, frame.scale
        x, y, right, bottom = (round(side / scale) for side in (box.x, box.y, box.x + box.width, box.y + box.height))
        image = image[y:bottom, x:right]
        if not image.size:
            given = f"{box.x},{box.y},{box.width},{box.height}"
            full = f"{round(width * scale)}x{round(height * scale)}"
            raise SourceError(f"{frame.source}: the region {given} lies outside of its {full} picture; move it inside")
    return dataclasses.replace(frame, image=np.ascontiguousarray(image))
