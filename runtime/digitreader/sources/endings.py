"""How a picture's file ends: whether all of it is there, as far as that can be told without decoding it."""

from __future__ import annotations

import os
from pathlib import Path

HEAD_BYTES, TAIL_BYTES = 12, 64
JPEG_BEGIN, JPEG_END = b"\xff\xd8", b"\xff\xd9"
PNG_BEGIN, PNG_END = b"\x89PNG", b"IEND"


def ends_as_its_kind(path: Path) -> bool:
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
