"""A Raspberry Pi's own camera as a source, through Picamera2, which comes with the system and not from PyPI."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, nullcontext
from importlib import import_module
from importlib.util import find_spec
from types import TracebackType
from typing import Any, Self

import numpy as np

from digitreader.camera.source import CameraSettings, PlainSource
from digitreader.errors import SourceError
from digitreader.host.native_stderr import native_stderr_muted
from digitreader.values import Frame

NAME = "picamera"
SIZE_WH = (1280, 960)
PATIENCE_S = 10.0
THREAD_PATIENCE_S = 2.0
MANUAL_FOCUS = 0
"""libcamera.controls.AfModeEnum.Manual."""

HOW_TO_INSTALL = (
    "picamera: Picamera2 is not installed here; sudo apt install python3-picamera2, "
    "and make the environment with: python3 -m venv --system-site-packages .venv"
)


def is_installed() -> bool:
    """True where Picamera2 can be imported."""
    return find_spec("picamera2") is not None


class PiCamera(PlainSource):
    """The first CSI camera, started.

    Args:
        settings: the settings of the camera.
        threaded: it is read in a thread, and its reader reconnects, so the limit for a frame is 2 s instead of 10 s.
            stderr is not muted, since other threads use it.

    Raises:
        SourceError: Picamera2 is not installed, no camera is connected, or it is in use.
    """

    live = True
    frame_count = None
    name = NAME

    def __init__(self, settings: CameraSettings | None = None, *, threaded: bool = False) -> None:
        self._patience_s = THREAD_PATIENCE_S if threaded else PATIENCE_S
        if not is_installed():
            raise SourceError(HOW_TO_INSTALL)
        with nullcontext() if threaded else native_stderr_muted():  # libcamera logs its version and its tuning file
            self._camera = _started(settings or CameraSettings())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._camera.close()

    def set_exposure(self, exposure_ms: float | None) -> bool:
        """Set the exposure from the next frames on; None means automatic. False if the camera does not accept it."""
        wanted = {"AeEnable": True} if exposure_ms is None else controls_of(CameraSettings(exposure_ms=exposure_ms))
        try:
            self._camera.set_controls(wanted)
        except RuntimeError:  # this sensor does not have the control
            return False
        return True

    def frames(self) -> Iterator[Frame]:
        """Give frames as they come.

        Raises:
            SourceError: no frame came in time.
        """
        began_s = time.monotonic()
        index = 0
        while True:
            try:
                image = self._camera.capture_array("main", wait=False).get_result(timeout=self._patience_s)
            except TimeoutError as error:
                raise SourceError(
                    f"{NAME}: gave no frame for {self._patience_s:.0f} s; check its ribbon cable"
                ) from error
            yield Frame(np.asarray(image, np.uint8), NAME, index, time.monotonic() - began_s)
            index += 1


def controls_of(settings: CameraSettings) -> dict[str, float | bool]:
    """The settings as libcamera's controls: frames a second, microseconds, dioptres."""
    controls: dict[str, float | bool] = {}
    if settings.fps is not None:
        controls["FrameRate"] = settings.fps
    if settings.exposure_ms is not None:
        controls |= {"AeEnable": False, "ExposureTime": round(1000 * settings.exposure_ms)}
    if settings.focus is not None:
        controls |= {"AfMode": MANUAL_FOCUS, "LensPosition": settings.focus}
    return controls


def _started(settings: CameraSettings) -> Any:  # Picamera2 has no types
    with ExitStack() as closing:
        try:
            camera = closing.enter_context(import_module("picamera2").Picamera2())
            # the bytes of Picamera2's RGB888 are in the order blue, green, red
            main = {"size": settings.size_wh or SIZE_WH, "format": "RGB888"}
            camera.configure(camera.create_video_configuration(main=main, controls=controls_of(settings)))
            camera.start()
        except (RuntimeError, IndexError, OSError, ImportError) as error:
            raise SourceError(f"{NAME}: cannot be started ({error}); check: rpicam-hello --list-cameras") from error
        closing.pop_all()
    return camera
