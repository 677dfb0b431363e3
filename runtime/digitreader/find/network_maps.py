"""Runs the finder's network on a picture in one size: its maps of ink and of digit centres."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.find.connected_pieces import Pieces, pieces_in
from digitreader.model.engine.map_engine import MapEngine
from digitreader.values import ColourImage, GrayImage

WRITTEN = 0.5
"""A place is writing if the network is at least so sure of any ink."""
LEAST_SHARE, SURE_SHARE = 0.25, 0.45
"""The mean share of digit ink in a connected piece of writing. Up to the first value the piece stays as it is; from the
second value on, all of it becomes digit ink."""


def strokes_in(digit_ink: npt.NDArray[np.float32], any_ink: npt.NDArray[np.float32]) -> Pieces:
    """The connected pieces of writing in two maps as `whole_strokes` takes them."""
    return pieces_in(np.maximum(digit_ink, any_ink) > WRITTEN)


def whole_strokes(
    digit_ink: npt.NDArray[np.float32], any_ink: npt.NDArray[np.float32], strokes: Pieces
) -> npt.NDArray[np.float32]:
    """Correct the map of digit ink: a connected piece of writing is digit ink as a whole or not at all.

    Args:
        digit_ink: (h, w) float32 0..1, the network's map.
        any_ink: (h, w) float32 0..1, its map of any writing.
        strokes: the connected pieces of both.

    Returns:
        (h, w) float32 0..1, no less than `digit_ink`.
    """
    count = len(strokes.extents)
    if count == 1:
        return digit_ink
    written = np.flatnonzero(strokes.numbers > 0)
    numbers, digits = strokes.numbers.take(written), digit_ink.take(written)
    most = np.maximum(digits, any_ink.take(written))
    shares = np.bincount(numbers, digits, count) / np.maximum(np.bincount(numbers, most, count), 1e-6)
    sure = np.clip((shares - LEAST_SHARE) / (SURE_SHARE - LEAST_SHARE), 0, 1).astype(np.float32)
    told = digit_ink.copy()
    told.ravel()[written] = digits + sure[numbers] * (most - digits)
    return told


CELL_PX = 4
"""The network's maps have one cell for every 4x4 pixels; the ink maps have four values for each cell."""
SIZE_UNIT_PX = 16.0
"""The unit of positions and sizes in the network's geometry map."""
MULTIPLE_PX = 32
"""The sides of the canvas are multiples of this."""
PART_SIDES_PX = (128, 192, 256, 384, 512, 768, 1024)
"""The canvas of a part of a picture gets the next larger of these sides: the engine needs time and memory for each new
shape, and parts have many."""
MARGIN_PX = 16
"""At least so many pixels of the border's colour are added on each side: some pictures are cut close to their ink."""
BORDER_STEP = 7
"""Only every 7th pixel of the border is looked at for its colour."""


Map = npt.NDArray[np.float32]
"""(h, w) float32."""


@dataclass(frozen=True, slots=True, eq=False)
class NetworkMaps:
    """The network's maps of a picture, or of a part of it, in one size.

    Attributes:
        canvas: (H, W, 3) uint8 BGR, the picture as it was shown to the network.
        scale: canvas pixels per picture pixel.
        left: x of the picture's left edge in the canvas.
        top: y of its upper edge.
        heatmap: (H/4, W/4) float32 0..1, high at the centres of digits.
        digit_ink: (H/2, W/2) float32 0..1, ink of digits.
        any_ink: (H/2, W/2) float32 0..1, ink of any writing.
        small: (H/4, W/4) float32 0..1, writing too small to be recognised in this size.
        geometry: (H/4, W/4, 4) float32, x and y of the digit's centre from the middle of the cell, and the logarithms
            of its width and height, all in `SIZE_UNIT_PX`.
        strokes: the connected pieces of writing, before `whole_strokes` corrected `digit_ink`.
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
    strokes: Pieces


def run_network(engine: MapEngine, shown: ColourImage, *, scale: float, is_part: bool = False) -> NetworkMaps:
    """Run the network on a picture.

    Args:
        engine: runs the network.
        shown: (H, W, 3) uint8 BGR, not empty, already resized.
        scale: its pixels per pixel of the original picture.
        is_part: whether it is a part of the picture; parts come in many shapes.
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
    """Resize a picture to several sizes, each made from the next larger one, which is twice as large.

    Args:
        image: (H, W, 3) uint8.
        scales: of the sizes, rising; each is twice the one before.
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
    """Resize a picture by a factor, to at least one pixel; the same array if its size stays."""
    height, width = image.shape[:2]
    size_wh = max(1, round(width * scale)), max(1, round(height * scale))
    if size_wh == (width, height):
        return image
    # plain INTER_LINEAR gives other pixels on ARM than on x86
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR_EXACT
    return np.asarray(cv2.resize(image, size_wh, interpolation=how), np.uint8)


def whole_side(least_px: int) -> int:
    """The smallest side of a canvas that is at least `least_px`."""
    return -(-least_px // MULTIPLE_PX) * MULTIPLE_PX


def part_side(least_px: int) -> int:
    """The smallest of `PART_SIDES_PX` that is at least `least_px`."""
    return next((side for side in PART_SIDES_PX if side >= least_px), whole_side(least_px))


def on_ground(image: ColourImage, *, side: Callable[[int], int] = whole_side) -> tuple[ColourImage, int, int]:
    """Put a picture in the middle of a canvas of its border's colour.

    Args:
        image: (H, W, 3) uint8, not empty.
        side: gives a side of the canvas from the least that it may be.

    Returns:
        The canvas, and x and y of the picture's upper left corner in it.
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
    """The logistic function: each logit as a probability."""
    chances = np.negative(logits, dtype=np.float32)
    np.exp(chances, out=chances)
    chances += 1
    return np.divide(1, chances, out=chances)


def from_quarters(quarters: npt.NDArray[np.float32]) -> Map:
    """(h, w, 4) float32 with upper left, upper right, lower left, lower right of each cell, as a map of (2h, 2w)."""
    height, width, _ = quarters.shape
    in_pairs = quarters.view(np.complex64)  # two neighbours of a row are moved as one number of 8 bytes
    return in_pairs.transpose(0, 2, 1).reshape(2 * height, width).view(np.float32)


def in_colour(image: ColourImage | GrayImage) -> ColourImage:
    """A BGR picture as it is, a gray one as three equal channels; uint8."""
    if image.ndim == 3:
        return image
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR), np.uint8)
