"""Stopping: SIGTERM ends a run as Ctrl-C does, with the camera released and the outputs flushed."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

TERMINATED = 143
"""What a shell reports for a program that SIGTERM ended."""


class Terminated(BaseException):
    """SIGTERM came; no error, so that nothing but the end of the run catches it."""


@contextmanager
def sigterm_raised() -> Iterator[None]:
    """Raise `Terminated` in the block when SIGTERM comes; a second one ends the process at once, as it always did.

    In a thread that is not the main one signals cannot be caught, and nothing is changed.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _raise)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _raise(_number: int, _frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    raise Terminated
