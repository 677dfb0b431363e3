"""Turns arrays of any common form into OpenCV's pictures: blue-green-red or gray, 8 bits."""

from __future__ import annotations

from typing import Any, Literal

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.camera.stored_pixels import compose_on_paper, to_8_bits
from digitreader.errors import ImageError, UsageError
from digitreader.values import ColourImage, GrayImage

Channels = Literal["bgr", "rgb"]
"""The order of an array's colours: blue-green-red as in OpenCV, or red-green-blue as in Pillow and matplotlib."""

CHANNELS: tuple[Channels, ...] = ("bgr", "rgb")

FORMS = "(height, width), (height, width, 1), (height, width, 3) or (height, width, 4)"
OVERSHOOT = 0.1
"""Resampling leaves floats a little below 0 or above 1, by at most this; they are black and white."""
NUMBERS = "uint8, uint16, bool, or floats from 0 to 1"


def check_channels(channels: str) -> None:
    """Refuse an unknown order of colours.

    Raises:
        UsageError: it is neither ``bgr`` nor ``rgb``.
    """
    if is_array(channels) or channels not in CHANNELS:
        raise UsageError(f"channels={described(channels)}: give 'bgr', the order of OpenCV, or 'rgb'")


def picture_of_array(array: npt.NDArray[Any], name: str, *, channels: Channels = "bgr") -> ColourImage | GrayImage:
    """Convert an array to the form in which pictures are read.

    Args:
        array: (H, W), (H, W, 1), (H, W, 3) or (H, W, 4); uint8, uint16, bool, or floats from 0 to 1.
        name: its name in errors.
        channels: the order of its colours; a fourth channel is alpha.

    Returns:
        (H, W, 3) or (H, W) uint8; a new array, or the same if it has that form already. Transparent parts become
        paper.

    Raises:
        ImageError: an array of another form.
    """
    depth = array.shape[2] if array.ndim == 3 else 0
    if array.ndim not in {2, 3} or depth not in {0, 1, 3, 4} or 0 in array.shape:
        raise ImageError(f"{name} has the shape {array.shape} and the type {array.dtype}; give {FORMS}{_hint(array)}")
    levels = _as_levels(array, name)
    if depth == 1:
        return np.ascontiguousarray(levels[:, :, 0])
    if depth < 3:
        return np.ascontiguousarray(levels)
    if channels == "rgb":
        swap = cv2.COLOR_RGB2BGR if depth == 3 else cv2.COLOR_RGBA2BGRA
        levels = np.asarray(cv2.cvtColor(np.ascontiguousarray(levels), swap), np.uint8)
    return np.ascontiguousarray(levels) if depth == 3 else compose_on_paper(np.ascontiguousarray(levels))


def _hint(array: npt.NDArray[Any]) -> str:
    if array.ndim == 3 and array.shape[0] in {1, 3, 4}:
        return "; the colours come first, so transpose it: picture.transpose(1, 2, 0)"
    if array.ndim == 4:
        return "; of several pictures in one array give a list: list(pictures)"
    return ""


def _as_levels(array: npt.NDArray[Any], name: str) -> npt.NDArray[np.uint8]:
    if array.dtype == np.bool_:
        return np.asarray(array, np.uint8) * np.uint8(255)
    if array.dtype in {np.dtype(np.uint8), np.dtype(np.uint16)}:
        return to_8_bits(array)
    if array.dtype.kind == "f":
        return _of_floats(array, name)
    hint = "; if its numbers are 0 to 255, give picture.astype('uint8')" if array.dtype.kind in "iu" else ""
    raise ImageError(f"{name} has {array.dtype} numbers; give {NUMBERS}{hint}")


def _of_floats(array: npt.NDArray[Any], name: str) -> npt.NDArray[np.uint8]:
    low, high = float(array.min()), float(array.max())
    if not (low >= -OVERSHOOT and high <= 1 + OVERSHOOT):  # with a NaN both comparisons are False
        what = "floats that are not numbers (NaN)" if np.isnan(array).any() else "floats below 0 or above 1"
        raise ImageError(f"{name} has {what}; give floats from 0 to 1, or numbers from 0 to 255 as uint8")
    levels = np.rint(array.astype(np.float32) * np.float32(255))
    return np.asarray(np.clip(levels, 0, 255, out=levels), np.uint8)


def is_array(value: object) -> bool:
    """True for an array with at least one dimension."""
    return bool(getattr(value, "shape", ()))


def described(value: object) -> str:
    """A value as text for an error message: an array by its shape, never by its numbers."""
    return f"an array of the shape {getattr(value, 'shape', ())}" if is_array(value) else repr(value)
