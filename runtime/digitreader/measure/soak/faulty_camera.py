"""A camera that fails in every way in turn: the demo's film, disturbed every so many frames."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from itertools import cycle
from typing import Self

import numpy as np

from digitreader.camera.source import PlainSource
from digitreader.drawing import DemoCamera, DemoFrame
from digitreader.errors import SourceError
from digitreader.values import ColourImage, Frame

FAULTS = ("unplugged", "black", "hanging", "frozen", "wrong size", "driver error")
"""Those of the camera; after them the servers go, one by one."""
Cut = Callable[[bool], object]
"""Called with True when a server that takes events is to be gone, and with False when it is to be back."""
REFUSALS = 2
"""How often a camera that was unplugged cannot be opened before it is back."""


class FaultyCamera(PlainSource):
    """Opened again and again, it films on where it stood; while a fault lasts, the paper lies still.

    Args:
        camera: what it films.
        frames: how many frames to film, and on until the desk is empty.
        every: a fault comes after so many frames; 0 films every number once, undisturbed.
        patience_s: the reader's; a camera that goes black stays so for twice as long.
        servers: those that can be gone, by the name of that fault.

    Attributes:
        begun: the faults that came, by their kind; `pending` is the one that is not over yet, for its reader to clear.
        laid: when a sheet first lay still, in seconds of the film, and what stands on it.
        drawing_s: processor time that drawing the film has taken, which no real camera asks for.
    """

    name, live, frame_count = "bench", True, None

    def __init__(
        self,
        camera: DemoCamera,
        *,
        frames: int,
        every: int,
        patience_s: float,
        servers: Mapping[str, Cut] | None = None,
    ) -> None:
        self._film = film(camera, frames, over_and_over=bool(every))
        self._servers = servers or {}
        self._kinds, self._every, self._patience_s = cycle((*FAULTS, *self._servers)), every, patience_s
        self._step_s = 1 / camera.fps
        self._time_s = 0.0
        self._filmed = self._refusals = self._back_at = 0
        self._truth = self._gone = ""
        self._left = threading.Event()
        self.begun: list[str] = []
        self.pending = ""
        self.laid: list[tuple[float, str]] = []
        self.drawing_s = 0.0

    def __call__(self) -> Self:
        """Open it.

        Raises:
            SourceError: it is unplugged.
        """
        if self._refusals:
            self._refusals -= 1
            raise SourceError(f"{self.name}: there is no camera")
        return self

    def frames(self) -> Iterator[Frame]:
        """Give frames until the film ends or a fault ends the connection.

        Raises:
            SourceError: it is unplugged.
            RuntimeError: its driver fails.
        """
        while (shown := self._draw()) is not None:
            frame = self._frame(shown.frame.image)
            if shown.truth and not self._truth:
                self.laid.append((frame.time_s, shown.truth))
            self._truth = shown.truth
            yield frame
            self._filmed += 1
            if self._filmed == self._back_at:
                self._servers[self._gone](False)
            if self._every and self._filmed % self._every == 0:
                yield from self._fail(next(self._kinds), shown.frame.image)

    def _draw(self) -> DemoFrame | None:
        began_s = time.thread_time()
        try:
            return next(self._film, None)
        finally:
            self.drawing_s += time.thread_time() - began_s

    def _fail(self, kind: str, last: ColourImage) -> Iterator[Frame]:
        self.begun.append(kind)
        if kind in self._servers:  # and the camera films on
            self._servers[kind](True)
            self._gone, self._back_at = kind, self._filmed + self._every // 2
            return
        self.pending = kind
        if kind == "unplugged":
            self._refusals = REFUSALS
            raise SourceError(f"{self.name}: stopped giving frames")
        if kind == "driver error":
            raise RuntimeError("no buffers")
        if kind == "hanging":
            self._left.wait(2 * self._patience_s)
        elif kind == "black":
            for _ in range(round(2 * self._patience_s / self._step_s) + 1):
                yield self._frame(np.zeros_like(last))
        else:  # until it is opened again
            while True:
                yield self._frame(last if kind == "frozen" else np.ascontiguousarray(last[::2, ::2]))

    def _frame(self, image: ColourImage) -> Frame:
        self._time_s += self._step_s
        return Frame(image, self.name, self._filmed, self._time_s)


def film(camera: DemoCamera, frames: int, *, over_and_over: bool = True) -> Iterator[DemoFrame]:
    """Film the same numbers, over and over or once, so many frames at the most and on until the desk is empty."""
    index = 0
    while True:
        for shown in camera.frames():
            yield shown
            index += 1
            if index >= frames and not shown.truth and not shown.moving:
                return
        if not over_and_over:
            return
