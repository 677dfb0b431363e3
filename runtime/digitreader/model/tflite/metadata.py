"""Finds the metadata of a .tflite by name, without reading the graph."""

from __future__ import annotations

from collections.abc import Mapping

from digitreader.errors import ModelFormatError
from digitreader.model.tflite.flatbuffer import FlatbufferError, root_table

_BUFFERS, _METADATA = 4, 6
_NAME, _BUFFER = 0, 1
_DATA = 0


def find_metadata(content: bytes, source: str) -> Mapping[str, slice]:
    """Find the place of each metadata entry in the file, by its name.

    Args:
        content: the bytes of the .tflite.
        source: names it in messages.

    Raises:
        ModelFormatError: the file is damaged.
    """
    try:
        model = root_table(content)
        entries = {entry.text(_NAME): int(entry.number(_BUFFER, "I")) for entry in model.tables(_METADATA)}
        buffers = model.tables(_BUFFERS) if entries else []
        spans = {name: buffers[place].span(_DATA) for name, place in entries.items()}
    except (FlatbufferError, IndexError) as error:
        raise ModelFormatError(f"{source}: damaged .tflite ({error}); copy or export it again") from error
    return {name: slice(first, first + size) for name, (first, size) in spans.items()}
