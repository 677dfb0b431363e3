"""Takes labelled images through the runtime's own normalisation, cleaned where a frame's finder would have done so."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from digitreader.data.cleaning import clean_ink
from digitreader.data.polarity import white_on_black
from digitreader.errors import BlankGlyphError
from digitreader.normalise import normalise_glyph
from digitreader.progress import with_progress
from digitreader.values import GLYPH_SIDE, Glyph, Glyphs

Mask = npt.NDArray[np.bool_]


def normalise_images(images: npt.NDArray[np.uint8], *, label: str) -> tuple[Glyphs, Mask]:
    """Normalise every image, with a progress bar.

    Args:
        images: (N, H, W) uint8, white ink on black; where all in all they are black on white, they are turned round.
        label: what the bar says.

    Returns:
        (N, 28, 28) uint8 glyphs, black where an image has no ink, and (N,) bool: which have ink.
    """
    images = white_on_black(images, label=label)
    glyphs = np.zeros((len(images), GLYPH_SIDE, GLYPH_SIDE), np.uint8)
    inked = np.ones(len(images), np.bool_)
    for place, image in enumerate(with_progress(images, label=label, total=len(images))):
        glyph = glyph_of(image)
        if glyph is None:
            inked[place] = False
        else:
            glyphs[place] = glyph
    return glyphs, inked


def glyph_of(image: npt.NDArray[np.uint8]) -> Glyph | None:
    """Clean and normalise one image (H, W) uint8, white ink on black; None where it has no ink."""
    try:
        return normalise_glyph(clean_ink(image))
    except BlankGlyphError:
        return None
