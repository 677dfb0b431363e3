"""Talk: what the commands say to a person, one line at a time, on stderr; stdout is for data."""

from __future__ import annotations

import contextlib
import functools
import os
import sys


def one_line(text: str) -> str:
    """Text as it may stand in a line of a terminal or a table, with U+FFFD for what would be a command to it."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)


def say(line: str) -> None:
    """Say something on stderr in one line, whatever others have put into it; where stderr is closed, nobody listens."""
    if sys.stderr is None:
        return
    over_a_progress_bar = "\r\x1b[K" if sys.stderr.isatty() else ""
    with contextlib.suppress(OSError):
        # in one piece, so that what another thread says at the same moment does not come between it and its end
        sys.stderr.write(f"{over_a_progress_bar}digitreader: {one_line(' '.join(line.splitlines()))}\n")
        sys.stderr.flush()


# asked for at each argument that a command declares
@functools.cache
def terminal_columns() -> int:
    """How many characters a line of the terminal has: $COLUMNS, or what the terminal says, or 80."""
    named = os.environ.get("COLUMNS", "")
    if named.isdecimal() and int(named):
        return int(named)
    with contextlib.suppress(AttributeError, ValueError, OSError):  # stdout is closed, or is no terminal
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or 80  # type: ignore[union-attr] # as above
    return 80


def complain(message: str) -> None:
    """Say what went wrong."""
    say(f"error: {message}")
