"""Reads the sizes of the AV1 pictures in an AVIF file: its decoder works at these, whatever the file's head says."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

MOST_ITEMS, MOST_UNITS = 1024, 1024
SEQUENCE_HEADER = 1
"""The type of the unit (OBU) that has the size."""

Data = bytes | bytearray | memoryview


class Box(NamedTuple):
    """A box of the file: its type, and where its content begins and ends."""

    kind: bytes
    begin: int
    end: int


def coded_sizes(data: Data) -> list[tuple[int, int]]:
    """Read width and height of every coded picture of an AVIF file, and of every grid of pictures.

    Args:
        data: the whole file.

    Raises:
        ValueError: the size of a picture cannot be read, or there is no picture.
        struct.error: the file is cut short.
    """
    data, sizes = memoryview(data), list[tuple[int, int]]()
    for box in boxes(data, 0, len(data)):
        if box.kind == b"meta":
            sizes += _sizes_of_items(data, box)
        if box.kind == b"moov":
            sizes += map(_size_in_units, _first_samples(data, box))
    if not sizes:
        raise ValueError("no picture")
    return sizes


def boxes(data: Data, begin: int, end: int) -> Iterator[Box]:
    """Give the boxes that lie between two places.

    Raises:
        ValueError: a box is longer than what it is in.
        struct.error: the last one is cut short.
    """
    while begin < end:
        size, kind = struct.unpack_from(">I4s", data, begin)
        head = 8
        if size == 1:
            (size,), head = struct.unpack_from(">Q", data, begin + 8), 16
        size = size or end - begin
        if size < head or begin + size > end:
            raise ValueError("a box with an impossible length")
        yield Box(kind, begin + head, begin + size)
        begin += size


def _sizes_of_items(data: Data, meta: Box) -> Iterator[tuple[int, int]]:
    inside = {box.kind: box for box in boxes(data, meta.begin + 4, meta.end)}
    kinds = dict(_kinds(data, inside[b"iinf"])) if b"iinf" in inside else {}
    places = dict(_places(data, inside[b"iloc"], inside.get(b"idat"))) if b"iloc" in inside else {}
    for item, kind in kinds.items():
        if kind == b"av01":
            yield _size_in_units(places.get(item, b""))
        elif kind == b"grid":
            yield _size_of_grid(places.get(item, b""))


def _kinds(data: Data, iinf: Box) -> Iterator[tuple[int, bytes]]:
    """The number and the type of each item."""
    entries = iinf.begin + (6 if data[iinf.begin] == 0 else 8)
    for number, box in enumerate(boxes(data, entries, iinf.end)):
        if number > MOST_ITEMS or box.kind != b"infe" or data[box.begin] not in (2, 3):
            raise ValueError("an unusual list of items")
        form = ">HH4s" if data[box.begin] == 2 else ">IH4s"
        item, _, kind = struct.unpack_from(form, data, box.begin + 4)
        yield item, kind


def _places(data: Data, iloc: Box, idat: Box | None) -> Iterator[tuple[int, Data]]:
    """The number of each item and its bytes, whose parts are joined."""
    fields, version = _Fields(data, iloc.begin), data[iloc.begin]
    fields.take(4)
    lengths = fields.take(2)
    offset_bytes, length_bytes, base_bytes = lengths >> 12, lengths >> 8 & 15, lengths >> 4 & 15
    index_bytes = lengths & 15 if version else 0
    left = len(data)
    for _ in range(min(fields.take(2 if version < 2 else 4), MOST_ITEMS)):
        item = fields.take(2 if version < 2 else 4)
        method = fields.take(2) & 15 if version else 0
        fields.take(2)
        base = fields.take(base_bytes) + (idat.begin if method == 1 and idat is not None else 0)
        parts = []
        for _ in range(min(fields.take(2), MOST_ITEMS)):
            fields.take(index_bytes)
            at, length = base + fields.take(offset_bytes), fields.take(length_bytes)
            # a length of 0 stands for the rest of the file
            part = data[at : at + length] if length else data[at:]
            left -= len(part)
            parts.append(part)
        if method > 1 or left < 0:
            raise ValueError("items that refer to each other or overlap")
        yield item, parts[0] if len(parts) == 1 else b"".join(parts)


class _Fields:
    """Reads numbers of any length, one after the other, big endian."""

    def __init__(self, data: Data, at: int) -> None:
        self._data, self._at = data, at

    def take(self, length: int) -> int:
        """Take a number of this many bytes; 0 if it has none."""
        self._at += length
        if self._at > len(self._data):
            raise ValueError("cut short")
        return int.from_bytes(self._data[self._at - length : self._at])


def _first_samples(data: Data, box: Box) -> Iterator[Data]:
    """The first picture of each track of a moving AVIF."""
    inside = list(boxes(data, box.begin, box.end))
    for inner in inside:
        if inner.kind in (b"trak", b"mdia", b"minf", b"stbl"):
            yield from _first_samples(data, inner)
    if box.kind == b"stbl":
        begins = {inner.kind: inner.begin + 4 for inner in inside}
        chunks = b"co64" if b"co64" in begins else b"stco"
        if chunks not in begins or b"stsz" not in begins:
            raise ValueError("a track without pictures")
        length, _, first = struct.unpack_from(">III", data, begins[b"stsz"])
        _, at = struct.unpack_from(">IQ" if chunks == b"co64" else ">II", data, begins[chunks])
        yield data[at : at + (length or first)]


def _size_of_grid(content: Data) -> tuple[int, int]:
    width, height = struct.unpack_from(">II" if content[1:2] and content[1] & 1 else ">HH", content, 4)
    return width, height


def _size_in_units(content: Data) -> tuple[int, int]:
    """The largest size in the sequence headers of a coded picture.

    Raises:
        ValueError: it has no sequence header.
    """
    sizes, at, units = list[tuple[int, int]](), 0, 0
    while at < len(content):
        kind, extended, sized = content[at] >> 3 & 15, content[at] & 4, content[at] & 2
        at += 2 if extended else 1
        length, at = _length(content, at) if sized else (len(content) - at, at)
        if kind == SEQUENCE_HEADER:
            sizes.append(_size_in_sequence_header(content[at : at + min(length, 1024)]))
        at, units = at + length, units + 1
    if not sizes or units > MOST_UNITS:
        raise ValueError("a picture without a sequence header")
    return max(size[0] for size in sizes), max(size[1] for size in sizes)


def _length(content: Data, at: int) -> tuple[int, int]:
    """A number of seven bits a byte, the least first, and the place after it."""
    length = 0
    for place in range(8):
        byte = content[at + place]
        length |= (byte & 127) << 7 * place
        if byte < 128:
            return length, at + place + 1
    raise ValueError("an impossible length")


class _Bits:
    """Reads numbers of a few bits, one after the other."""

    def __init__(self, content: Data) -> None:
        self._number, self._left = int.from_bytes(content), 8 * len(content)

    def take(self, count: int) -> int:
        """Take the next `count` bits as a number."""
        self._left -= count
        if self._left < 0:
            raise ValueError("cut short")
        return self._number >> self._left & ((1 << count) - 1)

    def skip_exp_golomb(self) -> None:
        """Leave out a number whose length its leading zeros tell."""
        zeros = 0
        while not self.take(1):
            zeros += 1
        self.take(min(zeros, 32) if zeros < 32 else 0)


def _size_in_sequence_header(content: Data) -> tuple[int, int]:
    """The largest width and height of the frames.

    Source: AV1 Bitstream & Decoding Process Specification, 5.5.1 (sequence_header_obu).
    """
    bits = _Bits(content)
    bits.take(4)  # profile, and whether it is a still picture
    if bits.take(1):  # a reduced header has one level
        bits.take(5)
    else:
        _skip_operating_points(bits)
    width_bits, height_bits = bits.take(4) + 1, bits.take(4) + 1
    return bits.take(width_bits) + 1, bits.take(height_bits) + 1


def _skip_operating_points(bits: _Bits) -> None:
    delay_bits = 0
    if bits.take(1):  # times
        bits.take(64)
        if bits.take(1):
            bits.skip_exp_golomb()
        if bits.take(1):  # a model of the decoder
            delay_bits = bits.take(5) + 1
            bits.take(42)
    has_display_delay = bits.take(1)
    for _ in range(bits.take(5) + 1):
        bits.take(12)
        if bits.take(5) > 7:  # a level that has tiers
            bits.take(1)
        if delay_bits and bits.take(1):
            bits.take(2 * delay_bits + 1)
        if has_display_delay and bits.take(1):
            bits.take(4)
