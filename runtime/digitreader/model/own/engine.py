"""Runs a .tflite of any maker that reads one 28x28 digit: with LiteRT, or with NumPy if it knows every operator."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from digitreader.errors import ModelFormatError
from digitreader.host.native_stderr import native_stderr_muted
from digitreader.model.engine import EngineName
from digitreader.model.engine.choice import chosen
from digitreader.model.engine.dense import form_of, plan
from digitreader.model.engine.engine import Logits, TensorForm
from digitreader.model.engine.integer_arithmetic import LARGEST_BATCH
from digitreader.model.engine.interpreter import (
    LITERT_ERRORS,
    form_in,
    litert_refusal,
    open_interpreter,
    shape_and_dtype,
)
from digitreader.model.own.numbers import InputScale, Meaning, activations_from, log_odds, reals_of, table_of
from digitreader.model.tflite.read import read_graph
from digitreader.values import GLYPH_SIDE, Glyphs

PIXELS = GLYPH_SIDE * GLYPH_SIDE
OUTPUTS = (10, 11)
DTYPES = ("float32", "int8", "uint8", "int16")
PROBE = 3
"""Number of glyphs in the test whether the network takes several at once."""


class FileForm(NamedTuple):
    """The input and output of a model.

    Attributes:
        shape: the shape of the input for one glyph, with a batch of 1.
        input: the form of the input's numbers.
        outputs: how many numbers it gives.
        output: the form of these numbers.
    """

    shape: tuple[int, ...]
    input: TensorForm
    outputs: int
    output: TensorForm


class RawNetwork(Protocol):
    """A network with its raw input and output numbers."""

    name: str
    form: FileForm

    def run(self, numbers: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Give (N, outputs) raw numbers for (N, 784) of the input's dtype; N may be 0."""
        ...


def open_network(content: bytes, source: str, name: EngineName = "auto") -> RawNetwork:
    """Open a .tflite.

    Args:
        content: the bytes of the file.
        source: names it in messages.
        name: which engine; ``auto`` is LiteRT if it is installed, else NumPy.

    Raises:
        MissingExtraError: LiteRT is asked for and not installed.
        ModelFormatError: the engine cannot run it, or it does not take a digit and give ten or eleven numbers.
    """
    return chosen(name, lambda: _in_litert(content, source), lambda: _in_numpy(content, source))


def _in_litert(content: bytes, source: str) -> RawNetwork:
    return LiteRTNetwork(content, source)


def _in_numpy(content: bytes, source: str) -> RawNetwork:
    return NumpyNetwork(content, source)


class LiteRTNetwork:
    """A .tflite in LiteRT, on one thread."""

    name = "litert"

    def __init__(self, content: bytes, source: str) -> None:
        self._source = source
        with native_stderr_muted():  # XNNPACK prints a line at its first allocation
            self._interpreter = open_interpreter(content, source)
            try:
                self._interpreter.allocate_tensors()
                given, gives = self._interpreter.get_input_details(), self._interpreter.get_output_details()
                ends = [[(shape_and_dtype(each)[0], form_in(each)) for each in side] for side in (given, gives)]
                self.form = file_form(ends[0], ends[1], source)
                self._given, self._gives = given[0]["index"], gives[0]["index"]
                self._batch = 1
                self._takes_many = self._may_take_many()
            except LITERT_ERRORS as error:
                raise litert_refusal(error, source) from error

    def run(self, numbers: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """As `RawNetwork`."""
        size = LARGEST_BATCH if self._takes_many else 1
        try:
            parts = [self._invoke(numbers[at : at + size]) for at in range(0, len(numbers), size)]
        except LITERT_ERRORS as error:
            raise litert_refusal(error, self._source) from error
        return np.concatenate(parts) if parts else np.zeros((0, self.form.outputs), self.form.output.dtype)

    def _invoke(self, numbers: npt.NDArray[Any]) -> npt.NDArray[Any]:
        shape = (len(numbers), *self.form.shape[1:])
        if len(numbers) != self._batch:
            self._interpreter.resize_tensor_input(self._given, shape)
            self._interpreter.allocate_tensors()
            self._batch = len(numbers)
        self._interpreter.set_tensor(self._given, numbers.reshape(shape))
        self._interpreter.invoke()
        given: npt.NDArray[Any] = self._interpreter.get_tensor(self._gives)
        return given.reshape(-1, self.form.outputs)

    def _may_take_many(self) -> bool:
        """Whether several glyphs at once give the same results as each alone: some files have a fixed batch."""
        dtype = self.form.input.dtype
        high = 1.0 if dtype == "float32" else float(np.iinfo(dtype).max)
        probe = (np.random.default_rng(1).random((PROBE, PIXELS)) * high).astype(dtype)
        alone = np.concatenate([self._invoke(each[None]) for each in probe])
        try:
            together = self._invoke(probe)
        except LITERT_ERRORS:
            together = alone[:0]
        same = together.shape == alone.shape and np.allclose(together, alone, rtol=1e-3, atol=1e-3)
        if not same:  # go back to one glyph at a time
            self._interpreter.resize_tensor_input(self._given, self.form.shape)
            self._interpreter.allocate_tensors()
            self._batch = 1
        return same


class NumpyNetwork:
    """A .tflite in NumPy: a chain of integer layers.

    Raises:
        ModelFormatError: it has an operator that this engine does not run; the message names it.
    """

    name = "numpy"

    def __init__(self, content: bytes, source: str) -> None:
        graph = read_graph(content, source)
        given, gives = ([graph.tensors[place] for place in ends] for ends in (graph.inputs, graph.outputs))
        ends = [[(each.shape, TensorForm(each.dtype, 0.0, 0)) for each in side] for side in (given, gives)]
        bare = file_form(ends[0], ends[1], source)
        self._stages = [stage.run for stage in plan(graph, source, "default") if stage.run is not None]
        self.form = bare._replace(input=form_of(given[0], source), output=form_of(gives[0], source))

    def run(self, numbers: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """As `RawNetwork`."""
        found: npt.NDArray[Any] = np.empty((len(numbers), self.form.outputs), self.form.output.dtype)
        for first in range(0, len(numbers), LARGEST_BATCH):
            steps: Any = numbers[first : first + LARGEST_BATCH].astype(np.float64) - self.form.input.zero_point
            for stage in self._stages:
                steps = stage(steps)
            np.add(steps, self.form.output.zero_point, out=found[first : first + LARGEST_BATCH], casting="unsafe")
        return found


def file_form(
    given: Sequence[tuple[tuple[int, ...], TensorForm]],
    gives: Sequence[tuple[tuple[int, ...], TensorForm]],
    source: str,
) -> FileForm:
    """Check that one digit goes in and ten or eleven numbers come out.

    Raises:
        ModelFormatError: the model has another input or output.
    """
    if len(given) != 1 or math.prod(given[0][0]) != PIXELS or given[0][1].dtype not in DTYPES:
        raise ModelFormatError(
            f"{source}: takes {_told(given)}; need one picture of 784, 28x28 or 28x28x1 numbers ({', '.join(DTYPES)})"
        )
    if len(gives) != 1 or math.prod(gives[0][0]) not in OUTPUTS or gives[0][1].dtype not in DTYPES:
        raise ModelFormatError(
            f"{source}: gives {_told(gives)}; need ten numbers, one for each digit, or eleven with one for no digit"
        )
    return FileForm(given[0][0], given[0][1], math.prod(gives[0][0]), gives[0][1])


def _told(ends: Sequence[tuple[tuple[int, ...], TensorForm]]) -> str:
    return " and ".join(f"{shape} {form.dtype}" for shape, form in ends) or "nothing"


class OwnEngine:
    """A network of any maker as an `Engine`: it takes glyphs and gives logits.

    Args:
        network: the opened network.
        shown: how grey levels become its input.
        meaning: what its outputs are.
    """

    def __init__(self, network: RawNetwork, shown: InputScale, meaning: Meaning) -> None:
        self.network, self.name = network, network.name
        self.input, self.output = network.form.input, network.form.output
        self.meaning, self._table = meaning, table_of(network.form.input, shown)

    def integers(self, features: Glyphs) -> npt.NDArray[Any]:
        """The raw numbers, (N, 10) or (N, 11), for (N, 28, 28) uint8 glyphs, white ink on black."""
        return self.network.run(self._table[features.reshape(len(features), -1)])

    def logits(self, features: Glyphs) -> Logits:
        """As `Engine`."""
        return log_odds(self.activations_of(self.integers(features)))

    def activations_of(self, numbers: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
        """(N, 10) activations, 0..1, for raw numbers."""
        return activations_from(reals_of(numbers, self.output), self.meaning)

    def shown_numbers(self, features: Glyphs) -> npt.NDArray[np.float32]:
        """The network's input for (N, 28, 28) uint8 glyphs as real numbers: (N, 784) float32."""
        return reals_of(self._table, self.input)[features.reshape(len(features), -1)]

    @property
    def input_range(self) -> tuple[float, float]:
        """The least and the greatest number of its input."""
        levels = reals_of(self._table, self.input)
        return float(levels.min()), float(levels.max())

    def invoke(self) -> None:
        """Run the network on one black glyph; for benches."""
        self.network.run(np.broadcast_to(self._table[0], (1, PIXELS)))
