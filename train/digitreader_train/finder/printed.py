"""Printed digits and signs, as ink."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import cv2
import matplotlib as mpl
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from digitreader.values import Ink
from digitreader_train.finder.ink import TILE_PX, Character, resize_ink, tile_height
from digitreader_train.finder.writer import FACES, Writer
from digitreader_train.practice.pens import trim

OUTLINE_FACES = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_COMPLEX, cv2.FONT_HERSHEY_TRIPLEX)
SIGNS = "/()-.,:=+x%*#!?&;<>.,:-.,"
SIGN_RISES = {
    "-": 0.35, "=": 0.25, "+": 0.1, "*": 0.5, ",": -0.15, ";": -0.15, "/": -0.1, "(": -0.2, ")": -0.2,
}  # fmt: skip
"""How far the foot of a sign stands above the line, in digit heights; of the others it stands on the line."""
LETTERS = "etaoinsrhldcumfpgwybvkETAOINSRHLDCUMFPGW"
"""The frequent letters."""
EM_SHARE = 1.37
"""A typeface's size over the height of its capitals."""


@cache
def font_of(face: str, size_px: int) -> ImageFont.FreeTypeFont:
    """A typeface that comes with matplotlib."""
    return ImageFont.truetype(str(Path(mpl.get_data_path()) / "fonts" / "ttf" / f"{face}.ttf"), size_px)


@cache
def print_text(face: str, text: str) -> Ink:
    """Print text in a typeface.

    Returns:
        (h, w) uint8, trimmed, its capitals about `TILE_PX` high; it is kept, so do not write to it.
    """
    font = font_of(face, round(TILE_PX * EM_SHARE))
    left, top, right, bottom = font.getbbox(text)
    image = Image.new("L", (max(1, int(right - left) + 2), max(1, int(bottom - top) + 2)))
    ImageDraw.Draw(image).text((1 - left, 1 - top), text, fill=255, font=font)
    return trim(np.asarray(image, np.uint8))


def print_outline_digit(digit: int, writer: Writer, height_px: float) -> Ink:
    """Draw a digit in one of OpenCV's typefaces, which are lines of the pen's width.

    Returns:
        (h, w) uint8, trimmed, about `tile_height` of `height_px` high.
    """
    tile_px = tile_height(height_px)
    canvas = np.zeros((2 * tile_px, 2 * tile_px), np.uint8)
    face = OUTLINE_FACES[writer.face % len(OUTLINE_FACES)]
    width_px = max(1, round(min(writer.pen, 0.16) * tile_px))
    place = (tile_px // 3, round(1.6 * tile_px))
    cv2.putText(canvas, str(digit), place, face, tile_px / 21, 255, width_px, cv2.LINE_AA)
    return trim(canvas)


def print_sign(writer: Writer, height_px: float, rng: np.random.Generator) -> Character:
    """Print one sign or letter among digits `height_px` high."""
    signs = SIGNS if rng.random() < 0.5 else LETTERS
    sign = signs[int(rng.integers(len(signs)))]
    ink = print_text(FACES[writer.face], sign)
    return Character(resize_ink(ink, max(1.0, ink.shape[0] / TILE_PX * height_px)), None, SIGN_RISES.get(sign, 0.0))
