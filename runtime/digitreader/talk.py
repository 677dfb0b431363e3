"""Talk: what the commands say to a person, one line at a time, on stderr; stdout is for data."""

from __future__ import annotations

import contextlib
import sys


def say(line: str) -> None:
    """Say something on stderr in one line; where stderr is closed, nobody listens."""
    if sys.stderr is None:
        return
    over_a_progress_bar = "\r\x1b[K" if sys.stderr.isatty() else ""
    with contextlib.suppress(OSError):
        # in one piece, so that what another thread says at the same moment does not come between it and its end
        sys.stderr.write(f"{over_a_progress_bar}digitreader: {' '.join(line.splitlines())}\n")
        sys.stderr.flush()


def complain(message: str) -> None:
    """Say what went wrong."""
    say(f"error: {message}")
