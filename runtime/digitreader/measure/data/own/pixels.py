"""Converts numbers of any kind to 8-bit gray pixels, by the range of the whole set."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.errors import DataError
from digitreader.measure.data.own.digit_set import Images

WHITE = 255
FAINT_LEVELS = 63
"""A set of integers up to this number has few levels of gray, such as 0 and 1 or 0 to 16; they are spread."""
SHARES = 1.5
"""Fractional numbers up to here are shares of white, 0 to 1; some sets overshoot a little."""
UNDERSHOOT = 0.1
"""Resampling makes black a little less than 0, by at most this share of white; such numbers are black."""

Numbers = npt.NDArray[Any]


def as_pictures(array: Numbers, source: str) -> Numbers:
    """Find the pictures in an array of N flat, gray or colour ones.

    Args:
        array: (N, H, W), (N, H, W, 1 or 3 or 4), (N, 1 or 3, H, W), or (N, n * n), also with one more axis of 1.
        source: names it in messages.

    Returns:
        (N, H, W) of the same kind of number, or float32 if colours were mixed.

    Raises:
        DataError: it is none of these, or not numbers.
    """
    if array.dtype.kind not in "biuf":
        raise DataError(f"{source}: has pictures of type {array.dtype}, need numbers")
    if 0 in array.shape:
        raise DataError(f"{source}: holds no picture: its shape is {array.shape}")
    if array.ndim == 3 and 1 in array.shape[1:] and _root(array[0].size):
        array = array.reshape(len(array), -1)
    if array.ndim == 4 and array.shape[1] in {1, 3} and array.shape[3] not in {1, 3, 4}:
        array = np.moveaxis(array, 1, 3)
    if array.ndim == 4 and array.shape[3] in {1, 3, 4}:
        return array[..., 0] if array.shape[3] == 1 else _mix(array)
    side = _root(array.shape[1]) if array.ndim == 2 else 0
    if side:
        return array.reshape(-1, side, side)
    if array.ndim != 3:
        raise DataError(f"{source}: has pictures of shape {array.shape}, need (N, H, W) or (N, n x n)")
    return array


def _root(count: int) -> int:
    """The side of a square with this many pixels, 0 if there is no such square."""
    side = math.isqrt(count)
    return side if side > 1 and side * side == count else 0


def to_8_bits(arrays: list[Numbers], source: str) -> list[Images]:
    """Convert the pictures of a set to 8 bits, all by one rule, which depends on the least and the greatest number.

    Args:
        arrays: each (N, H, W) or (H, W), of one kind of number.
        source: names it in messages.

    Raises:
        DataError: the numbers have no known range, or some are NaN or infinite.
    """
    low, high, whole = _range_of(arrays)
    if not math.isfinite(low + high):
        raise DataError(f"{source}: has pixels that are not numbers (NaN or infinity); need 0 to 1 or 0 to 255")
    if whole and low >= 0 and high <= WHITE:
        factor = WHITE / high if 0 < high <= FAINT_LEVELS else 1.0
        return [_scaled(array, 0.0, factor) for array in arrays]
    if whole and low >= 0 and high <= 65_535:
        shift = int(high).bit_length() - 8
        return [(array.astype(np.uint16, copy=False) >> shift).astype(np.uint8) for array in arrays]
    if low >= -UNDERSHOOT and high <= SHARES:
        return [_scaled(array, 0.0, float(WHITE)) for array in arrays]
    if low >= -1 and high <= 1:
        return [_scaled(array, 1.0, WHITE / 2) for array in arrays]
    if low >= 0 and high <= WHITE:
        return [_scaled(array, 0.0, 1.0) for array in arrays]
    raise DataError(
        f"{source}: has pixels from {low:g} to {high:g}, need 0 to 1, -1 to 1, 0 to 255 or 0 to 65535; "
        "undo a standardisation (x * deviation + mean) before you save them"
    )


RANGES = ((-UNDERSHOOT, SHARES), (-1.0, 1.0), (0.0, float(WHITE)), (0.0, 65_535.0))
"""Least and greatest number of a pixel in the usual kinds of sets."""
FEW, LEAST_COUNT = 0.02, 50
"""At most this share of the pictures of a set is odd, if it has at least so many; otherwise the set is another one."""


def odd_pictures(images: Numbers, labels: npt.NDArray[np.uint8], *, none: int) -> dict[int, str]:
    """What is wrong with pictures that spoil a set, by their indices.

    Args:
        images: (N, H, W) of any kind of number.
        labels: (N,) uint8.
        none: the label of a picture without a digit, which may be blank.
    """
    low, high = images.min(axis=(1, 2)).astype(np.float64), images.max(axis=(1, 2)).astype(np.float64)
    finite = np.isfinite(low + high)
    odd = dict.fromkeys(np.flatnonzero((low == high) & (labels != none)).tolist(), "has no ink")
    if len(images) < LEAST_COUNT or images.dtype == np.uint8:
        return odd
    fits = [finite & (low >= least) & (high <= most) for least, most in RANGES]
    usual = next((at for at, fit in enumerate(fits) if fit.mean() >= 1 - FEW), None)
    if usual is None:
        return odd
    least, most = RANGES[usual]
    for at in np.flatnonzero(~fits[usual]).tolist():
        found = f"has pixels from {low[at]:g} to {high[at]:g}" if finite[at] else "has pixels that are not numbers"
        told = "0 to 1" if most == SHARES else f"{least:g} to {most:g}"
        odd[at] = f"{found}; those of the others are from {told}"
    return odd


def _range_of(arrays: Iterable[Numbers]) -> tuple[float, float, bool]:
    """The least and the greatest number, and whether all are integers; large arrays are not copied as a whole."""
    low, high, whole = math.inf, -math.inf, True
    for array in arrays:
        low, high = min(low, float(array.min())), max(high, float(array.max()))
        if array.dtype.kind == "f" and math.isfinite(low + high):
            whole = whole and all(bool((part == np.rint(part)).all()) for part in np.array_split(array, 16))
    return low, high, whole


def _scaled(array: Numbers, shift: float, factor: float) -> Images:
    if array.dtype == np.uint8 and factor == 1:
        return array
    scaled = np.empty(array.shape, np.uint8)
    step = max(1, 4_000_000 // max(1, array[0].size))
    for start in range(0, len(array), step):
        part = (array[start : start + step].astype(np.float32) + np.float32(shift)) * np.float32(factor)
        scaled[start : start + step] = np.clip(np.rint(part), 0, WHITE)
    return scaled


def _mix(array: Numbers) -> Numbers:
    """Convert colours (red first, as usual in arrays) to gray; gray pictures are not changed."""
    colours = array[..., :3]
    if (colours[..., 0] == colours[..., 1]).all() and (colours[..., 0] == colours[..., 2]).all():
        return np.ascontiguousarray(colours[..., 0])
    if array.dtype == np.uint8:
        return np.stack([cv2.cvtColor(np.ascontiguousarray(each), cv2.COLOR_RGB2GRAY) for each in colours])
    mixed = np.asarray(colours.astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32), np.float32)
    # rounded, because `to_8_bits` refuses fractions above 255: it takes them for standardised pixels
    return np.rint(mixed) if array.dtype.kind in "iu" and mixed.max() > WHITE else mixed
