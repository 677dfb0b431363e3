"""The proof that a typeface has ten ordinary digits of its own: it draws them."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np

from digitreader.drawing.typeface import BOLD, PLAIN, Typeface, draw_glyph
from digitreader.values import Ink

BUILT_IN = {"sans": "rubik", "italic": "rubik", "uni": "notosans"}
"""OpenCV's own faces and their families."""
WEIGHTS = (0, PLAIN, BOLD)
"""The weights in which OpenCV may draw what a file lacks; 0 is the finest."""
DIGITS = "0123456789"
PROOF_PX = 48
FULLEST = 0.8
"""A digit covers less of its box than this; a box of a missing glyph or white on black covers more."""
FEWEST_ALIKE = 6
"""So many of the ten must be most like the same digit of one of OpenCV's faces."""
ODD = ("kimchi", "neo", "patchstencil")
"""Families whose digits even people cannot tell without their neighbours."""


def has_digits(typeface: Typeface) -> bool:
    """Whether a typeface draws ten different digits of the ordinary form, and draws them itself.

    OpenCV draws what a file lacks with its own face "sans", so that a file without digits seems to have them.
    """
    inks = [draw_glyph(typeface, sign, size_px=PROOF_PX).ink for sign in DIGITS]
    if (
        any(min(ink.shape) < 2 or ink.mean() > FULLEST * 255 for ink in inks)
        or len({ink.tobytes() for ink in inks}) < 10
    ):
        return False
    if typeface.source not in BUILT_IN and any(ink.tobytes() in _substitutes() for ink in inks):
        return False
    if typeface.segments:
        return "14" not in typeface.name
    alike = [int(np.argmax(np.max(_templates() @ _template(ink), axis=0))) for ink in inks]
    return sum(found == digit for digit, found in enumerate(alike)) >= FEWEST_ALIKE


@cache
def _substitutes() -> frozenset[bytes]:
    faces = [
        Typeface(name, family, name, False, False, 1.0, weight)
        for name, family in BUILT_IN.items()
        for weight in WEIGHTS
    ]
    return frozenset(draw_glyph(face, sign, size_px=PROOF_PX).ink.tobytes() for face in faces for sign in DIGITS)


@cache
def _templates() -> np.ndarray:
    """(3, 10, N) float32, the ten digits of the built-in faces."""
    faces = [Typeface(name, family, name, False, False, 1.0, PLAIN) for name, family in BUILT_IN.items()]
    rows = [[_template(draw_glyph(face, sign, size_px=PROOF_PX).ink) for sign in DIGITS] for face in faces]
    return np.array(rows, np.float32)


def _template(ink: Ink) -> np.ndarray:
    """An ink made comparable: in a square, unsharp, of mean 0 and length 1."""
    side = max(ink.shape)
    square = np.zeros((side, side), np.uint8)
    top, left = (side - ink.shape[0]) // 2, (side - ink.shape[1]) // 2
    square[top : top + ink.shape[0], left : left + ink.shape[1]] = ink
    small = cv2.GaussianBlur(cv2.resize(square, (20, 20), interpolation=cv2.INTER_AREA), (0, 0), 1.2)
    flat = small.astype(np.float32).ravel() - small.mean()
    return np.asarray(flat / (np.linalg.norm(flat) + 1e-6), np.float32)
