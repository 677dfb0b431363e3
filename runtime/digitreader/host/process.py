"""This process: memory that stays flat over a year, and an end in good order when a signal asks for it."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import TypeVar


@contextlib.contextmanager
def gc_frozen_after() -> Iterator[None]:
    """Load long-lived objects in this block and freeze them for the garbage collector (gc.freeze).

    Modules make many objects and hardly any garbage. To look through them takes a twentieth of the start and as long
    again at the exit, and in a stream it makes a frame late now and then.
    """
    was_collecting = gc.isenabled()
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        if was_collecting:
            gc.enable()


Item = TypeVar("Item")

M_ARENA_MAX = -8
"""glibc's number for how many heaps there may be; by default eight for each core."""
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
"""glibc constants: how much free memory is kept, and from which size a block is mapped separately."""
KEPT, ALONE = 64 << 20, 16 << 20
"""In bytes; by default less is kept than what reading one frame takes."""
TIDY_EVERY = 1000
"""Frames, half a minute of a camera's."""


def share_one_heap() -> None:
    """Have all threads of this process use one heap from now on, where the C library can be told so.

    Each connection to a camera has a thread of its own. glibc gives new threads heaps of their own, each of which keeps
    what it once needed: some 20 MB where frames of 640x480 are drawn or decoded, times as many as there are.
    """
    _call("mallopt", M_ARENA_MAX, 1)


def keep_freed_memory() -> None:
    """Have this process keep the memory that it frees, where the C library can be told so.

    Each frame takes the same few megabytes for its steps. glibc gives them back to the system in between, which then
    has to clear them for the next frame, page by page.
    """
    _call("mallopt", M_MMAP_THRESHOLD, ALONE)
    _call("mallopt", M_TRIM_THRESHOLD, KEPT)


def give_back_freed_memory() -> None:
    """Give the system what is free at this moment, gaps between what is in use included, where that can be done."""
    _call("malloc_trim", 0)


def with_heap_trimming(frames: Iterable[Item], *, every: int = TIDY_EVERY) -> Iterator[Item]:
    """Pass frames on. Freed memory is kept from one frame to the next and given back after a number of frames.

    What is kept is what the most demanding frames so far took, in pieces that are not all filled again: over hours
    that grows by some megabytes. To give it back and take it again costs as much as reading one or two frames.
    """
    keep_freed_memory()
    for number, frame in enumerate(frames, 1):
        yield frame
        if number % every == 0:
            give_back_freed_memory()


PR_SET_PDEATHSIG = 1
"""Linux's number for the signal that comes when the parent process has ended."""


def die_with_parent() -> None:
    """Make the system kill this process when its parent ends, if the system can do that."""
    _call("prctl", PR_SET_PDEATHSIG, signal.SIGKILL)


def _call(function: str, *arguments: int) -> None:
    if not sys.platform.startswith("linux"):
        return
    with suppress(OSError, AttributeError):  # musl has neither the settings nor the calls
        getattr(ctypes.CDLL(None), function)(*arguments)


SIGNALS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


class Terminated(BaseException):  # it is not an error, so that nothing but the end of the run catches it
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
    handled = [number for number in SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
    try:
        before = [(number, signal.signal(number, _raise)) for number in handled]
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
