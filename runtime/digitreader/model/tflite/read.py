"""Reads a .tflite file into a graph, without LiteRT."""

from __future__ import annotations

import math
from typing import Any, TypedDict, TypeVar

import numpy as np
import numpy.typing as npt

from digitreader.errors import ModelFormatError
from digitreader.model.tflite.flatbuffer import FlatbufferError, Table, root_table
from digitreader.model.tflite.graph import (
    ACTIVATIONS,
    ADD,
    ARRAY_TYPES,
    CONCATENATION,
    CONV_2D,
    DEPTH_TO_SPACE,
    FULLY_CONNECTED,
    MAX_POOL_2D,
    OPERATORS,
    OTHER_TYPES,
    PADDINGS,
    SOFTMAX,
    Graph,
    Operator,
    Tensor,
    Window,
)

ACTIVATION_SLOTS = {ADD: 0, CONCATENATION: 1, CONV_2D: 3, FULLY_CONNECTED: 0, MAX_POOL_2D: 5}
"""The slot of the fused activation in the options of each kind of operator."""


class Options(TypedDict):
    """The fields of `Operator` that are read from its options, with the same meanings."""

    activation: str
    beta: float
    window: Window | None
    block: int
    axis: int


def read_options(number: int, table: Table | None) -> Options:
    """Read the options of one operator.

    Args:
        number: its kind in the schema.
        table: its options; None if the file has none.

    Returns:
        The options; the schema's defaults for those that the kind or the file does not have.

    Raises:
        FlatbufferError: an option is not possible.
    """
    options = Options(activation=ACTIVATIONS[0], beta=1.0, window=None, block=1, axis=0)
    if table is None:
        return options
    if number in ACTIVATION_SLOTS:
        options["activation"] = _activation(table.number(ACTIVATION_SLOTS[number], "b"))
    if number in {CONV_2D, MAX_POOL_2D}:
        options["window"] = _window(table, pool=number == MAX_POOL_2D)
    if number == SOFTMAX:
        options["beta"] = table.number(0, "f")
    if number == DEPTH_TO_SPACE:
        options["block"] = table.number(0, "i")
    if number == CONCATENATION:
        options["axis"] = table.number(0, "i")
    return options


def _activation(number: int) -> str:
    return ACTIVATIONS[number] if 0 <= number < len(ACTIVATIONS) else f"ACTIVATION_{number}"


def _window(table: Table, *, pool: bool) -> Window:
    """Slots 3 and 4 are a pool's size; a convolution has its dilation in 4 and 5."""
    padding = table.number(0, "b")
    if not 0 <= padding < len(PADDINGS):
        raise FlatbufferError(f"a padding of kind {padding}")
    stride = (table.number(2, "i"), table.number(1, "i"))
    size = (table.number(4, "i"), table.number(3, "i")) if pool else (1, 1)
    dilation = (1, 1) if pool else (table.number(5, "i", 1), table.number(4, "i", 1))
    if min(*stride, *size, *dilation) < 1:
        raise FlatbufferError(f"a window of the size {size}, with stride {stride} and dilation {dilation}")
    return Window(PADDINGS[padding], stride, size, dilation)


IDENTIFIER = b"TFL3"
SCHEMA_VERSION = 3

Item = TypeVar("Item")

_NO_SCALES, _NO_ZERO_POINTS = np.zeros(0, np.float32), np.zeros(0, np.int64)


def read_graph(content: bytes, source: str) -> Graph:
    """Read a .tflite.

    Args:
        content: the bytes of the file.
        source: names it in messages.

    Raises:
        ModelFormatError: it is not a .tflite, is damaged, has a newer schema, or more than one subgraph.
    """
    graphs = read_graphs(content, source)
    if len(graphs) != 1:
        raise ModelFormatError(f"{source}: holds {len(graphs)} graphs, need 1; rerun digitreader export")
    return graphs[0]


def read_graphs(content: bytes, source: str) -> list[Graph]:
    """Read every subgraph of a .tflite; files with loops or conditions have several.

    Args:
        content: the bytes of the file.
        source: names it in messages.

    Raises:
        ModelFormatError: it is not a .tflite, is damaged, or has a newer schema.
    """
    if content[4:8] != IDENTIFIER:
        raise ModelFormatError(
            f"{source}: is not a .tflite ({IDENTIFIER.decode()} is missing); rerun digitreader export"
        )
    try:
        model = root_table(content)
        _check_version(model.number(0, "I"), source)
        return [_read_subgraph(content, model, subgraph) for subgraph in model.tables(2)]
    except FlatbufferError as error:
        raise ModelFormatError(f"{source}: damaged .tflite ({error}); copy or export it again") from error


def _check_version(version: int, source: str) -> None:
    if version != SCHEMA_VERSION:
        age = "a newer" if version > SCHEMA_VERSION else "an older"
        raise ModelFormatError(
            f"{source}: made by {age} converter (schema version {version}) than this digitreader knows "
            f"({SCHEMA_VERSION}); update digitreader, or export the model with this one"
        )


def _read_subgraph(content: bytes, model: Table, subgraph: Table) -> Graph:
    spans = [_buffer_span(table) for table in model.tables(4)]
    tensors = tuple(_read_tensor(content, table, spans) for table in subgraph.tables(0))
    codes = model.tables(1)
    entries = {table.text(0): _at(spans, table.number(1, "I"), "buffer") for table in model.tables(6)}
    return Graph(
        tensors=tensors,
        operators=tuple(_read_operator(table, codes, len(tensors)) for table in subgraph.tables(3)),
        inputs=_places(subgraph.integers(1), len(tensors), optional=False),
        outputs=_places(subgraph.integers(2), len(tensors), optional=False),
        metadata={name: memoryview(content)[first : first + size] for name, (first, size) in entries.items()},
        metadata_at={name: first for name, (first, _) in entries.items()},
    )


def _buffer_span(table: Table) -> tuple[int, int]:
    if table.number(1, "Q") > 1:
        raise FlatbufferError("its weights lie behind the flatbuffer, as only files beyond 2 GB have them")
    return table.span(0)


def _read_tensor(content: bytes, table: Table, spans: list[tuple[int, int]]) -> Tensor:
    name, shape, kind = table.text(3), table.integers(0), table.number(1, "b")
    scales, zero_points, axis = _read_quantization(table.table(4), name, shape)
    first, size = _at(spans, table.number(2, "I"), "buffer")
    data = None
    if size and (kind not in ARRAY_TYPES or table.table(6) is not None):  # the latter are sparse
        data = np.frombuffer(content, np.uint8, size, first)
    elif size:
        data = _read_constant(content, (first, size), ARRAY_TYPES[kind], name, shape)
    dtype = ARRAY_TYPES.get(kind) or OTHER_TYPES.get(kind, f"type_{kind}")
    return Tensor(name, shape, dtype, data, scales, zero_points, axis)


def _read_constant(
    content: bytes, span: tuple[int, int], dtype: str, name: str, shape: tuple[int, ...]
) -> npt.NDArray[Any]:
    form, count = np.dtype(dtype).newbyteorder("<"), math.prod(shape)
    if min(shape, default=0) < 0 or count * form.itemsize != span[1]:
        raise FlatbufferError(f"{name} has {span[1]} bytes, which is not its shape {list(shape)} of {dtype}")
    return np.frombuffer(content, form, count, span[0]).reshape(shape)


def _read_quantization(
    table: Table | None, name: str, shape: tuple[int, ...]
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64], int]:
    """The scales, the zero points and their axis."""
    if table is None:
        return _NO_SCALES, _NO_ZERO_POINTS, 0
    scales, zero_points, axis = table.array(2, "<f4"), table.array(3, "<i8"), table.number(6, "i")
    several = shape[axis] if 0 <= axis < len(shape) else 1
    if len(scales) not in {0, 1, several} or len(zero_points) not in {0, len(scales)}:
        raise FlatbufferError(f"{name} of shape {list(shape)} has {len(scales)} scales, {len(zero_points)} zero points")
    return scales, zero_points if len(zero_points) else np.zeros(len(scales), np.int64), axis


def _read_operator(table: Table, codes: list[Table], tensors: int) -> Operator:
    code = _at(codes, table.number(0, "I"), "operator code")
    # the schema's first number is a byte; for operators above 127 there is a second one, and the larger counts
    number = max(code.number(0, "b"), code.number(3, "i"))
    return Operator(
        kind=OPERATORS.get(number, f"OPERATOR_{number}"),
        version=code.number(2, "i", 1),
        inputs=_places(table.integers(1), tensors, optional=True),
        outputs=_places(table.integers(2), tensors, optional=False),
        **read_options(number, table.table(4)),
    )


def _places(places: tuple[int, ...], tensors: int, *, optional: bool) -> tuple[int, ...]:
    if places and not (-1 if optional else 0) <= min(places) <= max(places) < tensors:
        raise FlatbufferError(f"tensors {list(places)} are named, there are {tensors}")
    return places


def _at(items: list[Item], index: int, kind: str) -> Item:
    if index >= len(items):
        raise FlatbufferError(f"{kind} {index} is named, there are {len(items)}")
    return items[index]
