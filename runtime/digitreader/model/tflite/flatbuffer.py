"""Reads flatbuffers, the format of a .tflite, and checks every offset in them."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
import numpy.typing as npt

MOST, LONGEST = 1024, 65_536
"""The most tables of a vector, and the most bytes of a text: a damaged file must not make reading slow."""

NUMBERS = {code: struct.Struct(f"<{code}") for code in "bBhHiIqQf"}
_OFFSET, _TO_VTABLE = NUMBERS["I"], NUMBERS["i"]
_HEAD = 4
"""Bytes of a vtable before its first field: its own size and the table's."""


class FlatbufferError(ValueError):
    """A table, vector or text that points outside of the file or is impossibly long."""


class Table:
    """One table: fields that are found through its vtable and may be absent.

    A field's `slot` is its place in the schema, counted from 0.

    Args:
        content: the whole file.
        at: the byte at which the table begins.

    Raises:
        FlatbufferError: the table or its vtable lies outside of the file.
    """

    __slots__ = ("_at", "_content", "_slots", "_vtable")

    def __init__(self, content: bytes, at: int) -> None:
        self._content, self._at = content, at
        self._vtable = at - _number(content, _TO_VTABLE, at)
        if self._vtable < 0:
            raise FlatbufferError(f"the table at byte {at} has no vtable")
        vtable_size: int = _number(content, NUMBERS["H"], self._vtable)
        self._slots = (vtable_size - _HEAD) // 2

    def number(self, slot: int, code: str, default: int = 0) -> Any:
        """Give a number of the `struct` format `code`, or `default` if the field is absent."""
        place = self._place(slot)
        return _number(self._content, NUMBERS[code], place) if place else default

    def table(self, slot: int) -> Table | None:
        """Give the table that the field points to, or None if the field is absent."""
        place = self._place(slot)
        return Table(self._content, _follow(self._content, place)) if place else None

    def tables(self, slot: int) -> list[Table]:
        """Give the tables of a vector; none if the field is absent."""
        first, count = self._vector(slot, _OFFSET.size)
        if count > MOST:
            raise FlatbufferError(f"{count} tables in one vector")
        places = range(first, first + count * _OFFSET.size, _OFFSET.size)
        return [Table(self._content, _follow(self._content, place)) for place in places]

    def array(self, slot: int, dtype: str) -> npt.NDArray[Any]:
        """Give the numbers of a vector, (count,), as a read-only view; empty if the field is absent."""
        kind = np.dtype(dtype)
        first, count = self._vector(slot, kind.itemsize)
        return np.frombuffer(self._content, kind, count, first) if count else np.zeros(0, kind)

    def integers(self, slot: int) -> tuple[int, ...]:
        """Give the numbers of a short vector of int32."""
        first, count = self._vector(slot, 4)
        if count > MOST:
            raise FlatbufferError(f"{count} numbers where a few are meant")
        return struct.unpack_from(f"<{count}i", self._content, first)

    def text(self, slot: int) -> str:
        """Give the text of the field; empty if it is absent."""
        first, count = self._vector(slot, 1)
        if count > LONGEST:
            raise FlatbufferError(f"a text of {count} bytes")
        return self._content[first : first + count].decode("utf-8", "replace")

    def span(self, slot: int) -> tuple[int, int]:
        """Give the place of a vector's bytes in the file, and how many there are."""
        return self._vector(slot, 1)

    def _place(self, slot: int) -> int:
        """Where the field lies in the file; 0 if it is absent."""
        if slot >= self._slots:
            return 0
        inside: int = _number(self._content, NUMBERS["H"], self._vtable + _HEAD + 2 * slot)
        return self._at + inside if inside else 0

    def _vector(self, slot: int, item_size: int) -> tuple[int, int]:
        place = self._place(slot)
        if not place:
            return 0, 0
        start = _follow(self._content, place)
        count: int = _number(self._content, _OFFSET, start)
        first = start + _OFFSET.size
        if first + count * item_size > len(self._content):
            raise FlatbufferError(f"the vector at byte {start} ends outside of the file")
        return first, count


def root_table(content: bytes) -> Table:
    """Give the table with which a flatbuffer begins.

    Raises:
        FlatbufferError: it lies outside of the file.
    """
    return Table(content, _follow(content, 0))


def _follow(content: bytes, place: int) -> int:
    target: int = place + _number(content, _OFFSET, place)
    return target


def _number(content: bytes, form: struct.Struct, place: int) -> Any:
    if place + form.size > len(content):
        raise FlatbufferError(f"byte {place} is asked for, outside of the file")
    return form.unpack_from(content, place)[0]
