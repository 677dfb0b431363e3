"""A folder: its pictures, in the order in which a person would count them."""

from __future__ import annotations

import re
from pathlib import Path

from digitreader.errors import SourceError
from digitreader.sources.naming import printable

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
