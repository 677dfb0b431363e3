"""Keeping: how much of the past stays on the disk, in halves: what is being written, and what was before it."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from itertools import count
from pathlib import Path

from digitreader.errors import OutputError

KEPT_FREE_BYTES = 64 << 20
"""So much is left to the rest of the system ..."""
KEPT_FREE_SHARE = 0.05
"""... or, of a small disk, so much of it."""


def is_nearly_full(total_bytes: int, free_bytes: int) -> bool:
    """Whether a disk is too full for records."""
    return free_bytes < min(KEPT_FREE_BYTES, KEPT_FREE_SHARE * total_bytes)


def refuse_nearly_full(folder: Path) -> None:
    """Look at the disk before something is written to it.

    Raises:
        OutputError: it is nearly full.
    """
    disk = shutil.disk_usage(folder)
    if is_nearly_full(disk.total, disk.free):
        raise OutputError(f"{folder}: the disk is nearly full; make room")


def previous_of(path: Path) -> Path:
    """Where the first half lies: ``log.1.jsonl`` beside ``log.jsonl``."""
    return path.with_name(f"{path.stem}.1{path.suffix}")


def free_name(path: Path) -> Path:
    """The first of ``NAME.1.SUFFIX``, ``NAME.2.SUFFIX`` and so on that is not there yet."""
    names = (path.with_name(f"{path.stem}.{number}{path.suffix}") for number in count(1))
    return next(name for name in names if not name.exists())


def put_aside(path: Path) -> None:
    """Make a file the first half, in place of the one before; without a file, nothing happens."""
    if path.exists():
        path.replace(previous_of(path))


def size_of(path: Path) -> int:
    """A file's bytes; 0 where somebody took it away."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


class KeptFiles:
    """Files that together may take so many bytes; the oldest go.

    Args:
        earlier: what was left by earlier runs and may be removed.
        keep_bytes: the most that all may take; the newest one stays however large it is.
    """

    def __init__(self, earlier: Iterable[Path], keep_bytes: int) -> None:
        oldest_first = sorted((path.stat().st_mtime_ns, path) for path in earlier)
        self._sizes = {path: size_of(path) for _, path in oldest_first}
        self._keep_bytes = keep_bytes
        self._total = sum(self._sizes.values())

    def add(self, path: Path) -> None:
        """A file was written: remove the oldest until there is room for it."""
        self._total -= self._sizes.pop(path, 0)
        self._sizes[path] = size_of(path)
        self._total += self._sizes[path]
        while self._total > self._keep_bytes and len(self._sizes) > 1:
            oldest = next(iter(self._sizes))
            oldest.unlink(missing_ok=True)
            self._total -= self._sizes.pop(oldest)
