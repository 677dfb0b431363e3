"""Turns and cuts frames, and gives them at their times."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain, pairwise
from types import TracebackType
from typing import TYPE_CHECKING, Self

from digitreader.camera.source import OnNotice, OnWaiting, Source, ignore
from digitreader.errors import SourceError

if TYPE_CHECKING:
    from digitreader.values import Box, Frame


@dataclass(frozen=True, slots=True)
class Framing:
    """How pictures are turned and cut.

    Attributes:
        rotate_deg: 0, 90, 180 or 270, clockwise.
        region: the part of the turned picture that is kept, in pixels of the picture as it was taken; None keeps all.
    """

    rotate_deg: int = 0
    region: Box | None = None


class SourceWrapper:
    """A source that changes the frames of another one, or leaves some out."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.name, self.live, self.frame_count = source.name, source.live, source.frame_count

    def __enter__(self) -> Self:
        self._source.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._source.__exit__(kind, error, traceback)

    @property
    def dropped(self) -> int:
        """How many frames the other source left out."""
        return self._source.dropped

    def listen(self, on_notice: OnNotice, on_waiting: OnWaiting = ignore) -> None:
        """Register for interruptions of the other source."""
        self._source.listen(on_notice, on_waiting)


class FramedSource(SourceWrapper):
    """Turns and cuts the frames of another source; boxes are then in pixels of the turned and cut picture."""

    def __init__(self, source: Source, framing: Framing) -> None:
        super().__init__(source)
        self._framing = framing

    def frames(self) -> Iterator[Frame]:
        """Give the frames, turned and cut.

        Raises:
            SourceError: as the source says, or the region lies outside of the picture.
        """
        # unlike a generator, `map` goes on after a page that cannot be read
        return map(partial(apply_framing, framing=self._framing), self._source.frames())


def apply_framing(frame: Frame, framing: Framing) -> Frame:
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


class PacedSource(SourceWrapper):
    """Gives each frame of another source at its time; a slow reader gets the newest frame that is due.

    Args:
        source: its frames have times.
        clock: gives seconds that never go back; `sleep` waits by it.
        sleep: waits for this many seconds.
    """

    def __init__(
        self,
        source: Source,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(source)
        self._clock, self._sleep = clock, sleep
        self._dropped = 0

    @property
    def dropped(self) -> int:
        """How many frames were left out because the next frame was due too."""
        return self._dropped

    def frames(self) -> Iterator[Frame]:
        """Give the frames at their times; a frame is dropped and counted if the next one is due too.

        Raises:
            SourceError: as the source says.
        """
        began_s = self._clock()
        for frame, following in pairwise(chain(self._source.frames(), (None,))):
            if frame is None:
                continue
            if following is not None and following.time_s <= self._clock() - began_s:
                self._dropped += 1
                continue
            self._sleep(max(began_s + frame.time_s - self._clock(), 0.0))
            yield frame
