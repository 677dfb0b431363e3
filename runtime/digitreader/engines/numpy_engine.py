"""The engine that runs an integer .tflite with NumPy alone, where LiteRT is not to be had."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from digitreader.engines.engine import Logits, check_ends
from digitreader.engines.pixel_steps import PixelSteps
from digitreader.engines.planning import form_of, plan
from digitreader.engines.steps import LARGEST_BATCH, Rounding
from digitreader.tflite.read import read_graph
from digitreader.values import Features


class NumpyEngine:
    """Runs a chain of integer operators, and gives the very integers that LiteRT gives.

    LiteRT has two ways of rounding a layer's sums back to 8 bits, which part in a few of 100,000. Its default (XNNPACK)
    multiplies by the layer's scale as float32 and takes the nearest, of two the even one. Its reference kernels take
    float64 and, of two, the one away from zero. Cards are made with the default, which is what is followed here.

    Args:
        model_bytes: the content of the .tflite.
        source: names it in messages.
        rounding: which of the two; SOFTMAX is the default's in both.

    Raises:
        ModelFormatError: no .tflite, or one with an operator that this engine does not run; it says which.
    """

    name = "numpy"

    def __init__(self, model_bytes: bytes, source: str, *, rounding: Rounding = "default") -> None:
        graph = read_graph(model_bytes, source)
        given, gives = ([graph.tensors[place] for place in ends] for ends in (graph.inputs, graph.outputs))
        check_ends([(each.shape, each.dtype) for each in given], [(each.shape, each.dtype) for each in gives], source)
        self._operators = [stage.run for stage in plan(graph, source, rounding) if stage.run is not None]
        self.input, self.output = form_of(given[0], source), form_of(gives[0], source)
        self._pixels = PixelSteps(self.input)

    def integers(self, features: Features) -> npt.NDArray[Any]:
        """As `Engine`."""
        numbers: npt.NDArray[Any] = np.empty((len(features), 10), self.output.dtype)
        for first in range(0, len(features), LARGEST_BATCH):
            steps = self._pixels(features[first : first + LARGEST_BATCH])
            for operator in self._operators:
                steps = operator(steps)
            np.add(steps, self.output.zero_point, out=numbers[first : first + LARGEST_BATCH], casting="unsafe")
        return numbers

    def logits(self, features: Features) -> Logits:
        """As `Engine`."""
        return self.output.to_real(self.integers(features))
