"""Takes labelled images through the runtime's own normalisation, with ink as strong as the finder hands it on."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.data.polarity import white_on_black
from digitreader.errors import BlankGlyphError
from digitreader.normalise import normalise_glyph
from digitreader.progress import with_progress
from digitreader.values import GLYPH_SIDE, Glyph, Glyphs

Mask = npt.NDArray[np.bool_]

WHITE = 255


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
    """Normalise one image (H, W) uint8, white ink on black; None where it has no ink: all of it has one grey level."""
    if image.min() == image.max():
        return None
    try:
        return normalise_glyph(with_white_ink(image))
    except BlankGlyphError:
        return None


def with_white_ink(image: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Stretch grey levels until the strongest ink is 255, as the finder's ink is: some sets have levels from 0 to 16.

    Args:
        image: (H, W) uint8, not all of it 0.
    """
    peak = int(image.max())
    return image if peak == WHITE else np.asarray(cv2.convertScaleAbs(image, alpha=WHITE / peak), np.uint8)
