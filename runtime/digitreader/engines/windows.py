"""The places that the window of a convolution or a pool takes on a picture."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from digitreader.engines.map_steps import MapSteps
from digitreader.tflite.graph import Window

Windows = npt.NDArray[np.float32]
"""(h, w, rows, columns, channels) float32: what the window shows at each of its h x w places; not to be written to."""


def windows_of(steps: MapSteps, size: tuple[int, int], window: Window, *, outside: float) -> Windows:
    """Show what a window sees at each of its places, without copying it for each.

    Args:
        steps: (H, W, channels).
        size: rows and columns of the window.
        window: its stride and padding; the dilation is taken for 1.
        outside: stands beyond the edges.
    """
    if window.padding == "SAME":
        steps = _pad(steps, size, window.stride, outside)
    rows, columns = window.stride
    places = np.lib.stride_tricks.sliding_window_view(steps, size, axis=(0, 1))[::rows, ::columns]
    return places.transpose(0, 1, 3, 4, 2)


def _pad(steps: MapSteps, size: tuple[int, int], stride: tuple[int, int], outside: float) -> MapSteps:
    height, width, channels = steps.shape
    (top, bottom), (left, right) = (_missing(*each) for each in zip((height, width), size, stride, strict=True))
    if not (top or bottom or left or right):
        return steps
    padded = np.full((top + height + bottom, left + width + right, channels), outside, np.float32)
    padded[top : top + height, left : left + width] = steps
    return padded


def _missing(side: int, size: int, stride: int) -> tuple[int, int]:
    """How many pixels SAME adds before and after; where they are odd, TensorFlow adds the odd one after."""
    missing = max((-(-side // stride) - 1) * stride + size - side, 0)
    return missing // 2, missing - missing // 2
