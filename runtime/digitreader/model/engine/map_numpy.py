"""The NumPy engine of the finder network."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from digitreader.errors import ModelFormatError
from digitreader.model.engine.dense import form_of
from digitreader.model.engine.engine import TensorForm
from digitreader.model.engine.map_engine import Maps
from digitreader.model.engine.map_litert import SIDE_UNIT, check_map_ends, take_picture
from digitreader.model.engine.map_operators import (
    BoundMapOperator,
    Convolution,
    MapRun,
    QuantizedMap,
    make_add,
    make_concatenation,
    make_depth_to_space,
    make_max_pool,
    make_quantize,
    make_sigmoid,
)
from digitreader.model.tflite.graph import Graph, Operator
from digitreader.model.tflite.read import read_graph
from digitreader.values import ColourImage


@dataclass(frozen=True, slots=True, eq=False)
class MapKind:
    """A kind of operator: the newest version that was compared with LiteRT, and the function that prepares it."""

    version: int
    make: Callable[[BoundMapOperator], MapRun]


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
        takes: indices of its input tensors in the graph.
        gives: index of its output tensor.
        finished: indices of tensors that are not needed after it.
    """

    run: MapRun
    takes: tuple[int, ...]
    gives: int
    finished: tuple[int, ...]


def plan_maps(graph: Graph, source: str) -> tuple[PlannedOperator, ...]:
    """Make every operator ready to run.

    Args:
        graph: a graph whose input is one picture.
        source: names the model in messages.

    Raises:
        ModelFormatError: this engine does not run an operator; the message names it.
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
            f"{source}: the NumPy engine does not run {operator.kind} of version {operator.version} on pictures, "
            f"only {known}; use --engine litert"
        )
    return kind


def _computed_inputs(graph: Graph, operator: Operator, computed: set[int], source: str) -> tuple[int, ...]:
    """Indices of the inputs that are not constants; they come first."""
    takes = tuple(place for place in operator.inputs if place >= 0 and graph.tensors[place].data is None)
    in_order = takes == operator.inputs[: len(takes)] and computed.issuperset(takes)
    if not takes or not in_order or len(operator.outputs) != 1:
        raise ModelFormatError(f"{source}: {operator.kind} has unusual inputs or outputs; use --engine litert")
    return takes


def _finished(graph: Graph, index: int, computed: set[int]) -> tuple[int, ...]:
    needed = {place for operator in graph.operators[index + 1 :] for place in operator.inputs}
    return tuple(computed - needed - {*graph.outputs})


def _part(graph: Graph, operator: Operator, takes: tuple[int, ...], source: str) -> BoundMapOperator:
    name = f"{source}: {operator.kind}"
    taken, given = [graph.tensors[place] for place in takes], graph.tensors[operator.outputs[0]]
    if any(len(tensor.shape) != 4 for tensor in (*taken, given)):
        raise ModelFormatError(f"{name}: works on no pictures of the shape (1, h, w, channels); use --engine litert")
    return BoundMapOperator(
        operator=operator,
        takes=tuple(form_of(tensor, name) for tensor in taken),
        depths=tuple(tensor.shape[3] for tensor in taken),
        constants=tuple(None if place < 0 else graph.tensors[place] for place in operator.inputs[len(takes) :]),
        gives=form_of(given, name),
        depth=given.shape[3],
        name=name,
    )


class NumpyMaps:
    """Runs a graph of integer operators on pictures of any size, and gives exactly LiteRT's integers.

    It follows LiteRT's default kernels (XNNPACK). The sizes of maps follow from the picture; from the shapes in the
    file only the channels are used.

    Args:
        model_bytes: the content of the .tflite.
        source: names it in messages.

    Raises:
        ModelFormatError: it is not a .tflite, does not lead from a colour picture to maps, or has an operator that this
            engine does not run; the message names it.
    """

    name = "numpy"

    def __init__(self, model_bytes: bytes, source: str) -> None:
        graph = read_graph(model_bytes, source)
        given, gives = ([graph.tensors[place] for place in ends] for ends in (graph.inputs, graph.outputs))
        check_map_ends(
            [(each.shape, each.dtype) for each in given], [(each.shape, each.dtype) for each in gives], source
        )
        self._given_place, self._gives_places = graph.inputs[0], graph.outputs
        self.input, self.outputs = form_of(given[0], source), tuple(form_of(each, source) for each in gives)
        self._take = take_picture(self.input)
        try:
            self._operators = plan_maps(graph, source)
            # the sizes of maps are known only when operators run, so operators that do not fit are refused here
            self.integers(np.zeros((SIDE_UNIT, SIDE_UNIT, 3), np.uint8))
        except ValueError as error:
            raise ModelFormatError(
                f"{source}: its operators do not fit together ({error}); rerun digitreader export"
            ) from error

    def integers(self, image: ColourImage) -> tuple[npt.NDArray[Any], ...]:
        """As `MapEngine`."""
        steps = self._take(image).astype(np.float32)
        steps -= self.input.zero_point
        tensors = {self._given_place: steps}
        for operator in self._operators:
            tensors[operator.gives] = operator.run(*(tensors[place] for place in operator.takes))
            for place in operator.finished:
                del tensors[place]
        return tuple(
            _as_integers(tensors[place], form) for place, form in zip(self._gives_places, self.outputs, strict=True)
        )

    def maps(self, image: ColourImage) -> Maps:
        """As `MapEngine`."""
        return tuple(form.to_real(numbers) for form, numbers in zip(self.outputs, self.integers(image), strict=True))


def _as_integers(steps: QuantizedMap, form: TensorForm) -> npt.NDArray[Any]:
    numbers: npt.NDArray[Any] = (steps + np.float32(form.zero_point)).astype(form.dtype)
    return numbers
