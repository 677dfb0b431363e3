"""From a layer's sums to the steps of its output: LiteRT's two ways of multiplying by a scale and rounding."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from digitreader.engines.form import TensorForm
from digitreader.engines.steps import Part, Steps, limits

Scales = npt.NDArray[np.float32]

Rounder = Callable[[Steps], Steps]
"""Turns exact sums (N, neurons), which it may write over, into steps of the output, clipped."""

ACTIVATED = {"NONE": (-math.inf, math.inf), "RELU": (0, math.inf), "RELU6": (0, 6), "RELU_N1_TO_1": (-1, 1)}
"""Fused activations: between which real numbers they let a neuron be."""


class NearestEven:
    """XNNPACK's: the sum as float32 times the scale as float32, the nearest whole number, the even one of two.

    Args:
        scales: (1,) or (neurons,) of the sums' steps.
        part: the layer.
    """

    def __init__(self, scales: Scales, part: Part) -> None:
        self._scale = scales * np.float32(part.taken.scale) / np.float32(part.given.scale)
        self._bounds = clip_bounds(part.activation, part.given, default=True)

    def __call__(self, sums: Steps) -> Steps:
        """As `Rounder`."""
        steps: Steps = sums.astype(np.float32, copy=False)
        steps *= self._scale
        np.rint(steps, out=steps)
        steps.clip(*self._bounds, out=steps)
        return steps


class AwayFromZero:
    """The reference kernels', and every kernel's with 16-bit activations: float64, of two the one away from zero.

    Args:
        scales: (1,) or (neurons,) of the sums' steps.
        part: the layer.
    """

    def __init__(self, scales: Scales, part: Part) -> None:
        self._scale = scales.astype(np.float64) * part.taken.scale / part.given.scale
        self._bounds = clip_bounds(part.activation, part.given, default=False)

    def __call__(self, sums: Steps) -> Steps:
        """As `Rounder`."""
        steps: Steps = sums * self._scale
        steps += np.copysign(0.5, steps)
        np.trunc(steps, out=steps)
        steps.clip(*self._bounds, out=steps)
        return steps


def clip_bounds(activation: str, form: TensorForm, *, default: bool) -> tuple[float, float]:
    """The least and the most steps that an activation lets through.

    Args:
        activation: one of `ACTIVATED`.
        form: of the output.
        default: whether as XNNPACK rounds them, which moves them to the zero point first, or as the other kernels.
    """
    least, most = (np.float32(real) / np.float32(form.scale) for real in ACTIVATED[activation])
    if default:
        zero = np.float32(form.zero_point)
        least, most = np.rint(least + zero) - zero, np.rint(most + zero) - zero
    else:
        least, most = (np.trunc(end + np.copysign(np.float32(0.5), end)) for end in (least, most))
    low, high = limits(form)
    return max(low, float(least)), min(high, float(most))


def make_rounder(scales: Scales, part: Part) -> Rounder:
    """Choose the way that LiteRT takes with this layer."""
    if part.taken.dtype == "int16" or part.rounding == "reference":
        return AwayFromZero(scales, part)
    return NearestEven(scales, part)
