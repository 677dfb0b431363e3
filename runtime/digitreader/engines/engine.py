"""What every engine can do, and what it may be asked to run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from digitreader.engines.form import TensorForm
from digitreader.errors import ModelFormatError
from digitreader.values import GLYPH_SIDE, Features

Logits = npt.NDArray[np.float32]
"""(N, 10) float32, what the sigmoid turns into activations."""

INPUT_SHAPE = (1, GLYPH_SIDE, GLYPH_SIDE)
OUTPUT_SHAPE = (1, 10)
INPUT_DTYPES = ("uint8", "int8", "int16", "float32")
OUTPUT_DTYPES = ("int8", "uint8", "int16", "float32")


class Engine(Protocol):
    """Runs one network, one call at a time: it keeps what it works on.

    Attributes:
        name: what ``--engine`` calls it.
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


def check_ends(
    given: Sequence[tuple[tuple[int, ...], str]], gives: Sequence[tuple[tuple[int, ...], str]], source: str
) -> None:
    """See that one glyph goes in and ten numbers come out.

    Args:
        given: shape and dtype of each tensor that goes in.
        gives: of each that comes out.
        source: names the model in messages.

    Raises:
        ModelFormatError: the graph has other ends.
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
