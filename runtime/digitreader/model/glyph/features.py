"""Features: what of a glyph the network is shown; its pixels, or eight small maps of how its strokes run."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from digitreader.values import GLYPH_SIDE, Features, Glyphs

FeatureKind = Literal["pixels", "directions"]
"""The model card names it: a network is only shown what it was trained on."""

MAPS = ("right", "left", "down", "up", "down right", "up left", "up right", "down left")
"""Which way it grows brighter where each map is bright: on one edge of a stroke or the other."""
MAP_ROWS, MAP_COLUMNS = GLYPH_SIDE // 2, GLYPH_SIDE // 4

HALF_ROOT_OF_2 = (23, 5)
"""23 / 2^5, to 2 %."""
DOWN_WEIGHTS = (1, 3, 3, 1)
ACROSS_WEIGHTS = (1, 2, 3, 4, 4, 3, 2, 1)
DIVISOR = 64
AT_ONCE = 64
"""Glyphs whose steps stay in a processor's cache."""

Gradients = npt.NDArray[np.int16]
"""(N, 28, 28) int16."""

Maps = npt.NDArray[np.float32]
"""(N, 8, rows, columns) float32 of whole numbers, in the order of `MAPS`."""


def features_of(glyphs: Glyphs, kind: FeatureKind) -> Features:
    """What a network of this kind is shown of each glyph.

    Args:
        glyphs: (N, 28, 28) uint8; N may be 0.
        kind: as its card names it.

    Returns:
        (N, 28, 28) uint8; the glyphs themselves where it is shown their pixels.
    """
    return glyphs if kind == "pixels" else direction_maps(glyphs)


def direction_maps(glyphs: Glyphs) -> Features:
    """Where in each glyph the edges of strokes are, and which way they face.

    Sobel's gradient of each pixel is shared out between the two nearest of eight directions, then each direction is
    blurred and made smaller. All of it is in whole numbers, the same on every machine and in C.

    Args:
        glyphs: (N, 28, 28) uint8; N may be 0.

    Returns:
        (N, 28, 28) uint8: eight maps of 14 rows and 7 columns in the order of `MAPS`, four above and four below.

    Source: C.-L. Liu, K. Nakashima, H. Sako and H. Fujisawa, "Handwritten digit recognition: investigation of
    normalization and feature extraction techniques", Pattern Recognition 37 (2004): gradient direction feature; here
    of as many numbers as a glyph has pixels.
    """
    features = np.empty(glyphs.shape, np.uint8)
    for first in range(0, len(glyphs), AT_ONCE):
        part = glyphs[first : first + AT_ONCE]
        maps = shrink(share_out(*gradients_of(part))).reshape(-1, 2, 4, MAP_ROWS, MAP_COLUMNS)
        places = features[first : first + AT_ONCE].reshape(-1, 2, MAP_ROWS, 4, MAP_COLUMNS)
        places[:] = maps.transpose(0, 1, 3, 2, 4)
    return features


def gradients_of(glyphs: Glyphs) -> tuple[Gradients, Gradients]:
    """Sobel's gradients of each pixel to the right and downwards, -1020 to 1020; around a glyph there is no ink."""
    padded = np.zeros((len(glyphs), GLYPH_SIDE + 2, GLYPH_SIDE + 2), np.int16)
    padded[:, 1:-1, 1:-1] = glyphs
    upright = padded[:, :-2] + 2 * padded[:, 1:-1] + padded[:, 2:]
    level = padded[:, :, :-2] + 2 * padded[:, :, 1:-1] + padded[:, :, 2:]
    return upright[:, :, 2:] - upright[:, :, :-2], level[:, 2:] - level[:, :-2]


def share_out(right: Gradients, down: Gradients) -> Maps:
    """Share each gradient between the nearest straight and the nearest slanting direction.

    Returns:
        (N, 8, 28, 28), 0 to 549.
    """
    wide, high = np.abs(right), np.abs(down)
    less = np.minimum(wide, high)
    straight, slanting = (np.maximum(wide, high) - less) >> 1, (less * HALF_ROOT_OF_2[0]) >> HALF_ROOT_OF_2[1]
    level, falling = straight * (wide >= high), slanting * ((right ^ down) >= 0)
    lines = ((level, right), (straight - level, down), (falling, right), (slanting - falling, right))
    maps = np.empty((len(right), len(MAPS), GLYPH_SIDE, GLYPH_SIDE), np.float32)
    for place, (strength, way) in enumerate(lines):
        onward = strength * (way >= 0)
        maps[:, 2 * place] = onward
        maps[:, 2 * place + 1] = strength - onward
    return maps


def shrink(maps: Maps) -> Maps:
    """Blur each map, and keep every second row and every fourth column.

    Products of matrices, for they are fast; of whole numbers below 2^24, so that every machine gives the same.

    Args:
        maps: (N, 8, 28, 28).

    Returns:
        (N, 8, 14, 7), 0 to 255.
    """
    # glyph by glyph: each product is too small for BLAS to start threads, which would take longer than the product
    narrow = maps.reshape(-1, len(MAPS) * GLYPH_SIDE, GLYPH_SIDE) @ _ACROSS
    rows = _DOWN @ narrow.reshape(-1, len(MAPS), GLYPH_SIDE, MAP_COLUMNS)
    return np.minimum(np.floor((rows + DIVISOR / 2) / DIVISOR), 255)


def _weights(weights: tuple[int, ...], *, step: int) -> npt.NDArray[np.float32]:
    """The matrix (28, 28 / step) that blurs 28 numbers with these weights and keeps each `step`-th place."""
    count, before = GLYPH_SIDE // step, (len(weights) - step) // 2
    padded = np.zeros((GLYPH_SIDE + 2 * before, count), np.float32)
    for place in range(count):
        padded[place * step : place * step + len(weights), place] = weights
    return padded[before : before + GLYPH_SIDE]


_DOWN = _weights(DOWN_WEIGHTS, step=2).T
_ACROSS = _weights(ACROSS_WEIGHTS, step=4)
