"""TIFF and BigTIFF: the chain of directories, one for each page, without decoding a pixel."""

from __future__ import annotations

import struct
from typing import NamedTuple

MARKS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
"""How a file begins: little or big endian, TIFF or BigTIFF."""

BIG_VERSION = 43
SHORT, LONG, LONG8 = 3, 4, 16
FORMATS = {SHORT: "H", LONG: "I", LONG8: "Q"}

NEW_SUBFILE_TYPE_TAG, SUBFILE_TYPE_TAG = 0xFE, 0xFF
THUMBNAIL_OR_MASK = 0b101
OLD_THUMBNAIL = 2


class Layout(NamedTuple):
    """How a file's numbers are stored.

    Attributes:
        order: the byte order, as `struct` names it.
        big: BigTIFF, with offsets of 8 bytes.
    """

    order: str
    big: bool

    @property
    def offset_format(self) -> str:
        """The `struct` format of an offset."""
        return self.order + ("Q" if self.big else "I")

    @property
    def count_format(self) -> str:
        """The `struct` format of the number of entries in a directory."""
        return self.order + ("Q" if self.big else "H")

    @property
    def entry_bytes(self) -> int:
        """The length of an entry; its value stands at the end, as long as an offset."""
        return 20 if self.big else 12

    @property
    def first_at(self) -> int:
        """Where the offset of the first directory stands."""
        return 8 if self.big else 4


def layout_of(data: bytes | bytearray) -> Layout:
    """Read how numbers are stored.

    Raises:
        struct.error: the file is shorter than 4 bytes.
    """
    order = "<" if data[:2] == b"II" else ">"
    return Layout(order, struct.unpack_from(order + "H", data, 2)[0] == BIG_VERSION)


def first_directory(data: bytes | bytearray) -> dict[int, int]:
    """Read the tags of the first page that hold a whole number.

    Returns:
        Tag -> value.

    Raises:
        struct.error: the directory is cut short, or lies outside of the file.
    """
    layout = layout_of(data)
    return _tags(data, _offset_at(data, layout.first_at, layout), layout)


def page_offsets(data: bytes | bytearray) -> list[int]:
    """List where the directory of each page begins.

    Behind the first page, thumbnails and masks are left out. A chain that leads back to itself ends there.

    Returns:
        Bytes from the beginning of the file. The last one lies outside of a file that is cut short.

    Raises:
        struct.error: the file is shorter than its head.
    """
    layout = layout_of(data)
    at = _offset_at(data, layout.first_at, layout)
    offsets: list[int] = []
    seen: set[int] = set()
    while at and at not in seen:
        seen.add(at)
        try:
            is_page = not offsets or not _is_thumbnail_or_mask(_tags(data, at, layout))
            following = _following(data, at, layout)
        except struct.error:  # decoding this page tells that it is damaged
            return [*offsets, at]
        offsets += [at] if is_page else []
        at = following
    return offsets


def put_first(data: bytearray, offset: int) -> None:
    """Let the file begin with another of its pages, in place: decoders that know one page then decode that one."""
    layout = layout_of(data)
    struct.pack_into(layout.offset_format, data, layout.first_at, offset)


def _tags(data: bytes | bytearray, at: int, layout: Layout) -> dict[int, int]:
    begin, end = _entries(data, at, layout)
    values: dict[int, int] = {}
    for entry in range(begin, end, layout.entry_bytes):
        tag, kind = struct.unpack_from(layout.order + "HH", data, entry)
        if kind in FORMATS:
            value_at = entry + layout.entry_bytes - struct.calcsize(layout.offset_format)
            (values[tag],) = struct.unpack_from(layout.order + FORMATS[kind], data, value_at)
    return values


def _following(data: bytes | bytearray, at: int, layout: Layout) -> int:
    return _offset_at(data, _entries(data, at, layout)[1], layout)


def _entries(data: bytes | bytearray, at: int, layout: Layout) -> tuple[int, int]:
    if at >= len(data):  # an offset of 8 bytes may be more than `struct` takes
        raise struct.error("the directory lies outside of the file")
    (count,) = struct.unpack_from(layout.count_format, data, at)
    begin = at + struct.calcsize(layout.count_format)
    return begin, min(begin + count * layout.entry_bytes, len(data))


def _offset_at(data: bytes | bytearray, at: int, layout: Layout) -> int:
    return int(struct.unpack_from(layout.offset_format, data, at)[0])


def _is_thumbnail_or_mask(tags: dict[int, int]) -> bool:
    return bool(tags.get(NEW_SUBFILE_TYPE_TAG, 0) & THUMBNAIL_OR_MASK) or tags.get(SUBFILE_TYPE_TAG) == OLD_THUMBNAIL
