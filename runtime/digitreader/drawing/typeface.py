"""A typeface, and the signs that it draws."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from digitreader.drawing.families import is_held_back
from digitreader.values import Ink

PLAIN, BOLD = 400, 800
"""The weights of OpenCV's own faces."""


@dataclass(frozen=True, slots=True, order=True)
class Typeface:
    """One typeface.

    Attributes:
        name: of its file, without the ending.
        family: as `family_of` has it.
        source: what `cv2.FontFace` opens: a path, or the name of a built-in face.
        bold: its name says so.
        italic: its name says so.
        digit_height: of a 0, as a share of the size that it is asked for in.
        weight: 100 to 1000 for a face that has several weights in one file; 0 as the file says.
    """

    name: str
    family: str
    source: str
    bold: bool
    italic: bool
    digit_height: float
    weight: int = 0

    @property
    def held_back(self) -> bool:
        """Whether its family is kept for the test."""
        return is_held_back(self.family)

    @property
    def segments(self) -> bool:
        """Whether it is drawn like a seven-segment display."""
        return any(name in self.family for name in ("dseg", "digital", "seven"))


@dataclass(frozen=True, slots=True, eq=False)
class Glyph:
    """One sign as a typeface draws it.

    Attributes:
        ink: (h, w) uint8, white on black, cut to what is drawn; empty for a space.
        left: from the pen's place to the ink's left edge, in pixels.
        top: from the baseline up to the ink's top edge, in pixels.
        advance: how far the pen moves on.
    """

    ink: Ink
    left: int
    top: int
    advance: int


def draw_glyph(typeface: Typeface, sign: str, *, size_px: float) -> Glyph:
    """Draw one sign.

    Args:
        typeface: with which.
        sign: one character.
        size_px: the typeface's size; a digit is `digit_height` times so high.
    """
    size = max(2, round(size_px))
    origin = (size, 2 * size)
    # The canvas is wide enough that nothing wraps
    canvas = np.zeros((3 * size, 6 * size, 3), np.uint8)
    after, inked = cv2.putText(canvas, sign, origin, (255, 255, 255), _face(typeface.source), size, typeface.weight)
    if typeface.weight not in {0, PLAIN}:
        # OpenCV keeps the weight, also for what it draws with its own face in place of what a file lacks
        cv2.putText(canvas.copy(), sign, origin, (0, 0, 0), _face(typeface.source), size, PLAIN)
    ink = np.ascontiguousarray(np.asarray(inked, np.uint8)[:, :, 0])
    x, y, width, height = cv2.boundingRect(ink)
    cut = np.ascontiguousarray(ink[y : y + height, x : x + width])
    return Glyph(cut, x - origin[0], origin[1] - y, int(after[0]) - origin[0])


@cache
def _face(source: str) -> cv2.FontFace:
    return cv2.FontFace(source)
