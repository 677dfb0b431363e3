"""Pacing: a video at its own speed, as the camera gave it, instead of as fast as it can be read."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import chain, pairwise
from types import TracebackType
from typing import TYPE_CHECKING, Self

from digitreader.sources.source import Source

if TYPE_CHECKING:
    from digitreader.values import Frame  # the command's --help must not wait for NumPy


class PacedSource:
    """Another source, each frame at its time; where the reader is slow, the newest frame that is due.

    Args:
        source: whose frames carry their times.
        clock: seconds that only grow; `sleep` waits by it.
        sleep: waits for so many seconds.
    """

    def __init__(
        self,
        source: Source,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._source, self._clock, self._sleep = source, clock, sleep
        self.name, self.live, self.frame_count = source.name, source.live, source.frame_count
        self.dropped = 0

    def __enter__(self) -> Self:
        self._source.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._source.__exit__(kind, error, traceback)

    def frames(self) -> Iterator[Frame]:
        """Give the frames at their times; one whose successor is due as well is dropped and counted.

        Raises:
            SourceError: as the source says.
        """
        began_s = self._clock()
        for frame, following in pairwise(chain(self._source.frames(), (None,))):
            if frame is None:
                continue
            if following is not None and following.time_s <= self._clock() - began_s:
                self.dropped += 1
                continue
            self._sleep(max(began_s + frame.time_s - self._clock(), 0.0))
            yield frame
