"""Finds the files that match a shell-style pattern; ``**`` enters each folder once, also if links lead back to it."""

from __future__ import annotations

import glob
import os
from collections.abc import Callable, Iterator
from pathlib import Path

ANY_FOLDERS = "**"


def paths_matching(pattern: str, on_folder_again: Callable[[str], None]) -> Iterator[str]:
    """Give what matches a pattern, in no order; with several ``**`` a name may come more than once.

    Args:
        pattern: with ``*``, ``?`` or ``[...]``; ``**`` is any number of folders, without hidden ones.
        on_folder_again: is called with each link or folder that is not entered, because its files were given before.
    """
    parts = pattern.split(os.sep)  # noqa: PTH206 # Path would drop the ./
    if ANY_FOLDERS not in parts:
        yield from glob.iglob(pattern)  # noqa: PTH207 # Path.glob takes no absolute pattern
        return
    at = parts.index(ANY_FOLDERS)
    head = "".join(part + os.sep for part in parts[:at])
    tail = pattern[len(head) + len(ANY_FOLDERS) + 1 :] or "*"
    for begin in glob.iglob(head) if head else [""]:  # noqa: PTH207 # as above
        for folder in _folders_below(begin, {identity_of(Path(begin))}, on_folder_again):
            yield from paths_matching(glob.escape(folder) + tail, on_folder_again)


def _folders_below(folder: str, seen: set[tuple[int, int]], on_folder_again: Callable[[str], None]) -> Iterator[str]:
    """Give a folder and every folder below it once, each with a slash at its end; the current folder is empty."""
    yield folder
    for path in sorted(glob.iglob(f"{glob.escape(folder)}*/")):  # noqa: PTH207 # as above
        if (identity := identity_of(Path(path))) in seen:
            on_folder_again(path.rstrip(os.sep))
        else:
            seen.add(identity)
            yield from _folders_below(path, seen, on_folder_again)


def identity_of(folder: Path) -> tuple[int, int]:
    """The device and inode of a folder, which are the same for every link to it; zeros if it cannot be looked up."""
    try:
        status = folder.stat()
    except OSError:
        return 0, 0
    return status.st_dev, status.st_ino
