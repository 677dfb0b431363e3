"""This process: keeps its memory constant over a year, and ends it in good order after a signal."""

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

    Modules make many objects and hardly any garbage. Checking them takes a twentieth of the start, as long again at the
    exit, and in a stream it makes a frame late now and then.
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
"""glibc's constant for the most heaps; by default eight for each core."""
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
"""glibc constants: how much free memory is kept, and from which size a block is mapped separately."""
KEPT, ALONE = 64 << 20, 16 << 20
"""In bytes; glibc's default is less than reading one frame takes."""
TIDY_EVERY = 1000
"""Frames; a camera takes half a minute for them."""


def share_one_heap() -> None:
    """Make all threads of this process use one heap from now on, if the C library can do that.

    Each connection to a camera has its thread. glibc gives each new thread another heap, which keeps all memory that it
    once needed: some 20 MB for frames of 640x480, for each heap.
    """
    _call("mallopt", M_ARENA_MAX, 1)


def keep_freed_memory() -> None:
    """Make this process keep the memory that it frees, if the C library can do that.

    Each frame needs the same few megabytes for its steps. Otherwise glibc gives them back to the system in between,
    which then has to clear them for the next frame, page by page.
    """
    _call("mallopt", M_MMAP_THRESHOLD, ALONE)
    _call("mallopt", M_TRIM_THRESHOLD, KEPT)


def give_back_freed_memory() -> None:
    """Give free memory back to the system, also from gaps between used memory, if the C library can do that."""
    _call("malloc_trim", 0)


def with_heap_trimming(frames: Iterable[Item], *, every: int = TIDY_EVERY) -> Iterator[Item]:
    """Pass frames on. Freed memory is kept from one frame to the next and given back after a number of frames.

    Kept memory grows by some megabytes over hours, because the pieces of demanding frames are not all used again. To
    give it back and take it again costs as much as reading one or two frames.
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
    """A signal that ends the run has arrived.

    Attributes:
        exit_status: what a shell reports for a program that this signal ended.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.exit_status = 128 + number


@contextmanager
def termination_raised() -> Iterator[None]:
    """Raise `Terminated` in the block when one of `SIGNALS` arrives; a second signal ends the process at once.

    A signal that is ignored, as under nohup, is still ignored. Signals can only be caught in the main thread; in other
    threads nothing is changed.
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
