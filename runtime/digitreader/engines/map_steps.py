"""What passes from operator to operator where the NumPy engine draws maps, and what an operator is to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from digitreader.engines.form import TensorForm
from digitreader.engines.steps import Part
from digitreader.errors import ModelFormatError
from digitreader.tflite.graph import Operator, Tensor

MapSteps = npt.NDArray[np.float32]
"""(h, w, channels) float32: whole numbers, how many steps of the scale a value is from zero (number - zero_point)."""

MapRun = Callable[..., MapSteps]
"""Runs an operator: takes the steps of each of its inputs, writes to none of them, gives the steps of its output."""

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class MapPart:
    """An operator with its tensors at hand.

    Attributes:
        operator: its kind and options.
        takes: the form of each input that is computed.
        depths: the channels of each of these.
        constants: the inputs that stand in the file; None where an optional one is absent.
        gives: the form of its output.
        depth: the channels of its output.
        name: names the operator and its model in messages.
    """

    operator: Operator
    takes: tuple[TensorForm, ...]
    depths: tuple[int, ...]
    constants: tuple[Tensor | None, ...]
    gives: TensorForm
    depth: int
    name: str


def as_layer(part: MapPart) -> Part:
    """Give the same operator as a layer that works on each pixel by itself, in the form that `rounding.py` takes."""
    return Part(
        activation=part.operator.activation,
        beta=part.operator.beta,
        constants=part.constants,
        taken=part.takes[0],
        given=part.gives,
        taken_width=part.depths[0],
        width=part.depth,
        rounding="default",
        name=part.name,
    )


def require(part: MapPart, condition: bool, found: str) -> None:
    """Refuse an operator of a form in which the NumPy engine does not run it.

    Args:
        part: the operator.
        condition: what must hold.
        found: says in the message what the operator has or does instead.

    Raises:
        ModelFormatError: the condition does not hold.
    """
    if not condition:
        raise ModelFormatError(f"{part.name}: {found}, which the NumPy engine does not run; use --engine litert")
