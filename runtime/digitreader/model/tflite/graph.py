"""A network as a graph: its tensors, its operators and their names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

OPERATORS = {
    0: "ADD",
    2: "CONCATENATION",
    3: "CONV_2D",
    4: "DEPTHWISE_CONV_2D",
    5: "DEPTH_TO_SPACE",
    6: "DEQUANTIZE",
    9: "FULLY_CONNECTED",
    14: "LOGISTIC",
    17: "MAX_POOL_2D",
    18: "MUL",
    19: "RELU",
    20: "RELU_N1_TO_1",
    21: "RELU6",
    22: "RESHAPE",
    25: "SOFTMAX",
    28: "TANH",
    32: "CUSTOM",
    34: "PAD",
    39: "TRANSPOSE",
    40: "MEAN",
    41: "SUB",
    42: "DIV",
    43: "SQUEEZE",
    45: "STRIDED_SLICE",
    47: "EXP",
    53: "CAST",
    54: "PRELU",
    55: "MAXIMUM",
    57: "MINIMUM",
    70: "EXPAND_DIMS",
    77: "SHAPE",
    83: "PACK",
    97: "RESIZE_NEAREST_NEIGHBOR",
    98: "LEAKY_RELU",
    111: "ELU",
    114: "QUANTIZE",
    117: "HARD_SWISH",
    124: "DENSIFY",
    126: "BATCH_MATMUL",
    150: "GELU",
    152: "RELU_0_TO_1",
}

ADD, CONCATENATION, CONV_2D, DEPTH_TO_SPACE, FULLY_CONNECTED, MAX_POOL_2D, SOFTMAX = 0, 2, 3, 5, 9, 17, 25

ACTIVATIONS = ("NONE", "RELU", "RELU_N1_TO_1", "RELU6", "TANH", "SIGN_BIT")

PADDINGS = ("SAME", "VALID")

ARRAY_TYPES = {
    0: "float32",
    1: "float16",
    2: "int32",
    3: "uint8",
    4: "int64",
    6: "bool",
    7: "int16",
    8: "complex64",
    9: "int8",
    10: "float64",
    11: "complex128",
    12: "uint64",
    15: "uint32",
    16: "uint16",
}
"""The types that NumPy has too, with its names."""

OTHER_TYPES = {5: "string", 13: "resource", 14: "variant", 17: "int4", 18: "bfloat16", 19: "int2", 20: "uint4"}


@dataclass(frozen=True, slots=True, eq=False)
class Tensor:
    """One tensor of the graph.

    Attributes:
        name: the converter's name for it.
        shape: its shape in the file, with a batch of 1.
        dtype: NumPy's name of its type, such as ``int8``.
        data: the constant values, or None if the tensor is computed; read-only, a view into the file.
        scales: float32, one for the tensor or one for each channel along `axis`; empty if it is not quantized.
        zero_points: int64, as many as `scales`.
        axis: the axis of the scales, if there are several.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    data: npt.NDArray[Any] | None
    scales: npt.NDArray[np.float32]
    zero_points: npt.NDArray[np.int64]
    axis: int


@dataclass(frozen=True, slots=True)
class Window:
    """How the window of a convolution or a pool moves over a picture.

    Attributes:
        padding: ``SAME``, if the window may cross the edges, or ``VALID``.
        stride: rows and columns from one place of the window to the next.
        size: rows and columns of a pool's window; (1, 1) for a convolution, whose weights have the size.
        dilation: rows and columns from one weight of a convolution to the next.
    """

    padding: str
    stride: tuple[int, int]
    size: tuple[int, int] = (1, 1)
    dilation: tuple[int, int] = (1, 1)


@dataclass(frozen=True, slots=True, eq=False)
class Operator:
    """One operator of the graph.

    Attributes:
        kind: its name in the schema, such as ``FULLY_CONNECTED``, or ``OPERATOR_77`` for a number without a name here.
        version: the version of the operator.
        inputs: indices of its input tensors in the graph; -1 if an optional one is absent.
        outputs: indices of its output tensors.
        activation: the fused activation: ``NONE``, ``RELU`` ...; ``NONE`` for kinds that have none.
        beta: the factor of a ``SOFTMAX`` for its numbers; 1 for other kinds.
        window: the window of a ``CONV_2D`` or ``MAX_POOL_2D``; None for other kinds.
        block: the side in pixels of the square that a ``DEPTH_TO_SPACE`` makes from channels; 1 for other kinds.
        axis: the axis along which a ``CONCATENATION`` joins its inputs; 0 for other kinds.
    """

    kind: str
    version: int
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    activation: str
    beta: float = 1.0
    window: Window | None = None
    block: int = 1
    axis: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Graph:
    """A .tflite with one subgraph.

    Attributes:
        tensors: all of them.
        operators: in the order in which they run.
        inputs: indices of the input tensors.
        outputs: indices of the output tensors.
        metadata: the metadata entries of the file, by name; views into the file.
        metadata_at: the byte at which each entry begins.
    """

    tensors: tuple[Tensor, ...]
    operators: tuple[Operator, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    metadata: Mapping[str, memoryview]
    metadata_at: Mapping[str, int]
