"""Turns the graph of a .tflite into the operators that the NumPy engine runs on maps, in order, with their places."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from digitreader.engines.convolution import Convolution
from digitreader.engines.map_operators import (
    make_add,
    make_concatenation,
    make_depth_to_space,
    make_max_pool,
    make_quantize,
    make_sigmoid,
)
from digitreader.engines.map_steps import MapPart, MapRun
from digitreader.engines.planning import form_of
from digitreader.errors import ModelFormatError
from digitreader.tflite.graph import Graph, Operator


@dataclass(frozen=True, slots=True, eq=False)
class MapKind:
    """A kind of operator: the newest version that was compared with LiteRT, and what makes it ready to run."""

    version: int
    make: Callable[[MapPart], MapRun]


KINDS: Mapping[str, MapKind] = {
    "ADD": MapKind(2, make_add),
    "CONCATENATION": MapKind(2, make_concatenation),
    "CONV_2D": MapKind(3, Convolution),
    "DEPTH_TO_SPACE": MapKind(2, make_depth_to_space),
    "LOGISTIC": MapKind(3, make_sigmoid),
    "MAX_POOL_2D": MapKind(2, make_max_pool),
    "QUANTIZE": MapKind(6, make_quantize),
}


@dataclass(frozen=True, slots=True, eq=False)
class PlannedOperator:
    """An operator that is ready to run.

    Attributes:
        run: runs it.
        takes: places in the graph of the tensors that it takes.
        gives: place of the one that it gives.
        finished: places of tensors that nothing needs after it.
    """

    run: MapRun
    takes: tuple[int, ...]
    gives: int
    finished: tuple[int, ...]


def plan_maps(graph: Graph, source: str) -> tuple[PlannedOperator, ...]:
    """Make every operator ready to run.

    Args:
        graph: one picture goes in.
        source: names the model in messages.

    Raises:
        ModelFormatError: an operator that this engine does not run; it says which.
    """
    computed, planned = {*graph.inputs}, []
    for index, operator in enumerate(graph.operators):
        kind = _known(operator, source)
        takes = _computed_inputs(graph, operator, computed, source)
        computed.update(operator.outputs)
        finished = _finished(graph, index, computed)
        computed.difference_update(finished)
        run = kind.make(_part(graph, operator, takes, source))
        planned.append(PlannedOperator(run, takes, operator.outputs[0], finished))
    if not computed.issuperset(graph.outputs):
        raise ModelFormatError(f"{source}: its operators do not lead to its outputs; use --engine litert")
    return tuple(planned)


def _known(operator: Operator, source: str) -> MapKind:
    kind = KINDS.get(operator.kind)
    if kind is None or operator.version > kind.version:
        known = ", ".join(f"{name} up to {each.version}" for name, each in KINDS.items())
        raise ModelFormatError(
            f"{source}: {operator.kind} of version {operator.version} is no operator that the NumPy engine runs on "
            f"pictures ({known}); use --engine litert"
        )
    return kind


def _computed_inputs(graph: Graph, operator: Operator, computed: set[int], source: str) -> tuple[int, ...]:
    """Places of the inputs that are no constants; they come first."""
    takes = tuple(place for place in operator.inputs if place >= 0 and graph.tensors[place].data is None)
    in_order = takes == operator.inputs[: len(takes)] and computed.issuperset(takes)
    if not takes or not in_order or len(operator.outputs) != 1:
        raise ModelFormatError(f"{source}: {operator.kind} has unusual inputs or outputs; use --engine litert")
    return takes


def _finished(graph: Graph, index: int, computed: set[int]) -> tuple[int, ...]:
    needed = {place for operator in graph.operators[index + 1 :] for place in operator.inputs}
    return tuple(computed - needed - {*graph.outputs})


def _part(graph: Graph, operator: Operator, takes: tuple[int, ...], source: str) -> MapPart:
    name = f"{source}: {operator.kind}"
    taken, given = [graph.tensors[place] for place in takes], graph.tensors[operator.outputs[0]]
    if any(len(tensor.shape) != 4 for tensor in (*taken, given)):
        raise ModelFormatError(f"{name}: works on no pictures of the shape (1, h, w, channels); use --engine litert")
    return MapPart(
        operator=operator,
        takes=tuple(form_of(tensor, name) for tensor in taken),
        depths=tuple(tensor.shape[3] for tensor in taken),
        constants=tuple(None if place < 0 else graph.tensors[place] for place in operator.inputs[len(takes) :]),
        gives=form_of(given, name),
        depth=given.shape[3],
        name=name,
    )
