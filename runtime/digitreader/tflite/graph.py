"""What a .tflite holds, as data classes: tensors, operators, and the metadata beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True, eq=False)
class Tensor:
    """One tensor of the graph.

    Attributes:
        name: as the converter named it.
        shape: as the file has it, with a batch of 1.
        dtype: NumPy's name of it, such as ``int8``.
        data: the constant values, or None where the tensor is computed; read-only, a view into the file.
        scales: float32, one for the tensor or one for each channel along `axis`; empty where it is not quantized.
        zero_points: int64, as many as `scales`.
        axis: along which the scales lie, where there are several.
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
        padding: ``SAME``, where the window may reach over the edges, or ``VALID``.
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
        kind: its name in the schema, such as ``FULLY_CONNECTED``; ``OPERATOR_77`` where this reader has no name for it.
        version: of the operator.
        inputs: places of its tensors in the graph; -1 where an optional one is absent.
        outputs: the same.
        activation: fused into it: ``NONE``, ``RELU`` ...; ``NONE`` for kinds that have none.
        beta: what a ``SOFTMAX`` multiplies its numbers by; 1 for other kinds.
        window: of a ``CONV_2D`` or ``MAX_POOL_2D``; None for other kinds.
        block: side in pixels of the square into which a ``DEPTH_TO_SPACE`` lays its channels; 1 for other kinds.
        axis: along which a ``CONCATENATION`` joins its inputs; 0 for other kinds.
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
        inputs: places of the tensors that go in.
        outputs: places of the tensors that come out.
        metadata: what stands in the file beside the graph, by name; views into the file.
        metadata_at: where in the file each of these begins, in bytes.
    """

    tensors: tuple[Tensor, ...]
    operators: tuple[Operator, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    metadata: Mapping[str, memoryview]
    metadata_at: Mapping[str, int]
