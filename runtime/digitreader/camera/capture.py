"""OpenCV's capture, without its messages on the terminal, and the controls of a camera."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from types import TracebackType
from typing import Self

import cv2
import numpy as np

from digitreader.camera.certificates import ffmpeg_restricted_to
from digitreader.camera.image_header import frame_size_wh
from digitreader.camera.images import decode_frame
from digitreader.camera.source import CameraSettings
from digitreader.host.native_stderr import CapturedStderr, StderrCapture
from digitreader.values import ColourImage

WHOLE_PICTURES = frozenset(cv2.VideoWriter.fourcc(*code) for code in ("MJPG", "mjpg", "jpeg"))
DAMAGED_S = 3.0
"""A stream has ended if all its pictures are damaged for this many seconds; a camera's reader gives up earlier."""
LEAST_RATE, USUAL_RATE, GREATEST_RATE = 1.0, 30.0, 1000.0
PATIENCE_MS = 10_000
"""The longest time for a network stream to open or to give a frame."""


class Capture:
    """An opened video, camera or stream; a context manager.

    Args:
        target: a path or URL, or a camera's number.
        backend: one of OpenCV's ``CAP_`` constants; never ``CAP_ANY``, which guesses.
        settings: OpenCV's ``CAP_PROP_`` constants, each followed by its value.
        threaded: it is read in a thread beside others, whose stderr must not be caught; then `chatter` stays empty.
        options: restrictions for FFmpeg; see `ffmpeg_options`.
    """

    def __init__(
        self,
        target: str | int,
        backend: int,
        settings: Sequence[int] = (),
        *,
        threaded: bool = False,
        options: str = "",
    ) -> None:
        self._threaded, self._catcher = threaded, StderrCapture()
        self._undecoded = False
        held = ffmpeg_restricted_to(options) if options else nullcontext()
        with self._caught() as chatter, held:
            self._capture = cv2.VideoCapture(target, backend, list(settings))
        self.chatter = chatter.text
        self.opened = bool(self._capture.isOpened())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with self._caught():
            self._capture.release()
        self._catcher.close()

    def read(self) -> ColourImage | None:
        """Take the next frame, (H, W, 3) uint8 BGR; None at the end. `chatter` then has the messages of the decoder."""
        with self._caught() as chatter:
            image = self._whole() if self._undecoded else self._decoded()
        self.chatter = chatter.text
        return image

    @property
    def size_wh(self) -> tuple[int, int]:
        """Width and height of the frames in pixels, as FFmpeg found them in the first one; 0 if it did not."""
        width, height = (self._capture.get(each) for each in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT))
        return int(width), int(height)

    def coded_size_wh(self) -> tuple[int, int]:
        """Take the next frame without decoding it, and give its width and height; 0 if it has none.

        Call `leave_damaged_out` before the first one.
        """
        with self._caught():
            given, packet = self._capture.read()
        return frame_size_wh(np.asarray(packet, np.uint8).tobytes()) if given else (0, 0)

    def leave_damaged_out(self) -> None:
        """From now on give only undamaged pictures; call it before the first frame, and only for JPEG pictures.

        If a picture was cut off on its way, FFmpeg fills the missing part with gray, and only says so on stderr.
        """
        self._undecoded = bool(self._capture.set(cv2.CAP_PROP_FORMAT, -1))

    def _decoded(self) -> ColourImage | None:
        given, image = self._capture.read()
        return np.asarray(image, np.uint8) if given else None

    def _whole(self) -> ColourImage | None:
        began_s = time.monotonic()
        while time.monotonic() - began_s < DAMAGED_S:
            given, packet = self._capture.read()
            if not given:
                return None
            image = decode_frame(np.asarray(packet, np.uint8).tobytes())
            if image is not None:
                return image
        return None

    def adjust(self, setting: int, value: float) -> bool:
        """Set one of OpenCV's ``CAP_PROP_`` constants of an opened camera; False if the camera does not take it."""
        with self._caught():
            return bool(self._capture.set(setting, value)) and bool(self._capture.get(setting) == value)

    @property
    def time_s(self) -> float:
        """The time of the last frame in the video, in seconds."""
        return float(self._capture.get(cv2.CAP_PROP_POS_MSEC)) / 1000

    @property
    def frames_per_s(self) -> float:
        """Frames a second according to the container; 30 if it does not say."""
        rate = float(self._capture.get(cv2.CAP_PROP_FPS))
        return rate if LEAST_RATE <= rate <= GREATEST_RATE else USUAL_RATE

    @property
    def is_coded_by_differences(self) -> bool:
        """Whether a stream mostly sends differences between pictures, as H.264 does."""
        return int(self._capture.get(cv2.CAP_PROP_FOURCC)) not in WHOLE_PICTURES

    @property
    def frame_count(self) -> int:
        """Number of frames according to the container; 0 or less if it does not say."""
        count = float(self._capture.get(cv2.CAP_PROP_FRAME_COUNT))
        # an endless stream reports the smallest integer, or infinity
        return int(count) if 0 < count < 1e9 else 0

    def _caught(self) -> AbstractContextManager[CapturedStderr]:
        return nullcontext(CapturedStderr()) if self._threaded else self._catcher.caught()


class FilmClock:
    """The times of a video's frames. A file without times, such as a bare H.264 stream, gets them from its frame rate.

    Args:
        capture: the clock asks it for the time right after each frame.
    """

    def __init__(self, capture: Capture) -> None:
        self._capture = capture
        self._step_s = 1 / capture.frames_per_s
        self._last_s = -math.inf

    def time_s(self) -> float:
        """The time of the frame that was read last, in seconds; always later than that of the frame before."""
        told_s = self._capture.time_s
        self._last_s = told_s if told_s > self._last_s else self._last_s + self._step_s
        return self._last_s


MANUAL_EXPOSURE, AUTOMATIC_EXPOSURE = 1.0, 3.0
"""V4L2_EXPOSURE_MANUAL and V4L2_EXPOSURE_APERTURE_PRIORITY of V4L2_CID_EXPOSURE_AUTO (linux/v4l2-controls.h)."""
EXPOSURE_UNITS_PER_MS = 10
"""V4L2_CID_EXPOSURE_ABSOLUTE counts 100 us."""


def adjust(capture: Capture, settings: CameraSettings) -> list[str]:
    """Set the settings that the user named.

    Returns:
        The names of the settings that the camera does not accept, or changes.
    """
    requested = _requested(settings)
    if settings.size_wh is not None or settings.fps is not None:
        # uncompressed, USB 2 carries at most five large pictures a second; cameras that cannot compress refuse MJPG
        capture.adjust(cv2.CAP_PROP_FOURCC, float(cv2.VideoWriter.fourcc(*"MJPG")))
    taken = {name: [capture.adjust(*pair) for pair in requested_value] for name, requested_value in requested.items()}
    return [name for name, each in taken.items() if not all(each)]


def set_exposure(capture: Capture, exposure_ms: float | None) -> bool:
    """Set the exposure of a running camera; None means automatic. False if the camera does not accept it."""
    if exposure_ms is None:
        return capture.adjust(cv2.CAP_PROP_AUTO_EXPOSURE, AUTOMATIC_EXPOSURE)
    return not adjust(capture, CameraSettings(exposure_ms=exposure_ms))


def _requested(settings: CameraSettings) -> dict[str, list[tuple[int, float]]]:
    requested: dict[str, list[tuple[int, float]]] = {}
    if settings.size_wh is not None:
        width, height = settings.size_wh
        requested["size"] = [(cv2.CAP_PROP_FRAME_WIDTH, float(width)), (cv2.CAP_PROP_FRAME_HEIGHT, float(height))]
    if settings.fps is not None:
        requested["fps"] = [(cv2.CAP_PROP_FPS, settings.fps)]
    if settings.exposure_ms is not None:
        units = float(max(round(settings.exposure_ms * EXPOSURE_UNITS_PER_MS), 1))
        requested["exposure"] = [(cv2.CAP_PROP_AUTO_EXPOSURE, MANUAL_EXPOSURE), (cv2.CAP_PROP_EXPOSURE, units)]
    if settings.focus is not None:
        requested["focus"] = [(cv2.CAP_PROP_AUTOFOCUS, 0.0), (cv2.CAP_PROP_FOCUS, settings.focus)]
    return requested
