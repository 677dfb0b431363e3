"""CONV_2D in whole numbers: exact sums by matrix products of floats, and LiteRT's rounding."""

from __future__ import annotations

import numpy as np

from digitreader.engines.dense import EXACT, LARGEST_SCALE, LARGEST_SUM
from digitreader.engines.map_steps import Array, MapPart, MapSteps, as_layer, require
from digitreader.engines.rounding import ACTIVATED, NearestEven
from digitreader.engines.steps import limits
from digitreader.engines.windows import windows_of
from digitreader.errors import ModelFormatError
from digitreader.tflite.graph import Tensor, Window

BLOCK_NUMBERS = 1 << 17
"""About so many numbers are laid out for one matrix product, half a MB of float32: they stay in the cache."""


class Convolution:
    """One layer: takes (H, W, channels) steps, gives (h, w, channels).

    Raises:
        ModelFormatError: of a form that LiteRT does not run in integers, or that was not compared with it.
    """

    def __init__(self, part: MapPart) -> None:
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

    def __call__(self, steps: MapSteps) -> MapSteps:
        """As `MapRun`."""
        windows = windows_of(steps, self._size, self._window, outside=0)
        height, width = windows.shape[:2]
        numbers, channels = self._weights.shape
        rows = max(1, BLOCK_NUMBERS // (width * numbers))
        # few channels are a short inner loop for NumPy: a row of pixels is handled as one long line
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


def _window(part: MapPart) -> Window:
    window, activation = part.operator.window, part.operator.activation
    if window is None:
        raise ModelFormatError(f"{part.name}: has no options; rerun digitreader export")
    require(part, window.dilation == (1, 1), f"is dilated by {window.dilation}")
    require(part, activation in ACTIVATED, f"is fused with {activation}")
    dtypes = f"{part.takes[0].dtype} to {part.gives.dtype}"
    require(part, dtypes == "int8 to int8", f"leads from {dtypes}")
    return window


def _weights(part: MapPart) -> Tensor:
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


def _bias(part: MapPart) -> Array:
    bias = part.constants[1] if len(part.constants) > 1 else None
    if bias is None:
        return np.zeros(part.depth, np.float64)
    if bias.data is None or bias.data.shape != (part.depth,) or bias.dtype != "int32":
        found = f"{list(bias.shape)} {bias.dtype}"
        raise ModelFormatError(f"{part.name}: biases are {found}, need {[part.depth]} int32; use --engine litert")
    return bias.data.astype(np.float64)


def _largest_sum(values: Array, bias: Array, part: MapPart) -> float:
    """No sum, and no part of one, can be larger than this."""
    farthest = max(map(abs, limits(part.takes[0])))
    largest = float((np.abs(values).sum(axis=1) * farthest + np.abs(bias)).max())
    require(part, largest <= LARGEST_SUM["int8"], "has sums that may outgrow LiteRT's")
    return largest
