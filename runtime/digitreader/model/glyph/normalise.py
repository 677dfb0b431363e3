"""Normalise: one digit's ink becomes a glyph of 28x28, upright, of standard size, about its centre of mass."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.errors import BlankGlyphError
from digitreader.model.glyph.area_scaling import shrink_ink
from digitreader.values import GLYPH_SIDE, Glyph, Glyphs, Ink

NORMALISATION = "moments-2"
"""Names what this file does to ink; a model is only read with the normalisation that it was trained through."""

FAINTEST_SHARE = 8
"""A margin is where no pixel has more than an eighth of the strongest ink."""
WORKING_SIDE_PX = 40
MIN_STROKE_PX = 4.4
EXTENT_PX = 22.0
SPREAD = 4.0
MAX_SLANT = 1.0
MAX_STRETCH = 1.8
MIN_VARIANCE = 1 / 12
CENTRE_PX = (GLYPH_SIDE - 1) / 2

Transform = npt.NDArray[np.float64]
"""(2, 3) float64, maps pixel coordinates (x, y, 1) of ink to those of the glyph."""


def normalise_glyph(ink: Ink) -> Glyph:
    """Remove slant, size, place and pen width from one digit.

    The ink is sheared until its strokes stand upright, then scaled so that four standard deviations of its mass span
    22 pixels in the longer direction; the aspect ratio goes halfway from kept to square, but a stroke is never
    widened to more than 1.8 times its share, so that a 1 stays a stroke. Thin pens are thickened to the thinnest
    that MNIST knows.

    Args:
        ink: (h, w) uint8 of any size, white ink on black.

    Returns:
        (28, 28) uint8, white on black, its centre of mass in the middle.

    Raises:
        BlankGlyphError: no pixel is inked, or so few far apart that none is left at the working size.

    Source: C.-L. Liu, K. Nakashima, H. Sako and H. Fujisawa, "Handwritten digit recognition: investigation of
    normalization and feature extraction techniques", Pattern Recognition 37 (2004): moment normalisation with an
    aspect ratio that adapts (their "moment", R2 = sqrt(R1)).
    """
    scaled = scale_to_side(crop_to_ink(ink), side=WORKING_SIDE_PX)
    working = thicken_thin_strokes(scaled, least_px=MIN_STROKE_PX)
    moments = cv2.moments(working)
    if moments["m00"] == 0:
        raise BlankGlyphError(f"ink of {ink.shape[1]}x{ink.shape[0]} pixels is specks far apart; need strokes")
    transform = moment_transform(moments)
    return np.asarray(cv2.warpAffine(working, transform, (GLYPH_SIDE, GLYPH_SIDE), flags=cv2.INTER_LINEAR), np.uint8)


def normalise_glyphs(inks: Sequence[Ink]) -> Glyphs:
    """Normalise many inks.

    Returns:
        (N, 28, 28) uint8, one glyph for each ink; (0, 28, 28) for none.

    Raises:
        BlankGlyphError: an ink has no inked pixel.
    """
    glyphs = np.empty((len(inks), GLYPH_SIDE, GLYPH_SIDE), np.uint8)
    for glyph, ink in zip(glyphs, inks, strict=True):
        glyph[:] = normalise_glyph(ink)
    return glyphs


def crop_to_ink(ink: Ink) -> Ink:
    """The ink without its margins, so that its scale does not depend on how it was cut out; a view of the argument.

    Raises:
        BlankGlyphError: no pixel is inked.
    """
    faintest = int(ink.max()) // FAINTEST_SHARE
    x, y, width, height = cv2.boundingRect(cv2.threshold(ink, faintest, 255, cv2.THRESH_BINARY)[1])
    if not width:
        raise BlankGlyphError(f"ink of {ink.shape[1]}x{ink.shape[0]} pixels has no inked pixel; need at least one")
    return ink[y : y + height, x : x + width]


def scale_to_side(ink: Ink, *, side: int) -> Ink:
    """Scale the ink until its longer side is `side` pixels; the aspect ratio is kept."""
    height, width = ink.shape
    scale = side / max(height, width)
    size_wh = (max(1, round(width * scale)), max(1, round(height * scale)))
    if scale < 1:
        return shrink_ink(ink, size_wh)
    # plain INTER_LINEAR gives other pixels on ARM than on x86
    return np.asarray(cv2.resize(ink, size_wh, interpolation=cv2.INTER_LINEAR_EXACT), np.uint8)


def thicken_thin_strokes(ink: Ink, *, least_px: float) -> Ink:
    """Widen strokes that are thinner than `least_px` to about that width; others are left as they are."""
    missing = round(least_px - stroke_width_px(ink))
    if missing < 1:
        return ink
    bordered = cv2.copyMakeBorder(ink, missing, missing, missing, missing, cv2.BORDER_CONSTANT)
    peak = int(ink.max())
    thick = cv2.dilate(bordered, _round_pen(missing + 1))
    return np.asarray(cv2.convertScaleAbs(thick, alpha=255 / peak) if 0 < peak < 255 else thick, np.uint8)


@cache
def _round_pen(side_px: int) -> npt.NDArray[np.uint8]:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side_px, side_px)), np.uint8)


def stroke_width_px(ink: Ink) -> float:
    """The mean width of the strokes in pixels; 0 where nothing is inked.

    In a bar of width w the mean distance of an inked pixel from the edge is w / 4.
    """
    half = int(ink.max()) // 2
    inked = cv2.copyMakeBorder(cv2.threshold(ink, half, 255, cv2.THRESH_BINARY)[1], 1, 1, 1, 1, cv2.BORDER_CONSTANT)
    distance = cv2.distanceTransform(inked, cv2.DIST_L2, 3)
    return 4.0 * cv2.mean(distance, mask=inked)[0] - 1.0


def moment_transform(moments: Mapping[str, float]) -> Transform:
    """The map that takes ink with these moments to the standard glyph.

    Args:
        moments: of `cv2.moments`, with m00 > 0.
    """
    mass = moments["m00"]
    centre_x, centre_y = moments["m10"] / mass, moments["m01"] / mass
    var_x, var_y, covariance = (moments[key] / mass for key in ("mu20", "mu02", "mu11"))
    var_y = max(var_y, MIN_VARIANCE)
    slant = min(max(covariance / var_y, -MAX_SLANT), MAX_SLANT)
    var_upright = max(var_x - 2 * slant * covariance + slant * slant * var_y, MIN_VARIANCE)
    scale_x, scale_y = standard_scales(SPREAD * math.sqrt(var_upright), SPREAD * math.sqrt(var_y))
    shift_x = CENTRE_PX - scale_x * (centre_x - slant * centre_y)
    return np.array([[scale_x, -scale_x * slant, shift_x], [0.0, scale_y, CENTRE_PX - scale_y * centre_y]])


def standard_scales(width: float, height: float) -> tuple[float, float]:
    """How far to stretch a digit of this extent in x and in y."""
    ratio = min(width, height) / max(width, height)
    shorter_px = EXTENT_PX * min(math.sqrt(ratio), MAX_STRETCH * ratio)
    if width < height:
        return shorter_px / width, EXTENT_PX / height
    return EXTENT_PX / width, shorter_px / height
