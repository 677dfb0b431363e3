"""LiteRT's integer arithmetic: scales, rounding, and the table of the sigmoid."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from digitreader.model.engine.engine import TensorForm
from digitreader.model.tflite.graph import Tensor

LARGEST_BATCH = 128
"""Number of glyphs in one pass: each operator keeps arrays for this many, which fit into the processor's cache."""

QuantizedValues = npt.NDArray[Any]
"""(N, K) float32 or float64 with integers: how many steps of the scale a value is from zero (number - zero_point)."""

Run = Callable[[QuantizedValues], QuantizedValues]
"""Runs an operator. Its result is overwritten by its next run, and it may write to its argument."""

Rounding = Literal["default", "reference"]


@dataclass(frozen=True, slots=True, eq=False)
class BoundOperator:
    """An operator with its tensors.

    Attributes:
        activation: the activation that is fused into it.
        beta: the factor of a SOFTMAX.
        constants: its inputs after the first; None for an optional one that is absent.
        taken: the form of its input.
        given: the form of its output.
        taken_width: how many numbers of a glyph it takes.
        width: how many numbers of a glyph it gives.
        rounding: which of LiteRT's two ways of rounding is used.
        name: names the operator and its model in messages.
    """

    activation: str
    beta: float
    constants: tuple[Tensor | None, ...]
    taken: TensorForm
    given: TensorForm
    taken_width: int
    width: int
    rounding: Rounding
    name: str


def limits(form: TensorForm) -> tuple[int, int]:
    """The least and the most steps that numbers of this form can express."""
    extremes = np.iinfo(form.dtype)
    return int(extremes.min) - form.zero_point, int(extremes.max) - form.zero_point


Scales = npt.NDArray[np.float32]

Rounder = Callable[[QuantizedValues], QuantizedValues]
"""Turns exact sums (N, neurons) into steps of the output, clipped; it may overwrite the sums."""

ACTIVATED = {"NONE": (-math.inf, math.inf), "RELU": (0, math.inf), "RELU6": (0, 6), "RELU_N1_TO_1": (-1, 1)}
"""The limits of a neuron's real numbers for each fused activation."""


class NearestEven:
    """XNNPACK's rounding: the sum times the scale, both float32, to the nearest integer; halves to the even one.

    Args:
        scales: (1,) or (neurons,), the scales of the sums.
        part: the layer.
    """

    def __init__(self, scales: Scales, part: BoundOperator) -> None:
        self._scale = scales * np.float32(part.taken.scale) / np.float32(part.given.scale)
        self._bounds = clip_bounds(part.activation, part.given, default=True)

    def __call__(self, sums: QuantizedValues) -> QuantizedValues:
        """As `Rounder`."""
        steps: QuantizedValues = sums.astype(np.float32, copy=False)
        steps *= self._scale
        np.rint(steps, out=steps)
        steps.clip(*self._bounds, out=steps)
        return steps


class AwayFromZero:
    """Rounding of the reference kernels, and of all kernels for 16-bit activations: float64, halves away from zero.

    Args:
        scales: (1,) or (neurons,), the scales of the sums.
        part: the layer.
    """

    def __init__(self, scales: Scales, part: BoundOperator) -> None:
        self._scale = scales.astype(np.float64) * part.taken.scale / part.given.scale
        self._bounds = clip_bounds(part.activation, part.given, default=False)

    def __call__(self, sums: QuantizedValues) -> QuantizedValues:
        """As `Rounder`."""
        steps: QuantizedValues = sums * self._scale
        steps += np.copysign(0.5, steps)
        np.trunc(steps, out=steps)
        steps.clip(*self._bounds, out=steps)
        return steps


def clip_bounds(activation: str, form: TensorForm, *, default: bool) -> tuple[float, float]:
    """The least and the most steps after an activation.

    Args:
        activation: one of `ACTIVATED`.
        form: the form of the output.
        default: round as XNNPACK, which adds the zero point first; otherwise as the other kernels.
    """
    least, most = (np.float32(real) / np.float32(form.scale) for real in ACTIVATED[activation])
    if default:
        zero = np.float32(form.zero_point)
        least, most = np.rint(least + zero) - zero, np.rint(most + zero) - zero
    else:
        least, most = (np.trunc(end + np.copysign(np.float32(0.5), end)) for end in (least, most))
    low, high = limits(form)
    return max(low, float(least)), min(high, float(most))


def make_rounder(scales: Scales, part: BoundOperator) -> Rounder:
    """Choose the rounding that LiteRT uses for this layer."""
    if part.taken.dtype == "int16" or part.rounding == "reference":
        return AwayFromZero(scales, part)
    return NearestEven(scales, part)


Array = npt.NDArray[Any]

# fmt: off
ONE_HIGHER = (
    4, 8, 12, 14, 15, 16, 17, 19, 20, 21, 22, 25, 27, 28, 29, 30, 31, 33, 34, 35, 37, 39, 40, 41, 43, 44, 45, 46, 49,
    50, 54, 62, 63, 64, 66, 82, 86, 93, 100, 103, 112, 116, 135,
)
"""Places at which the 16-bit kernel's table is one higher than the rounded sigmoid of i/24, as its answers show."""
# fmt: on


def sigmoid_steps(form: TensorForm, rounding: Rounding) -> Array:
    """The sigmoid of every int8 or int16 number of this form, from the least one up.

    Returns:
        (256,) float32 steps of 1/256, or (65536,) float64 steps of 1/32768.
    """
    return _of_int8(form, rounding) if form.dtype == "int8" else _of_int16(form.scale)


def _of_int8(form: TensorForm, rounding: Rounding) -> Array:
    reals = (np.arange(-128, 128) - form.zero_point).astype(np.float32) * np.float32(form.scale)
    # beyond 88 a sigmoid is 0 or 1 in float32, and its exponential is too large for float32
    exponentials = np.exp(-reals.clip(-88, 88).astype(np.float64))
    if rounding == "reference":
        sigmoids = np.float32(1) / (np.float32(1) + exponentials.astype(np.float32))
        steps = np.floor(sigmoids * np.float32(256) + np.float32(0.5))
    else:
        # the zero point is added before the rounding, which rounds small numbers a second time
        sigmoids = (1 / (1 + exponentials)).astype(np.float32)
        steps = np.rint(sigmoids * np.float32(256) - np.float32(128)) + np.float32(128)
    capped: Array = np.minimum(steps, np.float32(255))
    return capped


def _of_int16(scale: float) -> Array:
    """As in the kernel: a table of 256 points up to 10.6, and straight lines between them, all in integers."""
    points = _points()
    multiplier, shift = _to_table(scale)
    moved = np.arange(-32768, 32768) * multiplier + (1 << shift >> 1) >> shift
    # the kernel's integers have 32 bits, and at scales that no network has they overflow
    moved = moved.astype(np.int32).astype(np.int64)
    place = np.abs(moved)
    before = np.minimum(place >> 9, 254)
    risen = (points[before] << 9) + (place & 511) * (points[before + 1] - points[before])
    risen = np.where(place >> 9 >= 255, 0x7FFF << 10, risen)
    steps: Array = np.where(moved >= 0, risen + 512, (1 << 25) - risen + 511) >> 10
    return steps.astype(np.float64)


def _points() -> Array:
    """(256,) the kernel's table: the sigmoid of i/24 in steps of 1/65536."""
    points = np.rint(65536 / (1 + np.exp(-np.arange(256) / 24))).astype(np.int64)
    points[list(ONE_HIGHER)] += 1
    return points


def _to_table(scale: float) -> tuple[int, int]:
    """The factor for a number, and the bits by which to shift the product, to get steps of 1/12288."""
    # LiteRT's default kernel differs here by up to 7 of 32768; this follows the reference kernel
    if abs(math.log2(scale) + 12) < 1e-3:
        return 3, 0
    multiplier, shift = scale * 12288, 0
    while multiplier <= 32767 / 2 and shift <= 30:
        multiplier, shift = multiplier * 2, shift + 1
    return int(multiplier), shift
