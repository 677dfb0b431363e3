"""The engine that runs a .tflite with LiteRT."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from digitreader.host.native_stderr import native_stderr_muted
from digitreader.model.engine.engine import Logits, check_input_and_output, make_pixel_quantizer
from digitreader.model.engine.interpreter import (
    LITERT_ERRORS,
    litert_refusal,
    open_interpreter,
    scaled_form_in,
    shape_and_dtype,
)
from digitreader.values import Features

LARGEST_BATCH = 128
"""Beyond 32 glyphs a larger batch is no faster; this bounds the memory."""


class LiteRTEngine:
    """Runs a .tflite with LiteRT on one thread: more threads are slower for such a small network.

    Args:
        model_bytes: the content of the .tflite.
        source: names it in messages.

    Raises:
        ModelFormatError: it is damaged, LiteRT cannot run it, or it is not a network from one glyph to ten numbers.
    """

    name = "litert"

    def __init__(self, model_bytes: bytes, source: str) -> None:
        self._source, self._interpreter = source, _allocate(model_bytes, source)
        try:
            given, gives = self._interpreter.get_input_details(), self._interpreter.get_output_details()
        except LITERT_ERRORS as error:
            raise litert_refusal(error, source) from error
        check_input_and_output(
            [shape_and_dtype(each) for each in given], [shape_and_dtype(each) for each in gives], source
        )
        self.input, self.output = scaled_form_in(given[0], source), scaled_form_in(gives[0], source)
        self._given_index, self._gives_index = given[0]["index"], gives[0]["index"]
        self._take_pixels = make_pixel_quantizer(self.input)
        self._batch = 1

    def integers(self, features: Features) -> npt.NDArray[Any]:
        """As `Engine`."""
        parts = [
            self._invoke(features[first : first + LARGEST_BATCH]) for first in range(0, len(features), LARGEST_BATCH)
        ]
        return np.concatenate(parts) if parts else np.zeros((0, 10), self.output.dtype)

    def logits(self, features: Features) -> Logits:
        """As `Engine`."""
        return self.output.to_real(self.integers(features))

    def invoke(self) -> None:
        """Run the network once more on its last input, without reading the output; for benches."""
        self._interpreter.invoke()

    def _invoke(self, features: Features) -> npt.NDArray[Any]:
        try:
            if len(features) != self._batch:
                self._interpreter.resize_tensor_input(self._given_index, features.shape)
                self._interpreter.allocate_tensors()
                self._batch = len(features)
            self._interpreter.set_tensor(self._given_index, self._take_pixels(features))
            self._interpreter.invoke()
            numbers: npt.NDArray[Any] = self._interpreter.get_tensor(self._gives_index)
        except LITERT_ERRORS as error:
            raise litert_refusal(error, self._source) from error
        return numbers


def _allocate(model_bytes: bytes, source: str) -> Any:
    with native_stderr_muted():  # XNNPACK prints a line at its first allocation
        interpreter = open_interpreter(model_bytes, source)
        try:
            interpreter.allocate_tensors()
        except LITERT_ERRORS as error:
            raise litert_refusal(error, source) from error
    return interpreter
