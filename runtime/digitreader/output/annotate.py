"""Annotated pictures in a folder: one for each picture that was read, one for each steady number of a stream."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from itertools import count
from pathlib import Path

import cv2

from digitreader.camera.opening import is_camera
from digitreader.errors import OutputError
from digitreader.host.files import write_atomically
from digitreader.output.overlay import draw_page
from digitreader.output.rotating_file import RetainedFiles, refuse_nearly_full
from digitreader.output.sink import Sink
from digitreader.values import Frame, Page

MARK = ".read"
MAX_JPEG_SIDE_PX = 65_500
QUALITY = [cv2.IMWRITE_JPEG_QUALITY, 92, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444]


class AnnotateSink(Sink):
    """Save what was read as pictures. Pictures of an earlier run are replaced, but never an input.

    Pictures of a camera are not replaced: in each run it shows something else, and its frames are counted from 0.

    Args:
        folder: the folder for the pictures; it is made if it is missing.
        inputs: what is being read.
        keep_bytes: the most bytes that such pictures in the folder may take; the oldest are deleted. None keeps all.

    Raises:
        OutputError: the folder cannot be made or written to.
    """

    def __init__(self, folder: Path, *, inputs: Iterable[str] = (), keep_bytes: int | None = None) -> None:
        self._folder = writable_folder(folder)
        self._kept = {identity for name in inputs if (identity := identity_of(Path(name))) is not None}
        self._taken: set[str] = set()
        self._streams: dict[str, tuple[str, int, int]] = {}
        earlier = (path for path in folder.glob(f"*{MARK}*.[jp][pn]g") if identity_of(path) not in self._kept)
        self._all = None if keep_bytes is None else RetainedFiles(earlier, keep_bytes)

    @property
    def needs_image(self) -> bool:
        """True: it draws on them."""
        return True

    def picture(self, page: Page, frame: Frame) -> None:
        """Save ``NAME.read.jpg``, and ``NAME-page2.read.jpg`` for the second page of a file."""
        number = f"-page{page.frame + 1}" if page.frame else ""
        self._save(f"{_stem(page.source)}{number}{MARK}", page, frame, taken=self._taken)

    def change(self, page: Page, frame: Frame) -> None:
        """Save ``NAME-FRAME.read.jpg``."""
        name = f"{_stem(page.source)}-{page.frame:06d}{MARK}"
        # names of frames are not remembered: those of a year would fill the memory
        self._save(name, page, frame, taken=set(), first=self._turn_of(page), keep=is_camera(page.source))

    def doubtful(self, page: Page, frame: Frame) -> None:
        """Save ``NAME-FRAME.doubtful.read.jpg``."""
        name = f"{_stem(page.source)}-{page.frame:06d}.doubtful{MARK}"
        self._save(name, page, frame, taken=set(), first=self._turn_of(page), keep=is_camera(page.source))

    def _turn_of(self, page: Page) -> int:
        """How many streams of this name this run has begun, with this one."""
        stem = _stem(page.source)
        source, frame, turn = self._streams.get(stem, (page.source, page.frame, 0))
        turn += source != page.source or page.frame <= frame
        self._streams[stem] = (page.source, page.frame, turn)
        return turn

    def _save(
        self, name: str, page: Page, frame: Frame, *, taken: set[str], first: int = 1, keep: bool = False
    ) -> None:
        refuse_nearly_full(self._folder)
        drawn = draw_page(frame, page)
        suffix = ".jpg" if max(drawn.shape) <= MAX_JPEG_SIDE_PX else ".png"
        _, encoded = cv2.imencode(suffix, drawn, QUALITY if suffix == ".jpg" else [])
        path = self._free_path(name, suffix, taken, first, keep=keep)
        write_atomically(path, encoded.tobytes())
        if self._all is not None:
            self._all.add(path)

    def _free_path(self, name: str, suffix: str, taken: set[str], first: int, *, keep: bool) -> Path:
        names = (f"{name}{suffix}" if number == 1 else f"{name}-{number}{suffix}" for number in count(first))
        free = next(n for n in names if n not in taken and self._may_be_written(self._folder / n, keep=keep))
        taken.add(free)
        return self._folder / free

    def _may_be_written(self, path: Path, *, keep: bool) -> bool:
        identity = identity_of(path)
        return identity is None or not (keep or identity in self._kept)


class DoubtfulPicturesSink(AnnotateSink):
    """Save only the pictures of doubtful numbers; otherwise as `AnnotateSink`."""

    def picture(self, page: Page, frame: Frame) -> None:
        """Nothing is saved."""

    def change(self, page: Page, frame: Frame) -> None:
        """Nothing is saved."""


def writable_folder(folder: Path) -> Path:
    """Make a folder for results if it is missing.

    Raises:
        OutputError: it cannot be made, is not a folder, or nothing may be written into it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder}: cannot be made ({error.strerror}); choose another folder") from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise OutputError(f"{folder}: nothing may be written into it; choose another folder")
    return folder


def _stem(source: str) -> str:
    if source.isdecimal():
        return f"camera{source}"
    name = re.sub(r"\.\w{1,5}$", "", source.rstrip("/").rpartition("/")[2])
    return re.sub(r"[^\w.-]+", "-", name).strip("-.") or "stdin"


def identity_of(path: Path) -> tuple[int, int] | None:
    """Device and inode, which are equal for two names of one file; None if there is no file."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
