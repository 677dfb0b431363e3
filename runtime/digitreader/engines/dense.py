"""FULLY_CONNECTED in whole numbers: exact sums by matrix products of floats, and LiteRT's rounding."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from digitreader.engines.rounding import ACTIVATED, make_rounder
from digitreader.engines.steps import LARGEST_BATCH, Part, Steps, limits
from digitreader.errors import ModelFormatError
from digitreader.tflite.graph import Tensor

Array = npt.NDArray[Any]

EXACT = {np.float32: 2.0**24, np.float64: 2.0**53}
"""Up to here a float of this type holds every whole number, so that sums are exact in whatever order they are taken."""

BIASES = {"int8": "int32", "int16": "int64"}
"""The type of bias that goes with each type of activation; with another one LiteRT's default takes another way."""

BLOCK_GLYPHS, BLOCK_NEURONS = 32, 32
"""OpenBLAS copies large matrices into another order before it multiplies them, which for a few glyphs costs up to half
the time. On processors with AVX-512 it takes small ones as they lie, up to 10^6 products: so many glyphs, 784 inputs
and so many neurons."""
SMALL_LAYER = 1 << 15
"""A layer with fewer weights gains nothing by blocks."""

LARGEST_SUM = {"int8": 2.0**31 - 1, "int16": EXACT[np.float64]}
LARGEST_SCALE = 256
"""LiteRT refuses a layer whose sums are worth more than so many steps."""


class Dense:
    """One layer: takes (N, inputs) steps, gives (N, neurons).

    Raises:
        ModelFormatError: of a form that LiteRT does not run in integers, or that was not compared with it.
    """

    def __init__(self, part: Part) -> None:
        _check_form(part)
        weights = _weights(part)
        values, biases = np.asarray(weights.data, np.float64), _bias(part).astype(np.float64)
        largest = float((np.abs(values).sum(axis=1) * max(map(abs, limits(part.taken))) + np.abs(biases)).max())
        if largest > LARGEST_SUM[part.taken.dtype]:
            raise ModelFormatError(f"{part.name}: its sums may outgrow LiteRT's; rerun digitreader export")
        self._type = np.float32 if largest <= EXACT[np.float32] else np.float64
        self._weights = np.ascontiguousarray(values.T, self._type)
        self._blocks = _in_blocks(self._weights)
        self._bias = biases.astype(self._type)
        self._sums = np.empty((LARGEST_BATCH, part.width), self._type)
        self._rounder = make_rounder(weights.scales, part)

    def __call__(self, steps: Steps) -> Steps:
        """As `Run`."""
        sums = self._sums[: len(steps)]
        steps = steps.astype(self._type, copy=False)
        if self._blocks is None or not 1 < len(steps) <= BLOCK_GLYPHS:
            np.matmul(steps, self._weights, out=sums)
        else:
            by_block = sums.reshape(len(steps), -1, BLOCK_NEURONS).transpose(1, 0, 2)
            np.matmul(steps, self._blocks, out=by_block)
        sums += self._bias
        return self._rounder(sums)


def _in_blocks(weights: Array) -> Array | None:
    """(inputs, neurons) weights as (blocks, inputs, neurons of a block); None where blocks are of no use."""
    inputs, neurons = weights.shape
    if weights.size < SMALL_LAYER or neurons % BLOCK_NEURONS:
        return None
    return np.ascontiguousarray(weights.reshape(inputs, -1, BLOCK_NEURONS).transpose(1, 0, 2))


def _weights(part: Part) -> Tensor:
    weights = part.constants[0] if part.constants else None
    shape = (part.width, part.taken_width)
    if weights is None or weights.data is None or weights.data.shape != shape or weights.dtype != "int8":
        found = "none" if weights is None else f"{list(weights.shape)} {weights.dtype}"
        raise ModelFormatError(f"{part.name}: weights are {found}, need {list(shape)} int8; use --engine litert")
    several = len(weights.scales) == part.width and weights.axis == 0
    if not (several or len(weights.scales) == 1) or weights.zero_points.any():
        raise ModelFormatError(f"{part.name}: weights have no symmetric scale for each neuron; use --engine litert")
    worth = weights.scales.astype(np.float64) * part.taken.scale / part.given.scale
    if not (worth.min() > 0 and worth.max() < LARGEST_SCALE):
        raise ModelFormatError(f"{part.name}: scales are out of range; rerun digitreader export")
    return weights


def _bias(part: Part) -> Array:
    bias = part.constants[1] if len(part.constants) > 1 else None
    need = BIASES[part.taken.dtype]
    if bias is None and need == "int32":
        return np.zeros(part.width, np.int32)
    if bias is None or bias.data is None or bias.data.shape != (part.width,) or bias.dtype != need:
        found = "none" if bias is None else f"{list(bias.shape)} {bias.dtype}"
        raise ModelFormatError(f"{part.name}: biases are {found}, need {[part.width]} {need}; use --engine litert")
    return bias.data


def _check_form(part: Part) -> None:
    if part.taken.dtype not in BIASES or part.given.dtype != part.taken.dtype:
        raise ModelFormatError(
            f"{part.name}: from {part.taken.dtype} to {part.given.dtype}, the NumPy engine runs it from and to int8 or "
            "int16; use --engine litert"
        )
    if part.activation not in ACTIVATED:
        raise ModelFormatError(f"{part.name}: fused with {part.activation}; use --engine litert")
