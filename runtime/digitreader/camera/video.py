"""A video file as a source; if the file is cut short, it gives the frames before that, then an error."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import cv2

from digitreader.camera.capture import Capture, FilmClock
from digitreader.camera.certificates import ffmpeg_options
from digitreader.camera.image_header import promises_exactly, read_head
from digitreader.camera.picture_memory import check_frames
from digitreader.camera.source import PlainSource, TrustSettings, printable
from digitreader.errors import SourceError
from digitreader.values import ColourImage, Frame

# FFmpeg's messages about a file that ends before its last frame, or about a damaged frame
DAMAGE = re.compile(
    r"prematurely|partial file|truncat|overread|damaged|corrupt|bad vlc|error (count|y=|at MB|while decoding)",
    re.IGNORECASE,
)

COUNT_TOLERANCE = 2


class Video(PlainSource):
    """A video file, opened.

    Raises:
        SourceError: the file is missing, empty or no video, or its frames are too large.
    """

    live = True

    def __init__(self, path: Path) -> None:
        self.name = printable(path)
        self._exact = promises_exactly(_checked_head(path, self.name))
        self._file = path.open("rb")
        # OpenCV crashes on a name that is not UTF-8, so the kernel's name for the open file is given; on other systems
        # the whole path, since FFmpeg takes a text before a colon for a protocol
        odd = self.name != str(path)
        target = f"/proc/self/fd/{self._file.fileno()}" if odd else str(path.absolute())
        # with one thread FFmpeg reports a damaged frame while that frame is read, and not later
        options = ffmpeg_options("file", TrustSettings())
        self._coded: Capture | None = None
        self._capture = Capture(target, cv2.CAP_FFMPEG, (cv2.CAP_PROP_N_THREADS, 1), options=options)
        if not self._capture.opened:
            self.__exit__(None, None, None)
            raise SourceError(_refusal(self.name, exact=self._exact))
        self.frame_count = self._capture.frame_count or None
        # a later frame may be larger than the first one, and decoding it takes the memory that its own head asks for
        try:
            check_frames(self._capture.size_wh, self.name)
            if not self._capture.is_coded_by_differences:
                self._coded = self._coded_frames(target, options)
        except SourceError:
            self.__exit__(None, None, None)
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._capture.__exit__(kind, error, traceback)
        if self._coded is not None:
            self._coded.__exit__(kind, error, traceback)
        self._file.close()

    def frames(self) -> Iterator[Frame]:
        """Give every complete frame; damaged frames are left out.

        Raises:
            SourceError: frames were damaged, a frame is too large, or the video is cut short; the others were given.
        """
        index, damaged, clock = 0, 0, FilmClock(self._capture)
        is_cut = False
        while (image := self._next()) is not None:
            is_cut, time_s = self._complains(), clock.time_s()
            damaged += is_cut
            if not is_cut:
                yield Frame(image, self.name, index, time_s)
            index += 1
        if index == 0:
            raise SourceError(f"{self.name}: holds no frames; record this video again")
        promised = (self.frame_count or 0) if self._exact else 0
        if is_cut or self._complains() or index < promised - COUNT_TOLERANCE:
            of = f" of {promised}" if promised else ""
            raise SourceError(f"{self.name}: ends too early, after {index - damaged}{of} frames; copy it again")
        if damaged:
            are = "is" if damaged == 1 else "are"
            raise SourceError(f"{self.name}: {damaged} of {index} frames {are} damaged; the others were read")

    def _next(self) -> ColourImage | None:
        if self._coded is not None:
            check_frames(self._coded.coded_size_wh(), self.name)
        return self._capture.read()

    @staticmethod
    def _coded_frames(target: str, options: str) -> Capture:
        """The same frames, undecoded; only for JPEG frames."""
        coded = Capture(target, cv2.CAP_FFMPEG, options=options)
        coded.leave_damaged_out()
        return coded

    def _complains(self) -> bool:
        return bool(DAMAGE.search(self._capture.chatter))


def _checked_head(path: Path, name: str) -> bytes:
    try:
        head = read_head(path)
    except OSError as error:
        raise SourceError(f"{name}: cannot be read ({error.strerror}); give a video file") from error
    if not head:
        raise SourceError(f"{name}: is empty; give a video file")
    return head


def _refusal(name: str, *, exact: bool) -> str:
    if exact:
        return f"{name}: is cut short or damaged, so that its table of frames is missing; copy this video again"
    return f"{name}: is not a video that can be decoded; give an MP4, AVI, MKV, MOV or WebM file"
