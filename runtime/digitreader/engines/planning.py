"""Turns the graph of a .tflite into the operators that the NumPy engine runs, one after the other."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from digitreader.engines.dense import Dense
from digitreader.engines.form import TensorForm
from digitreader.engines.simple import make_logistic, make_quantize, make_relu, make_reshape, make_softmax
from digitreader.engines.steps import Part, Rounding, Run
from digitreader.errors import ModelFormatError
from digitreader.tflite.graph import Graph, Operator, Tensor

INTEGERS = ("int8", "uint8", "int16")
SCALES = (1e-20, 1e5)


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """A kind of operator: the newest version that was compared with LiteRT, and what makes it ready to run.

    `make` gives None where there is nothing to do.
    """

    version: int
    make: Callable[[Part], Run | None]


KINDS: Mapping[str, Kind] = {
    "QUANTIZE": Kind(6, make_quantize),
    "RESHAPE": Kind(1, make_reshape),
    "FULLY_CONNECTED": Kind(14, Dense),
    "RELU": Kind(3, make_relu),
    "LOGISTIC": Kind(3, make_logistic),
    "SOFTMAX": Kind(4, make_softmax),
}


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """An operator of the chain: its kind, its tensors, and what runs it; None where there is nothing to do."""

    kind: str
    part: Part
    run: Run | None


def plan(graph: Graph, source: str, rounding: Rounding) -> tuple[Stage, ...]:
    """Make every operator ready to run.

    Raises:
        ModelFormatError: an operator that this engine does not run; it says which.
    """
    place = graph.inputs[0]
    stages = []
    for operator in graph.operators:
        kind = _known(operator, source)
        if operator.inputs[:1] != (place,) or len(operator.outputs) != 1:
            raise ModelFormatError(f"{source}: {operator.kind} is beside the chain; use --engine litert")
        place = operator.outputs[0]
        part = _part(graph, operator, source, rounding)
        stages.append(Stage(operator.kind, part, kind.make(part)))
    if place != graph.outputs[0]:
        raise ModelFormatError(f"{source}: its operators do not lead to its output; use --engine litert")
    return tuple(stages)


def form_of(tensor: Tensor, source: str) -> TensorForm:
    """How the numbers of a tensor stand for real ones.

    Raises:
        ModelFormatError: they are no integers with one scale.
    """
    if tensor.dtype not in INTEGERS:
        raise ModelFormatError(
            f"{source}: works with {tensor.dtype} numbers; the NumPy engine runs integers alone, use --engine litert"
        )
    scale = float(tensor.scales[0]) if len(tensor.scales) == 1 else math.nan
    if not SCALES[0] < scale < SCALES[1]:
        raise ModelFormatError(
            f"{source}: has no single scale between {SCALES[0]} and {SCALES[1]}; use --engine litert"
        )
    zero_point, allowed = int(tensor.zero_points[0]), np.iinfo(tensor.dtype)
    if not allowed.min <= zero_point <= allowed.max or (tensor.dtype == "int16" and zero_point):
        raise ModelFormatError(f"{source}: has the zero point {zero_point}; use --engine litert")
    return TensorForm(tensor.dtype, scale, zero_point)


def _known(operator: Operator, source: str) -> Kind:
    kind = KINDS.get(operator.kind)
    if kind is None:
        raise ModelFormatError(
            f"{source}: {operator.kind} is no operator that the NumPy engine runs ({', '.join(KINDS)}); "
            "use --engine litert"
        )
    if operator.version > kind.version:
        raise ModelFormatError(
            f"{source}: {operator.kind} is of version {operator.version}, this digitreader knows "
            f"{kind.version} at most; use --engine litert, or update digitreader"
        )
    return kind


def _part(graph: Graph, operator: Operator, source: str, rounding: Rounding) -> Part:
    name = f"{source}: {operator.kind}"
    taken, given = graph.tensors[operator.inputs[0]], graph.tensors[operator.outputs[0]]
    return Part(
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
