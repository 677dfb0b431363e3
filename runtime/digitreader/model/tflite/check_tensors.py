"""Checks the tensors of a .tflite before LiteRT opens it: LiteRT crashes on some that are impossible."""

from __future__ import annotations

import math

import numpy as np

from digitreader.errors import ModelFormatError
from digitreader.model.tflite.graph import OPERATORS, Graph, Operator, Tensor
from digitreader.model.tflite.read import read_graphs

QUANTIZED = ("int8", "uint8", "int16")
"""The types of quantized values that operators compute; float32 needs no scale, and int32 is used for biases."""

EIGHT_BITS = ("int8", "uint8")

LEAST_SCALE, LARGEST_SCALE = float(np.finfo(np.float32).tiny), 1e30
"""XNNPACK takes no smaller scales; with larger ones the real numbers may not fit into float32."""

MOST_NUMBERS = 1 << 27
"""A tensor with more numbers is refused: LiteRT would take half a GB or more for it."""


NEED_SCALES = frozenset(
    {
        "ADD", "BATCH_MATMUL", "CONV_2D", "DEPTHWISE_CONV_2D", "DEQUANTIZE", "FULLY_CONNECTED", "HARD_SWISH",
        "LEAKY_RELU", "LOGISTIC", "MUL", "PRELU", "QUANTIZE", "RELU", "RELU6", "RELU_N1_TO_1", "SOFTMAX", "SUB", "TANH",
    }
)  # fmt: skip
"""Kinds of operators that compute with the scales of their 8-bit integers."""

WITH_BIAS = frozenset({"CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"})
"""Their third input, the bias, may be absent."""

NAMED = frozenset(OPERATORS.values()) - {"CUSTOM"}
"""Kinds that need all other inputs. Those without a name here may have absent inputs, and values that they keep."""

KEEPS_TYPE = frozenset(
    {
        "ADD", "CONCATENATION", "DEPTH_TO_SPACE", "EXPAND_DIMS", "LEAKY_RELU", "LOGISTIC", "MAX_POOL_2D", "MUL", "PAD",
        "RELU", "RELU6", "RELU_N1_TO_1", "RESHAPE", "SOFTMAX", "SQUEEZE", "STRIDED_SLICE", "SUB", "TANH", "TRANSPOSE",
    }
)  # fmt: skip
"""Kinds whose output has the type of their first input."""

AGAIN = "copy this model again, or convert it again"


def check_tensors(content: bytes, source: str) -> None:
    """Check every tensor of a .tflite; operators that digitreader does not know may be in it.

    Args:
        content: the bytes of the file.
        source: names it in messages.

    Raises:
        ModelFormatError: it is not a .tflite or damaged, or a tensor cannot be as the file says.
    """
    graphs = read_graphs(content, source)
    if not graphs:
        raise ModelFormatError(f"{source}: has no graph in it; {AGAIN}")
    for graph in graphs:
        for tensor in graph.tensors:
            _check_shape(tensor, source)
            check_quantization(tensor, source)
        _check_order(graph, source)
        for operator in graph.operators:
            _check_types(graph, operator, source)
            _check_scaled(graph, operator, source)


def check_quantization(tensor: Tensor, source: str) -> None:
    """Check the scales and zero points of one tensor; one without scales is not checked.

    Raises:
        ModelFormatError: a scale is out of range, computed values have several, or a zero point does not fit the type.
    """
    if tensor.dtype not in QUANTIZED or not len(tensor.scales):
        return
    if tensor.data is None and len(tensor.scales) > 1:
        raise _refusal(tensor, source, f"{len(tensor.scales)} scales for values that are computed, need one")
    # in a constant, a channel whose weights are all 0 may have the scale 0
    least = LEAST_SCALE if tensor.data is None else 0.0
    wrong = tensor.scales[~((tensor.scales >= least) & (tensor.scales <= LARGEST_SCALE))]
    if len(wrong):
        raise _refusal(tensor, source, f"the scale {wrong[0]:g}, need {least:g} to {LARGEST_SCALE:g}")
    allowed = np.iinfo(tensor.dtype)
    outside = tensor.zero_points[(tensor.zero_points < allowed.min) | (tensor.zero_points > allowed.max)]
    if len(outside):
        raise _refusal(tensor, source, f"the zero point {outside[0]}, need {allowed.min} to {allowed.max}")


def _check_shape(tensor: Tensor, source: str) -> None:
    if min(tensor.shape, default=0) < 0 or math.prod(tensor.shape) > MOST_NUMBERS:
        raise _refusal(tensor, source, f"the shape {list(tensor.shape)}, need at most {MOST_NUMBERS:,} numbers")


def _check_order(graph: Graph, source: str) -> None:
    """Check that every operator has its inputs when it runs, and computes values that nothing else gives."""
    known = {place for place, tensor in enumerate(graph.tensors) if tensor.data is not None or 0 in tensor.shape}
    known.update(graph.inputs)
    for operator in graph.operators:
        needed = set(operator.inputs[:2] if operator.kind in WITH_BIAS else operator.inputs)
        if operator.kind in NAMED and not needed <= known:
            raise ModelFormatError(f"{source}: {operator.kind} lacks an input; {AGAIN}")
        if not known.isdisjoint(operator.outputs):
            raise ModelFormatError(f"{source}: {operator.kind} overwrites other values; {AGAIN}")
        known.update(operator.outputs)


def _check_types(graph: Graph, operator: Operator, source: str) -> None:
    types = {graph.tensors[place].dtype for place in (*operator.inputs[:1], *operator.outputs[:1])}
    if operator.kind in KEEPS_TYPE and len(types) > 1:
        raise ModelFormatError(f"{source}: {operator.kind} mixes {' and '.join(sorted(types))}; {AGAIN}")


def _check_scaled(graph: Graph, operator: Operator, source: str) -> None:
    if operator.kind not in NEED_SCALES:
        return
    for place in (*operator.inputs, *operator.outputs):
        tensor = graph.tensors[place]
        if place >= 0 and tensor.dtype in EIGHT_BITS and not len(tensor.scales):
            raise _refusal(tensor, source, f"no scale, which {operator.kind} needs")


def _refusal(tensor: Tensor, source: str, found: str) -> ModelFormatError:
    # a damaged name may hold anything
    name = "".join(letter if letter.isprintable() else "?" for letter in tensor.name[:60])
    return ModelFormatError(f"{source}: its {tensor.dtype} tensor '{name}' has {found}; {AGAIN}")
