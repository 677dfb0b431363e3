"""Engines: what turns glyphs into ten numbers each. Here LiteRT; others can stand behind the same protocol."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from digitreader.errors import ModelFormatError
from digitreader.model.card import TensorForm
from digitreader.quiet import native_stderr_muted
from digitreader.values import GLYPH_SIDE, Glyphs

Logits = npt.NDArray[np.float32]
"""(N, 10) float32, what the sigmoid turns into activations."""

LARGEST_BATCH = 128
"""Beyond 32 glyphs a larger batch is no faster; this bounds the memory."""

INPUT_SHAPE = (1, GLYPH_SIDE, GLYPH_SIDE)
OUTPUT_SHAPE = (1, 10)
INPUT_DTYPES = ("uint8", "float32")
OUTPUT_DTYPES = ("int8", "uint8", "float32")


class Engine(Protocol):
    """Runs one network.

    Attributes:
        input: the form of the pixels that the graph takes.
        output: the form of the numbers that it gives.
    """

    input: TensorForm
    output: TensorForm

    def integers(self, glyphs: Glyphs) -> npt.NDArray[Any]:
        """Give the graph's raw output, (N, 10) of `output.dtype`, for (N, 28, 28) uint8 glyphs; N may be 0."""
        ...

    def logits(self, glyphs: Glyphs) -> Logits:
        """Give the real numbers that the raw output stands for, (N, 10) float32."""
        ...


class LiteRTEngine:
    """Runs a .tflite with LiteRT, on one thread: more are slower for networks this small.

    Args:
        model_bytes: the content of the .tflite.
        source: names it in messages.

    Raises:
        ModelFormatError: LiteRT cannot read it, or it is not a network from one glyph to ten numbers.
    """

    def __init__(self, model_bytes: bytes, source: str) -> None:
        self._interpreter = _allocate(model_bytes, source)
        given, gives = self._interpreter.get_input_details(), self._interpreter.get_output_details()
        self.input = _check_tensor(given, "input", INPUT_SHAPE, INPUT_DTYPES, source)
        self.output = _check_tensor(gives, "output", OUTPUT_SHAPE, OUTPUT_DTYPES, source)
        self._given_index, self._gives_index = given[0]["index"], gives[0]["index"]
        self._batch = 1

    def integers(self, glyphs: Glyphs) -> npt.NDArray[Any]:
        """As `Engine`."""
        parts = [self._invoke(glyphs[first : first + LARGEST_BATCH]) for first in range(0, len(glyphs), LARGEST_BATCH)]
        return np.concatenate(parts) if parts else np.zeros((0, 10), self.output.dtype)

    def logits(self, glyphs: Glyphs) -> Logits:
        """As `Engine`."""
        return self.output.to_real(self.integers(glyphs))

    def _invoke(self, glyphs: Glyphs) -> npt.NDArray[Any]:
        if len(glyphs) != self._batch:
            self._interpreter.resize_tensor_input(self._given_index, glyphs.shape)
            self._interpreter.allocate_tensors()
            self._batch = len(glyphs)
        pixels = glyphs if self.input.dtype == "uint8" else glyphs.astype(np.float32) / np.float32(255)
        self._interpreter.set_tensor(self._given_index, pixels)
        self._interpreter.invoke()
        numbers: npt.NDArray[Any] = self._interpreter.get_tensor(self._gives_index)
        return numbers


def _allocate(model_bytes: bytes, source: str) -> Any:
    from ai_edge_litert.interpreter import Interpreter

    try:
        with native_stderr_muted():  # XNNPACK greets at its first allocation
            interpreter = Interpreter(model_content=model_bytes, num_threads=1)
            interpreter.allocate_tensors()
    except (ValueError, RuntimeError) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else "no reason given"
        raise ModelFormatError(f"{source}: LiteRT cannot read it ({reason}); rerun digitreader export") from error
    return interpreter


def _check_tensor(
    details: list[dict[str, Any]], side: str, shape: tuple[int, ...], dtypes: tuple[str, ...], source: str
) -> TensorForm:
    found = [(tuple(int(size) for size in each["shape"]), np.dtype(each["dtype"]).name) for each in details]
    if len(found) != 1 or found[0][0] != shape or found[0][1] not in dtypes:
        given = ", ".join(f"{found_shape} {dtype}" for found_shape, dtype in found) or "nothing"
        raise ModelFormatError(
            f"{source}: {side} is {given}, need {shape} {' or '.join(dtypes)}; rerun digitreader export"
        )
    scale, zero_point = details[0]["quantization"]
    return TensorForm(found[0][1], float(scale), int(zero_point))
