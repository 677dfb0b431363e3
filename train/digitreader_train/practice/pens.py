"""Practice: the same digit written by another hand with another pen."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.values import Ink

SIDE_PX = 64
ENLARGE = 2.05
BORDER_PX = 6
LEAST_INKED_PX = 25
EMPTY = 0.02
"""Blurred ink below this share is paper, however low the level is at which the outline is cut."""
WAVES = 5


@dataclass(frozen=True, slots=True)
class Variety:
    """How far a digit is varied; the lengths are standard deviations unless they are ranges.

    Attributes:
        turn_deg: it is turned by.
        stretch: logarithm of its stretch in x and in y.
        slant: it is sheared by, pixels per pixel.
        wave_px: its points are moved smoothly by, in pixels of the image that it came in.
        pen_px: range of the blur that a new pen's outline is cut from.
        weight: range of the level at which it is cut: low for a bold pen, high for a fine one.
        hardness: range of the slope of the outline: low for a soft edge.
    """

    turn_deg: float = 5.0
    stretch: float = 0.08
    slant: float = 0.1
    wave_px: float = 0.45
    pen_px: tuple[float, float] = (0.5, 1.6)
    weight: tuple[float, float] = (0.3, 0.6)
    hardness: tuple[float, float] = (2.0, 5.0)


def vary(image: Ink, rng: np.random.Generator, variety: Variety) -> Ink:
    """One digit as another hand with another pen would have written it.

    Args:
        image: (28, 28) uint8, white on black, with some ink.

    Returns:
        (h, w) uint8, trimmed to its ink, about twice as large.
    """
    return trim(change_pen(bend(image, rng, variety), rng, variety))


def bend(image: Ink, rng: np.random.Generator, variety: Variety) -> Ink:
    """Turn, stretch, slant and wave an image; (64, 64) uint8, and as it was where nothing of it stayed in view."""
    angle = math.radians(rng.normal(0, variety.turn_deg))
    shear = rng.normal(0, variety.slant)
    scale_x, scale_y = ENLARGE * np.exp(rng.normal(0, variety.stretch, 2))
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    back = np.linalg.inv(np.array([[scale_x, scale_x * shear], [0, scale_y]]) @ turn)
    waves = rng.normal(0, variety.wave_px, (WAVES, WAVES, 2)).astype(np.float32)
    wave = cv2.resize(waves, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_CUBIC)
    rows, columns = np.mgrid[0:SIDE_PX, 0:SIDE_PX].astype(np.float32) - np.float32(SIDE_PX / 2)
    centre = (image.shape[0] - 1) / 2
    map_x = (back[0, 0] * columns + back[0, 1] * rows + centre + wave[..., 0]).astype(np.float32)
    map_y = (back[1, 0] * columns + back[1, 1] * rows + centre + wave[..., 1]).astype(np.float32)
    bent = np.asarray(
        cv2.remap(image, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=0), np.uint8
    )
    return bent if bent.any() else image


def change_pen(ink: Ink, rng: np.random.Generator, variety: Variety) -> Ink:
    """Blur the ink and cut a new outline: finer, bolder, softer or harder; as it was where too little is left."""
    border = (BORDER_PX, BORDER_PX, BORDER_PX, BORDER_PX)
    wide = cv2.copyMakeBorder(ink, *border, borderType=cv2.BORDER_CONSTANT).astype(np.float32) / 255
    soft = cv2.GaussianBlur(wide, (0, 0), rng.uniform(*variety.pen_px))
    level = rng.uniform(*variety.weight) * min(1.0, float(soft.max()))
    outline = np.clip((soft - level) * rng.uniform(*variety.hardness) + 0.5, 0, 1)
    outline[soft < EMPTY] = 0
    written: Ink = (255 * outline).astype(np.uint8)
    return written if np.count_nonzero(written > 128) > LEAST_INKED_PX else ink


def trim(ink: Ink) -> Ink:
    """The ink without empty rows and columns round it; unchanged where it is empty."""
    rows: npt.NDArray[np.intp] = np.flatnonzero(ink.any(axis=1))
    columns: npt.NDArray[np.intp] = np.flatnonzero(ink.any(axis=0))
    if not len(rows):
        return ink
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
