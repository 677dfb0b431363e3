"""Which way round a set of images is: white ink on black, or by mistake black on white."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from digitreader.talk import say

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
    """The images, turned round and said so where all in all they are black on white.

    One image alone does not tell: a thick digit that fills its image is white at its edges, too.

    Args:
        images: (N, H, W) uint8.
        label: what is being done, for the line that tells.
    """
    if not is_black_on_white(images):
        return images
    say(f"{label}: the images are black on white; they are taken as white on black")
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
