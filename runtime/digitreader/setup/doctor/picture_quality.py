"""Light, sharpness and glare of a frame."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.find import Finder
from digitreader.find.paper_light import paper_under, to_gray
from digitreader.setup.doctor.facts import PictureMeasurements
from digitreader.values import Box, ColourImage, GrayImage

BORDER_PX = 4


@dataclass(frozen=True, slots=True)
class Levels:
    """Grey levels in and beside a digit's box; less than a third of it is ink."""

    darkest: float
    darker: float
    lighter: float
    lightest: float

    @property
    def on_board(self) -> bool:
        """Whether it is written in chalk on a board, not in ink on paper."""
        return self.lightest - self.darker > self.lighter - self.darkest

    @property
    def span(self) -> float:
        """The difference between paper and ink, or between board and chalk."""
        return max(self.lighter - self.darkest, self.lightest - self.darker)

    @property
    def contrast(self) -> float:
        """The share of light, 0..1, that the ink or the board absorbs."""
        return self.span / max(1.0, self.lightest)


def levels_of(gray: npt.NDArray[np.uint8] | npt.NDArray[np.float32], box: Box) -> Levels:
    """Measure a digit in a picture (H, W) with levels 0..255."""
    top, left = max(0, box.y - BORDER_PX), max(0, box.x - BORDER_PX)
    around = gray[top : box.y + box.height + BORDER_PX, left : box.x + box.width + BORDER_PX]
    return Levels(*(float(level) for level in np.percentile(around, (3, 30, 70, 97))))


Smooth = npt.NDArray[np.float32]
"""(H, W) float32, grey levels."""

Slopes = npt.NDArray[np.float32]
"""(H, W) float32, grey levels per pixel."""

SMOOTHED_PX, LEAST_SMOOTHED_PX, SMOOTHED_SHARE = 1.5, 0.7, 0.02
"""Noise is smoothed with a radius of this share (the last number) of a digit's height, within the limits before it."""
NOISY_SHARE = 0.09
"""A picture is noisy if half of it is steeper than this share of its steepest part."""
WAYS = 4
"""Directions that are distinguished, each 180 / WAYS degrees wide."""
NOISE_FACTOR, LEAST_SHARE = 4.0, 0.12
"""A slope counts if it is at least this many times the paper's noise, and this share of the steepest slope."""
LEAST_EDGE = 0.12
"""A direction is judged if it has this share of all edges."""
MEAN_WIDTH, STEEPEST_WIDTH = 2 * math.sqrt(math.pi), math.sqrt(2 * math.pi)
"""The width of an edge that is blurred by a Gaussian, in standard deviations: by its mean and by its steepest slope."""
LEAST_RANGE = 12.0
"""A picture with a smaller range of grey levels shows nothing."""
LEAST_STEEPNESS = 3.5
"""If a picture has an edge, its steepest part is at least this many times as steep as the median. In a picture with
only noise or dark corners it is not."""


def edge_of(gray: GrayImage, boxes: Sequence[Box]) -> float:
    """The width in pixels, at least 1.0, of the edges of writing, in the direction in which they are widest.

    The width of an edge is the difference between paper and ink, divided by the steepest slope.

    Args:
        gray: (H, W) uint8.
        boxes: the boxes of the writing, at least one.

    Returns:
        0.0 if there are no edges, or noise hides them.
    """
    height = float(np.percentile([box.height for box in boxes], 90))
    region, boxes = region_of(gray, boxes, round(height / 2))
    least_px = min(SMOOTHED_PX, max(LEAST_SMOOTHED_PX, SMOOTHED_SHARE * height))
    width = 0.0
    # noise and strokes thinner than the smoothing make an edge seem narrower, so the widest value is the best one
    for smoothed_px in (least_px, 2 * least_px, 4 * least_px):
        smooth = smoothed(region, smoothed_px)
        width = max(width, edge_in(smooth, boxes, smoothed_px))
        if not is_noisy(smooth):
            return width
    return width if width > SMOOTHED_PX * STEEPEST_WIDTH else 0.0


def edge_in(smooth: Smooth, boxes: Sequence[Box], smoothed_px: float) -> float:
    """As `edge_of`, for a picture that is smoothed with this radius."""
    slope = least_mean_slope(*slopes_of(smooth))
    if not slope:
        return 0.0
    span = float(np.median([levels_of(smooth, box).span for box in boxes]))
    return width_of(span / slope / MEAN_WIDTH, smoothed_px)


def region_of(gray: GrayImage, boxes: Sequence[Box], margin: int) -> tuple[GrayImage, list[Box]]:
    """The part of a picture with all boxes, and the boxes in this part; the margin has room for blurred edges."""
    left, top = (max(0, min(side) - margin) for side in zip(*((box.x, box.y) for box in boxes), strict=True))
    right, bottom = max(box.x + box.width for box in boxes), max(box.y + box.height for box in boxes)
    inside = [replace(box, x=box.x - left, y=box.y - top) for box in boxes]
    return gray[top : bottom + margin, left : right + margin], inside


def smoothed(gray: GrayImage, smoothed_px: float) -> Smooth:
    """A picture without much of its noise."""
    return np.asarray(cv2.GaussianBlur(gray.astype(np.float32), (0, 0), smoothed_px), np.float32)


def slopes_of(smooth: Smooth) -> tuple[Slopes, Slopes]:
    """The slopes across and down."""
    halves, middle = np.array([[-0.5, 0, 0.5]], np.float32), np.array([[1]], np.float32)
    across, down = cv2.sepFilter2D(smooth, -1, halves, middle), cv2.sepFilter2D(smooth, -1, middle, halves)
    return np.asarray(across, np.float32), np.asarray(down, np.float32)


def is_noisy(smooth: Smooth) -> bool:
    """Whether edges are hardly steeper than the noise."""
    usual, steepest = (float(slope) for slope in np.percentile(np.hypot(*slopes_of(smooth)), (50, 99.5)))
    return usual > NOISY_SHARE * steepest


def width_of(blur_px: float, smoothed_px: float) -> float:
    """The width of an edge from its blur, a standard deviation, without the blur of the smoothing."""
    return max(1.0, STEEPEST_WIDTH * math.sqrt(max(0.0, blur_px**2 - smoothed_px**2)))


def least_mean_slope(across: Slopes, down: Slopes) -> float:
    """The mean slope of edges in the direction with the least, each weighted by its slope; 0.0 if there are none."""
    steepness = np.hypot(across, down)
    limit = max(NOISE_FACTOR * float(np.median(steepness)), LEAST_SHARE * float(np.percentile(steepness, 99.5)))
    edge = steepness > limit
    steep = steepness[edge]
    way = np.rint(np.arctan2(down[edge], across[edge]) * (WAYS / math.pi)).astype(int) % WAYS
    lengths, weights = (np.bincount(way, power, minlength=WAYS) for power in (steep, steep**2))
    judged = lengths > LEAST_EDGE * max(1.0, float(lengths.sum()))
    return float((weights[judged] / lengths[judged]).min()) if judged.any() else 0.0


def edge_anywhere(gray: GrayImage) -> float:
    """The width of a picture's sharpest edges in pixels, at least 1.0; 0.0 if it has none."""
    dark, light = (float(level) for level in np.percentile(gray, (5, 95)))
    usual, steepest = np.percentile(np.hypot(*slopes_of(smoothed(gray, SMOOTHED_PX))), (50, 99.5)).tolist()
    if light - dark < LEAST_RANGE or steepest < LEAST_STEEPNESS * usual:
        return 0.0
    return width_of((light - dark) / steepest / STEEPEST_WIDTH, SMOOTHED_PX)


Burnt = npt.NDArray[np.uint8]
"""(H, W) uint8, 1 if a pixel is overexposed, else 0."""

BURNT = 250
LEAST_SPOT = 0.3
"""A spot that may hide a stroke is as wide as this share of a digit's height."""


def burnt_in(image: ColourImage | GrayImage) -> Burnt:
    """The pixels that are overexposed: all channels are at their maximum."""
    darkest = image if image.ndim == 2 else image.min(axis=2)
    return np.asarray(darkest >= BURNT, np.uint8)


def has_spot_near(burnt: Burnt, boxes: Sequence[Box]) -> bool:
    """Whether there is an overexposed spot in a digit, or within one digit height of it."""
    height = int(np.median([box.height for box in boxes]))
    width = max(3, round(LEAST_SPOT * height))
    spots = cv2.morphologyEx(burnt, cv2.MORPH_OPEN, np.ones((width, width), np.uint8))
    return any(
        spots[
            max(0, box.y - height) : box.y + box.height + height, max(0, box.x - height) : box.x + box.width + height
        ].any()
        for box in boxes
    )


SECOND_SMOOTHED_PX, STRONGER = 1.0, 4.0
"""The radius of the smoothing, and how many times as dark the ink is made after it."""
LEAST_FOUND, LEAST_HEIGHT_PX, ALIKE = 3, 4.0, 1.6
"""Fewer or lower things may be specks; no digit is more than the last number of times as high as another."""


def found_stretched(gray: GrayImage, finder: Finder) -> list[Box]:
    """The digits that are found in a picture when its ink is made darker."""
    return enough([candidate.box for candidate in finder.digits(stretched(gray))])


def stretched(gray: GrayImage) -> GrayImage:
    """A copy of a picture with darker ink, on paper as bright as before."""
    smooth = cv2.GaussianBlur(gray.astype(np.float32), (0, 0), SECOND_SMOOTHED_PX)
    paper = paper_under(gray).astype(np.float32)
    return np.asarray(np.clip(paper + STRONGER * (smooth - paper), 0, 255), np.uint8)


def enough(boxes: list[Box]) -> list[Box]:
    """The boxes that are about as high as most; none if these are too few or too low to be writing."""
    if not boxes:
        return []
    usual = float(np.median([box.height for box in boxes]))
    alike = [box for box in boxes if usual / ALIKE <= box.height <= usual * ALIKE]
    return alike if len(alike) >= LEAST_FOUND and usual >= LEAST_HEIGHT_PX else []


LIGHTEST = 98.0
"""The percentile of a picture's levels that counts as its lightest part, if it has no digits."""


def measure_picture(image: ColourImage | GrayImage, finder: Finder, *, scale: float = 1.0) -> PictureMeasurements:
    """Measure a picture.

    Args:
        image: (H, W, 3) uint8 BGR or (H, W) uint8, upright.
        finder: finds its digits.
        scale: as in `Frame`.
    """
    gray = to_gray(image)
    found = [candidate.box for candidate in finder.digits(image)]
    too_small_px = finder.find(image).small.height_px
    boxes = found if found or too_small_px else found_stretched(gray, finder)
    levels = [levels_of(gray, box) for box in boxes]
    papers = [paper_of(level) for level in levels]
    burnt = burnt_in(image)
    return PictureMeasurements(
        size_wh=(round(gray.shape[1] * scale), round(gray.shape[0] * scale)),
        digits=len(found),
        height_px=float(np.median([box.height for box in boxes])) * scale if boxes else 0.0,
        edge_px=((boxes and edge_of(gray, boxes)) or edge_anywhere(gray)) * scale,
        contrast=float(np.median([level.contrast for level in levels])) if levels else 0.0,
        paper=float(np.median(papers)) if papers else float(np.percentile(gray, LIGHTEST)),
        glare=float(burnt.mean()),
        near_glare=bool(boxes) and has_spot_near(burnt, boxes),
        least_paper=min(papers, default=0.0),
        too_faint=bool(boxes) and not found,
        too_small_px=too_small_px * scale,
        faded=has_faded(levels),
    )


FADED, AS_BRIGHT, LIT_PAPER = 0.8, 0.97, 200.0
"""A digit has faded if its contrast is less than the first share of most others', on paper with at least the second
share of their brightness, and at least the third number bright (0..255): on darker paper it may be noise."""


def has_faded(levels: Sequence[Levels]) -> bool:
    """Whether a reflection takes away the contrast of a digit: in a shadow, its paper would be darker too."""
    if len(levels) < LEAST_FOUND:
        return False
    contrasts = np.array([level.contrast for level in levels])
    papers = np.array([paper_of(level) for level in levels])
    faded = contrasts < FADED * np.percentile(contrasts, 80)
    return bool((faded & (papers >= max(LIT_PAPER, AS_BRIGHT * float(np.median(papers))))).any())


def paper_of(levels: Levels) -> float:
    """The brightness of the paper beside a digit, or of the chalk on a board."""
    return levels.lightest if levels.on_board else levels.lighter
