"""The operators of a convolutional network in integers."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from digitreader.errors import ModelFormatError
from digitreader.model.engine.dense import EXACT, LARGEST_SCALE, LARGEST_SUM, make_logistic
from digitreader.model.engine.engine import TensorForm
from digitreader.model.engine.integer_arithmetic import ACTIVATED, BoundOperator, NearestEven, clip_bounds, limits
from digitreader.model.tflite.graph import Operator, Tensor, Window

QuantizedMap = npt.NDArray[np.float32]
"""(h, w, channels) float32 with integers: how many steps of the scale a value is from zero (number - zero_point)."""

MapRun = Callable[..., QuantizedMap]
"""Runs an operator: takes the steps of its inputs, which it does not change, and gives the steps of its output."""

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class BoundMapOperator:
    """An operator with its tensors.

    Attributes:
        operator: its kind and options.
        takes: the form of each input that is computed.
        depths: the channels of each of these.
        constants: the inputs that are stored in the file; None for an optional one that is absent.
        gives: the form of its output.
        depth: the channels of its output.
        name: names the operator and its model in messages.
    """

    operator: Operator
    takes: tuple[TensorForm, ...]
    depths: tuple[int, ...]
    constants: tuple[Tensor | None, ...]
    gives: TensorForm
    depth: int
    name: str


def as_layer(part: BoundMapOperator) -> BoundOperator:
    """The same operator as a layer that works on each pixel by itself, in the form for `integer_arithmetic.py`."""
    return BoundOperator(
        activation=part.operator.activation,
        beta=part.operator.beta,
        constants=part.constants,
        taken=part.takes[0],
        given=part.gives,
        taken_width=part.depths[0],
        width=part.depth,
        rounding="default",
        name=part.name,
    )


def require(part: BoundMapOperator, condition: bool, found: str) -> None:
    """Refuse an operator if the NumPy engine does not run its form.

    Args:
        part: the operator.
        condition: what must hold.
        found: says in the message what the operator has or does instead.

    Raises:
        ModelFormatError: the condition does not hold.
    """
    if not condition:
        raise ModelFormatError(f"{part.name}: {found}, which the NumPy engine does not run; use --engine litert")


Windows = npt.NDArray[np.float32]
"""(h, w, rows, columns, channels) float32: the numbers in the window at each of its h x w places; read-only."""


def windows_of(steps: QuantizedMap, size: tuple[int, int], window: Window, *, outside: float) -> Windows:
    """The numbers in a window at each of its places, without a copy for each.

    Args:
        steps: (H, W, channels).
        size: rows and columns of the window.
        window: its stride and padding; the dilation is taken for 1.
        outside: the number beyond the edges.
    """
    if window.padding == "SAME":
        steps = _pad(steps, size, window.stride, outside)
    rows, columns = window.stride
    places = np.lib.stride_tricks.sliding_window_view(steps, size, axis=(0, 1))[::rows, ::columns]
    return places.transpose(0, 1, 3, 4, 2)


def _pad(steps: QuantizedMap, size: tuple[int, int], stride: tuple[int, int], outside: float) -> QuantizedMap:
    height, width, channels = steps.shape
    (top, bottom), (left, right) = (_missing(*each) for each in zip((height, width), size, stride, strict=True))
    if not (top or bottom or left or right):
        return steps
    padded = np.full((top + height + bottom, left + width + right, channels), outside, np.float32)
    padded[top : top + height, left : left + width] = steps
    return padded


def _missing(side: int, size: int, stride: int) -> tuple[int, int]:
    """How many pixels SAME adds before and after; if their number is odd, TensorFlow adds the odd one after."""
    missing = max((-(-side // stride) - 1) * stride + size - side, 0)
    return missing // 2, missing - missing // 2


BLOCK_NUMBERS = 1 << 17
"""About this many numbers are prepared for one matrix product: half a MB of float32, which fits into the cache."""


class Convolution:
    """One layer: takes (H, W, channels) steps, gives (h, w, channels).

    Raises:
        ModelFormatError: LiteRT does not run this form in integers, or it was not compared with LiteRT.
    """

    def __init__(self, part: BoundMapOperator) -> None:
        require(part, len(part.takes) == 1, f"has {len(part.takes)} computed inputs")
        self._window = _window(part)
        weights, bias = _weights(part), _bias(part)
        values = np.asarray(weights.data, np.float64).reshape(part.depth, -1)
        largest = _largest_sum(values, bias, part)
        self._size = (weights.shape[1], weights.shape[2])
        self._type = np.float32 if largest <= EXACT[np.float32] else np.float64
        self._weights = np.ascontiguousarray(values.T, self._type)
        self._bias = bias.astype(self._type)
        self._scales, self._layer = np.broadcast_to(weights.scales, part.depth), as_layer(part)

    def __call__(self, steps: QuantizedMap) -> QuantizedMap:
        """As `MapRun`."""
        windows = windows_of(steps, self._size, self._window, outside=0)
        height, width = windows.shape[:2]
        numbers, channels = self._weights.shape
        rows = max(1, BLOCK_NUMBERS // (width * numbers))
        # with few channels NumPy's inner loop is short, so a row of pixels is handled as one long line
        bias, rounder = np.tile(self._bias, width), NearestEven(np.tile(self._scales, width), self._layer)
        sums = np.empty((height, width * channels), self._type)
        for first in range(0, height, rows):
            block: Array = windows[first : first + rows].reshape(-1, numbers).astype(self._type, copy=False)
            lines = sums[first : first + rows]
            np.matmul(block, self._weights, out=lines.reshape(-1, channels))
            lines += bias
            rounded = rounder(lines)
            if rounded is not lines:
                lines[...] = rounded
        return sums.reshape(height, width, channels).astype(np.float32, copy=False)


def _window(part: BoundMapOperator) -> Window:
    window, activation = part.operator.window, part.operator.activation
    if window is None:
        raise ModelFormatError(f"{part.name}: has no options; rerun digitreader export")
    require(part, window.dilation == (1, 1), f"is dilated by {window.dilation}")
    require(part, activation in ACTIVATED, f"is fused with {activation}")
    dtypes = f"{part.takes[0].dtype} to {part.gives.dtype}"
    require(part, dtypes == "int8 to int8", f"leads from {dtypes}")
    return window


def _weights(part: BoundMapOperator) -> Tensor:
    weights = part.constants[0] if part.constants else None
    if weights is None or weights.data is None or weights.dtype != "int8" or weights.data.ndim != 4:
        raise ModelFormatError(f"{part.name}: has no int8 weights; use --engine litert")
    shape = weights.data.shape
    fits = (shape[0], shape[3]) == (part.depth, part.depths[0]) and weights.data.size > 0
    require(part, fits, f"has weights {list(shape)} from {part.depths[0]} to {part.depth} channels")
    several = len(weights.scales) == part.depth and weights.axis == 0
    symmetric = (several or len(weights.scales) == 1) and not weights.zero_points.any()
    require(part, symmetric, "has no symmetric scale for each channel")
    worth = weights.scales.astype(np.float64) * part.takes[0].scale / part.gives.scale
    require(part, bool(worth.min() > 0 and worth.max() < LARGEST_SCALE), "has scales that are out of range")
    return weights


def _bias(part: BoundMapOperator) -> Array:
    bias = part.constants[1] if len(part.constants) > 1 else None
    if bias is None:
        return np.zeros(part.depth, np.float64)
    if bias.data is None or bias.data.shape != (part.depth,) or bias.dtype != "int32":
        found = f"{list(bias.shape)} {bias.dtype}"
        raise ModelFormatError(f"{part.name}: biases are {found}, need {[part.depth]} int32; use --engine litert")
    return bias.data.astype(np.float64)


def _largest_sum(values: Array, bias: Array, part: BoundMapOperator) -> float:
    """The largest possible sum, or part of a sum."""
    farthest = max(map(abs, limits(part.takes[0])))
    largest = float((np.abs(values).sum(axis=1) * farthest + np.abs(bias)).max())
    require(part, largest <= LARGEST_SUM["int8"], "has sums that may outgrow LiteRT's")
    return largest


ADD_SCALES, QUANTIZE_SCALES = (2.0**-10, 2.0**8), (2.0**-8, 2.0**7)
"""The ratios of an input's scale to the output's that XNNPACK runs; other kernels, with other rounding, run others."""

LARGEST_POOL = 16
"""The most rows and columns of a pool's window: in a damaged file, padding must not fill the memory."""


def make_add(part: BoundMapOperator) -> MapRun:
    """XNNPACK's sum: each input times an integer of 21 bits, shifted back; halves are rounded up."""
    _check(part, inputs=2)
    scales = [np.float32(form.scale) / np.float32(part.gives.scale) for form in part.takes]
    in_range = all(ADD_SCALES[0] <= scale < ADD_SCALES[1] for scale in scales)
    require(part, in_range, f"has inputs of {scales[0]:g} and {scales[1]:g} times the output's scale")
    shift = 21 - math.frexp(max(scales))[1]
    first, second = (int(np.rint(float(scale) * 2.0**shift)) for scale in scales)
    least, most = map(int, clip_bounds(part.operator.activation, part.gives, default=True))

    def run(one: QuantizedMap, other: QuantizedMap) -> QuantizedMap:
        if one.shape != other.shape:
            raise ModelFormatError(f"{part.name}: adds {one.shape} and {other.shape}; use --engine litert")
        sums: Array = one.astype(np.int32) * first
        sums += other.astype(np.int32) * second
        sums += 1 << (shift - 1)
        sums >>= shift
        steps: QuantizedMap = sums.clip(least, most).astype(np.float32)
        return steps

    return run


def make_quantize(part: BoundMapOperator) -> MapRun:
    """From one form to another: only clipping if the scale is the same, else XNNPACK's factor with 8 binary places."""
    _check(part, inputs=1, activation=False)
    taken, bounds = part.takes[0], limits(part.gives)
    if taken.scale == part.gives.scale:
        return _keep if limits(taken) == bounds else lambda steps: steps.clip(*bounds)
    scale = np.float32(taken.scale) / np.float32(part.gives.scale)
    known = QUANTIZE_SCALES[0] <= scale <= QUANTIZE_SCALES[1] and taken.dtype == part.gives.dtype == "int8"
    require(part, bool(known), f"turns {_name(taken)} into {_name(part.gives)}")
    factor = np.rint(scale * np.float32(256))
    return lambda steps: np.floor((steps * factor + np.float32(128)) * np.float32(1 / 256)).clip(*bounds)


def make_depth_to_space(part: BoundMapOperator) -> MapRun:
    """Each pixel's channels become a square of pixels."""
    _check(part, inputs=1, kept=True, activation=False)
    side = part.operator.block
    require(part, side > 0 and part.depths[0] == side * side * part.depth, f"lays out blocks of {side}")

    def run(steps: QuantizedMap) -> QuantizedMap:
        height, width, _ = steps.shape
        squares = steps.reshape(height, width, side, side, part.depth).transpose(0, 2, 1, 3, 4)
        return squares.reshape(height * side, width * side, part.depth)

    return run


def make_concatenation(part: BoundMapOperator) -> MapRun:
    """The channels of all inputs, one after the other."""
    _check(part, inputs=len(part.takes), kept=True, activation=False)
    require(part, part.operator.axis in {-1, 3}, f"joins along axis {part.operator.axis}")
    require(part, sum(part.depths) == part.depth, f"joins {part.depths} to {part.depth} channels")

    def run(*inputs: QuantizedMap) -> QuantizedMap:
        if len({steps.shape[:2] for steps in inputs}) != 1:
            raise ModelFormatError(f"{part.name}: joins maps of different sizes; use --engine litert")
        return np.concatenate(inputs, axis=2)

    return run


def make_max_pool(part: BoundMapOperator) -> MapRun:
    """The largest step in the window, in each channel."""
    _check(part, inputs=1, kept=True)
    window = part.operator.window
    if window is None:
        raise ModelFormatError(f"{part.name}: has no options; rerun digitreader export")
    require(part, max(window.size) <= LARGEST_POOL, f"has a window of {window.size}")
    bounds = clip_bounds(part.operator.activation, part.gives, default=True)

    def run(steps: QuantizedMap) -> QuantizedMap:
        windows = windows_of(steps, window.size, window, outside=-math.inf)
        seen = [windows[:, :, row, column] for row in range(window.size[0]) for column in range(window.size[1])]
        return functools.reduce(np.maximum, seen).clip(*bounds)

    return run


def make_sigmoid(part: BoundMapOperator) -> MapRun:
    """The sigmoid of each number, from a table."""
    _check(part, inputs=1, activation=False)
    return make_logistic(as_layer(part))


def _keep(steps: QuantizedMap) -> QuantizedMap:
    return steps


def _check(part: BoundMapOperator, *, inputs: int, kept: bool = False, activation: bool = True) -> None:
    """Check the number of inputs, that forms are equal if `kept` is set, and that the fused activation is allowed."""
    fused = part.operator.activation
    require(part, fused in ACTIVATED and (activation or fused == "NONE"), f"is fused with {fused}")
    require(part, len(part.takes) == inputs and not any(part.constants), "has other inputs than it needs")
    changed = [form for form in part.takes if form != part.gives]
    require(part, not (kept and changed), f"turns {', '.join(map(_name, part.takes))} into {_name(part.gives)}")


def _name(form: TensorForm) -> str:
    return f"{form.dtype} (scale {form.scale:g}, zero point {form.zero_point})"
