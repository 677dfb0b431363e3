"""Pictures in reports."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.measure.evaluation import BINS
from digitreader.measure.report import COLOURS
from digitreader.values import Box, ColourImage, GrayImage


@dataclass(frozen=True, slots=True)
class Bin:
    """The readings whose confidence lies within two limits.

    Attributes:
        start: the least confidence; end: the next bin's.
        n: how many.
        confidence: their mean; 0 if there are none.
        right: the share of them that is right; 0 if there are none.
    """

    start: float
    end: float
    n: int
    confidence: float
    right: float


def bins_of(confidences: npt.NDArray[np.float64], right: npt.NDArray[np.bool_], *, bins: int = BINS) -> tuple[Bin, ...]:
    """Sort readings into bins of equal width, as the expected calibration error does.

    Args:
        confidences: (N,) 0..1.
        right: (N,).
        bins: how many.
    """
    which = np.minimum((confidences * bins).astype(int), bins - 1)
    counts = np.bincount(which, minlength=bins)
    least = np.maximum(counts, 1)
    sure = np.bincount(which, weights=confidences, minlength=bins) / least
    shares = np.bincount(which, weights=right, minlength=bins) / least
    rows = zip(counts.tolist(), sure.tolist(), shares.tolist(), strict=True)
    return tuple(Bin(at / bins, (at + 1) / bins, *row) for at, row in enumerate(rows))


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
    """A cause's colour for OpenCV."""
    red, green, blue = (int(COLOURS[name][at : at + 2], 16) for at in (1, 3, 5))
    return blue, green, red


def crop_with_boxes(
    image: ColourImage | GrayImage, about: Box, boxes: Sequence[tuple[Box, Colour]], *, margin: float = 0.6
) -> ColourImage:
    """Cut out the surroundings of a box, enlarge them and draw boxes in.

    Args:
        image: (H, W, 3) or (H, W) uint8.
        about: the box in the middle, if the image's edge is not too near.
        boxes: in the image's pixels, each with its colour.
        margin: the margin at each side, as a share of the box's longer side.

    Returns:
        (S, S, 3) uint8, S about `CROP_SIDE_PX`; less high or wide if the image is smaller than the box with its margin.
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
    """The start of a range with this length and middle; the range is moved so that it lies within the whole."""
    return max(0, min(middle - length // 2, whole - length))


def draw_box(canvas: ColourImage, box: Box, colour: Colour, *, zoom: float = 1.0, thickness: int = 2) -> None:
    """Draw a box, given in pixels of the picture before it was enlarged, into the canvas."""
    start = round(box.x * zoom), round(box.y * zoom)
    end = round((box.x + box.width) * zoom), round((box.y + box.height) * zoom)
    cv2.rectangle(canvas, start, end, colour, thickness)


def within(image: ColourImage | GrayImage, *, side_px: int) -> tuple[ColourImage, float]:
    """A copy in colour whose longer side is at most `side_px`, and the scale."""
    zoom = min(1.0, side_px / max(image.shape[:2]))
    small = cv2.resize(image, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA) if zoom < 1 else image.copy()
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_GRAY2BGR) if small.ndim == 2 else small, np.uint8), zoom


def pair_of(image: GrayImage, glyph: GrayImage) -> GrayImage:
    """An image and its glyph side by side, both 56 pixels high, with a grey line between them."""
    side = 56
    tiles = [cv2.resize(each, (side, side), interpolation=cv2.INTER_NEAREST) for each in (image, glyph)]
    line = np.full((side, 2), 128, np.uint8)
    return np.asarray(np.hstack([tiles[0], line, tiles[1]]), np.uint8)


SIDE, LEFT, TOP, FOOT = 360, 44, 10, 86
HISTOGRAM = 40


def reliability_svg(bins: Sequence[Bin]) -> str:
    """Draw the diagram: a column for each bin, the gap to its mean confidence, the ideal, and how many fell into it.

    Args:
        bins: from the least confident to the surest.
    """
    most = max((each.n for each in bins), default=0) or 1
    ticks = "".join(_tick(value / 5) for value in range(6))
    columns = "".join(_column(each, most) for each in bins)
    width, height = SIDE + LEFT + 14, SIDE + TOP + FOOT
    # the diagonal is drawn last, so that the columns do not hide it
    ideal = f'<line class="ideal" x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}"/>'
    return (
        f'<svg viewBox="0 0 {width} {height}" style="max-width:460px;width:100%" role="img" '
        f'aria-label="{_label(bins)}">{ticks}{columns}{ideal}'
        f'<text x="{_x(0.5)}" y="{height - 4}" text-anchor="middle">confidence; below: how many images</text>'
        f'<text x="12" y="{_y(0.5)}" text-anchor="middle" transform="rotate(-90 12 {_y(0.5)})">share right</text></svg>'
    )


def _x(share: float) -> float:
    return round(LEFT + SIDE * share, 1)


def _y(share: float) -> float:
    return round(TOP + SIDE * (1 - share), 1)


def _tick(value: float) -> str:
    return (
        f'<line class="axis" x1="{_x(0)}" y1="{_y(value)}" x2="{_x(1)}" y2="{_y(value)}"/>'
        f'<text x="{LEFT - 6}" y="{_y(value) + 4}" text-anchor="end">{value:.1f}</text>'
        f'<text x="{_x(value)}" y="{TOP + SIDE + HISTOGRAM + 22}" text-anchor="middle">{value:.1f}</text>'
    )


def _column(each: Bin, most: int) -> str:
    if not each.n:
        return ""
    x, width = _x(each.start) + 1, SIDE * (each.end - each.start) - 2
    low, high = sorted((each.right, each.confidence))
    gap = "gap" if each.confidence > each.right else "modest"
    count = max(1.0, HISTOGRAM * each.n / most)
    title = f"<title>{each.n:,} images of confidence {each.confidence:.1%}: {each.right:.1%} right</title>"
    return (
        f'<g>{title}<rect class="reached" x="{x:.1f}" y="{_y(each.right)}" width="{width:.1f}" '
        f'height="{SIDE * each.right:.1f}"/>'
        f'<rect class="{gap}" x="{x:.1f}" y="{_y(high)}" width="{width:.1f}" height="{SIDE * (high - low):.1f}"/>'
        f'<rect class="track" x="{x:.1f}" y="{TOP + SIDE + 6}" width="{width:.1f}" height="{HISTOGRAM}"/>'
        f'<rect class="reached" x="{x:.1f}" y="{TOP + SIDE + 6 + HISTOGRAM - count:.1f}" width="{width:.1f}" '
        f'height="{count:.1f}"/></g>'
    )


def _label(bins: Sequence[Bin]) -> str:
    told = "; ".join(f"confidence {each.confidence:.0%}: {each.right:.0%} right" for each in bins if each.n)
    return f"Reliability diagram. {told or 'No images.'}"
