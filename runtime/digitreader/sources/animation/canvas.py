"""The canvas of an animation: each frame is drawn onto what the frames before it have left."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from digitreader.sources.alpha import compose_on_paper
from digitreader.sources.animation.patch import Animation, Disposal, Patch
from digitreader.sources.images import check_pixels, damaged, decode_as_stored, turn_upright
from digitreader.values import ColourImage

Canvas = npt.NDArray[np.uint8]
"""(H, W, 4) uint8, BGR and then alpha (0 see-through, 255 opaque)."""


def render(animation: Animation, *, name: str) -> Iterator[ColourImage]:
    """Draw the frames one after another; only the canvas and one frame are in memory.

    Args:
        animation: its patches are used up.
        name: what errors call the file; they add the frame as a page, counted from 1.

    Returns:
        (H, W, 3) uint8 BGR for each frame.

    Raises:
        ImageError: a frame is damaged or too large; those behind it would be drawn onto it.
    """
    check_pixels(animation.size_wh, name)
    width, height = animation.size_wh
    canvas = np.zeros((height, width, 4), np.uint8)
    for number, patch in enumerate(animation.patches, 1):
        part = _part_of(canvas, patch)
        before = part.copy() if patch.disposal is Disposal.RESTORE else None
        _draw(part, _decoded(patch, f"{name}, page {number}"), blended=patch.blended)
        yield turn_upright(_opaque(canvas), animation.orientation)
        if patch.disposal is not Disposal.KEEP:
            part[...] = 0 if before is None else before


def _decoded(patch: Patch, name: str) -> Canvas:
    if not patch.picture:
        raise damaged(name)
    image = decode_as_stored(patch.picture, name=name)
    if image.shape[:2] != (patch.box.height, patch.box.width):
        raise damaged(name)
    if image.ndim == 2:
        image = np.repeat(image[:, :, np.newaxis], 3, axis=2)
    if image.shape[2] == 4:
        return image
    return np.dstack([image, np.full(image.shape[:2], 255, np.uint8)])


def _part_of(canvas: Canvas, patch: Patch) -> Canvas:
    """The part of the canvas that a patch changes, as a view; what reaches over the edge is left out."""
    box = patch.box
    return canvas[box.y : box.y + box.height, box.x : box.x + box.width]


def _draw(part: Canvas, drawn: Canvas, *, blended: bool) -> None:
    """Draw a patch onto its part of the canvas, in place."""
    drawn = drawn[: part.shape[0], : part.shape[1]]
    if not blended:
        part[...] = drawn
        return
    alpha = drawn[:, :, 3]
    np.copyto(part, drawn, where=(alpha == 255)[:, :, np.newaxis])
    partly = (alpha > 0) & (alpha < 255)
    part[partly] = _blend(part[partly], drawn[partly])


def _blend(below: Canvas, above: Canvas) -> Canvas:
    """Lay pixels over others.

    Args:
        below: (N, 4).
        above: (N, 4), none of them wholly see-through.
    """
    upper = above[:, 3:] / 255.0
    lower = below[:, 3:] / 255.0 * (1 - upper)
    alpha = upper + lower
    colour = (above[:, :3] * upper + below[:, :3] * lower) / alpha
    return np.rint(np.hstack([colour, 255 * alpha])).astype(np.uint8)


def _opaque(canvas: Canvas) -> ColourImage:
    return canvas[:, :, :3].copy() if canvas[:, :, 3].min() == 255 else compose_on_paper(canvas)
