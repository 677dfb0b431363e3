"""The heap: threads that come and go share one, so that a year of reconnections takes no more memory than the first."""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress

M_ARENA_MAX = -8
"""glibc's number for how many heaps there may be; by default eight for each core."""


def share_one_heap() -> None:
    """Have all threads of this process use one heap from now on, where the C library can be told so.

    Each connection to a camera has a thread of its own. glibc gives new threads heaps of their own, each of which keeps
    what it once needed: some 20 MB where frames of 640x480 are drawn or decoded, times as many as there are.
    """
    if not sys.platform.startswith("linux"):
        return
    with suppress(OSError, AttributeError):  # musl has neither the heaps nor the call
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)
