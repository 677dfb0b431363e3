"""Drawn shapes of many sizes, each with a checksum of its glyph: golden cases of the normaliser."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from digitreader.values import Glyph, Ink


class Shape(NamedTuple):
    """A bar and a slanting stroke, as a 7 has them.

    Attributes:
        width: of the picture, in pixels.
        height: likewise.
        pen: how thick both strokes are; of the slanting one the half.
        strength: of its ink, 1 to 255.
        checksum: FNV-1a of its glyph, 32 bits.
    """

    width: int
    height: int
    pen: int
    strength: int
    checksum: int


SHAPES = (
    Shape(1, 1, 1, 255, 0x347423E1),
    Shape(1, 9, 1, 255, 0xB7904A65),
    Shape(7, 9, 1, 90, 0xEC8D063E),
    Shape(14, 20, 2, 255, 0xA40478CD),
    Shape(40, 40, 1, 200, 0x467017CF),
    Shape(30, 40, 6, 255, 0x1974F777),
    Shape(80, 40, 5, 255, 0xDC3FD299),
    Shape(80, 80, 3, 255, 0x880F0F10),
    Shape(40, 120, 4, 31, 0x405F3A59),
    Shape(97, 61, 9, 255, 0xB5C4C5D9),
    Shape(60, 150, 1, 255, 0x11D1BF14),
)
"""Smaller than the working size and as large, twice and three times as large, and what divides by nothing."""


def draw_shape(shape: Shape) -> Ink:
    """Draw it, as the C of the self-test does, (height, width) uint8."""
    y, x = np.mgrid[: shape.height, : shape.width]
    away = np.abs((shape.width - 1 - x) * shape.height - y * shape.width)
    return np.where((y < shape.pen) | (away < shape.pen * shape.height), shape.strength, 0).astype(np.uint8)


def checksum_of(glyph: Glyph) -> int:
    """FNV-1a of its pixels."""
    checksum = 2166136261
    for pixel in glyph.tobytes():
        checksum = (checksum ^ pixel) * 16777619 % 2**32
    return checksum
