"""The paths that a pen takes for a digit or a mark, and the ink along them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from digitreader.drawing import DIGIT_TEMPLATES
from digitreader.drawing.hand import form_paths
from digitreader.drawing.strokes import Path as PenPath
from digitreader.drawing.strokes import Way
from digitreader.values import Ink
from digitreader_train.finder.ink import tile_height
from digitreader_train.finder.polyline import draw_polyline
from digitreader_train.finder.writer import Writer
from digitreader_train.practice.hands import MORE_WAYS, loose_hand
from digitreader_train.practice.pens import trim

StrokePaths = list[PenPath]
"""One path a stroke, in digit heights; the baseline is at y = 1."""

EVERY = 3
"""Only every third point of a path is used; the paths are finer than pixels."""
APART = 0.09
"""Standard deviation, in digit heights, by which strokes are moved that do not meet."""


def write_digit_paths(digit: int, rng: np.random.Generator) -> StrokePaths:
    """Write a digit in one of the ways in which people write it, by another person each time."""
    ways: Sequence[Way] = (*DIGIT_TEMPLATES[digit], *MORE_WAYS.get(digit, ()))
    shares = np.array([way.share for way in ways])
    way = ways[int(rng.choice(len(ways), p=shares / shares.sum()))]
    return form_paths(way, loose_hand(rng), rng)


def extent_of(paths: StrokePaths) -> tuple[float, float]:
    """The least and the greatest y of the paths, in digit heights."""
    heights = np.concatenate(paths)[:, 1]
    return float(heights.min()), float(heights.max())


def ink_paths(paths: StrokePaths, writer: Writer, height_px: float, rng: np.random.Generator) -> Ink:
    """Draw the paths with the writer's pen, fainter where it is finer than a pixel; one that skips leaves gaps.

    Args:
        paths: of one character.
        writer: whose pen it is.
        height_px: the height that a digit will have; the ink is drawn in `tile_height` of it.
        rng: decides which strokes are apart, and how far.

    Returns:
        (h, w) uint8, trimmed.
    """
    tile_px = tile_height(height_px)
    width_px, tone = max(1, round(writer.pen * tile_px)), round(255 * min(1.0, writer.pen * tile_px))
    apart = rng.random() < writer.skips
    moved = [path + (rng.normal(0, APART, 2) if apart and at else 0.0) for at, path in enumerate(paths)]
    points = np.concatenate(moved)
    low, high = points.min(axis=0) * tile_px - width_px - 2, points.max(axis=0) * tile_px + width_px + 2
    canvas = np.zeros((round(high[1] - low[1]) + 1, round(high[0] - low[0]) + 1), np.uint8)
    for path in moved:
        draw_polyline(canvas, np.concatenate([path[::EVERY], path[-1:]]) * tile_px - low, width_px, tone=tone)
    return trim(canvas)
