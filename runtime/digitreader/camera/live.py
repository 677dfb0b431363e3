"""A camera that runs all day: gives the newest frame, reports faults once and reconnects."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import cv2

from digitreader.camera.frame_health import FrameHealth
from digitreader.camera.grabber import Exposure, Grabber, LatestFrame, Open, Stamp
from digitreader.camera.network_address import check_address
from digitreader.camera.network_faults import with_quoted_login
from digitreader.camera.opening import AUTO, camera_node, first_camera, is_url, open_camera_source
from digitreader.camera.source import (
    SYSTEM_TRUST,
    CameraSettings,
    CameraSource,
    LiveSettings,
    Notice,
    OnNotice,
    OnWaiting,
    TrustSettings,
    ignore,
    printable,
)
from digitreader.errors import SourceError
from digitreader.host.waiting import wait_announced
from digitreader.values import Frame

GLANCE_S = 0.1
"""Seconds that the reader waits for a frame before it looks at the clock."""
MOST_HANGING = 3
"""Connections that may hang in their driver; with more, no new one is started."""


@dataclass(slots=True)
class Outage:
    """A fault that lasts.

    Attributes:
        reason: what is wrong, as it was noticed first.
        began_s: when it was noticed, by the monotonic clock; `retry_s` is when to connect again.
    """

    reason: str
    began_s: float
    retry_s: float


class LiveSource:
    """A `Source` whose frames are taken in a separate thread; a context manager.

    The frame number counts all frames of the camera, read or not. Black frames, repeated ones and those of a wrong
    shape are never given. The callback gets one notice of a fault and one of its end. In between no frame is given, and
    `on_waiting` is called again and again, until so many connections hang in their driver that no other one is tried.

    Args:
        name: the source's name, safe to print.
        open_source: opens the source; called again after each fault, in another thread.
        settings: its time limits.
        stamp: gives the time of a frame in seconds; the time since the start if none is given.
        patient: drop no frame, for a source that waits for its reader.
        adjustable: it is a camera of this machine, and its exposure may be set while it runs.

    Raises:
        SourceError: it cannot be opened, or gives no first frame, and `LiveSettings.from_the_start` is not set.
    """

    live = True
    frame_count = None

    def __init__(
        self,
        name: str,
        open_source: Open,
        settings: LiveSettings | None = None,
        *,
        stamp: Stamp | None = None,
        patient: bool = False,
        adjustable: bool = False,
    ) -> None:
        self.name = name
        self.adjustable = adjustable
        self._exposure: Exposure | None = None
        self.listen(ignore)
        self._open, self._settings, self._patient = open_source, settings or LiveSettings(), patient
        began_s = time.monotonic()
        self._stamp: Stamp = stamp or (lambda _: time.monotonic() - began_s)
        self._watch = FrameHealth(self._settings.patience_s)
        self._outage: Outage | None = None
        self._hanging: list[Grabber] = []
        self._attempts = self._before = self._dropped_before = 0
        self._was_there = False
        self._grabber = self._connect()
        self._fine_since_s = self._heard_s = began_s
        if not self._settings.from_the_start:
            self._await_first()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._grabber.close(self._settings.release_s)

    def listen(self, on_notice: OnNotice, on_waiting: OnWaiting = ignore) -> None:
        """Register a callback for faults and their end; it replaces the one before."""
        self._on_notice, self._on_waiting = on_notice, on_waiting

    @property
    def dropped(self) -> int:
        """How many frames were replaced by newer ones before they could be read."""
        return self._dropped_before + self._grabber.mailbox.dropped

    def frames(self) -> Iterator[Frame]:
        """Give the newest frame whenever the reader asks, through any number of faults.

        Raises:
            SourceError: a fault lasted as long as `LiveSettings.give_up_s`.
        """
        if self._settings.from_the_start:
            self._begin()
        while not self._grabber.mailbox.ended:
            frame = self._look()
            if frame is not None:
                self._recover()
                yield frame
                self._heard_s = time.monotonic()  # the time that the reader takes is not the camera's silence
            elif self._outage is not None:
                self._endure(self._outage)

    def _begin(self) -> None:
        began_s = time.monotonic()
        try:
            self._await_first()
        except SourceError as error:
            self._fail(str(error), gone=True)
            if self._outage is not None:
                self._outage.began_s = began_s

    def _look(self) -> Frame | None:
        """The next readable frame; None if there is none yet, or a fault."""
        try:
            frame = self._grabber.mailbox.take(GLANCE_S)
        except SourceError as error:
            self._fail(str(error), gone=True)
            return None
        if frame is None:
            if time.monotonic() - self._heard_s >= self._settings.patience_s and self._outage is None:
                self._fail("gives no pictures any more; check cable, power and network, or give a longer --patience")
            return None
        self._heard_s = time.monotonic()
        if self._grabber.ends or self._watch.accepts(frame, by_differences=self._grabber.by_differences):
            return dataclasses.replace(frame, index=self._before + frame.index)
        if self._watch.fault and self._outage is None:
            self._fail(self._watch.fault)
        return None

    def _fail(self, reason: str, *, gone: bool = False) -> None:
        if self._grabber.ends:
            raise SourceError(f"{self.name}: {self._reason(reason)}")
        now_s, reason = time.monotonic(), self._reason(reason)
        if self._outage is None:
            if now_s - self._fine_since_s >= self._settings.settled_s:
                self._attempts = 0
            self._outage = Outage(reason, now_s, now_s + self._settings.wait_s(self._attempts))
            next_step = "connecting again" if self._was_there else "waiting for it"
            self._on_notice(Notice(self.name, True, f"{self.name}: {reason}; {next_step}"))
        elif gone:
            self._outage.retry_s = now_s + self._settings.wait_s(self._attempts)

    def _reason(self, message: str) -> str:
        return message.removeprefix(f"{self.name}: ")

    def _recover(self) -> None:
        if self._outage is None:
            return
        now_s = time.monotonic()
        lasted_s, self._outage, self._fine_since_s = now_s - self._outage.began_s, None, now_s
        state, self._was_there = "back" if self._was_there else "there", True
        self._on_notice(Notice(self.name, False, f"{self.name}: is {state} after {lasted_s:.1f} s"))

    def _endure(self, outage: Outage) -> None:
        now_s = time.monotonic()
        if now_s - outage.began_s >= self._settings.give_up_s:
            raise SourceError(f"{self.name}: {outage.reason}; gave up after {self._settings.give_up_s:g} s")
        if now_s >= outage.retry_s:
            self._attempts += 1
            outage.retry_s = now_s + self._settings.opening_s + self._settings.wait_s(self._attempts)
            self._reconnect()
        if len(self._hanging) < MOST_HANGING:
            self._on_waiting()

    def _reconnect(self) -> None:
        self._grabber.close()
        self._hanging = [grabber for grabber in (*self._hanging, self._grabber) if grabber.alive]
        if len(self._hanging) >= MOST_HANGING:
            return
        mailbox = self._grabber.mailbox
        self._before += mailbox.put_count
        self._dropped_before += mailbox.dropped
        self._watch.reconnected()
        self._grabber = self._connect()

    def set_exposure(self, exposure_ms: float | None, on_done: Callable[[bool], None] = ignore) -> None:
        """Set the exposure of a running camera, and again after each reconnection.

        Args:
            exposure_ms: how long light is collected for a picture; None is automatic.
            on_done: is called in another thread with whether the camera accepted it.
        """
        self._exposure = Exposure(exposure_ms)
        self._grabber.set_exposure(Exposure(exposure_ms, on_done))

    def _connect(self) -> Grabber:
        grabber = Grabber(self._open, LatestFrame(patient=self._patient), self._stamp)
        if self._exposure is not None:
            grabber.set_exposure(self._exposure)
        return grabber

    def _await_first(self) -> None:
        limit_s = min(self._settings.opening_s, self._settings.give_up_s)
        deadline_s = time.monotonic() + limit_s
        try:
            with wait_announced(f"{self.name}: waiting for its first picture"):
                while not (came := self._grabber.mailbox.wait(GLANCE_S)) and time.monotonic() < deadline_s:
                    self._on_waiting()
        except SourceError as error:
            raise SourceError(f"{self.name}: {self._reason(str(error))}") from error
        except BaseException:
            self._grabber.close()
            raise
        self._heard_s = self._fine_since_s = time.monotonic()
        if not came:
            self._grabber.close()
            raise SourceError(f"{self.name}: gave no picture within {limit_s:g} s; check its network")
        self._was_there = True


def open_live(
    spec: str,
    camera: CameraSettings | None = None,
    settings: LiveSettings | None = None,
    *,
    trust: TrustSettings = SYSTEM_TRUST,
) -> LiveSource:
    """Open a camera or URL, to be read for as long as the process runs.

    Args:
        spec: a name for which `camera.opening.is_camera` is true.
        camera: the settings of the camera.
        settings: the time limits.
        trust: the trusted certificates.

    Raises:
        SourceError: it does not exist, cannot be opened, or gives no first picture; or the address is wrong.
    """
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    if spec == AUTO:
        spec = first_camera()
    if is_url(spec):
        check_address(with_quoted_login(spec))  # a wrong address is not waited for
    settings = settings or LiveSettings()
    source = opener(spec, camera, settings.patience_s, trust)
    return LiveSource(printable(spec), source, settings, adjustable=not is_url(spec))


def opener(spec: str, camera: CameraSettings | None, patience_s: float, trust: TrustSettings = SYSTEM_TRUST) -> Open:
    """A function that opens a camera again and again, even if its number changes."""
    node = camera_node(spec)
    if node is None:
        return lambda: open_camera_source(spec, camera, threaded=True, patience_s=patience_s, trust=trust)
    return SameCamera(spec, node, camera)


class SameCamera:
    """Opens a camera of this machine; later calls open the same camera, even if its number has changed."""

    def __init__(self, spec: str, node: Path, camera: CameraSettings | None) -> None:
        self._spec, self._node, self._camera = spec, node, camera

    def __call__(self) -> CameraSource:
        """Open it.

        Raises:
            SourceError: it does not exist, or cannot be opened.
        """
        from digitreader.camera.devices import stable_name
        from digitreader.camera.webcam import open_camera

        opened = open_camera(self._spec, self._node, self._camera, threaded=True)
        self._node = stable_name(self._node)
        return opened
