"""A Raspberry Pi's own camera as a source, through Picamera2, which comes with the system and not from PyPI."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from importlib import import_module
from importlib.util import find_spec
from types import TracebackType
from typing import Any, Self

import numpy as np

from digitreader.errors import SourceError
from digitreader.quiet import native_stderr_muted
from digitreader.values import Frame

NAME = "picamera"
SIZE_WH = (1280, 960)
PATIENCE_S = 10.0

HOW_TO_INSTALL = (
    "picamera: Picamera2 is not installed here; sudo apt install python3-picamera2, "
    "and make the environment with: python3 -m venv --system-site-packages .venv"
)


def is_installed() -> bool:
    """True where Picamera2 can be imported."""
    return find_spec("picamera2") is not None


class PiCamera:
    """The first CSI camera, started.

    Raises:
        SourceError: Picamera2 is not installed, no camera is connected, or it is in use.
    """

    live = True
    frame_count = None
    name = NAME

    def __init__(self) -> None:
        if not is_installed():
            raise SourceError(HOW_TO_INSTALL)
        with native_stderr_muted():  # libcamera logs its version and its tuning file
            self._camera = _started()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._camera.close()

    def frames(self) -> Iterator[Frame]:
        """Give frames as they come.

        Raises:
            SourceError: no frame came for 10 s.
        """
        began_s = time.monotonic()
        index = 0
        while True:
            try:
                image = self._camera.capture_array("main", wait=False).get_result(timeout=PATIENCE_S)
            except TimeoutError as error:
                raise SourceError(f"{NAME}: gave no frame for {PATIENCE_S:.0f} s; check its ribbon cable") from error
            yield Frame(np.asarray(image, np.uint8), NAME, index, time.monotonic() - began_s)
            index += 1


def _started() -> Any:  # Picamera2 has no types
    with ExitStack() as closing:
        try:
            camera = closing.enter_context(import_module("picamera2").Picamera2())
            # what Picamera2 calls RGB888 lies in memory as blue, green, red
            camera.configure(camera.create_video_configuration(main={"size": SIZE_WH, "format": "RGB888"}))
            camera.start()
        except (RuntimeError, IndexError, OSError, ImportError) as error:
            raise SourceError(f"{NAME}: cannot be started ({error}); check: rpicam-hello --list-cameras") from error
        closing.pop_all()
    return camera
