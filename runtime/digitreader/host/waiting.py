"""Tells a person why nothing happens while something outside is waited for."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from digitreader.host.messages import print_info

SILENCE_S = 1.5
"""Seconds of waiting before a message says what is waited for."""


@contextmanager
def wait_announced(line: str) -> Iterator[None]:
    """Print a line on stderr if the block takes longer than `SILENCE_S`."""
    timer = threading.Timer(SILENCE_S, print_info, [line])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


@contextmanager
def pipe_announced(path: Path) -> Iterator[None]:
    """Print a line on stderr if the block waits for somebody to write to this pipe; nothing for other files."""
    if not _is_pipe(path):
        yield
        return
    with wait_announced(f"{path}: waiting until something is written to it"):
        yield


def _is_pipe(path: Path) -> bool:
    try:
        return path.is_fifo()
    except (OSError, ValueError):  # whoever opens it reports that
        return False
