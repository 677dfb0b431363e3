"""LiteRT's sigmoid of quantized numbers, worked out once for every number that can go in."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from digitreader.engines.form import TensorForm
from digitreader.engines.steps import Rounding

Array = npt.NDArray[Any]

# fmt: off
ONE_HIGHER = (
    4, 8, 12, 14, 15, 16, 17, 19, 20, 21, 22, 25, 27, 28, 29, 30, 31, 33, 34, 35, 37, 39, 40, 41, 43, 44, 45, 46, 49,
    50, 54, 62, 63, 64, 66, 82, 86, 93, 100, 103, 112, 116, 135,
)
"""Where the 16-bit kernel's table, as its answers tell, holds one more than the sigmoid of i/24 rounded to 1/65536."""
# fmt: on


def sigmoid_steps(form: TensorForm, rounding: Rounding) -> Array:
    """The sigmoid of every int8 or int16 number of this form, from the least one up.

    Returns:
        (256,) float32 steps of 1/256, or (65536,) float64 steps of 1/32768.
    """
    return _of_int8(form, rounding) if form.dtype == "int8" else _of_int16(form.scale)


def _of_int8(form: TensorForm, rounding: Rounding) -> Array:
    reals = (np.arange(-128, 128) - form.zero_point).astype(np.float32) * np.float32(form.scale)
    # a sigmoid beyond 88 is 0 or 1 in float32, and its exponential no float32 any more
    exponentials = np.exp(-reals.clip(-88, 88).astype(np.float64))
    if rounding == "reference":
        sigmoids = np.float32(1) / (np.float32(1) + exponentials.astype(np.float32))
        steps = np.floor(sigmoids * np.float32(256) + np.float32(0.5))
    else:
        # the zero point goes in before the rounding, which rounds what is small a second time
        sigmoids = (1 / (1 + exponentials)).astype(np.float32)
        steps = np.rint(sigmoids * np.float32(256) - np.float32(128)) + np.float32(128)
    capped: Array = np.minimum(steps, np.float32(255))
    return capped


def _of_int16(scale: float) -> Array:
    """The kernel's own way: a table of 256 points up to 10.6, a straight line between two of them, all in integers."""
    points = _points()
    multiplier, shift = _to_table(scale)
    moved = np.arange(-32768, 32768) * multiplier + (1 << shift >> 1) >> shift
    # the kernel's integers have 32 bits, and at scales that no network has they run over
    moved = moved.astype(np.int32).astype(np.int64)
    place = np.abs(moved)
    before = np.minimum(place >> 9, 254)
    risen = (points[before] << 9) + (place & 511) * (points[before + 1] - points[before])
    risen = np.where(place >> 9 >= 255, 0x7FFF << 10, risen)
    steps: Array = np.where(moved >= 0, risen + 512, (1 << 25) - risen + 511) >> 10
    return steps.astype(np.float64)


def _points() -> Array:
    """(256,) the sigmoid of i/24 in steps of 1/65536, as the kernel's table has it."""
    points = np.rint(65536 / (1 + np.exp(-np.arange(256) / 24))).astype(np.int64)
    points[list(ONE_HIGHER)] += 1
    return points


def _to_table(scale: float) -> tuple[int, int]:
    """With what to multiply a number, and by how many bits to shift the product, to get to steps of 1/12288."""
    # LiteRT's default kernel takes another way here, up to 7 of 32768 off; this is the reference kernel's
    if abs(math.log2(scale) + 12) < 1e-3:
        return 3, 0
    multiplier, shift = scale * 12288, 0
    while multiplier <= 32767 / 2 and shift <= 30:
        multiplier, shift = multiplier * 2, shift + 1
    return int(multiplier), shift
