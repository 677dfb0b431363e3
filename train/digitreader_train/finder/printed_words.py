"""Printed words, as ink: in typefaces, and in OpenCV's, which are lines of a pen's width."""

from __future__ import annotations

import cv2
import numpy as np
from PIL import Image, ImageDraw

from digitreader.values import Ink
from digitreader_train.finder.printed import OUTLINE_FACES, font_of
from digitreader_train.finder.words import choose_text
from digitreader_train.practice.pens import trim

FONT_PX, STRIP_PX = 44, 58
"""Words are printed in this size, on a strip so high."""
SCRIPT_FACES = (
    cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, cv2.FONT_HERSHEY_SCRIPT_COMPLEX, cv2.FONT_HERSHEY_COMPLEX | cv2.FONT_ITALIC,
)  # fmt: skip
"""OpenCV's typefaces that look like handwriting."""
OUTLINE_SCALE = 1.45
"""Draws OpenCV's capitals as high as the others."""


def print_words(face: str, rng: np.random.Generator) -> Ink:
    """Print one to four words of letters alone in a typeface.

    Returns:
        (h, w) uint8, trimmed.
    """
    text, font = choose_text(rng), font_of(face, FONT_PX)
    left, _, right, _ = font.getbbox(text)
    image = Image.new("L", (int(right - left) + 4, STRIP_PX))
    ImageDraw.Draw(image).text((2 - left, 0), text, fill=255, font=font)
    return trim(np.asarray(image, np.uint8))


def print_outline_words(rng: np.random.Generator) -> Ink:
    """Print one to four words of letters alone in one of OpenCV's typefaces, with a finer or a bolder pen.

    Returns:
        (h, w) uint8, trimmed.
    """
    faces = (*OUTLINE_FACES, *SCRIPT_FACES)
    text, face = choose_text(rng), faces[int(rng.integers(len(faces)))]
    width_px = int(rng.integers(1, 7))
    size_wh, below_px = cv2.getTextSize(text, face, OUTLINE_SCALE, width_px)
    canvas = np.zeros((size_wh[1] + 2 * below_px + 20, size_wh[0] + 40), np.uint8)
    cv2.putText(canvas, text, (20, size_wh[1] + 10), face, OUTLINE_SCALE, 255, width_px, cv2.LINE_AA)
    return trim(canvas)
