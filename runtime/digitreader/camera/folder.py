"""A folder of pictures: those that are there, and those that are put into it."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

from digitreader.camera.source import Notice, OnNotice, printable
from digitreader.errors import SourceError

HEAD_BYTES, TAIL_BYTES = 12, 64
JPEG_BEGIN, JPEG_END = b"\xff\xd8", b"\xff\xd9"
PNG_BEGIN, PNG_END = b"\x89PNG", b"IEND"


def has_end_marker(path: Path) -> bool:
    """Whether a file is a whole JPEG, PNG, BMP or WebP picture by its first and last bytes; False where none can tell.

    Some programs write a few bytes more behind a picture, which does not matter.
    """
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - TAIL_BYTES))
            tail = file.read(TAIL_BYTES)
    except OSError:
        return False
    if head.startswith(JPEG_BEGIN):
        return JPEG_END in tail
    if head.startswith(PNG_BEGIN):
        return PNG_END in tail
    if head.startswith(b"BM"):
        return size >= int.from_bytes(head[2:6], "little")
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return size >= int.from_bytes(head[4:8], "little") + 8
    return False


SUFFIXES = frozenset({".jpg", ".jpeg", ".jpe", ".png", ".gif", ".bmp", ".dib", ".webp", ".tif", ".tiff"})


def pictures_in(folder: Path) -> list[Path]:
    """List a folder's pictures by their suffixes: not its subfolders', not hidden ones; 2.jpg comes before 10.jpg.

    Raises:
        SourceError: the folder cannot be listed, or holds no picture.
    """
    name = printable(folder)
    try:
        pictures = [path for path in folder.iterdir() if is_picture(path)]
    except OSError as error:
        raise SourceError(f"{name}: cannot be listed ({error.strerror}); check its permissions") from error
    if not pictures:
        known = " ".join(sorted(SUFFIXES))
        raise SourceError(f"{name}: holds no pictures; need files that end in one of {known}")
    return sorted(pictures, key=lambda path: natural_key(path.name))


def natural_key(name: str) -> tuple[list[tuple[int, int, str]], str]:
    """Sort by the numbers within names as numbers, without regard to case; by the plain name where that ties."""
    parts = re.findall(r"[0-9]+|[^0-9]+", name.casefold())
    return [(0, int(part), "") if part[0] in "0123456789" else (1, 0, part) for part in parts], name


def is_picture(path: Path) -> bool:
    """True for a file whose suffix is a picture's, and that is not hidden."""
    return path.suffix.lower() in SUFFIXES and not path.name.startswith(".") and path.is_file()


LOOK_EVERY_S = 0.25
SETTLED_LOOKS = 8
"""Number of polls without a change in size after which a file without an end marker counts as complete."""

Fingerprint = tuple[int, int, int]
"""Inode, size in bytes and time of the last change in ns: a file with another one is another picture."""


class WatchedFolder:
    """Tells of new pictures by looking again and again, which works on network drives as well.

    Args:
        folder: where pictures come; those that are there already are none of them.

    Raises:
        SourceError: the folder cannot be listed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known = self._list()
        self._seen_last = self._known
        self._same: dict[Path, int] = {}

    def look(self) -> list[Path]:
        """List the pictures that are new and whole, in natural order.

        A picture is whole when it is not empty, ends as its kind does, and was the same at the look before; what has no
        such end must have been the same for longer.

        Raises:
            SourceError: the folder cannot be listed.
        """
        now = self._list()
        still = {path for path, mark in now.items() if mark[1] and self._seen_last.get(path) == mark}
        self._same = {path: self._same.get(path, 0) + 1 for path in still}
        fresh = [path for path in still if self._known.get(path) != now[path]]
        new = [path for path in fresh if self._same[path] >= SETTLED_LOOKS or has_end_marker(path)]
        self._known = {path: mark for path, mark in self._known.items() if path in now}
        self._known |= {path: now[path] for path in new}
        self._seen_last = now
        return sorted(new, key=lambda path: natural_key(path.name))

    def _list(self) -> dict[Path, Fingerprint]:
        try:
            paths = [path for path in self._folder.iterdir() if is_picture(path)]
        except OSError as error:
            said = f"{printable(self._folder)}: cannot be listed ({error.strerror}); check that it exists"
            raise SourceError(said) from error
        return {path: mark for path in paths if (mark := _fingerprint(path)) is not None}


def new_pictures(folder: Path, *, tell: OnNotice, look_every_s: float = LOOK_EVERY_S) -> Iterator[Path]:
    """Give each new picture of a folder for ever.

    Args:
        folder: where pictures come.
        tell: is told once when the folder cannot be listed any more, and once when it can again.
        look_every_s: how long to wait between two looks.

    Raises:
        SourceError: the folder cannot be listed at the beginning.
    """
    watched, name = WatchedFolder(folder), printable(folder)
    interrupted = False
    while True:
        try:
            found = watched.look()
        except SourceError as error:
            found = []
            if not interrupted:
                tell(Notice(name, True, str(error)))
            interrupted = True
        else:
            if interrupted:
                tell(Notice(name, False, f"{name}: can be listed again"))
            interrupted = False
        yield from found
        time.sleep(look_every_s)


def _fingerprint(path: Path) -> Fingerprint | None:
    try:
        status = path.stat()
    except OSError:  # it is gone already
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns
