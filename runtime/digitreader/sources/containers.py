"""Video files as they look from outside: told by their names and first bytes, without OpenCV."""

from __future__ import annotations

from pathlib import Path

from digitreader.sources.header import AVIF_BRANDS, HEIC_BRANDS

SUFFIXES = frozenset(
    {".mp4", ".m4v", ".mov", ".avi", ".mkv", ".webm", ".mpg", ".mpeg", ".ts", ".wmv", ".flv", ".3gp", ".ogv", ".h264"}
)
HEAD_BYTES = 16

MATROSKA, MPEG, FLASH = b"\x1aE\xdf\xa3", b"\0\0\x01\xba", b"FLV\x01"


def is_video(path: Path) -> bool:
    """Tell a video by its suffix or by how it begins; False where the file cannot be read."""
    if path.suffix.lower() in SUFFIXES:
        return True
    try:
        head = read_head(path)
    except OSError:
        return False
    return head.startswith((MATROSKA, MPEG, FLASH)) or promises_exactly(head)


def read_head(path: Path) -> bytes:
    """Read the first bytes of a file; fewer where it is shorter.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        return file.read(HEAD_BYTES)


def promises_exactly(head: bytes) -> bool:
    """True for MP4, MOV and AVI, which say how many frames they have; others leave it to be guessed from the time."""
    return head[8:12] == b"AVI " or (head[4:8] == b"ftyp" and head[8:12] not in HEIC_BRANDS + AVIF_BRANDS)
