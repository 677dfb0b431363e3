"""Labelled images as glyphs: white on black, normalised."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.errors import BlankGlyphError
from digitreader.host.messages import print_info
from digitreader.host.progress import with_progress
from digitreader.model.glyph.normalise import normalise_glyph
from digitreader.values import GLYPH_SIDE, Glyph, Glyphs, Ink

Images = npt.NDArray[np.uint8]

WHITE_CORNERS = 0.7
"""Over all images of a set each of its corners is this white, where they are black on white ..."""
WHITE_SIDES = 0.25
"""... and the middle of each side, which a tight digit touches now and then, is this white ..."""
MANY_IMAGES = 10
"""... in fewer images as white as a corner, ..."""
WHITE_ALL = 0.35
"""... and so is everything, which a frame round white ink is not."""


def white_on_black(images: Images, *, label: str) -> Images:
    """The images as white on black; if most are black on white, they are inverted, with a message.

    One image alone does not tell: a thick digit that fills its image is white at its edges, too.

    Args:
        images: (N, H, W) uint8.
        label: what is being done, for the line that tells.
    """
    if not is_black_on_white(images):
        return images
    print_info(f"{label}: the images are black on white; they are taken as white on black")
    return np.asarray(images.max() - images, np.uint8)


def is_black_on_white(images: Images) -> bool:
    """Whether most images have white corners and sides round black ink."""
    if not images.size or not images.any():
        return False
    peak = float(images.max())
    sides = [side.mean(axis=0) / peak for side in (images[:, 0], images[:, -1], images[:, :, 0], images[:, :, -1])]
    corners = min(min(side[0], side[-1]) for side in sides)
    middles = min(float(side[len(side) // 3 : len(side) - len(side) // 3].mean()) for side in sides)
    least = WHITE_SIDES if len(images) >= MANY_IMAGES else WHITE_CORNERS
    dark = images.min() < WHITE_ALL * peak  # paper alone is blank either way
    return bool(dark and corners >= WHITE_CORNERS and middles >= least and images.mean() >= WHITE_ALL * peak)


Mask = npt.NDArray[np.bool_]

WHITE = 255


def normalise_images(
    images: npt.NDArray[np.uint8], *, label: str, normalise: Callable[[Ink], Glyph] = normalise_glyph
) -> tuple[Glyphs, Mask]:
    """Normalise every image, with a progress bar.

    Args:
        images: (N, H, W) uint8, white ink on black; where all in all they are black on white, they are turned round.
        label: what the bar says.
        normalise: makes the glyph of an ink.

    Returns:
        (N, 28, 28) uint8 glyphs, black where an image has no ink, and (N,) bool: which have ink.
    """
    images = white_on_black(images, label=label)
    glyphs = np.zeros((len(images), GLYPH_SIDE, GLYPH_SIDE), np.uint8)
    inked = np.ones(len(images), np.bool_)
    for place, image in enumerate(with_progress(images, label=label, total=len(images))):
        glyph = glyph_of(image, normalise)
        if glyph is None:
            inked[place] = False
        else:
            glyphs[place] = glyph
    return glyphs, inked


def glyph_of(image: npt.NDArray[np.uint8], normalise: Callable[[Ink], Glyph] = normalise_glyph) -> Glyph | None:
    """Normalise one image (H, W) uint8, white ink on black; None if it has no ink: all of it has one grey level."""
    if image.min() == image.max():
        return None
    try:
        return normalise(with_white_ink(image))
    except BlankGlyphError:
        return None


def with_white_ink(image: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Stretch grey levels until the strongest ink is 255, as the finder's ink is: some sets have levels from 0 to 16.

    Args:
        image: (H, W) uint8, not all of it 0.
    """
    peak = int(image.max())
    return image if peak == WHITE else np.asarray(cv2.convertScaleAbs(image, alpha=WHITE / peak), np.uint8)
