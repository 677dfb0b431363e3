"""GIF files: their blocks, and each frame as a GIF of its own.

Source: CompuServe, "Graphics Interchange Format, Version 89a".
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from digitreader.sources.animation.patch import MISSING, Disposal, Patch
from digitreader.values import Box

EXTENSION, IMAGE, TRAILER = 0x21, 0x2C, 0x3B
CONTROL = 0xF9
HEAD_BYTES, DESCRIPTOR_BYTES, CONTROL_BYTES = 13, 10, 8
HAS_TABLE = 0x80

DISPOSALS = {2: Disposal.CLEAR, 3: Disposal.RESTORE}


class _Head(NamedTuple):
    """What is the same for every frame: flags, background, aspect ratio, and the table of colours."""

    flags: int
    background: int
    aspect: int
    table: bytes


def gif_patches(data: bytes) -> Iterator[Patch]:
    """Give each frame of a GIF file; `MISSING` at the end where a file with several frames is cut short.

    Raises:
        struct.error: the head is cut short.
    """
    flags, background, aspect = struct.unpack_from("<BBB", data, 10)
    at = HEAD_BYTES + _table_bytes(flags)
    head, control, given = _Head(flags, background, aspect, data[HEAD_BYTES:at]), b"", 0
    while at < len(data) and data[at] in (EXTENSION, IMAGE):
        end = _end_of_block(data, at)
        if data[at] == IMAGE:
            yield _patch(head, control, data[at:end])
            control, given = b"", given + 1
        elif data[at : at + 2] == bytes([EXTENSION, CONTROL]):
            control = data[at : at + CONTROL_BYTES]
        at = end
    if given > 1 and data[at : at + 1] != bytes([TRAILER]):
        yield MISSING


def _patch(head: _Head, control: bytes, block: bytes) -> Patch:
    """A frame from its control block (which may be missing) and its image block, as a file whose canvas it fills."""
    if len(block) < DESCRIPTOR_BYTES:
        return MISSING
    x, y, width, height = struct.unpack_from("<HHHH", block, 1)
    size = struct.pack("<HH", width, height)
    screen = size + bytes([head.flags, head.background, head.aspect]) + head.table
    descriptor = bytes([IMAGE]) + bytes(4) + size
    picture = b"GIF89a" + screen + control + descriptor + block[len(descriptor) :] + bytes([TRAILER])
    disposal = DISPOSALS.get(control[3] >> 2 & 7, Disposal.KEEP) if len(control) == CONTROL_BYTES else Disposal.KEEP
    return Patch(picture, Box(x, y, width, height), disposal=disposal)


def _end_of_block(data: bytes, at: int) -> int:
    """Where the block behind this one begins; the file's end where this one is cut short."""
    begin = at + 2
    if data[at] == IMAGE:
        flags = data[at + 9] if at + 9 < len(data) else 0
        begin = at + DESCRIPTOR_BYTES + _table_bytes(flags) + 1
    while begin < len(data) and data[begin]:
        begin += 1 + data[begin]
    return min(begin + 1, len(data))


def _table_bytes(flags: int) -> int:
    return 3 << (flags & 7) + 1 if flags & HAS_TABLE else 0
