"""How long faults stay unreported."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable


class Silences:
    """Measures, for each fault, the time from when it could be noticed to the first report of it.

    Args:
        clock: seconds that never go back.

    Attributes:
        longest_s: the longest of each kind of fault, which ends with the fault where that was over before.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.longest_s: dict[str, float] = {}
        self._clock = clock
        self._lock = threading.Lock()  # reports come from other threads
        self._kind = self._where = ""
        self._since_s: float | None = None

    def await_report(self, kind: str, where: str) -> None:
        """A fault begins; a message about it holds the text `where`."""
        with self._lock:
            self._kind, self._where, self._since_s = kind, where, None

    def noticeable(self) -> None:
        """The reader uses what fails: from now on the fault could be noticed."""
        with self._lock:
            if self._kind and self._since_s is None:
                self._since_s = self._clock()

    def reported(self, message: str) -> None:
        """Something was reported; a fault that is reported has been noticed, also before the reader used what fails."""
        if self._where and self._where in message:
            self.noticeable()
            self.fault_ended()

    def fault_ended(self) -> None:
        """The fault is over, or was reported: the silence ends, if it began."""
        with self._lock:
            if self._kind and self._since_s is not None:
                lasted_s = self._clock() - self._since_s
                self.longest_s[self._kind] = max(lasted_s, self.longest_s.get(self._kind, 0.0))
                self._kind = ""


class ReportStream(io.TextIOBase):
    """Stands for stderr: errors that are printed end a silence; nothing is shown."""

    def __init__(self, silences: Silences) -> None:
        super().__init__()
        self._silences = silences

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, text: str) -> int:
        """Look at what is printed."""
        if "error:" in text:
            self._silences.reported(text)
        return len(text)
