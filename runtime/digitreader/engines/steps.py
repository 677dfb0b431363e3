"""What passes from operator to operator in the NumPy engine, and what an operator is to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from digitreader.engines.form import TensorForm
from digitreader.tflite.graph import Tensor

LARGEST_BATCH = 128
"""How many glyphs pass at once: each operator keeps a place for so many, which fits the processor's cache."""

Steps = npt.NDArray[Any]
"""(N, K) float32 or float64: whole numbers, how many steps of the scale a value is from zero (number - zero_point)."""

Run = Callable[[Steps], Steps]
"""Runs an operator. What it gives is its own array, which its next run writes over; what it takes may be written to."""

Rounding = Literal["default", "reference"]


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """An operator with its tensors at hand.

    Attributes:
        activation: fused into it.
        beta: of a SOFTMAX.
        constants: its inputs beyond the first; None where an optional one is absent.
        taken: the form of what goes in.
        given: the form of what comes out.
        taken_width: how many numbers go in for a glyph.
        width: how many come out.
        rounding: how LiteRT is followed where it has two ways.
        name: names the operator and its model in messages.
    """

    activation: str
    beta: float
    constants: tuple[Tensor | None, ...]
    taken: TensorForm
    given: TensorForm
    taken_width: int
    width: int
    rounding: Rounding
    name: str


def limits(form: TensorForm) -> tuple[int, int]:
    """The least and the most steps that numbers of this form can say."""
    extremes = np.iinfo(form.dtype)
    return int(extremes.min) - form.zero_point, int(extremes.max) - form.zero_point
