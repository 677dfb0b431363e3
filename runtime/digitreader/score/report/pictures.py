"""Pictures for the page: cut out, enlarged, boxes drawn in, and packed into the page itself."""

from __future__ import annotations

import base64
from collections.abc import Sequence

import cv2
import numpy as np

from digitreader.score.report.style import COLOURS
from digitreader.values import Box, ColourImage, GrayImage

Colour = tuple[int, int, int]

CROP_SIDE_PX = 220
MOST_ZOOM = 6.0
JPEG = [cv2.IMWRITE_JPEG_QUALITY, 85]


def png_address(image: ColourImage | GrayImage) -> str:
    """A picture as the data URI of a PNG."""
    return _address(image, ".png", "image/png", [])


def jpeg_address(image: ColourImage | GrayImage) -> str:
    """A picture as the data URI of a JPEG: for photographs, a tenth of the bytes."""
    return _address(image, ".jpg", "image/jpeg", JPEG)


def _address(image: ColourImage | GrayImage, suffix: str, kind: str, options: Sequence[int]) -> str:
    packed = cv2.imencode(suffix, image, options)[1].tobytes()
    return f"data:{kind};base64,{base64.b64encode(packed).decode('ascii')}"


def bgr_of(name: str) -> Colour:
    """A cause's colour as OpenCV wants it."""
    red, green, blue = (int(COLOURS[name][at : at + 2], 16) for at in (1, 3, 5))
    return blue, green, red


def crop_with_boxes(
    image: ColourImage | GrayImage, about: Box, boxes: Sequence[tuple[Box, Colour]], *, margin: float = 0.6
) -> ColourImage:
    """Cut out the surroundings of a box, enlarge them and draw boxes in.

    Args:
        image: (H, W, 3) or (H, W) uint8.
        about: in the middle, where the image's edge is not too near.
        boxes: in the image's pixels, each with its colour.
        margin: how much is shown at each side, in the box's longer side.

    Returns:
        (S, S, 3) uint8, S about `CROP_SIDE_PX`; where the image is smaller than what is to be shown, it is that much
        less high or wide.
    """
    side = round((1 + 2 * margin) * max(about.width, about.height)) + 4
    top = place_of(about.y + about.height // 2, side, image.shape[0])
    left = place_of(about.x + about.width // 2, side, image.shape[1])
    part = image[top : top + side, left : left + side]
    zoom = min(CROP_SIDE_PX / max(part.shape[:2]), MOST_ZOOM)
    grown = cv2.resize(part, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_CUBIC if zoom > 1 else cv2.INTER_AREA)
    canvas = np.asarray(cv2.cvtColor(grown, cv2.COLOR_GRAY2BGR) if grown.ndim == 2 else grown, np.uint8)
    for box, line in boxes:
        draw_box(canvas, Box(box.x - left, box.y - top, box.width, box.height), line, zoom=zoom)
    return canvas


def place_of(middle: int, length: int, whole: int) -> int:
    """Where a stretch of a length begins, so that it has its middle here and yet lies within the whole."""
    return max(0, min(middle - length // 2, whole - length))


def draw_box(canvas: ColourImage, box: Box, colour: Colour, *, zoom: float = 1.0, thickness: int = 2) -> None:
    """Draw a box, given in pixels of the picture before it was enlarged, into the canvas."""
    start = round(box.x * zoom), round(box.y * zoom)
    end = round((box.x + box.width) * zoom), round((box.y + box.height) * zoom)
    cv2.rectangle(canvas, start, end, colour, thickness)


def within(image: ColourImage | GrayImage, *, side_px: int) -> tuple[ColourImage, float]:
    """A copy in colour whose longer side is at most `side_px`, and by how much it was scaled."""
    zoom = min(1.0, side_px / max(image.shape[:2]))
    small = cv2.resize(image, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA) if zoom < 1 else image.copy()
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_GRAY2BGR) if small.ndim == 2 else small, np.uint8), zoom


def pair_of(image: GrayImage, glyph: GrayImage) -> GrayImage:
    """An image and the glyph that was made of it beside each other, both 56 pixels high, a grey line between them."""
    side = 56
    tiles = [cv2.resize(each, (side, side), interpolation=cv2.INTER_NEAREST) for each in (image, glyph)]
    line = np.full((side, 2), 128, np.uint8)
    return np.asarray(np.hstack([tiles[0], line, tiles[1]]), np.uint8)
