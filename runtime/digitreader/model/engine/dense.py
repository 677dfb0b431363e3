"""The steps of a dense network, planned from its graph."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from digitreader.errors import ModelFormatError
from digitreader.model.engine.engine import TensorForm
from digitreader.model.engine.integer_arithmetic import (
    ACTIVATED,
    LARGEST_BATCH,
    BoundOperator,
    QuantizedValues,
    Rounding,
    Run,
    limits,
    make_rounder,
    sigmoid_steps,
)
from digitreader.model.tflite.check_tensors import check_quantization
from digitreader.model.tflite.graph import Graph, Operator, Tensor

Array = npt.NDArray[Any]

EXACT = {np.float32: 2.0**24, np.float64: 2.0**53}
"""Up to this number a float of this type can express every integer, so sums are exact in any order."""

BIASES = {"int8": "int32", "int16": "int64"}
"""The type of bias for each type of activation; with another type LiteRT computes in another way."""

BLOCK_GLYPHS, BLOCK_NEURONS = 32, 32
"""OpenBLAS copies large matrices into another order before it multiplies them, which takes up to half the time for a
few glyphs. On processors with AVX-512 it does not copy small ones of up to 10^6 products: this many glyphs (first),
784 inputs and this many neurons (second)."""
SMALL_LAYER = 1 << 15
"""A layer with fewer weights is not faster in blocks."""

LARGEST_SUM = {"int8": 2.0**31 - 1, "int16": EXACT[np.float64]}
LARGEST_SCALE = 256
"""LiteRT refuses a layer if the scale of its sums is at least this many times the scale of its output."""


class Dense:
    """One layer: takes (N, inputs) steps, gives (N, neurons).

    Raises:
        ModelFormatError: LiteRT does not run this form in integers, or it was not compared with LiteRT.
    """

    def __init__(self, part: BoundOperator) -> None:
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

    def __call__(self, steps: QuantizedValues) -> QuantizedValues:
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
    """(inputs, neurons) weights as (blocks, inputs, neurons of a block); None if blocks do not help."""
    inputs, neurons = weights.shape
    if weights.size < SMALL_LAYER or neurons % BLOCK_NEURONS:
        return None
    return np.ascontiguousarray(weights.reshape(inputs, -1, BLOCK_NEURONS).transpose(1, 0, 2))


def _weights(part: BoundOperator) -> Tensor:
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


def _bias(part: BoundOperator) -> Array:
    bias = part.constants[1] if len(part.constants) > 1 else None
    need = BIASES[part.taken.dtype]
    if bias is None and need == "int32":
        return np.zeros(part.width, np.int32)
    if bias is None or bias.data is None or bias.data.shape != (part.width,) or bias.dtype != need:
        found = "none" if bias is None else f"{list(bias.shape)} {bias.dtype}"
        raise ModelFormatError(f"{part.name}: biases are {found}, need {[part.width]} {need}; use --engine litert")
    return bias.data


def _check_form(part: BoundOperator) -> None:
    if part.taken.dtype not in BIASES or part.given.dtype != part.taken.dtype:
        raise ModelFormatError(
            f"{part.name}: from {part.taken.dtype} to {part.given.dtype}, the NumPy engine runs it from and to int8 or "
            "int16; use --engine litert"
        )
    if part.activation not in ACTIVATED:
        raise ModelFormatError(f"{part.name}: fused with {part.activation}; use --engine litert")


PROBABILITIES = {"int8": TensorForm("int8", 1 / 256, -128), "int16": TensorForm("int16", 1 / 32768, 0)}
"""The only form of each type in which LiteRT gives values between 0 and 1."""


def make_reshape(part: BoundOperator) -> None:
    """Nothing to do: a glyph's numbers are already one row."""
    _check(part, kept=part.given == part.taken)


def make_quantize(part: BoundOperator) -> Run | None:
    """A change of zero point does not change the values; only values out of range are clipped."""
    _check(part, kept=part.given.scale == part.taken.scale)
    return None if limits(part.given) == limits(part.taken) else _clip(*limits(part.given))


def make_relu(part: BoundOperator) -> Run:
    """A RELU that is not fused into a layer."""
    _check(part, kept=part.given == part.taken)
    return _clip(0, limits(part.given)[1])


def make_logistic(part: BoundOperator) -> Run:
    """The sigmoid, from a table."""
    _check(part, kept=part.given == PROBABILITIES.get(part.taken.dtype))
    return _look_up(sigmoid_steps(part.taken, part.rounding), limits(part.taken)[0])


def make_softmax(part: BoundOperator) -> Run:
    """Softmax over a glyph's numbers, in float32 as in LiteRT's default; the reference kernel may differ by a step."""
    _check(part, kept=part.given == PROBABILITIES["int8"] and part.taken.dtype == "int8" and part.beta == 1)
    exponents = np.arange(256, dtype=np.float32) * np.float32(-part.taken.scale)
    below_largest = np.exp(exponents.astype(np.float64)).astype(np.float32)

    def run(steps: QuantizedValues) -> QuantizedValues:
        shares = below_largest[(steps.max(axis=1, keepdims=True) - steps).astype(np.intp)]
        # added one after the other, as in LiteRT; sum() would add pairs
        total = np.add.accumulate(shares, axis=1)[:, -1:]
        shares *= np.float32(1) / (total * np.float32(1 / 256))
        rounded: QuantizedValues = np.minimum(np.floor(shares + np.float32(0.5)), np.float32(255))
        return rounded

    return run


def _look_up(table: npt.NDArray[Any], lowest: int) -> Run:
    return lambda steps: table[(steps - lowest).astype(np.intp)]


def _clip(low: int, high: int) -> Run:
    return lambda steps: steps.clip(low, high, out=steps)


def _check(part: BoundOperator, *, kept: bool) -> None:
    if not kept or part.width != part.taken_width:
        raise ModelFormatError(
            f"{part.name}: turns {part.taken_width} numbers of {_form(part.taken)} into {part.width} of "
            f"{_form(part.given)}, which the NumPy engine does not do as LiteRT would; use --engine litert"
        )


def _form(form: TensorForm) -> str:
    return f"{form.dtype} (scale {form.scale:g}, zero point {form.zero_point})"


INTEGERS = ("int8", "uint8", "int16")
SCALES = (1e-20, 1e5)


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """A kind of operator: the newest version that was compared with LiteRT, and the function that prepares it.

    `make` gives None if there is nothing to do.
    """

    version: int
    make: Callable[[BoundOperator], Run | None]


KINDS: Mapping[str, Kind] = {
    "QUANTIZE": Kind(6, make_quantize),
    "RESHAPE": Kind(1, make_reshape),
    "FULLY_CONNECTED": Kind(14, Dense),
    "RELU": Kind(3, make_relu),
    "LOGISTIC": Kind(3, make_logistic),
    "SOFTMAX": Kind(4, make_softmax),
}


@dataclass(frozen=True, slots=True, eq=False)
class PlannedLayer:
    """An operator of the chain: its kind, its tensors, and the function that runs it; None if it has nothing to do."""

    kind: str
    part: BoundOperator
    run: Run | None


def plan(graph: Graph, source: str, rounding: Rounding) -> tuple[PlannedLayer, ...]:
    """Make every operator ready to run.

    Raises:
        ModelFormatError: this engine does not run an operator; the message names it.
    """
    place = graph.inputs[0]
    stages = []
    for operator in graph.operators:
        kind = _known(operator, source)
        if operator.inputs[:1] != (place,) or len(operator.outputs) != 1:
            raise ModelFormatError(f"{source}: {operator.kind} is beside the chain; use --engine litert")
        place = operator.outputs[0]
        part = _part(graph, operator, source, rounding)
        stages.append(PlannedLayer(operator.kind, part, kind.make(part)))
    if place != graph.outputs[0]:
        raise ModelFormatError(f"{source}: its operators do not lead to its output; use --engine litert")
    return tuple(stages)


def form_of(tensor: Tensor, source: str) -> TensorForm:
    """How the integers of a tensor represent real numbers.

    Raises:
        ModelFormatError: they are not integers with one scale, or it is out of range.
    """
    if tensor.dtype not in INTEGERS:
        raise ModelFormatError(
            f"{source}: works with {tensor.dtype} numbers; the NumPy engine runs only integers; use --engine litert"
        )
    check_quantization(tensor, source)
    scale = float(tensor.scales[0]) if len(tensor.scales) == 1 else math.nan
    if not SCALES[0] < scale < SCALES[1]:
        raise ModelFormatError(
            f"{source}: has no single scale between {SCALES[0]} and {SCALES[1]}; use --engine litert"
        )
    zero_point = int(tensor.zero_points[0])
    if tensor.dtype == "int16" and zero_point:
        raise ModelFormatError(f"{source}: has the zero point {zero_point}; use --engine litert")
    return TensorForm(tensor.dtype, scale, zero_point)


def _known(operator: Operator, source: str) -> Kind:
    kind = KINDS.get(operator.kind)
    if kind is None:
        raise ModelFormatError(
            f"{source}: the NumPy engine does not run {operator.kind}, only {', '.join(KINDS)}; use --engine litert"
        )
    if operator.version > kind.version:
        raise ModelFormatError(
            f"{source}: {operator.kind} is of version {operator.version}, this digitreader knows "
            f"{kind.version} at most; use --engine litert, or update digitreader"
        )
    return kind


def _part(graph: Graph, operator: Operator, source: str, rounding: Rounding) -> BoundOperator:
    name = f"{source}: {operator.kind}"
    taken, given = graph.tensors[operator.inputs[0]], graph.tensors[operator.outputs[0]]
    return BoundOperator(
        activation=operator.activation,
        beta=operator.beta,
        constants=tuple(None if place < 0 else graph.tensors[place] for place in operator.inputs[1:]),
        taken=form_of(taken, name),
        given=form_of(given, name),
        taken_width=math.prod(taken.shape),
        width=math.prod(given.shape),
        rounding=rounding,
        name=name,
    )
