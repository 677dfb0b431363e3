"""Glyph pixels as the steps in which the NumPy engine counts."""

from __future__ import annotations

import numpy as np

from digitreader.engines.form import TensorForm
from digitreader.engines.pixels import pixel_table
from digitreader.engines.steps import LARGEST_BATCH, Steps
from digitreader.values import GLYPH_SIDE, Features


class PixelSteps:
    """Turns the features of at most `LARGEST_BATCH` glyphs into the steps in which the NumPy engine counts.

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

    def __call__(self, features: Features) -> Steps:
        """Give (N, 784) steps for (N, 28, 28) uint8, in an array that the next call writes over."""
        steps = self._steps[: len(features)]
        rows = features.reshape(len(features), -1)
        if self._table is None:
            steps[...] = rows
        else:
            self._table.take(rows, out=steps, mode="clip")
        return steps
