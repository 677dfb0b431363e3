"""Quieting: what libraries write themselves cannot be caught in one thread of many, so it is switched off."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

STDERR_FD = 2

SETTINGS = {
    "OPENCV_FFMPEG_LOGLEVEL": "-8",
    "OPENCV_LOG_LEVEL": "SILENT",
    "LIBCAMERA_LOG_LEVELS": "*:FATAL",
    # a camera that hangs is held by its driver for this long, in seconds, and cannot be opened again before
    "OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT": "2",
}
"""Read by the libraries when they are first used; where the user has set one, that counts."""


@contextmanager
def quiet_libraries() -> Iterator[None]:
    """Keep the libraries of cameras quiet when they are first used in the block.

    FFmpeg stays so until the process ends. A video's damage is told by what FFmpeg says, so this is for runs that read
    cameras alone.
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

    Not everything can be switched off: libjpeg complains of each picture that a USB camera sends damaged, and FFmpeg
    reads its setting once, where a video and a camera may want two.
    """
    try:
        kept_fd = os.dup(STDERR_FD)
    except OSError:  # stderr is closed, so nobody is talked to
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
