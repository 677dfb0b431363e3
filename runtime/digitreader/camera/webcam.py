"""Opens USB cameras and network streams, and gives their frames."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import cv2

from digitreader.camera.capture import PATIENCE_MS, Capture, FilmClock, adjust, set_exposure
from digitreader.camera.certificates import check_certificate, ffmpeg_options
from digitreader.camera.devices import list_cameras, query_device
from digitreader.camera.network_address import check_address
from digitreader.camera.network_faults import why_no_rtsp, with_quoted_login
from digitreader.camera.picture_memory import check_frames
from digitreader.camera.picture_stream import PictureStream, open_pictures
from digitreader.camera.snapshots import SnapshotCamera
from digitreader.camera.source import SYSTEM_TRUST, CameraSettings, PlainSource, TrustSettings, printable
from digitreader.errors import SourceError
from digitreader.host.messages import print_info
from digitreader.values import ColourImage, Frame

STREAM_SETTINGS = (
    *(cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, PATIENCE_MS),
    *(cv2.CAP_PROP_N_THREADS, 1),  # more threads delay frames, and print messages when nothing catches them
)

THREAD_PATIENCE_MS = 2_000
NO_PICTURE = "the camera gives no picture; close other programs that use it, which digitreader doctor names"


class Camera(PlainSource):
    """An opened camera that has given its first frame.

    Args:
        name: the source's name.
        capture: the opened capture; the camera releases it.
        failure: the error message if there is no frame.
        ends: the stream may end, like a video on a server, and that is not an error.
        by_differences: it sends only changes, so its pictures are equal while nothing moves.
    """

    live = True
    frame_count = None

    def __init__(
        self, name: str, capture: Capture, *, failure: str, ends: bool = False, by_differences: bool = False
    ) -> None:
        self.name = name
        self._capture = capture
        self.ends, self.by_differences = ends, by_differences
        first = capture.read() if capture.opened else None
        if first is None:
            capture.__exit__(None, None, None)
            raise SourceError(failure)
        self._first = first

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._capture.__exit__(kind, error, traceback)

    def set_exposure(self, exposure_ms: float | None) -> bool:
        """Set the exposure from the next frames on; None means automatic. False if the camera does not accept it."""
        return set_exposure(self._capture, exposure_ms)

    def frames(self) -> Iterator[Frame]:
        """Give frames as they come.

        Raises:
            SourceError: the camera stopped giving frames, or a server gave a single picture.
        """
        began_s, film = time.monotonic(), FilmClock(self._capture) if self.ends else None
        image: ColourImage | None = self._first
        index = 0
        while image is not None:
            # the frames of a video on a server arrive as fast as the network allows
            time_s = time.monotonic() - began_s if film is None else film.time_s()
            yield Frame(image, self.name, index, time_s)
            index += 1
            image = self._capture.read()
        if not self.ends:
            raise SourceError(f"{self.name}: stopped giving frames after {index}; check its cable and power")
        if index == 1:
            raise SourceError(
                f"{self.name}: gives one picture, not a video; read it with: curl -s URL | digitreader read -"
            )


def open_camera(name: str, node: Path, settings: CameraSettings | None = None, *, threaded: bool = False) -> Camera:
    """Open a camera of this machine.

    Args:
        name: what the user named: ``0`` or ``/dev/video0``.
        node: its /dev/video node, or a link to it below /dev/v4l.
        settings: the settings of the camera; a line on stderr names those that it does not accept.
        threaded: as in `Capture`.

    Raises:
        SourceError: there is no such camera, it may not be opened, or it gives no frame.
    """
    on_linux = sys.platform == "linux"
    if on_linux:
        _check_node(name, node)
    index = int(re.sub(r"\D", "", node.resolve().name))
    capture = Capture(index, cv2.CAP_V4L2 if on_linux else cv2.CAP_ANY, threaded=threaded)
    if settings is not None and capture.opened and (refused := adjust(capture, settings)):
        options = ", ".join(f"--{requested_value}" for requested_value in refused)
        print_info(f"{name}: the camera does not accept {options}, and is read without")
    return Camera(name, capture, failure=f"{name}: {NO_PICTURE}")


def open_stream(
    url: str, *, threaded: bool = False, patience_s: float = 0.0, trust: TrustSettings = SYSTEM_TRUST
) -> Camera | PictureStream | SnapshotCamera:
    """Open a network camera or a video on a server.

    Args:
        url: http, https, rtsp or the like; a password in it is used but never shown.
        threaded: as in `Capture`; then the limit for a frame is 2 s, because the reader reconnects ...
        patience_s: ... or a little more than this, if the reader waits longer.
        trust: the trusted certificates.

    Raises:
        SourceError: the address is wrong, nobody answers within 10 s, the certificate is not trusted, or the answer is
            not a video, or one with frames that are too large.
    """
    name, kind, url = printable(url), url.partition("://")[0].lower(), with_quoted_login(url)
    check_address(url)
    patience_ms = max(THREAD_PATIENCE_MS, round(1000 * patience_s) + 500) if threaded else PATIENCE_MS
    check_certificate(url, trust)
    if kind in {"http", "https"} and (pictures := open_pictures(url, patience_s=patience_ms / 1000, trust=trust)):
        return pictures
    settings = (*STREAM_SETTINGS, cv2.CAP_PROP_READ_TIMEOUT_MSEC, patience_ms)
    capture = Capture(url, cv2.CAP_FFMPEG, settings, threaded=threaded, options=ffmpeg_options(kind, trust))
    try:
        check_frames(capture.size_wh, name)
    except SourceError:
        capture.__exit__(None, None, None)
        raise
    if capture.opened and not capture.is_coded_by_differences:
        capture.leave_damaged_out()
    why = why_no_rtsp(url, patience_s=THREAD_PATIENCE_MS / 1000) if kind == "rtsp" and not capture.opened else ""
    failure = f"{name}: {why or 'gives no video; check the address and the network'}"
    ends = capture.opened and capture.frame_count > 0
    by_differences = capture.opened and capture.is_coded_by_differences
    return Camera(name, capture, failure=failure, ends=ends, by_differences=by_differences)


def cameras_here() -> str:
    """Name the cameras that exist, for the end of an error's line."""
    cameras = [f"{camera.path} ({camera.title})" for camera in list_cameras()]
    if not cameras:
        return "no camera is connected; connect one, or try: digitreader read demo"
    return f"cameras here: {', '.join(cameras)}"


def _check_node(name: str, node: Path) -> None:
    if not node.exists():
        raise SourceError(f"{name}: there is no camera {node}; {cameras_here()}")
    if not os.access(node, os.R_OK | os.W_OK):
        raise SourceError(f"{name}: this user may not open {node}; join its group: sudo usermod -aG video $USER")
    device = query_device(node)
    if device is not None and device.is_csi:
        raise SourceError(f"{name}: {node} is a CSI camera, which OpenCV cannot read; use: digitreader read picamera")
    if device is None or not device.captures:
        raise SourceError(f"{name}: {node} is not a camera; {cameras_here()}")
