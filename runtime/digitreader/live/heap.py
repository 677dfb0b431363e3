"""The heap: one that all threads share, and that keeps what it once needed for the frames to come."""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress

M_ARENA_MAX = -8
"""glibc's number for how many heaps there may be; by default eight for each core."""
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
"""Its numbers for how much is kept that nobody uses, and for how large a piece of memory is that has a place alone."""
KEPT, ALONE = 64 << 20, 16 << 20
"""In bytes; by default less is kept than what reading one frame takes."""


def share_one_heap() -> None:
    """Have all threads of this process use one heap from now on, where the C library can be told so.

    Each connection to a camera has a thread of its own. glibc gives new threads heaps of their own, each of which keeps
    what it once needed: some 20 MB where frames of 640x480 are drawn or decoded, times as many as there are.
    """
    _ask(M_ARENA_MAX, 1)


def keep_freed_memory() -> None:
    """Have this process keep the memory that it frees, where the C library can be told so.

    Each frame takes the same few megabytes for its steps. glibc gives them back to the system in between, which then
    has to clear them for the next frame, page by page.
    """
    _ask(M_MMAP_THRESHOLD, ALONE)
    _ask(M_TRIM_THRESHOLD, KEPT)


def _ask(setting: int, value: int) -> None:
    if not sys.platform.startswith("linux"):
        return
    with suppress(OSError, AttributeError):  # musl has neither the settings nor the call
        ctypes.CDLL(None).mallopt(setting, value)
