"""Converts grey levels to the input of a model of any maker, and its output numbers to activations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from digitreader.model.engine.engine import TensorForm
from digitreader.values import Activations

Range = Literal["0..1", "0..255", "-1..1"]
Ink = Literal["light", "dark"]
"""Light ink on dark paper, as in MNIST, or dark ink on light paper."""
Meaning = Literal["softmax", "sigmoid", "logits of softmax", "logits of sigmoid"]

RANGES: Mapping[Range, tuple[float, float]] = {"0..1": (0.0, 1.0), "0..255": (0.0, 255.0), "-1..1": (-1.0, 1.0)}
INKS: tuple[Ink, ...] = ("light", "dark")

DIGITS = 10
NEAREST_TO_CERTAIN = 1e-6


class InputScale(NamedTuple):
    """The input numbers of a model for the grey levels of a glyph.

    Attributes:
        range: the numbers between which they lie.
        ink: whether ink is light or dark.
    """

    range: Range
    ink: Ink

    def levels(self) -> npt.NDArray[np.float32]:
        """The number for each grey level of a glyph, white ink on black: (256,) float32."""
        low, high = RANGES[self.range]
        first, last = (low, high) if self.ink == "light" else (high, low)
        return np.asarray(np.linspace(first, last, 256), np.float32)


def table_of(form: TensorForm, shown: InputScale) -> npt.NDArray[Any]:
    """The number of a tensor of this form for each grey level: (256,) of its dtype, the nearest possible.

    Integers without a scale (a scale of 0) are the levels of the range themselves.
    """
    levels = shown.levels()
    if form.dtype == "float32":
        return levels
    limits, scale = np.iinfo(form.dtype), form.scale or 1.0
    numbers = np.clip(np.rint(levels.astype(np.float64) / scale) + form.zero_point, limits.min, limits.max)
    table: npt.NDArray[Any] = numbers.astype(form.dtype)
    return table


def reals_of(numbers: npt.NDArray[Any], form: TensorForm) -> npt.NDArray[np.float32]:
    """The real numbers of a model's raw numbers; the same numbers if they have no scale."""
    if form.dtype == "float32" or not form.scale:
        return numbers.astype(np.float32)
    return form.to_real(numbers)


def activations_from(reals: npt.NDArray[np.float32], meaning: Meaning) -> Activations:
    """How much each glyph looks like each digit.

    Args:
        reals: (N, 10) real outputs of a model, or (N, 11) if the last stands for "no digit".
        meaning: what these numbers are.

    Returns:
        (N, 10) float32, 0..1.
    """
    if meaning == "logits of softmax":
        # float64: with inputs of 0 to 255 a large network's logits may be thousands
        powers = np.exp(reals.astype(np.float64) - reals.max(axis=1, keepdims=True))
        reals = (powers / powers.sum(axis=1, keepdims=True)).astype(np.float32)
    elif meaning == "logits of sigmoid":
        reals = np.tanh(reals * np.float32(0.5)) * np.float32(0.5) + np.float32(0.5)
    return np.ascontiguousarray(np.clip(reals[:, :DIGITS], 0, 1), np.float32)


def log_odds(activations: Activations) -> npt.NDArray[np.float32]:
    """The logits of these activations (the inverse of the sigmoid), as far as float32 can express them."""
    certain = np.clip(activations.astype(np.float64), NEAREST_TO_CERTAIN, 1 - NEAREST_TO_CERTAIN)
    return np.asarray(np.log(certain / (1 - certain)), np.float32)
