"""The finder network's looks at a frame, in several sizes: its maps of ink and centres."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.model.engine.map_engine import MapEngine
from digitreader.values import ColourImage, GrayImage

WRITTEN = 0.5
"""Writing is where the network is so sure of any ink."""
LEAST_SHARE, SURE_SHARE = 0.25, 0.45
"""Of writing that hangs together, the mean share that is told to be of digits: up to the first, no more of it is of a
digit than what was told; from the second on, all of it is."""


class Strokes(NamedTuple):
    """Writing that hangs together, piece by piece.

    Attributes:
        numbers: (h, w) int32, the number of the piece at each place, 0 for none.
        extents: (N + 1, 5) int32, x, y, width, height and area of each by its number; the first is what is no writing.
    """

    numbers: npt.NDArray[np.int32]
    extents: npt.NDArray[np.int32]


def strokes_in(digit_ink: npt.NDArray[np.float32], any_ink: npt.NDArray[np.float32]) -> Strokes:
    """The pieces of writing on two maps as `whole_strokes` takes them."""
    written = np.asarray(np.maximum(digit_ink, any_ink) > WRITTEN, np.uint8)
    _, numbers, extents, _ = cv2.connectedComponentsWithStats(written, connectivity=8, ltype=cv2.CV_32S)
    return Strokes(np.asarray(numbers, np.int32), np.asarray(extents, np.int32))


def whole_strokes(
    digit_ink: npt.NDArray[np.float32], any_ink: npt.NDArray[np.float32], strokes: Strokes
) -> npt.NDArray[np.float32]:
    """Where ink of digits is, told of writing that hangs together.

    Args:
        digit_ink: (h, w) float32 0..1, what the network tells of each place, and
        any_ink: likewise, of any writing.
        strokes: of both.

    Returns:
        (h, w) float32 0..1, no less than `digit_ink`.
    """
    count = len(strokes.extents)
    if count == 1:
        return digit_ink
    most, written = np.maximum(digit_ink, any_ink), strokes.numbers > 0
    numbers = strokes.numbers[written]
    of_digits = np.bincount(numbers, digit_ink[written], count)
    of_any = np.bincount(numbers, most[written], count)
    shares = of_digits / np.maximum(of_any, 1e-6)
    sure = np.clip((shares - LEAST_SHARE) / (SURE_SHARE - LEAST_SHARE), 0, 1).astype(np.float32)
    told = digit_ink.copy()
    told[written] += sure[numbers] * (most[written] - digit_ink[written])
    return told


CELL_PX = 4
"""The network's maps have one cell for so many pixels each way; ink is told for its four quarters."""
SIZE_UNIT_PX = 16.0
"""The unit of places and sizes in the network's geometry."""
MULTIPLE_PX = 32
"""The network takes pictures whose sides are a multiple of this."""
PART_SIDES_PX = (128, 192, 256, 384, 512, 768, 1024)
"""Parts of a picture get one of these sides, as far as they are no larger: the engine needs time and memory for each
new shape, and parts have many."""
MARGIN_PX = 16
"""So much ground is laid round a picture at least, so that what is cut to its ink stands on something."""
BORDER_STEP = 7
"""Every so manyth pixel of the border decides the ground's colour."""


Map = npt.NDArray[np.float32]
"""(h, w) float32."""


@dataclass(frozen=True, slots=True, eq=False)
class NetworkMaps:
    """What the network says of a picture, or of a part of it, in one size.

    Attributes:
        canvas: (H, W, 3) uint8 BGR, what it was shown.
        scale: pixels of the canvas per pixel of the picture.
        left: x of the picture's left edge in the canvas; top likewise.
        hill: (H/4, W/4) float32 0..1, high at the centres of digits.
        digit_ink: (H/2, W/2) float32 0..1, ink of digits.
        any_ink: (H/2, W/2) float32 0..1, ink of any writing.
        small: (H/4, W/4) float32 0..1, writing too small to be told in this size.
        strokes: the pieces of writing, before `digit_ink` was told of each as a whole.
        geometry: (H/4, W/4, 4) float32, x and y of the digit's centre from the middle of the cell, and the logarithms
            of its width and height, all in `SIZE_UNIT_PX`.
    """

    canvas: ColourImage
    scale: float
    left: int
    top: int
    heatmap: Map
    digit_ink: Map
    any_ink: Map
    small: Map
    geometry: npt.NDArray[np.float32]
    strokes: Strokes


def run_network(engine: MapEngine, shown: ColourImage, *, scale: float, is_part: bool = False) -> NetworkMaps:
    """Show the network a picture.

    Args:
        engine: runs the network.
        shown: (H, W, 3) uint8 BGR, not empty; in the size in which it is shown.
        scale: how much larger that is than the picture that it was taken from.
        is_part: whether it is a part of the picture, and the next part has another shape.
    """
    canvas, left, top = on_ground(shown, side=part_side if is_part else whole_side)
    geometry, maps = engine.maps(canvas)
    chances = sigmoid(maps)
    digit_ink, any_ink = from_quarters(chances[..., 1:5]), from_quarters(chances[..., 5:9])
    strokes = strokes_in(digit_ink, any_ink)
    return NetworkMaps(
        canvas=canvas,
        scale=scale,
        left=left,
        top=top,
        heatmap=np.ascontiguousarray(chances[..., 0]),
        digit_ink=whole_strokes(digit_ink, any_ink, strokes),
        any_ink=any_ink,
        small=np.ascontiguousarray(chances[..., 9]),
        geometry=geometry,
        strokes=strokes,
    )


def in_halves(image: ColourImage, scales: Sequence[float]) -> list[ColourImage]:
    """A picture in several sizes, each half as large as the one after it; the largest alone is made from the picture.

    Args:
        image: (H, W, 3) uint8.
        scales: how many times as large as the picture each is, rising, each twice the one before.
    """
    sizes: list[ColourImage] = []
    for scale in reversed(scales):
        if not sizes:
            sizes.append(resized(image, scale))
            continue
        height, width = (max(1, round(side * scale)) for side in image.shape[:2])
        sizes.append(np.asarray(cv2.resize(sizes[-1], (width, height), interpolation=cv2.INTER_AREA), np.uint8))
    return sizes[::-1]


def resized(image: ColourImage, scale: float) -> ColourImage:
    """A picture `scale` times as large, at least one pixel; as it is where that changes nothing."""
    height, width = image.shape[:2]
    size_wh = max(1, round(width * scale)), max(1, round(height * scale))
    if size_wh == (width, height):
        return image
    # plain INTER_LINEAR gives other pixels on ARM than on x86
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR_EXACT
    return np.asarray(cv2.resize(image, size_wh, interpolation=how), np.uint8)


def whole_side(least_px: int) -> int:
    """The least side that the network takes, and no less than `least_px`."""
    return -(-least_px // MULTIPLE_PX) * MULTIPLE_PX


def part_side(least_px: int) -> int:
    """The least of the few sides that parts have, and no less than `least_px`."""
    return next((side for side in PART_SIDES_PX if side >= least_px), whole_side(least_px))


def on_ground(image: ColourImage, *, side: Callable[[int], int] = whole_side) -> tuple[ColourImage, int, int]:
    """A picture in the middle of a larger one of its border's colour, whose sides the network takes.

    Args:
        image: (H, W, 3) uint8, not empty.
        side: gives the larger one's sides from the least that they may be.

    Returns:
        The larger one, and x and y of the picture's upper left corner in it.
    """
    height, width = image.shape[:2]
    whole_w, whole_h = side(width + 2 * MARGIN_PX), side(height + 2 * MARGIN_PX)
    left, top = (whole_w - width) // 2, (whole_h - height) // 2
    right, bottom = whole_w - width - left, whole_h - height - top
    colour = border_colour(image).tolist()
    canvas = cv2.copyMakeBorder(image, top, bottom, left, right, cv2.BORDER_CONSTANT, value=colour)
    return np.asarray(canvas, np.uint8), left, top


def border_colour(image: ColourImage) -> npt.NDArray[np.uint8]:
    """The median colour of a picture's outermost pixels, (3,) uint8."""
    border = np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])[::BORDER_STEP]
    middle: npt.NDArray[np.uint8] = np.sort(border, axis=0)[len(border) // 2]
    return middle


def sigmoid(logits: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """0..1 of each logit."""
    return np.asarray(1 / (1 + np.exp(-logits)), np.float32)


def from_quarters(quarters: npt.NDArray[np.float32]) -> Map:
    """(h, w, 4) float32, upper left, upper right, lower left, lower right of each cell, as (2h, 2w)."""
    height, width, _ = quarters.shape
    return quarters.reshape(height, width, 2, 2).transpose(0, 2, 1, 3).reshape(2 * height, 2 * width)


def in_colour(image: ColourImage | GrayImage) -> ColourImage:
    """(H, W, 3) BGR as it is, (H, W) gray as three equal channels; both uint8."""
    if image.ndim == 3:
        return image
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR), np.uint8)
