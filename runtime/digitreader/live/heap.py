"""The heap: one that all threads share, and that keeps what it once needed for the frames to come, but not for ever."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import TypeVar

Item = TypeVar("Item")

M_ARENA_MAX = -8
"""glibc's number for how many heaps there may be; by default eight for each core."""
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
"""Its numbers for how much is kept that nobody uses, and for how large a piece of memory is that has a place alone."""
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


def with_tidy_heap(frames: Iterable[Item], *, every: int = TIDY_EVERY) -> Iterator[Item]:
    """Hand frames on while freed memory is kept from one to the next, and given back after so many.

    What is kept is what the most demanding frames so far took, in pieces that are not all filled again: over hours
    that grows by some megabytes. To give it back and take it again costs as much as reading one or two frames.
    """
    keep_freed_memory()
    for number, frame in enumerate(frames, 1):
        yield frame
        if number % every == 0:
            give_back_freed_memory()


def _call(function: str, *arguments: int) -> None:
    if not sys.platform.startswith("linux"):
        return
    with suppress(OSError, AttributeError):  # musl has neither the settings nor the calls
        getattr(ctypes.CDLL(None), function)(*arguments)
