"""Chatter: what native libraries write to stderr themselves, caught so that a user sees our one line instead."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import RLock
from typing import IO

STDERR_FD = 2


@dataclass(slots=True)
class Chatter:
    """What was written; empty until its block has ended."""

    text: str = ""


_TURN = RLock()
"""There is one file descriptor 2: who took it while another has it would put the other's file back in its place."""


class Catcher:
    """Catches what is written to file descriptor 2, block after block, in one file that is opened once."""

    def __init__(self) -> None:
        self._file: IO[bytes] | None = None

    @contextmanager
    def caught(self) -> Iterator[Chatter]:
        """Keep everything that is written to file descriptor 2 within the block off the user's stderr.

        For short calls into native code only: what other threads say meanwhile is caught too.

        Yields:
            What was caught, filled in when the block ends.
        """
        with _TURN:
            yield from self._caught()

    def _caught(self) -> Iterator[Chatter]:
        chatter = Chatter()
        try:
            kept_fd = os.dup(STDERR_FD)
        except OSError:  # stderr is closed, so nobody is talked to
            yield chatter
            return
        if self._file is None:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115 # `close` closes it
        file_fd = self._file.fileno()
        os.dup2(file_fd, STDERR_FD)
        try:
            yield chatter
        finally:
            os.dup2(kept_fd, STDERR_FD)
            os.close(kept_fd)
            chatter.text = _taken_out(file_fd)

    def close(self) -> None:
        """Let the file go."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _taken_out(file_fd: int) -> str:
    size = os.lseek(file_fd, 0, os.SEEK_CUR)
    if not size:  # as after nearly each frame
        return ""
    os.lseek(file_fd, 0, os.SEEK_SET)
    content = os.read(file_fd, size)
    os.lseek(file_fd, 0, os.SEEK_SET)
    os.ftruncate(file_fd, 0)
    return content.decode("utf-8", "replace")
