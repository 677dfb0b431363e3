"""Shares state between the reading thread and the server: the newest frame, its readings, and the last numbers."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from digitreader.output.sink import Sink
from digitreader.reading.motion import FrameFindings
from digitreader.values import Box, ColourImage, Frame, GrayImage, Ink, Page, Reading, around, cut_to, grown, scaled

MOST_RECENT = 60
"""Number of past frames whose digits the page can still ask for; their pictures are not kept."""
MOST_NUMBERS = 100
MARGIN = 0.4
"""Margin round a number or a digit in its picture, as a share of its height."""
RATE_S = 2.0
"""Seconds over which frames are counted."""


@dataclass(frozen=True, slots=True, eq=False)
class Sighting:
    """A frame that was read.

    Attributes:
        number: counts the frames, from 1.
        size_wh: the size of the picture after it was turned and cut, in pixels as it was taken.
        found: what the finder found; None if that is not known.
        came_s: when it arrived, by the monotonic clock.
        steady: the number that is steady; empty if there is none.
        fault: what is wrong with the camera; empty if nothing is wrong.
    """

    number: int
    page: Page
    size_wh: tuple[int, int]
    scale: float
    found: FrameFindings | None
    came_s: float
    steady: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class SeenDigit:
    """A digit with its picture and ink, for a correction.

    Attributes:
        crop: (h, w, 3) or (h, w) uint8, the part of the picture round it.
        ink: None if it is not known any more.
    """

    reading: Reading
    crop: ColourImage | GrayImage
    ink: Ink | None


@dataclass(frozen=True, slots=True, eq=False)
class ShownNumber:
    """A number that was steady, with its picture.

    Attributes:
        time_s: seconds since 1970.
        picture: the part of the frame round it.
    """

    number: int
    time_s: float
    page: Page
    picture: ColourImage | GrayImage
    digits: tuple[SeenDigit, ...]


class Board(Sink):
    """The reading thread writes it, and the server's threads read it. It keeps only references.

    Args:
        found_last: gives the findings in the frame that was read last.
    """

    def __init__(self, found_last: Callable[[], FrameFindings | None] = lambda: None) -> None:
        self.found_last = found_last
        self.on_change: Callable[[], None] = lambda: None
        self._lock = threading.Lock()
        self._newest: Sighting | None = None
        self._image: ColourImage | GrayImage | None = None
        self._recent: deque[Sighting] = deque(maxlen=MOST_RECENT)
        self._numbers: deque[ShownNumber] = deque(maxlen=MOST_NUMBERS)
        self._times: deque[float] = deque(maxlen=200)
        self._count = 0
        self._number_count = int(1000 * time.time())  # a page that stays open over a restart asks for later ones only
        self._steady = self._fault = ""

    @property
    def count(self) -> int:
        """The number of the newest frame; 0 before the first."""
        return self._count

    def newest(self) -> tuple[Sighting, ColourImage | GrayImage] | None:
        """The newest frame and its picture; None before the first."""
        with self._lock:
            return None if self._newest is None or self._image is None else (self._newest, self._image)

    def sighting(self, number: int) -> Sighting | None:
        """One of the last frames; None if it is not known any more."""
        with self._lock:
            return next((each for each in reversed(self._recent) if each.number == number), None)

    def numbers(self) -> Sequence[ShownNumber]:
        """The last steady numbers, the oldest first."""
        with self._lock:
            return tuple(self._numbers)

    def frames_a_second(self) -> float:
        """How many frames a second were read in the last seconds."""
        with self._lock:
            since_s = time.monotonic() - RATE_S
            times = [each for each in self._times if each >= since_s]
        return (len(times) - 1) / (times[-1] - times[0]) if len(times) > 1 and times[-1] > times[0] else 0.0

    def picture(self, page: Page, frame: Frame) -> None:
        """Show a single picture, whose number is steady at once."""
        self._steady = page.text
        self._show(page, frame, self.found_last())
        self._remember(page, frame, self.found_last())

    def frame(self, page: Page, frame: Frame) -> None:
        """Show a frame."""
        self._show(page, frame, self.found_last())

    def change(self, page: Page, frame: Frame) -> None:
        """Remember the number that is steady now."""
        self._steady = page.text
        self._remember(page, frame, self.found_last())
        self._renew()

    def gone(self, page: Page, frame: Frame) -> None:  # noqa: ARG002
        """Show that no number is steady."""
        self._steady = ""
        self._renew()

    def fault(self, source: str, message: str) -> None:  # noqa: ARG002
        """Show what is wrong with the camera."""
        self._fault = message
        self._renew()

    def back(self, source: str, message: str) -> None:  # noqa: ARG002
        """Show that the camera works again."""
        self._fault = ""
        self._renew()

    def error(self, source: str, message: str, *, frame: int = 0) -> None:  # noqa: ARG002
        """Show that a source cannot be read."""
        self._fault = message
        self._renew()

    def _show(self, page: Page, frame: Frame, found: FrameFindings | None) -> None:
        height, width = frame.image.shape[:2]
        size_wh = round(width * frame.scale), round(height * frame.scale)
        with self._lock:
            self._count += 1
            came_s = time.monotonic()
            self._times.append(came_s)
            self._newest = Sighting(
                self._count, page, size_wh, frame.scale, found, came_s, steady=self._steady, fault=self._fault
            )
            self._image = frame.image
            self._recent.append(self._newest)
        self.on_change()

    def _renew(self) -> None:
        """Publish the newest frame again, with the present steady number and fault."""
        with self._lock:
            if self._newest is not None:
                self._count += 1
                self._newest = replace(self._newest, number=self._count, steady=self._steady, fault=self._fault)
                self._recent.append(self._newest)
        self.on_change()

    def _remember(self, page: Page, frame: Frame, found: FrameFindings | None) -> None:
        readings = [reading for line in page.lines for reading in line.readings]
        if not readings:
            return
        boxes, margin_px = [each.box for each in readings], _margin(readings)
        digits = tuple(
            SeenDigit(each, cut(frame, each.box, margin_px), ink_of(each, found, frame.scale)) for each in readings
        )
        picture = cut(frame, around(*boxes), margin_px)
        with self._lock:
            self._number_count += 1
            self._numbers.append(ShownNumber(self._number_count, time.time(), page, picture, digits))


def cut(frame: Frame, box: Box, margin_px: int) -> ColourImage | GrayImage:
    """A copy of the part of a frame round a box; the box is in pixels of the picture as it was taken."""
    at = scaled(grown(box, margin_px, margin_px), 1 / frame.scale)
    height, width = frame.image.shape[:2]
    at = cut_to(at, (width, height))
    return frame.image[at.y : at.y + max(1, at.height), at.x : at.x + max(1, at.width)].copy()


def ink_of(reading: Reading, found: FrameFindings | None, scale: float) -> Ink | None:
    """The ink of a reading: that of the candidate in its box for which the network gave the same activations.

    Args:
        reading: its box is in pixels of the picture as it was taken.
        found: the findings in the frame in which it was read.
        scale: the scale of that frame.
    """
    if found is None:
        return None
    there = [at for at, each in enumerate(found.findings.candidates) if scaled(each.box, scale) == reading.box]
    if not there:
        return None
    if not reading.activations:
        return found.findings.candidates[there[0]].ink
    apart = np.abs(found.activations[there] - np.array(reading.activations, np.float32)).sum(axis=1)
    return found.findings.candidates[there[int(apart.argmin())]].ink


def _margin(readings: Sequence[Reading]) -> int:
    return round(MARGIN * max(each.box.height for each in readings))
