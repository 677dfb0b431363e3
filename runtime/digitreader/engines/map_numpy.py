"""The engine that runs an integer network that draws maps of a picture, with NumPy alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from digitreader.engines.form import TensorForm
from digitreader.engines.map_ends import SIDE_UNIT, check_map_ends, take_picture
from digitreader.engines.map_planning import plan_maps
from digitreader.engines.map_steps import MapSteps
from digitreader.engines.maps import Maps
from digitreader.engines.planning import form_of
from digitreader.errors import ModelFormatError
from digitreader.tflite.read import read_graph
from digitreader.values import ColourImage


class NumpyMaps:
    """Runs a graph of integer operators on pictures of any size, and gives the very integers that LiteRT gives.

    It follows LiteRT's default kernels (XNNPACK). The sizes of maps follow from the picture; of the shapes in the file,
    only the channels count.

    Args:
        model_bytes: the content of the .tflite.
        source: names it in messages.

    Raises:
        ModelFormatError: no .tflite, one that does not lead from a colour picture to maps, or one with an operator that
            this engine does not run; it says which.
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
            # the sizes of maps are only known when operators run: a network that does not fit together is refused here
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


def _as_integers(steps: MapSteps, form: TensorForm) -> npt.NDArray[Any]:
    numbers: npt.NDArray[Any] = (steps + np.float32(form.zero_point)).astype(form.dtype)
    return numbers
