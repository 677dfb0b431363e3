"""Animated WebP files: their chunks, and each frame as a WebP of its own.

Source: Google, "WebP Container Specification".
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from digitreader.sources.animation.patch import MISSING, Disposal, Patch
from digitreader.values import Box

CHUNKS_AT = 12
SEE_THROUGH = 0x10
FRAME_HEAD_BYTES = 16
REPLACES, CLEARS = 0b10, 0b01
PICTURE_KINDS = (b"ALPH", b"VP8 ", b"VP8L")


def webp_patches(data: bytes) -> Iterator[Patch]:
    """Give each frame of an animated WebP file; `MISSING` at the end where the file is cut short.

    Raises:
        struct.error: the head is cut short.
    """
    (promised,) = struct.unpack_from("<I", data, 4)
    whole = True
    for kind, content, whole in _chunks(data, CHUNKS_AT):
        if kind == b"ANMF" and whole:
            yield _patch(content)
    if not whole or len(data) < promised + 8:
        yield MISSING


def webp_exif(data: bytes) -> bytes:
    """EXIF's block; empty where there is none."""
    return next((content for kind, content, _ in _chunks(data, CHUNKS_AT) if kind == b"EXIF"), b"")


def _patch(frame: bytes) -> Patch:
    if len(frame) < FRAME_HEAD_BYTES:
        return MISSING
    x, y, width, height = (int.from_bytes(frame[at : at + 3], "little") for at in (0, 3, 6, 9))
    box = Box(2 * x, 2 * y, width + 1, height + 1)
    parts = {kind: content for kind, content, _ in _chunks(frame, FRAME_HEAD_BYTES) if kind in PICTURE_KINDS}
    chunks = b"".join(_as_chunk(kind, parts[kind]) for kind in PICTURE_KINDS if kind in parts)
    if b"ALPH" in parts:  # a file with a chunk for its transparency says so in its head
        chunks = _as_chunk(b"VP8X", bytes([SEE_THROUGH, 0, 0, 0]) + frame[6:12]) + chunks
    flags = frame[FRAME_HEAD_BYTES - 1]
    disposal = Disposal.CLEAR if flags & CLEARS else Disposal.KEEP
    return Patch(_as_chunk(b"RIFF", b"WEBP" + chunks), box, not flags & REPLACES, disposal)


def _chunks(data: bytes, at: int) -> Iterator[tuple[bytes, bytes, bool]]:
    """Kind, content, and whether all of it is there."""
    while at + 8 <= len(data):
        kind, length = struct.unpack_from("<4sI", data, at)
        content = data[at + 8 : at + 8 + length]
        yield kind, content, len(content) == length
        at += 8 + length + (length & 1)


def _as_chunk(kind: bytes, content: bytes) -> bytes:
    return kind + struct.pack("<I", len(content)) + content + bytes(len(content) & 1)
