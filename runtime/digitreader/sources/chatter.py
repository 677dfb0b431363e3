"""Chatter: what native libraries write to stderr themselves, caught so that a user sees our one line instead."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

STDERR_FD = 2


@dataclass(slots=True)
class Chatter:
    """What was written; empty until its `caught_chatter` has ended."""

    text: str = ""


@contextmanager
def caught_chatter() -> Iterator[Chatter]:
    """Keep everything that is written to file descriptor 2 within the block off the user's stderr.

    For short calls into native code only: what other threads say meanwhile is caught too.

    Yields:
        What was caught, filled in when the block ends.
    """
    chatter = Chatter()
    try:
        kept_fd = os.dup(STDERR_FD)
    except OSError:  # stderr is closed, so nobody is talked to
        yield chatter
        return
    with tempfile.TemporaryFile() as caught:
        os.dup2(caught.fileno(), STDERR_FD)
        try:
            yield chatter
        finally:
            os.dup2(kept_fd, STDERR_FD)
            os.close(kept_fd)
            caught.seek(0)
            chatter.text = caught.read().decode("utf-8", "replace")
