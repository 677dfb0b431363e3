"""Mutes what native libraries write straight to file descriptor 2, past Python, while they start."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator


@contextlib.contextmanager
def native_stderr_muted() -> Iterator[None]:
    """Send file descriptor 2 to the null device for the time of the block.

    Python's own errors still surface: they travel as exceptions, not as text. Not for two threads at once.
    """
    _flush()
    try:
        kept = os.dup(2)
    except OSError:  # stderr is closed, so there is nothing to mute
        yield
        return
    null = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(null, 2)
        yield
    finally:
        _flush()
        os.dup2(kept, 2)
        os.close(kept)
        os.close(null)


def _flush() -> None:
    if sys.stderr is not None:
        sys.stderr.flush()
