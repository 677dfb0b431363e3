"""What the page may change while frames are read: which part of them, which way up, how sure; and pausing."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from digitreader.camera.framing import FramedSource, Framing, apply_framing
from digitreader.camera.source import OnNotice, OnWaiting, Source, ignore
from digitreader.errors import UsageError
from digitreader.model.load import Model
from digitreader.values import Box, Frame

LEAST_SIDE_PX = 16
"""A region is no smaller."""
TURNS = (0, 90, 180, 270)
GLANCE_S = 0.05


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is wanted at a moment.

    Attributes:
        framing: how pictures are turned and cut.
        threshold: the least evidence of a digit, 0..1.
        paused: no frame is read.
    """

    framing: Framing
    threshold: float
    paused: bool = False


class Controls:
    """Is set by the page and asked by the thread that reads.

    Args:
        framing: as the command line has it; None leaves pictures as they are.
        model: its threshold is the one that is changed.
    """

    def __init__(self, framing: Framing | None, model: Model) -> None:
        self._model = model
        self._lock = threading.Lock()
        self._size_wh: tuple[int, int] | None = None
        self._wanted = Wanted(framing or Framing(), model.facts.acceptance.threshold)

    @property
    def wanted(self) -> Wanted:
        """What is wanted now."""
        with self._lock:
            return self._wanted

    @property
    def size_wh(self) -> tuple[int, int] | None:
        """Width and height of the whole picture, turned, in pixels as it was taken; None before the first."""
        with self._lock:
            return self._size_wh

    def change(self, told: Mapping[str, Any]) -> None:
        """Take what the page tells; a region that no picture has is refused.

        Args:
            told: ``paused``, ``rotate``, ``region`` (x, y, width, height of the turned picture, or None) and
                ``threshold``, or some of them.

        Raises:
            UsageError: something else, or a value that cannot be meant.
        """
        with self._lock:
            self._wanted = changed(self._wanted, told, self._size_wh)
            self._model.set_threshold(self._wanted.threshold)

    def apply_framing(self, frame: Frame) -> Frame:
        """Turn and cut a frame as it is wanted now; what reaches out of it is left out."""
        framing = self.wanted.framing
        height, width = (round(side * frame.scale) for side in frame.image.shape[:2])
        size_wh = (height, width) if framing.rotate_deg in {90, 270} else (width, height)
        with self._lock:
            self._size_wh = size_wh
        return apply_framing(frame, dataclasses.replace(framing, region=_inside(framing.region, size_wh)))


class ControlledSource(FramedSource):
    """Another source, whose frames are turned, cut and paused as the page wants it."""

    def __init__(self, source: Source, controls: Controls) -> None:
        super().__init__(source, controls.wanted.framing)
        self._controls = controls
        self._on_waiting: OnWaiting = ignore

    def listen(self, on_notice: OnNotice, on_waiting: OnWaiting = ignore) -> None:
        """Be told of interruptions; while it is paused, `on_waiting` is called too."""
        super().listen(on_notice, on_waiting)
        self._on_waiting = on_waiting

    def frames(self) -> Iterator[Frame]:
        """Give the frames; while it is paused, those of a camera are left out, and a video waits."""
        for frame in self._source.frames():
            while self._controls.wanted.paused and self.frame_count is not None:
                time.sleep(GLANCE_S)
            if self._controls.wanted.paused:
                self._on_waiting()
            else:
                yield self._controls.apply_framing(frame)


def changed(wanted: Wanted, told: Mapping[str, Any], size_wh: tuple[int, int] | None) -> Wanted:
    """What is wanted after the page has told something.

    Args:
        wanted: before.
        told: as `Controls.change` takes it.
        size_wh: of the whole picture, turned; None where it is not known.

    Raises:
        UsageError: a value that cannot be meant.
    """
    for name, value in told.items():
        if name == "paused" and isinstance(value, bool):
            wanted = dataclasses.replace(wanted, paused=value)
        elif name == "rotate" and type(value) is int and value in TURNS:
            wanted = dataclasses.replace(wanted, framing=Framing(value))
        elif name == "threshold" and _is_number(value) and 0 <= value <= 1:
            wanted = dataclasses.replace(wanted, threshold=float(value))
        elif name == "region" and (value is None or _is_region(value, size_wh)):
            region = None if value is None else Box(*value)
            wanted = dataclasses.replace(wanted, framing=dataclasses.replace(wanted.framing, region=region))
        else:
            raise UsageError(f"{name} cannot be set to {str(value)[:40]!r}")
    return wanted


def _is_region(value: object, size_wh: tuple[int, int] | None) -> bool:
    if not (isinstance(value, list) and len(value) == 4 and all(type(each) is int for each in value)):
        return False
    x, y, width, height = value
    is_box = x >= 0 and y >= 0 and width >= LEAST_SIDE_PX and height >= LEAST_SIDE_PX
    return is_box and (size_wh is None or (x + width <= size_wh[0] and y + height <= size_wh[1]))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and bool(np.isfinite(value))


def _inside(region: Box | None, size_wh: tuple[int, int]) -> Box | None:
    """The part of a region that lies in the picture; None, which is all of it, where that is nothing."""
    if region is None:
        return None
    width, height = min(region.width, size_wh[0] - region.x), min(region.height, size_wh[1] - region.y)
    return Box(region.x, region.y, width, height) if width > 0 and height > 0 else None
