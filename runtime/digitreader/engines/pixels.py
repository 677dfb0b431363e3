"""Glyph pixels, 0..255, in the form in which a network takes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from digitreader.engines.form import TensorForm
from digitreader.engines.steps import LARGEST_BATCH, Steps
from digitreader.values import GLYPH_SIDE, Glyphs

AS_IT_IS = TensorForm("uint8", float(np.float32(1 / 255)), 0)
"""The form of a pixel that needs no change."""

TakePixels = Callable[[Glyphs], npt.NDArray[Any]]


def take_pixels(form: TensorForm) -> TakePixels:
    """Give the function that turns (N, 28, 28) uint8 glyphs into what a tensor of this form takes.

    A pixel stands for 0..1. Where the network takes another form than `AS_IT_IS`, each of the 256 is worked out once.
    """
    if form == AS_IT_IS:
        return _leave
    table = pixel_table(form)
    return lambda glyphs: table[glyphs]


def pixel_table(form: TensorForm) -> npt.NDArray[Any]:
    """Work out each pixel value in this form, (256,) of its dtype; the nearest that the form can say."""
    real = np.arange(256, dtype=np.float32) / np.float32(255)
    if form.dtype == "float32":
        return real
    limits = np.iinfo(form.dtype)
    numbers = np.clip(np.rint(real.astype(np.float64) / form.scale) + form.zero_point, limits.min, limits.max)
    table: npt.NDArray[Any] = numbers.astype(form.dtype)
    return table


class PixelSteps:
    """Turns glyphs, at most `LARGEST_BATCH`, into the steps in which the NumPy engine counts.

    Args:
        form: of the network's input.
    """

    def __init__(self, form: TensorForm) -> None:
        steps = pixel_table(form).astype(np.float64) - form.zero_point
        # in most forms a pixel is as many steps as its value
        self._table = None if np.array_equal(steps, np.arange(256)) else steps
        self._steps = np.empty(
            (LARGEST_BATCH, GLYPH_SIDE * GLYPH_SIDE), np.float32 if self._table is None else np.float64
        )

    def __call__(self, glyphs: Glyphs) -> Steps:
        """Give (N, 784) steps for (N, 28, 28) uint8, in an array that the next call writes over."""
        steps = self._steps[: len(glyphs)]
        rows = glyphs.reshape(len(glyphs), -1)
        if self._table is None:
            steps[...] = rows
        else:
            self._table.take(rows, out=steps, mode="clip")
        return steps


def _leave(glyphs: Glyphs) -> Glyphs:
    return glyphs
