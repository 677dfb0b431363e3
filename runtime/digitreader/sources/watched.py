"""A folder that is watched: each picture that comes into it, once it is whole."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from digitreader.errors import SourceError
from digitreader.live.notice import Heed, Notice
from digitreader.sources.endings import ends_as_its_kind
from digitreader.sources.folder import is_picture, natural_key
from digitreader.sources.naming import printable

LOOK_EVERY_S = 0.25
SETTLED_LOOKS = 8
"""What does not end as a picture does is whole when so many looks, two seconds, found it the same: a copy may pause."""

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
        new = [path for path in fresh if self._same[path] >= SETTLED_LOOKS or ends_as_its_kind(path)]
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


def new_pictures(folder: Path, *, tell: Heed, look_every_s: float = LOOK_EVERY_S) -> Iterator[Path]:
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
