"""Grabbing: a thread of its own opens a source and takes its frames, so that the reader can tell when none comes."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable

from digitreader.errors import SourceError
from digitreader.live.mailbox import Mailbox
from digitreader.sources.source import Source
from digitreader.values import Frame

Open = Callable[[], Source]
Stamp = Callable[[Frame], float]


class Grabber:
    """One connection to a source: opened, read and released by one thread, for that is what drivers bear.

    Args:
        open_source: opens the source; called in the thread.
        mailbox: where its frames go.
        stamp: the time of a frame, in seconds.

    Attributes:
        ends: it turned out to be a video, whose end is no fault, and of which every frame counts.
        by_differences: it sends what changes, so that while nothing does its pictures are equal.
    """

    def __init__(self, open_source: Open, mailbox: Mailbox, stamp: Stamp) -> None:
        self._open, self._stamp = open_source, stamp
        self.mailbox = mailbox
        self.ends = self.by_differences = False
        # a thread that hangs in a driver must not hold up the end of the process
        self._thread = threading.Thread(target=self._grab, name="grabber", daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        """The source is still held."""
        return self._thread.is_alive()

    def close(self, wait_s: float = 0.0) -> None:
        """Let the source be released, at the latest when it gives its next frame, and wait for that for so long."""
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
            self.by_differences = bool(getattr(source, "by_differences", False))
            if getattr(source, "ends", False):  # a video on a server waits for its reader, as a file does
                self.ends = True
                self.mailbox.be_patient()
            for frame in source.frames():
                if not self.mailbox.put(frame if self.ends else dataclasses.replace(frame, time_s=self._stamp(frame))):
                    return
        self.mailbox.finish()
