"""The mailbox between the thread that takes a camera's frames and the one that reads them: it holds the newest only."""

from __future__ import annotations

import threading

from digitreader.errors import SourceError
from digitreader.values import Frame


class Mailbox:
    """Holds one frame; a newer one takes its place, so that a slow reader never falls behind a fast camera.

    Args:
        patient: wait until a frame was taken instead of dropping it, for what must be read frame by frame.
    """

    def __init__(self, *, patient: bool = False) -> None:
        self._patient = patient
        self._changed = threading.Condition()
        self._frame: Frame | None = None
        self._error: SourceError | None = None
        self._over = self._closed = False
        self.put_count = self.dropped = 0

    def put(self, frame: Frame) -> bool:
        """Leave a frame for the reader; one that was not taken yet is dropped and counted.

        Returns:
            False where nobody reads any more.
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
        """Say that no frame will come any more, and why where that is an error."""
        with self._changed:
            self._error, self._over = error, error is None
            self._changed.notify_all()

    def take(self, wait_s: float) -> Frame | None:
        """Take the newest frame; None where none came for so long, or the source has ended.

        Raises:
            SourceError: the source has failed; told once, after its last frame.
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
        """Wait for the first frame without taking it; False where none came for so long.

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
        """The source has ended as a video does, and its last frame was taken."""
        with self._changed:
            return self._over and self._frame is None

    def close(self) -> None:
        """Say that nobody reads any more."""
        with self._changed:
            self._closed = True
            self._frame = None
            self._changed.notify_all()
