"""Centring: the ways to bring a digit's ink to 28x28, digitreader's own and those of most other programs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import cv2
import numpy as np

from digitreader.errors import BlankGlyphError
from digitreader.model.glyph.normalise import NORMALISATION, normalise_glyph, scale_to_side
from digitreader.values import GLYPH_SIDE, Glyph, Glyphs, Ink

FAINTEST_SHARE = 32
"""Rows and columns are margin if no pixel is stronger than the strongest ink divided by this."""
MNIST_SIDE = 20
"""The longer side of MNIST's digits, in pixels, ..."""
MNIST_CENTRE = 14.0
"""... and their centre of mass lies here, to the nearest whole pixel."""

Centre = Callable[[Ink], Glyph]


def by_mass(ink: Ink) -> Glyph:
    """As MNIST was made: the longer side 20 pixels, the centre of mass in the middle. MNIST's own images stay the same.

    Args:
        ink: (h, w) uint8 of any size, white ink on black.

    Returns:
        (28, 28) uint8.

    Raises:
        BlankGlyphError: no pixel is inked.

    Source: LeCun, Cortes and Burges, "The MNIST database of handwritten digits".
    """
    scaled = _scaled(ink, MNIST_SIDE)
    moments = cv2.moments(scaled)
    x, y = (round(MNIST_CENTRE - moments[axis] / moments["m00"]) for axis in ("m10", "m01"))
    return _placed(scaled, x, y)


def by_box(ink: Ink) -> Glyph:
    """The longer side 20 pixels, the middle of the box in the middle; arguments, result and errors as `by_mass`."""
    scaled = _scaled(ink, MNIST_SIDE)
    return _in_the_middle(scaled)


def filling(ink: Ink) -> Glyph:
    """The longer side 28 pixels, the middle of the box in the middle; arguments, result and errors as `by_mass`."""
    return _in_the_middle(_scaled(ink, GLYPH_SIDE))


def stretched(ink: Ink) -> Glyph:
    """The box stretched to 28x28, without keeping its proportions; arguments, result and errors as `by_mass`."""
    cropped = _cropped(ink)
    interpolation = cv2.INTER_AREA if max(cropped.shape) > GLYPH_SIDE else cv2.INTER_LINEAR_EXACT
    return np.asarray(cv2.resize(cropped, (GLYPH_SIDE, GLYPH_SIDE), interpolation=interpolation), np.uint8)


CENTRINGS: Mapping[str, Centre] = {
    "mass-20": by_mass,
    NORMALISATION: normalise_glyph,
    "box-20": by_box,
    "box-28": filling,
    "stretch-28": stretched,
}
"""By their names in cards; if two are equally good, the first is taken."""


def centre_all(inks: Sequence[Ink], centring: str) -> Glyphs:
    """Bring many inks to 28x28.

    Returns:
        (N, 28, 28) uint8.

    Raises:
        BlankGlyphError: an ink has no inked pixel.
    """
    centre = CENTRINGS[centring]
    glyphs = np.empty((len(inks), GLYPH_SIDE, GLYPH_SIDE), np.uint8)
    for glyph, ink in zip(glyphs, inks, strict=True):
        glyph[:] = centre(ink)
    return glyphs


def _cropped(ink: Ink) -> Ink:
    """The ink without its margins; a faint fringe is kept if the longer side does not become longer."""
    cropped, whole = (_inside(ink, faintest) for faintest in (int(ink.max()) // FAINTEST_SHARE, 0))
    return whole if max(whole.shape) == max(cropped.shape) else cropped


def _inside(ink: Ink, faintest: int) -> Ink:
    x, y, width, height = cv2.boundingRect(cv2.threshold(ink, faintest, 255, cv2.THRESH_BINARY)[1])
    if not width:
        raise BlankGlyphError(f"ink of {ink.shape[1]}x{ink.shape[0]} pixels has no inked pixel; need at least one")
    return ink[y : y + height, x : x + width]


def _scaled(ink: Ink, side: int) -> Ink:
    cropped = _cropped(ink)
    return cropped if max(cropped.shape) == side else scale_to_side(cropped, side=side)


def _in_the_middle(ink: Ink) -> Glyph:
    height, width = ink.shape
    return _placed(ink, (GLYPH_SIDE - width) // 2, (GLYPH_SIDE - height) // 2)


def _placed(ink: Ink, x: int, y: int) -> Glyph:
    """Put ink of at most 28x28 at a place; it is moved if it would cross an edge."""
    height, width = ink.shape
    x, y = (min(max(at, 0), GLYPH_SIDE - size) for at, size in ((x, width), (y, height)))
    glyph = np.zeros((GLYPH_SIDE, GLYPH_SIDE), np.uint8)
    glyph[y : y + height, x : x + width] = ink
    return glyph
