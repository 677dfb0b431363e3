"""Stopping: SIGTERM, or a terminal that closes, ends a run as Ctrl-C does: camera released, outputs flushed."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


class Terminated(BaseException):  # it is no error, so that nothing but the end of the run catches it
    """A signal came that ends the run.

    Attributes:
        exit_status: what a shell reports for a program that this signal ended.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.exit_status = 128 + number


@contextmanager
def termination_raised() -> Iterator[None]:
    """Raise `Terminated` in the block when one of `SIGNALS` comes; a second one ends the process, as it always did.

    One that is ignored, as under nohup, stays so. In a thread that is not the main one signals cannot be caught, and
    nothing is changed.
    """
    heeded = [number for number in SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
    try:
        before = [(number, signal.signal(number, _raise)) for number in heeded]
    except ValueError:
        yield
        return
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)


def _raise(number: int, _frame: FrameType | None) -> None:
    for each in SIGNALS:
        if signal.getsignal(each) is _raise:
            signal.signal(each, signal.SIG_DFL)
    raise Terminated(number)
