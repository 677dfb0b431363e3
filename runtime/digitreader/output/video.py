"""Annotated video files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np

from digitreader.camera.opening import is_camera
from digitreader.errors import OutputError, UsageError
from digitreader.output.annotate import identity_of, writable_folder
from digitreader.output.overlay import draw_page
from digitreader.output.rotating_file import free_name, refuse_nearly_full, rotate_away, size_of
from digitreader.output.sink import Sink
from digitreader.values import ColourImage, Frame, Page

CAMERA_RATE = 30.0
"""Pictures a second of a camera's video, and of a stream whose rate is not known."""
LEAST_RATE, GREATEST_RATE = 10, 240
WHOLE_RATE = 60
"""Rates from here on are rounded to whole numbers: an mp4 cannot have every rate."""
LONGEST_GAP_S = 1.0
"""A camera that was away for an hour does not leave an hour of the same picture."""


class ConstantFrameRate:
    """Counts how often frames are due.

    Args:
        rate: pictures a second.
    """

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self._source, self._last_s = "", 0.0
        self._owed = 0.0

    def times(self, frame: Frame) -> int:
        """How often this frame is due; 0 if it comes too soon after the one before."""
        passed_s = frame.time_s - self._last_s if self._source == frame.source else 1 / self.rate
        self._source, self._last_s = frame.source, frame.time_s
        self._owed += min(max(passed_s, 0.0), LONGEST_GAP_S) * self.rate
        # camera time stamps jitter: a frame up to half a frame early counts as on time
        times = int(self._owed + 0.5)
        self._owed -= times
        return times


def rate_of(gap_s: float) -> float:
    """Pictures a second of a stream with this many seconds between its frames."""
    if gap_s <= 0:
        return CAMERA_RATE
    rate = round(1 / gap_s, 2)
    return min(max(rate if rate < WHOLE_RATE else round(rate), LEAST_RATE), GREATEST_RATE)


CODECS = {".avi": "MJPG", ".mp4": "mp4v"}
ROOM = 1.2
"""Height that the video adds to the first picture: the strip below grows with the lines of writing."""


class VideoSink(Sink):
    """Record every frame of a stream with its digits marked; an older file is replaced, except that of a camera.

    A video is recorded at its own rate, a camera at 30 pictures a second; of a faster camera some frames are left out.

    Args:
        path: ``.avi`` (Motion JPEG) or ``.mp4``; an mp4 can be played only once the run has ended.
        inputs: the files that are read, which are never overwritten.
        keep_bytes: the most bytes that it and ``NAME.1.SUFFIX`` beside it may take together. When it has half of that,
            it gets that name, and a new file begins; a file of an earlier run gets that name too. None keeps all: a
            camera's older files are ``NAME.1.SUFFIX``, ``NAME.2.SUFFIX`` and so on.

    Raises:
        UsageError: another suffix.
        OutputError: the folder cannot be written to, or the file is being read.
    """

    def __init__(self, path: Path, *, inputs: Iterable[str] = (), keep_bytes: int | None = None) -> None:
        if path.suffix.lower() not in CODECS:
            raise UsageError(f"video:{path}: the name of a video must end in {' or '.join(CODECS)}")
        if identity_of(path) in {identity_of(Path(name)) for name in inputs} - {None}:
            raise OutputError(f"{path}: this run reads the file, so it cannot write to it; choose another name")
        writable_folder(path.parent)
        # no messages of OpenCV about a full disk: this class prints its own
        cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
        self._path, self._keep_bytes = path, keep_bytes
        self._size_wh = (0, 0)
        self._writer: cv2.VideoWriter | None = None
        self._first: tuple[ColourImage, Frame] | None = None
        self._tempo: ConstantFrameRate | None = None

    def frame(self, page: Page, frame: Frame) -> None:
        """Record it, as often as the time that has passed asks for.

        Raises:
            OutputError: the disk is nearly full.
        """
        # OpenCV does not tell when a disk is full
        refuse_nearly_full(self._path.parent)
        if self._tempo is None and self._first is None and not is_camera(frame.source):
            # the frame rate is known only with the next frame
            self._first = draw_page(frame, page, steady_size=True), frame
            return
        tempo = self._tempo or self._begin(frame)
        times = tempo.times(frame)
        if times:
            self._record(draw_page(frame, page, steady_size=True), frame, tempo.rate, times)

    def close(self, timeout_s: float) -> None:  # noqa: ARG002
        """Finish the file; the next frame would begin another."""
        if self._first is not None:
            self._begin(self._first[1])
        if self._writer is not None:
            self._writer.release()
            self._writer = None

    def _begin(self, frame: Frame) -> ConstantFrameRate:
        """Choose the frame rate, at a camera's first frame or a stream's second one; record the waiting frames."""
        first, self._first = self._first, None
        tempo = self._tempo = ConstantFrameRate(
            CAMERA_RATE if first is None else rate_of(frame.time_s - first[1].time_s)
        )
        if first is not None:
            self._record(*first, tempo.rate, tempo.times(first[1]))
        return tempo

    def _record(self, drawn: ColourImage, frame: Frame, rate: float, times: int) -> None:
        writer = self._writer or self._open(drawn, frame.source, rate)
        fitted = fit(drawn, self._size_wh)
        for _ in range(times):
            writer.write(fitted)
        if self._keep_bytes is not None and size_of(self._path) > self._keep_bytes // 2:
            self.close(0)

    def _open(self, drawn: ColourImage, source: str, rate: float) -> cv2.VideoWriter:
        width, height = drawn.shape[1], round(ROOM * drawn.shape[0])
        self._size_wh = (width + width % 2, height + height % 2)  # codecs want even sides
        if self._keep_bytes is not None:
            rotate_away(self._path)
        elif is_camera(source) and self._path.exists():
            self._path.rename(free_name(self._path))
        codec = cv2.VideoWriter.fourcc(*CODECS[self._path.suffix.lower()])
        writer = cv2.VideoWriter(str(self._path), codec, rate, self._size_wh)
        if not writer.isOpened():
            raise OutputError(f"{self._path}: cannot be made; choose another place or another of {', '.join(CODECS)}")
        self._writer = writer
        return writer


def fit(image: ColourImage, size_wh: tuple[int, int]) -> ColourImage:
    """Make an image fill a size without distorting it.

    Args:
        image: (H, W, 3) uint8 BGR.
        size_wh: width and height of the result.

    Returns:
        (height, width, 3) uint8: a new array, the image at the upper left, made smaller where it is too large; the
        rest is black.
    """
    scale = min(size_wh[0] / image.shape[1], size_wh[1] / image.shape[0], 1.0)
    if scale < 1.0:
        smaller_wh = (max(round(image.shape[1] * scale), 1), max(round(image.shape[0] * scale), 1))
        image = np.asarray(cv2.resize(image, smaller_wh, interpolation=cv2.INTER_AREA), np.uint8)
    fitted = np.zeros((size_wh[1], size_wh[0], 3), np.uint8)
    fitted[: image.shape[0], : image.shape[1]] = image
    return fitted
