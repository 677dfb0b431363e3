"""The settings that the page may change while frames are read: region, turn, exposure, threshold, rules and pause."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from digitreader.camera.framing import FramedSource, Framing, apply_framing
from digitreader.camera.live import LiveSource
from digitreader.camera.source import OnNotice, OnWaiting, Source, ignore
from digitreader.errors import UsageError
from digitreader.model.load import Model
from digitreader.reading.number_rules import NumberRules, parse_rules, split_rules
from digitreader.values import Box, Frame

LEAST_SIDE_PX = 16
"""A region is at least this wide and high, in pixels."""
TURNS = (0, 90, 180, 270)
LONGEST_EXPOSURE_MS, LONGEST_RULES = 10_000, 200
GLANCE_S = 0.05


@dataclass(frozen=True, slots=True)
class RequestedControls:
    """The requested settings at one moment.

    Attributes:
        framing: how pictures are turned and cut.
        threshold: the least evidence of a digit, 0..1.
        paused: no frame is read.
        expect: rules of the numbers, as ``--expect`` takes them; empty for no rules.
        exposure_ms: how long the camera collects light for a picture; None is automatic.
    """

    framing: Framing
    threshold: float
    paused: bool = False
    expect: tuple[str, ...] = ()
    exposure_ms: float | None = None


class Controls:
    """The settings; the page changes them, and the reading thread uses them.

    Args:
        framing: from the command line; None leaves pictures as they are.
        model: its threshold is changed.
        expect: rules of the numbers, from the command line.
        exposure_ms: the camera's exposure, from the command line.
    """

    def __init__(
        self,
        framing: Framing | None,
        model: Model,
        *,
        expect: Sequence[str] = (),
        exposure_ms: float | None = None,
    ) -> None:
        self._model = model
        self._lock = threading.Lock()
        self._size_wh: tuple[int, int] | None = None
        self._camera: LiveSource | None = None
        self._exposed = ExposureAnswer()
        threshold = model.facts.acceptance.threshold
        self._wanted = RequestedControls(framing or Framing(), threshold, expect=tuple(expect), exposure_ms=exposure_ms)
        self._rules = parse_rules(expect) if expect else None

    @property
    def wanted(self) -> RequestedControls:
        """The requested settings."""
        with self._lock:
            return self._wanted

    @property
    def size_wh(self) -> tuple[int, int] | None:
        """Width and height of the whole turned picture, in pixels as it was taken; None before the first frame."""
        with self._lock:
            return self._size_wh

    @property
    def rules(self) -> NumberRules | None:
        """The present rules of numbers; the same object until they are changed."""
        with self._lock:
            return self._rules

    @property
    def has_exposure(self) -> bool:
        """Whether the source is a camera whose exposure can be set."""
        return self._camera is not None

    def read_from(self, source: Source) -> None:
        """Set the source; the exposure of a camera of this machine may be changed."""
        self._camera = source if isinstance(source, LiveSource) and source.adjustable else None

    def change(self, given: Mapping[str, Any]) -> None:
        """Change settings; a region outside of the picture is refused.

        Args:
            given: some of ``paused``, ``rotate``, ``region`` (x, y, width, height of the turned picture, or None),
                ``exposure`` (milliseconds, or None), ``expect`` (rules, as ``--expect`` takes them), ``threshold``.

        Raises:
            UsageError: another setting, or a value that is not valid.
        """
        with self._lock:
            wanted = changed(self._wanted, given, self._size_wh)
            if wanted.exposure_ms != self._wanted.exposure_ms:
                if self._camera is None:
                    raise UsageError("exposure can be set only for a camera of this machine")
                self._exposed = ExposureAnswer()
                self._camera.set_exposure(wanted.exposure_ms, self._exposed.tell)
            if wanted.expect != self._wanted.expect:
                self._rules = parse_rules(wanted.expect) if wanted.expect else None
            self._wanted = wanted
            self._model.set_threshold(wanted.threshold)

    def exposure_was_taken(self, wait_s: float) -> bool:
        """Whether the camera accepted the exposure that was set last; waits up to this many seconds for its answer."""
        return self._exposed.wait(wait_s)

    def apply_framing(self, frame: Frame) -> Frame:
        """Turn and cut a frame by the present settings; parts of the region outside of it are left out."""
        framing = self.wanted.framing
        height, width = (round(side * frame.scale) for side in frame.image.shape[:2])
        size_wh = (height, width) if framing.rotate_deg in {90, 270} else (width, height)
        with self._lock:
            self._size_wh = size_wh
        return apply_framing(frame, dataclasses.replace(framing, region=_inside(framing.region, size_wh)))


class ExposureAnswer:
    """A camera's answer whether it accepts an exposure; it comes from another thread."""

    def __init__(self) -> None:
        self._known, self._taken = threading.Event(), True

    def tell(self, taken: bool) -> None:
        """Give the answer."""
        self._taken = taken
        self._known.set()

    def wait(self, wait_s: float) -> bool:
        """Wait for the answer; False if the camera did not accept the exposure, True also without an answer."""
        self._known.wait(wait_s)
        return self._taken


class ControlledSource(FramedSource):
    """Turns, cuts and pauses the frames of another source by the settings of the page."""

    def __init__(self, source: Source, controls: Controls) -> None:
        super().__init__(source, controls.wanted.framing)
        self._controls = controls
        controls.read_from(source)
        self._on_waiting: OnWaiting = ignore

    def listen(self, on_notice: OnNotice, on_waiting: OnWaiting = ignore) -> None:
        """Register for interruptions; while it is paused, `on_waiting` is called too."""
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


def changed(wanted: RequestedControls, given: Mapping[str, Any], size_wh: tuple[int, int] | None) -> RequestedControls:
    """The requested settings after a change.

    Args:
        wanted: the settings before.
        given: the change, as `Controls.change` takes it.
        size_wh: the size of the whole turned picture; None if it is not known.

    Raises:
        UsageError: a value is not valid.
    """
    for name, value in given.items():
        if name == "paused" and isinstance(value, bool):
            wanted = dataclasses.replace(wanted, paused=value)
        elif name == "rotate" and type(value) is int and value in TURNS:
            wanted = dataclasses.replace(wanted, framing=Framing(value))
        elif name == "threshold" and _is_number(value) and 0 <= value <= 1:
            wanted = dataclasses.replace(wanted, threshold=float(value))
        elif name == "region" and (value is None or _is_region(value, size_wh)):
            region = None if value is None else Box(*value)
            wanted = dataclasses.replace(wanted, framing=dataclasses.replace(wanted.framing, region=region))
        elif name == "exposure" and (value is None or (_is_number(value) and 0 < value <= LONGEST_EXPOSURE_MS)):
            wanted = dataclasses.replace(wanted, exposure_ms=None if value is None else float(value))
        elif name == "expect" and isinstance(value, str) and len(value) <= LONGEST_RULES:
            wanted = dataclasses.replace(wanted, expect=understood_rules(value))
        else:
            raise UsageError(f"{name} cannot be set to {str(value)[:40]!r}")
    return wanted


def understood_rules(text: str) -> tuple[str, ...]:
    """Split a text with rules.

    Args:
        text: the rules, as in ``digits=5, increasing``.

    Raises:
        UsageError: a rule that is not known, or rules that no number can keep together.
    """
    rules = tuple(rule for rule in split_rules(text) if rule) if text.strip() else ()
    try:
        parse_rules(rules)
    except UsageError as error:
        raise UsageError(str(error).removeprefix("--expect ")) from error
    return rules


def _is_region(value: object, size_wh: tuple[int, int] | None) -> bool:
    if not (isinstance(value, list) and len(value) == 4 and all(type(each) is int for each in value)):
        return False
    x, y, width, height = value
    is_box = x >= 0 and y >= 0 and width >= LEAST_SIDE_PX and height >= LEAST_SIDE_PX
    return is_box and (size_wh is None or (x + width <= size_wh[0] and y + height <= size_wh[1]))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and bool(np.isfinite(value))


def _inside(region: Box | None, size_wh: tuple[int, int]) -> Box | None:
    """The part of a region that lies in the picture; None (the whole picture) if nothing of it does."""
    if region is None:
        return None
    width, height = min(region.width, size_wh[0] - region.x), min(region.height, size_wh[1] - region.y)
    return Box(region.x, region.y, width, height) if width > 0 and height > 0 else None
