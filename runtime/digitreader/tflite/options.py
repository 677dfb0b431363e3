"""Reads the options of an operator: its fused activation, its window, its block."""

from __future__ import annotations

from typing import TypedDict

from digitreader.tflite.flatbuffer import FlatbufferError, Table
from digitreader.tflite.graph import Window
from digitreader.tflite.names import (
    ACTIVATIONS,
    ADD,
    CONCATENATION,
    CONV_2D,
    DEPTH_TO_SPACE,
    FULLY_CONNECTED,
    MAX_POOL_2D,
    PADDINGS,
    SOFTMAX,
)

ACTIVATION_SLOTS = {ADD: 0, CONCATENATION: 1, CONV_2D: 3, FULLY_CONNECTED: 0, MAX_POOL_2D: 5}
"""Where the options of each kind of operator have the fused activation."""


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
        table: its options; None where the file has none.

    Returns:
        The schema's defaults where the kind has no such option, or the file has none.

    Raises:
        FlatbufferError: they cannot be meant.
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
