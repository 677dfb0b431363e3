"""Watches a folder: gives each new picture once, when it is complete."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

from digitreader.camera.folder import is_picture, natural_key
from digitreader.camera.source import Notice, OnNotice, printable
from digitreader.errors import SourceError

HEAD_BYTES, TAIL_BYTES = 12, 64
JPEG_BEGIN, JPEG_END = b"\xff\xd8", b"\xff\xd9"
PNG_BEGIN, PNG_END = b"\x89PNG", b"IEND"


def has_end_marker(path: Path) -> bool:
    """Whether the first and last bytes of a file show that it is a complete JPEG, PNG, BMP or WebP picture.

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


LOOK_EVERY_S = 0.25
SETTLED_LOOKS = 8
"""Number of polls without a change in size after which a file without an end marker counts as complete."""

Fingerprint = tuple[int, int, int]
"""Inode, size in bytes and time of the last change in ns: if one of these changes, it is another picture."""


class WatchedFolder:
    """Finds new pictures by listing the folder again and again, which also works on network drives.

    Args:
        folder: the folder in which pictures appear.
        new_only: ignore the pictures that are there already.

    Raises:
        SourceError: the folder cannot be listed.
    """

    def __init__(self, folder: Path, *, new_only: bool = False) -> None:
        self._folder = folder
        self._looked_into: dict[Path, tuple[Fingerprint, bool]] = {}
        self._seen_last = self._list()
        self._known = self._seen_last if new_only else {}
        self._same: dict[Path, int] = {}

    def look(self) -> list[Path]:
        """List the pictures that are new and complete, in natural order.

        A picture is complete when it is not empty, has the end marker of its kind, and has not changed since the last
        look. A kind without an end marker must be unchanged for longer.

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
            marks = {path: mark for path in self._folder.iterdir() if (mark := _fingerprint(path)) is not None}
        except OSError as error:
            said = f"{printable(self._folder)}: cannot be listed ({error.strerror}); check that it exists"
            raise SourceError(said) from error
        # read a file only once, not four times a second
        self._looked_into = {path: self._look_into(path, mark) for path, mark in marks.items()}
        return {path: mark for path, (mark, is_one) in self._looked_into.items() if is_one}

    def _look_into(self, path: Path, mark: Fingerprint) -> tuple[Fingerprint, bool]:
        before = self._looked_into.get(path)
        return before if before is not None and before[0] == mark else (mark, is_picture(path))


def new_pictures(
    folder: Path, *, tell: OnNotice, new_only: bool = False, look_every_s: float = LOOK_EVERY_S
) -> Iterator[list[Path]]:
    """Give the new pictures of a folder for ever, each time all that have appeared.

    Args:
        folder: the folder in which pictures appear.
        tell: is called once when the folder can no longer be listed, and once when it can again.
        new_only: leave out those that are there at the beginning.
        look_every_s: how long to wait between two looks.

    Raises:
        SourceError: the folder cannot be listed at the beginning.
    """
    watched, name = WatchedFolder(folder, new_only=new_only), printable(folder)
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
        if found:
            yield found
        time.sleep(look_every_s)


def _fingerprint(path: Path) -> Fingerprint | None:
    try:
        status = path.stat()
    except OSError:  # it is gone already
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns
