"""The interface of every engine: it takes glyphs and gives ten numbers for each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from digitreader.errors import ModelFormatError
from digitreader.values import GLYPH_SIDE, Features


class TensorForm(NamedTuple):
    """How the integers of a tensor represent real numbers: real = (number - zero_point) * scale."""

    dtype: str
    scale: float
    zero_point: int

    def to_real(self, numbers: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
        """Turn raw tensor values, of any shape, into the real numbers that they stand for (float32)."""
        if self.dtype == "float32":
            return numbers.astype(np.float32)
        real: npt.NDArray[np.float32] = numbers.astype(np.float32)
        real -= np.float32(self.zero_point)
        real *= np.float32(self.scale)
        return real


UNSCALED_PIXELS = TensorForm("uint8", float(np.float32(1 / 255)), 0)
"""The input format whose numbers are the uint8 pixels themselves."""

TakePixels = Callable[[Features], npt.NDArray[Any]]


def make_pixel_quantizer(form: TensorForm) -> TakePixels:
    """Give the function that converts (N, 28, 28) uint8 features to the numbers of a tensor of this form.

    A pixel stands for 0..1. Unless the network takes `UNSCALED_PIXELS`, a table of 256 numbers is computed once.
    """
    if form == UNSCALED_PIXELS:
        return _leave
    table = pixel_table(form)
    return lambda features: table[features]


def pixel_table(form: TensorForm) -> npt.NDArray[Any]:
    """Compute the number for each pixel value, (256,) of the form's dtype: the nearest that the form can express."""
    real = np.arange(256, dtype=np.float32) / np.float32(255)
    if form.dtype == "float32":
        return real
    limits = np.iinfo(form.dtype)
    numbers = np.clip(np.rint(real.astype(np.float64) / form.scale) + form.zero_point, limits.min, limits.max)
    table: npt.NDArray[Any] = numbers.astype(form.dtype)
    return table


def _leave(features: Features) -> Features:
    return features


Logits = npt.NDArray[np.float32]
"""(N, 10) float32; the sigmoid turns them into activations."""

INPUT_SHAPE = (1, GLYPH_SIDE, GLYPH_SIDE)
OUTPUT_SHAPE = (1, 10)
INPUT_DTYPES = ("uint8", "int8", "int16", "float32")
OUTPUT_DTYPES = ("int8", "uint8", "int16", "float32")


class Engine(Protocol):
    """Runs one network, one call at a time: its buffers are used again.

    Attributes:
        name: its name for ``--engine``.
        input: the form of the pixels that the graph takes.
        output: the form of the numbers that it gives.
    """

    name: str
    input: TensorForm
    output: TensorForm

    def integers(self, features: Features) -> npt.NDArray[Any]:
        """Give the graph's raw output, (N, 10) of `output.dtype`, for (N, 28, 28) uint8 features; N may be 0."""
        ...

    def logits(self, features: Features) -> Logits:
        """Give the real numbers that the raw output stands for, (N, 10) float32."""
        ...


def check_input_and_output(
    given: Sequence[tuple[tuple[int, ...], str]], gives: Sequence[tuple[tuple[int, ...], str]], source: str
) -> None:
    """Check that one glyph goes in and ten numbers come out.

    Args:
        given: shape and dtype of each input tensor.
        gives: shape and dtype of each output tensor.
        source: names the model in messages.

    Raises:
        ModelFormatError: the graph has other inputs or outputs.
    """
    _check_end(given, "input", INPUT_SHAPE, INPUT_DTYPES, source)
    _check_end(gives, "output", OUTPUT_SHAPE, OUTPUT_DTYPES, source)


def _check_end(
    found: Sequence[tuple[tuple[int, ...], str]],
    side: str,
    shape: tuple[int, ...],
    dtypes: tuple[str, ...],
    source: str,
) -> None:
    if len(found) != 1 or found[0][0] != shape or found[0][1] not in dtypes:
        given = ", ".join(f"{found_shape} {dtype}" for found_shape, dtype in found) or "nothing"
        raise ModelFormatError(
            f"{source}: {side} is {given}, need {shape} {' or '.join(dtypes)}; rerun digitreader export"
        )
