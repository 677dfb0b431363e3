"""Quieting: what libraries write themselves cannot be caught in one thread of many, so it is switched off."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

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
