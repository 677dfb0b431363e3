"""The operators that hold no weights, in whole numbers as LiteRT does them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from digitreader.engines.form import TensorForm
from digitreader.engines.sigmoid import sigmoid_steps
from digitreader.engines.steps import Part, Run, Steps, limits
from digitreader.errors import ModelFormatError

PROBABILITIES = {"int8": TensorForm("int8", 1 / 256, -128), "int16": TensorForm("int16", 1 / 32768, 0)}
"""The one form of each type in which LiteRT gives what lies between 0 and 1."""


def make_reshape(part: Part) -> None:
    """Nothing to do: a glyph's numbers are a row from the beginning."""
    _check(part, kept=part.given == part.taken)


def make_quantize(part: Part) -> Run | None:
    """Moving the zero point moves no step; what the new numbers cannot say is clipped."""
    _check(part, kept=part.given.scale == part.taken.scale)
    return None if limits(part.given) == limits(part.taken) else _clip(*limits(part.given))


def make_relu(part: Part) -> Run:
    """A RELU that is fused into no layer."""
    _check(part, kept=part.given == part.taken)
    return _clip(0, limits(part.given)[1])


def make_logistic(part: Part) -> Run:
    """The sigmoid, looked up."""
    _check(part, kept=part.given == PROBABILITIES.get(part.taken.dtype))
    return _look_up(sigmoid_steps(part.taken, part.rounding), limits(part.taken)[0])


def make_softmax(part: Part) -> Run:
    """Softmax over a glyph's numbers, in float32 as LiteRT's default has it; the reference kernel may be a step off."""
    _check(part, kept=part.given == PROBABILITIES["int8"] and part.taken.dtype == "int8" and part.beta == 1)
    exponents = np.arange(256, dtype=np.float32) * np.float32(-part.taken.scale)
    below_largest = np.exp(exponents.astype(np.float64)).astype(np.float32)

    def run(steps: Steps) -> Steps:
        shares = below_largest[(steps.max(axis=1, keepdims=True) - steps).astype(np.intp)]
        # one after the other as LiteRT adds them; sum() would pair them
        total = np.add.accumulate(shares, axis=1)[:, -1:]
        shares *= np.float32(1) / (total * np.float32(1 / 256))
        rounded: Steps = np.minimum(np.floor(shares + np.float32(0.5)), np.float32(255))
        return rounded

    return run


def _look_up(table: npt.NDArray[Any], lowest: int) -> Run:
    return lambda steps: table[(steps - lowest).astype(np.intp)]


def _clip(low: int, high: int) -> Run:
    return lambda steps: steps.clip(low, high, out=steps)


def _check(part: Part, *, kept: bool) -> None:
    if not kept or part.width != part.taken_width:
        raise ModelFormatError(
            f"{part.name}: turns {part.taken_width} numbers of {_form(part.taken)} into {part.width} of "
            f"{_form(part.given)}, which the NumPy engine does not do as LiteRT would; use --engine litert"
        )


def _form(form: TensorForm) -> str:
    return f"{form.dtype} (scale {form.scale:g}, zero point {form.zero_point})"
