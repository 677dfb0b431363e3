"""The parts of a PNG file, for pictures that OpenCV does not write."""

from __future__ import annotations

import struct
import zlib

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def png_chunk(kind: bytes, content: bytes) -> bytes:
    """A chunk: its length, its kind of four letters, its content and their checksum."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
