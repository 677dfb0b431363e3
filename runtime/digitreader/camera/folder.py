"""Turns folders, patterns and lists of names into the files that can be read; skipped files are counted and named."""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from digitreader.camera.file_pattern import identity_of, paths_matching
from digitreader.camera.image_header import AVIF_BRANDS, HEIC, is_video, read_head, read_header
from digitreader.camera.source import printable
from digitreader.errors import SourceError, UsageError
from digitreader.host.files import read_limited
from digitreader.host.messages import print_detail
from digitreader.host.waiting import wait_announced

SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".apng", ".gif", ".bmp", ".dib", ".webp", ".tif", ".tiff"}
    | {".avif", ".jp2", ".pbm", ".pgm", ".ppm", ".pnm", ".pam", ".pfm", ".ras", ".sr", ".hdr"}
)
HEIC_SUFFIXES = frozenset({".heic", ".heif"})
JPEG_2000, RADIANCE, SUN_RASTER = b"\0\0\0\x0cjP  ", b"#?RADIANCE", b"Y\xa6j\x95"

PICTURE, VIDEO, OTHER = "picture", "video", "other"
"""The kinds of files. There is one more, `HEIC`, for pictures that cannot be decoded."""

HIDDEN_NAME, SUB_FOLDER, NO_PICTURE, BEYOND = "hidden file", "sub-folder", "file that is not a picture", "picture"
NOT_WATCHED = "folder that is not watched"
SEEN_BEFORE = "folder that a link leads back to"
HINTS = {
    SUB_FOLDER: "--recursive reads sub-folders too",
    HEIC: "cannot be decoded here; convert to JPEG",
    BEYOND: "more than --frames allows",
}
MANY = {
    NO_PICTURE: "files that are not pictures",
    NOT_WATCHED: "folders that are not watched",
    SEEN_BEFORE: "folders that a link leads back to",
    HEIC: "HEIC pictures",
}
MOST_LIST_BYTES = 200_000_000
NAMED = 3
"""How many names of skipped files are listed for each reason."""


@dataclass
class SkippedFiles:
    """The skipped files by reason: how many there are, and the names of the first ones."""

    counts: dict[str, int] = field(default_factory=dict)
    first: dict[str, list[str]] = field(default_factory=dict)

    def add(self, reason: str, name: str) -> None:
        """Count one more."""
        print_detail(f"skipped: {printable(name)}, a {reason}")
        self.counts[reason] = self.counts.get(reason, 0) + 1
        named = self.first.setdefault(reason, [])
        if len(named) < NAMED:
            named.append(printable(name))

    def __str__(self) -> str:
        """All reasons in one line; empty if nothing was skipped."""
        return ", ".join(self._line(reason, count) for reason, count in self.counts.items())

    def _line(self, reason: str, count: int) -> str:
        one = "HEIC picture" if reason == HEIC else reason
        what = one if count == 1 else MANY.get(reason, f"{one}s")
        names = ", ".join(self.first[reason]) + (", ..." if count > NAMED else "")
        hint = f"; {HINTS[reason]}" if reason in HINTS else ""
        return f"{count:,} {what} ({names}{hint})"


def kind_of_file(path: Path) -> str:
    """The kind of a file, by its suffix or, if that is not known, by its first bytes.

    Returns:
        `PICTURE`, `VIDEO`, `OTHER` or `HEIC`. A pipe or a device is never opened and is always `OTHER`.
    """
    if _is_pipe_or_device(path):
        return OTHER
    suffix = path.suffix.lower()
    if suffix in SUFFIXES | HEIC_SUFFIXES:
        return PICTURE if suffix in SUFFIXES else HEIC
    if is_video(path):
        return VIDEO
    try:
        head = read_head(path)
    except OSError:
        return OTHER
    header = read_header(head)
    if header is not None:
        return HEIC if header.kind == HEIC else PICTURE
    is_avif = head[4:8] == b"ftyp" and head[8:12] in AVIF_BRANDS
    return PICTURE if is_avif or head.startswith((JPEG_2000, RADIANCE, SUN_RASTER)) else OTHER


def _is_pipe_or_device(path: Path) -> bool:
    try:
        mode = path.stat().st_mode
    except OSError:  # reading it gives the error
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def is_picture(path: Path) -> bool:
    """True for a picture that can be decoded, by its suffix or its first bytes, and that is not hidden."""
    return not path.name.startswith(".") and path.is_file() and kind_of_file(path) == PICTURE


def pictures_in(folder: Path) -> list[Path]:
    """List the pictures in a folder, without sub-folders, hidden files and videos; 2.jpg comes before 10.jpg.

    Raises:
        SourceError: the folder cannot be listed, or has no pictures.
    """
    pictures = [path for path in _entries_of(folder) if is_picture(path)]
    if not pictures:
        raise SourceError(f"{printable(folder)}: holds no pictures; need files that are a picture by suffix or content")
    return pictures


def readable_in(folder: Path, skipped: SkippedFiles, *, recursive: bool = False) -> Iterator[Path]:
    """Give the pictures and videos of a folder in natural order; files come before sub-folders.

    Args:
        folder: the folder to list.
        skipped: collects everything else.
        recursive: list sub-folders too; links are followed, but no folder is listed twice. A folder that cannot be
            listed is given like a file, so that reading it gives the error.

    Raises:
        SourceError: the folder itself cannot be listed.
    """
    yield from _readable_in(folder, skipped, recursive, {identity_of(folder)})


def _readable_in(folder: Path, skipped: SkippedFiles, recursive: bool, seen: set[tuple[int, int]]) -> Iterator[Path]:
    sub_folders: list[Path] = []
    for path in _entries_of(folder):
        if path.name.startswith("."):
            skipped.add(HIDDEN_NAME, str(path))
        elif path.is_dir():
            sub_folders.append(path)
        elif (kind := kind_of_file(path)) in {PICTURE, VIDEO}:
            yield path
        else:
            skipped.add(HEIC if kind == HEIC else NO_PICTURE, str(path))
    for path in sub_folders:
        if not recursive:
            skipped.add(SUB_FOLDER, str(path))
        elif (identity := identity_of(path)) in seen:
            skipped.add(SEEN_BEFORE, str(path))
        else:
            seen.add(identity)
            try:
                yield from _readable_in(path, skipped, recursive, seen)
            except SourceError:
                yield path


def unread_in_watched(folder: Path) -> SkippedFiles:
    """What a watched folder holds now and is not read; nothing if it cannot be listed."""
    skipped = SkippedFiles()
    with suppress(SourceError):
        for path in _entries_of(folder):
            if path.name.startswith("."):
                skipped.add(HIDDEN_NAME, str(path))
            elif path.is_dir():
                skipped.add(NOT_WATCHED, str(path))
            elif (kind := kind_of_file(path)) != PICTURE:
                skipped.add(HEIC if kind == HEIC else NO_PICTURE, str(path))
    return skipped


def _entries_of(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir(), key=lambda path: natural_key(path.name))
    except OSError as error:
        said = f"{printable(folder)}: cannot be listed ({error.strerror}); check its permissions"
        raise SourceError(said) from error


def natural_key(name: str) -> tuple[list[tuple[int, int, str]], str]:
    """A sort key that compares numbers in names by value and ignores case; equal keys are sorted by the plain name."""
    parts = re.findall(r"[0-9]+|[^0-9]+", name.casefold())
    return [(0, int(part), "") if part[0] in "0123456789" else (1, 0, part) for part in parts], name


def files_matching(pattern: str, skipped: SkippedFiles, *, recursive: bool = False) -> Iterator[str]:
    """Give the files that match a shell-style pattern, in natural order; ``**`` is any number of folders.

    Args:
        pattern: with ``*``, ``?`` or ``[...]``.
        skipped: collects matches that are neither pictures nor videos.
        recursive: folders that match are read with their sub-folders; else they are skipped.

    Raises:
        SourceError: nothing matches.
    """
    matches = sorted(set(paths_matching(pattern, lambda path: skipped.add(SEEN_BEFORE, path))), key=natural_key)
    if not matches:
        raise SourceError(f"{printable(pattern)}: no file matches this pattern; check it with ls")
    for name in matches:
        path = Path(name)
        if path.is_dir():
            if recursive and "**" not in pattern:
                yield from map(str, readable_in(path, skipped, recursive=True))
            elif "**" not in pattern:  # ** also matches the folders themselves
                skipped.add(SUB_FOLDER, name)
        elif (kind := kind_of_file(path)) in {PICTURE, VIDEO}:
            yield name
        else:
            skipped.add(HEIC if kind == HEIC else NO_PICTURE, name)


def names_from(list_file: str) -> list[str]:
    """Read a list of files: one name on each line, or with NUL behind each name, as ``find -print0`` writes them.

    Args:
        list_file: ``-`` for stdin. All names in it are files: ``0`` is not a camera.

    Raises:
        SourceError: the list cannot be read.
        UsageError: stdin is a terminal or closed.
    """
    if list_file == "-" and (sys.stdin is None or sys.stdin.isatty()):
        raise UsageError(
            "--files-from -: no list on stdin; pipe one in: find scans -name '*.png' | digitreader read ..."
        )
    try:
        data = _list_on_stdin() if list_file == "-" else read_limited(Path(list_file), MOST_LIST_BYTES)
    except OSError as error:
        said = f"{printable(list_file)}: the list of files cannot be read ({error.strerror}); check --files-from"
        raise SourceError(said) from error
    names = data.split(b"\0") if b"\0" in data else data.splitlines()
    return [_as_file(os.fsdecode(name)) for name in names if name.strip()]


def _list_on_stdin() -> bytes:
    with wait_announced("--files-from -: waiting until a list is written to stdin"):
        return sys.stdin.buffer.read(MOST_LIST_BYTES)


def _as_file(name: str) -> str:
    return name if os.sep in name else os.path.join(os.curdir, name)  # noqa: PTH118 # Path would drop the ./


def first_of(names: Iterable[str], most: int | None, skipped: SkippedFiles) -> Iterator[str]:
    """Give at most this many; the others are skipped. None gives all."""
    rest = iter(names)
    yield from islice(rest, None if most is None else min(most, sys.maxsize))
    for name in rest:
        skipped.add(BEYOND, name)
