"""Catches or drops what native libraries write to stderr."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import RLock
from typing import IO, TextIO


class _Muting:
    """Redirects file descriptor 2, which all threads share: the first thread redirects it, the last one restores it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.muters = 0
        self.kept: int | None = None

    def begin(self) -> None:
        with self.lock:
            if self.muters == 0:
                self.kept = _turned_away()
            self.muters += 1

    def end(self) -> None:
        with self.lock:
            self.muters -= 1
            if self.muters == 0 and self.kept is not None:
                _flush()
                os.dup2(self.kept, 2)
                os.close(self.kept)
                self.kept = None

    def after_fork(self) -> None:
        """Restore it in a child process, where the threads that redirected it do not exist."""
        self.lock = threading.Lock()
        if self.kept is not None:
            os.dup2(self.kept, 2)
            os.close(self.kept)
        self.muters, self.kept = 0, None


_MUTING = _Muting()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_MUTING.after_fork)


@contextlib.contextmanager
def native_stderr_muted() -> Iterator[None]:
    """Send file descriptor 2 to the null device during the block.

    Python's own errors are not lost, because they are exceptions. Several threads may use this at once.
    """
    _MUTING.begin()
    try:
        yield
    finally:
        _MUTING.end()


def _turned_away() -> int | None:
    """Point file descriptor 2 to the null device; returns a copy of the old one, None if it is closed."""
    _flush()
    try:
        kept = os.dup(2)
    except OSError:  # stderr is closed, so there is nothing to mute
        return None
    null = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(null, 2)
    finally:
        os.close(null)
    return kept


def _flush() -> None:
    if sys.stderr is not None:
        sys.stderr.flush()


STDERR_FD = 2


@dataclass(slots=True)
class CapturedStderr:
    """The text that was written to stderr; empty until the block has ended."""

    text: str = ""


_TURN = RLock()
"""Only one block may redirect file descriptor 2 at a time; nested redirection would restore the wrong file."""


class StderrCapture:
    """Catches what is written to file descriptor 2, block after block, in one file that is opened once."""

    def __init__(self) -> None:
        self._file: IO[bytes] | None = None

    @contextmanager
    def caught(self) -> Iterator[CapturedStderr]:
        """Keep everything that is written to file descriptor 2 within the block off the user's stderr.

        Only for short calls into native code: messages of other threads are caught too.

        Yields:
            The caught text, filled in when the block ends.
        """
        with _TURN:
            yield from self._caught()

    def _caught(self) -> Iterator[CapturedStderr]:
        chatter = CapturedStderr()
        try:
            kept_fd = os.dup(STDERR_FD)
        except OSError:  # stderr is closed, so there is nobody to read messages
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
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _taken_out(file_fd: int) -> str:
    size = os.lseek(file_fd, 0, os.SEEK_CUR)
    if not size:  # the usual case after a frame
        return ""
    os.lseek(file_fd, 0, os.SEEK_SET)
    content = os.read(file_fd, size)
    os.lseek(file_fd, 0, os.SEEK_SET)
    os.ftruncate(file_fd, 0)
    return content.decode("utf-8", "replace")


SETTINGS = {
    "OPENCV_FFMPEG_LOGLEVEL": "-8",
    "OPENCV_LOG_LEVEL": "SILENT",
    "LIBCAMERA_LOG_LEVELS": "*:FATAL",
    # seconds for which the driver of a hanging camera holds it; until then it cannot be opened again
    "OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT": "2",
}
"""Environment variables that the libraries read when they are first used; a value that the user has set is kept."""


@contextmanager
def quiet_libraries() -> Iterator[None]:
    """Keep the libraries of cameras quiet when they are first used in the block.

    FFmpeg then stays quiet until the process ends. Damage in videos is noticed by FFmpeg's messages, so use this only
    in runs that read nothing but cameras.
    """
    new = {name: value for name, value in SETTINGS.items() if name not in os.environ}
    os.environ.update(new)
    try:
        yield
    finally:
        for name in new:
            os.environ.pop(name, None)


@contextmanager
def native_stderr_dropped() -> Iterator[None]:
    """Drop what native code of any thread writes to file descriptor 2 in the block; `sys.stderr` still comes through.

    Not all messages can be switched off: libjpeg reports each damaged picture of a USB camera, and FFmpeg reads its
    setting only once, although a video and a camera may need different ones.
    """
    try:
        kept_fd = os.dup(STDERR_FD)
    except OSError:  # stderr is closed, so there is nobody to read messages
        yield
        return
    before = sys.stderr
    with open(kept_fd, "w", buffering=1, errors="backslashreplace") as apart:  # noqa: PTH123 # it has no path
        _drop(os.open(os.devnull, os.O_WRONLY))
        sys.stderr = apart if _is_native(before) else before
        try:
            yield
        finally:
            sys.stderr = before
            os.dup2(kept_fd, STDERR_FD)


def _drop(null_fd: int) -> None:
    os.dup2(null_fd, STDERR_FD)
    os.close(null_fd)


def _is_native(stream: TextIO | None) -> bool:
    with contextlib.suppress(AttributeError, OSError, ValueError):
        return stream is not None and stream.fileno() == STDERR_FD
    return False
