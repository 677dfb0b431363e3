"""A camera that films the demo and fails in turn; the servers and the disk that fail between its faults."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from itertools import cycle
from typing import Protocol, Self

import numpy as np

from digitreader.camera.source import PlainSource
from digitreader.drawing import DemoCamera, DemoFrame
from digitreader.errors import SourceError
from digitreader.measure.soak.silences import Silences
from digitreader.values import ColourImage, Frame

FAULTS = ("unplugged", "black", "hanging", "frozen", "wrong size", "empty pictures", "driver error")
"""Those of the camera; after them come the others, one by one."""
REFUSALS = 2
"""How often a camera that was unplugged cannot be opened before it is back."""


class Fault(Protocol):
    """Something beside the camera that can fail: a server in one way, or the disk."""

    @property
    def where(self) -> str:
        """A part of every message about it."""

    def begin(self) -> None:
        """Let it fail from now on."""

    def end(self) -> None:
        """Let it work again; nothing happens where it works."""


class FaultyCamera(PlainSource):
    """A camera with faults: opened again, it goes on with its film; during a fault the paper lies still.

    Args:
        camera: what it films.
        frames: how many frames to film, and on until the desk is empty.
        every: a fault comes after this many frames; 0 films every number once, undisturbed.
        patience_s: the reader's; a camera that goes black stays so for twice as long.
        others: what else can fail, by the name of the fault.
        silences: is told when a fault begins.

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
        others: Mapping[str, Fault] | None = None,
        silences: Silences | None = None,
    ) -> None:
        self._film = film(camera, frames, over_and_over=bool(every))
        self._others, self._silences = others or {}, silences or Silences()
        self._kinds, self._every, self._patience_s = cycle((*FAULTS, *self._others)), every, patience_s
        self._step_s = 1 / camera.fps
        self._time_s = 0.0
        self._filmed = self._refusals = self._back_at = 0
        self._truth = self._failing = ""
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
                self._others[self._failing].end()
                self._silences.fault_ended()
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
        if kind in self._others:  # and the camera films on
            other = self._others[kind]
            self._silences.await_report(kind, other.where)
            other.begin()
            self._failing, self._back_at = kind, self._filmed + self._every // 2
            return
        self._silences.await_report(kind, self.name)
        self._silences.noticeable()
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
                yield self._frame(_fault_image(kind, last))

    def _frame(self, image: ColourImage) -> Frame:
        self._time_s += self._step_s
        return Frame(image, self.name, self._filmed, self._time_s)


def _fault_image(kind: str, last: ColourImage) -> ColourImage:
    if kind == "frozen":
        return last
    return np.ascontiguousarray(last[::2, ::2]) if kind == "wrong size" else last[:0]


def film(camera: DemoCamera, frames: int, *, over_and_over: bool = True) -> Iterator[DemoFrame]:
    """Film the same numbers once or again and again: at most this many frames, and then until the desk is empty."""
    index = 0
    while True:
        for shown in camera.frames():
            yield shown
            index += 1
            if index >= frames and not shown.truth and not shown.moving:
                return
        if not over_and_over:
            return
