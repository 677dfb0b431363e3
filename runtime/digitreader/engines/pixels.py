"""Glyph pixels, 0..255, in the form in which a network takes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from digitreader.engines.form import TensorForm
from digitreader.values import Features

AS_IT_IS = TensorForm("uint8", float(np.float32(1 / 255)), 0)
"""The form of a pixel that needs no change."""

TakePixels = Callable[[Features], npt.NDArray[Any]]


def take_pixels(form: TensorForm) -> TakePixels:
    """Give the function that turns (N, 28, 28) uint8 features into what a tensor of this form takes.

    A pixel stands for 0..1. Where the network takes another form than `AS_IT_IS`, each of the 256 is worked out once.
    """
    if form == AS_IT_IS:
        return _leave
    table = pixel_table(form)
    return lambda features: table[features]


def pixel_table(form: TensorForm) -> npt.NDArray[Any]:
    """Work out each pixel value in this form, (256,) of its dtype; the nearest that the form can say."""
    real = np.arange(256, dtype=np.float32) / np.float32(255)
    if form.dtype == "float32":
        return real
    limits = np.iinfo(form.dtype)
    numbers = np.clip(np.rint(real.astype(np.float64) / form.scale) + form.zero_point, limits.min, limits.max)
    table: npt.NDArray[Any] = numbers.astype(form.dtype)
    return table


def _leave(features: Features) -> Features:
    return features
