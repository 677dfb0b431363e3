"""Takes frames from a source in a separate thread, and keeps the newest for the reader."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import NamedTuple

from digitreader.camera.source import CameraSource, ignore
from digitreader.errors import SourceError
from digitreader.values import Frame


class LatestFrame:
    """Holds one frame; a newer one replaces it, so that a slow reader never falls behind a fast camera.

    Args:
        patient: wait until a frame was taken instead of dropping it, for sources that must be read frame by frame.
    """

    def __init__(self, *, patient: bool = False) -> None:
        self._patient = patient
        self._changed = threading.Condition()
        self._frame: Frame | None = None
        self._error: SourceError | None = None
        self._over = self._closed = False
        self.put_count = self.dropped = 0

    def put(self, frame: Frame) -> bool:
        """Leave a frame for the reader; an earlier frame that was not taken yet is dropped and counted.

        Returns:
            False if nobody reads any more.
        """
        with self._changed:
            if self._patient:
                self._changed.wait_for(lambda: self._frame is None or self._closed)
            self.dropped += self._frame is not None
            self._frame = frame
            self.put_count += 1
            self._changed.notify_all()
            return not self._closed

    def be_patient(self) -> None:
        """From now on wait until a frame was taken instead of dropping it."""
        with self._changed:
            self._patient = True

    def finish(self, error: SourceError | None = None) -> None:
        """Report that no more frames come, with the error if there is one."""
        with self._changed:
            self._error, self._over = error, error is None
            self._changed.notify_all()

    def take(self, wait_s: float) -> Frame | None:
        """Take the newest frame; None if none came in time, or the source has ended.

        Raises:
            SourceError: the source has failed; raised once, after its last frame.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._frame or self._error or self._over, wait_s)
            frame, self._frame = self._frame, None
            if frame is None and self._error is not None:
                error, self._error = self._error, None
                raise error
            self._changed.notify_all()
            return frame

    def wait(self, wait_s: float) -> bool:
        """Wait for the first frame without taking it; False if none came in time.

        Raises:
            SourceError: as for `take`.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._frame or self._error or self._over, wait_s)
            if self._frame is None and self._error is not None:
                raise self._error
            return self._frame is not None or self._over

    @property
    def ended(self) -> bool:
        """Whether the source has ended, as a video does, and its last frame was taken."""
        with self._changed:
            return self._over and self._frame is None

    def close(self) -> None:
        """Report that nobody reads any more."""
        with self._changed:
            self._closed = True
            self._frame = None
            self._changed.notify_all()


class Exposure(NamedTuple):
    """A requested exposure for a running camera.

    Attributes:
        exposure_ms: how long light is collected; None is automatic.
        on_done: is called in the camera's thread with whether the camera accepted it.
    """

    exposure_ms: float | None
    on_done: Callable[[bool], None] = ignore


Open = Callable[[], CameraSource]
Stamp = Callable[[Frame], float]


class Grabber:
    """One connection to a source. The same thread opens, reads and releases it because drivers require that.

    Args:
        open_source: opens the source; called in the thread.
        mailbox: takes its frames.
        stamp: gives the time of a frame, in seconds.

    Attributes:
        ends: the source is a video: its end is not a fault, and every frame counts.
        by_differences: it sends only changes, so its pictures are equal while nothing moves.
    """

    def __init__(self, open_source: Open, mailbox: LatestFrame, stamp: Stamp) -> None:
        self._open, self._stamp = open_source, stamp
        self.mailbox = mailbox
        self.ends = self.by_differences = False
        self._exposure: SimpleQueue[Exposure] = SimpleQueue()
        # a thread that hangs in a driver must not delay the end of the process
        self._thread = threading.Thread(target=self._grab, name="grabber", daemon=True)
        self._thread.start()

    def set_exposure(self, exposure: Exposure) -> None:
        """Set how long light is collected, before the next frame is taken."""
        self._exposure.put(exposure)

    @property
    def alive(self) -> bool:
        """Whether the source is still held."""
        return self._thread.is_alive()

    def close(self, wait_s: float = 0.0) -> None:
        """Release the source, at the latest when it gives its next frame, and wait up to this many seconds for that."""
        self.mailbox.close()
        self._thread.join(wait_s)

    def _grab(self) -> None:
        try:
            self._fill()
        except SourceError as error:
            self.mailbox.finish(error)
        except Exception as error:  # noqa: BLE001 # whatever ends this thread has to be heard in the other
            said = " ".join(str(error).split())
            self.mailbox.finish(SourceError(f"its driver failed ({type(error).__name__}: {said}); connect it again"))

    def _fill(self) -> None:
        with self._open() as source:
            self.by_differences = source.by_differences
            if source.ends:  # a video on a server waits for its reader, as a file does
                self.ends = True
                self.mailbox.be_patient()
            self._expose(source)
            for frame in source.frames():
                self._expose(source)
                if not self.mailbox.put(frame if self.ends else dataclasses.replace(frame, time_s=self._stamp(frame))):
                    return
        self.mailbox.finish()

    def _expose(self, source: CameraSource) -> None:
        while not self._exposure.empty():
            exposure = self._exposure.get()
            exposure.on_done(source.set_exposure(exposure.exposure_ms))
