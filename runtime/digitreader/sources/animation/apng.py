"""Animated PNG files: their chunks, and each frame as a PNG of its own.

Source: W3C, "Portable Network Graphics (PNG) Specification (Third Edition)", section 4.9.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from itertools import takewhile
from typing import NamedTuple

from digitreader.sources.animation.patch import MISSING, Disposal, Patch
from digitreader.values import Box

SIGNATURE = b"\x89PNG\r\n\x1a\n"
DISPOSALS = (Disposal.KEEP, Disposal.CLEAR, Disposal.RESTORE)
SEQUENCE_BYTES, CONTROL_BYTES = 4, 26


class _Chunk(NamedTuple):
    """A chunk, and whether its checksum is right."""

    kind: bytes
    content: bytes
    whole: bool


def apng_patches(data: bytes) -> Iterator[Patch]:
    """Give each frame of an animated PNG file; `MISSING` at the end where there are fewer than the file says.

    A picture that is only for programs that know no animations is no frame.

    Raises:
        struct.error: the chunk that announces the animation is cut short.
    """
    (promised,) = struct.unpack_from(">I", data, data.find(b"acTL") + 4)
    head, control, given = _shared_chunks(data), b"", 0
    pixels, whole = bytearray(), True
    for kind, content, intact in _chunks(data):
        if kind in (b"fcTL", b"IEND"):
            if control:
                yield _patch(head, control, bytes(pixels) if whole else b"")
                given += 1
            control, pixels, whole = content, bytearray(), True
        elif kind in (b"IDAT", b"fdAT"):
            pixels += content if kind == b"IDAT" else content[SEQUENCE_BYTES:]
            whole = whole and intact
    if given < promised:
        yield MISSING


def apng_exif(data: bytes) -> bytes:
    """EXIF's block; empty where there is none before the first pixels."""
    return next((chunk.content for chunk in _shared_chunks(data) if chunk.kind == b"eXIf"), b"")


def _chunks(data: bytes) -> Iterator[_Chunk]:
    at = len(SIGNATURE)
    while at + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        content = data[at + 8 : at + 8 + length]
        told = data[at + 8 + length : at + 12 + length]
        yield _Chunk(kind, content, told == struct.pack(">I", zlib.crc32(kind + content)))
        at += 12 + length


def _shared_chunks(data: bytes) -> list[_Chunk]:
    """What stands before the first pixels and holds for every frame, the palette for one; the head comes first."""
    before = takewhile(lambda chunk: chunk.kind != b"IDAT", _chunks(data))
    return [chunk for chunk in before if chunk.kind not in (b"acTL", b"fcTL")]


def _patch(shared: list[_Chunk], control: bytes, pixels: bytes) -> Patch:
    """A frame from its control chunk and its compressed pixels."""
    if len(control) < CONTROL_BYTES or not pixels:
        return MISSING
    width, height, x, y = struct.unpack_from(">IIII", control, 4)
    disposal, blended = control[24], control[25]
    head = struct.pack(">II", width, height) + shared[0].content[8:]
    others = [_as_chunk(chunk.kind, chunk.content) for chunk in shared[1:]]
    chunks = [_as_chunk(b"IHDR", head), *others, _as_chunk(b"IDAT", pixels), _as_chunk(b"IEND", b"")]
    kept = DISPOSALS[disposal] if disposal < len(DISPOSALS) else Disposal.KEEP
    return Patch(SIGNATURE + b"".join(chunks), Box(x, y, width, height), bool(blended), kept)


def _as_chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
