"""Practice: the same digit written by another hand with another pen."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.values import GLYPH_SIDE, Ink
from digitreader_train.practice.task import Practice, Task

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


WILD = Variety(turn_deg=7.0, stretch=0.14, slant=0.2, wave_px=0.7, pen_px=(0.4, 2.2), weight=(0.22, 0.66))
"""Hands further from MNIST's."""

STRAY_SHARE = 0.12
STRAY_PX = 3

COARSE_SHARE = 0.3
COARSE_SIDE_PX = (9, 24)
"""The longer side of a coarse image, as old scanners and far cameras give it."""
BOXED_SHARE = 0.4
"""So many of the coarse fill a square, as archives that fit each digit into a box keep them ..."""
LEAST_ASPECT = 0.35
"""... unless they are so narrow that a stroke would become a block."""
HARD_SHARE = 0.5
"""So many of the coarse are black and white, without grey edges."""


def vary(image: Ink, rng: np.random.Generator, variety: Variety) -> Ink:
    """One digit as another hand with another pen would have written it.

    Args:
        image: (N, N) uint8, white on black, with some ink.

    Returns:
        (h, w) uint8, trimmed to its ink, of at most 64 pixels before its pen was changed.
    """
    return trim(change_pen(bend(image, rng, variety), rng, variety))


def vary_digits(task: Task) -> Practice:
    """A variant of each of the task's digits by another pen."""
    rng, variety = task.rng, Variety()
    return Practice.of([vary(image, rng, variety) for image in task.images], task.labels)


def vary_wildly(task: Task) -> Practice:
    """A variant of each of the task's digits by a hand further off, some of them coarse."""
    rng = task.rng
    return Practice.of([coarsen(stray(vary(image, rng, WILD), rng), rng) for image in task.images], task.labels)


def stray(ink: Ink, rng: np.random.Generator) -> Ink:
    """Now and then, draw a thin straight or bent line over the ink, as a rule or a neighbour's stroke would be."""
    if rng.random() >= STRAY_SHARE:
        return ink
    height, width = ink.shape
    lined = cv2.copyMakeBorder(ink, STRAY_PX, STRAY_PX, STRAY_PX, STRAY_PX, cv2.BORDER_CONSTANT)
    ends = rng.uniform(0, 1, (2, 2)) * (width, height) + STRAY_PX
    across = int(rng.integers(2))
    ends[:, across] = (0, (width, height)[across] + 2 * STRAY_PX)
    bow = rng.normal(0, 0.08, 2) * (width, height)
    along = np.linspace(0, 1, 12)[:, None]
    line = ends[0] + (ends[1] - ends[0]) * along + 4 * along * (1 - along) * bow
    grey = (int(rng.uniform(120, 255)),)
    drawn = np.zeros_like(lined)
    cv2.polylines(drawn, [np.round(16 * line).astype(np.int32)], False, grey, int(rng.integers(1, 4)), cv2.LINE_AA, 4)
    return np.maximum(lined, drawn)


def coarsen(ink: Ink, rng: np.random.Generator) -> Ink:
    """Now and then, the same ink with few pixels, and half of the time without grey edges.

    Args:
        ink: (h, w) uint8, with some ink.

    Returns:
        (h, w) uint8, as it was where nothing would have been left.
    """
    if rng.random() >= COARSE_SHARE:
        return ink
    side = int(rng.integers(*COARSE_SIDE_PX, endpoint=True))
    small = np.asarray(cv2.resize(ink, _coarse_size(ink, side, rng), interpolation=cv2.INTER_AREA), np.uint8)
    if rng.random() < HARD_SHARE:
        level = rng.uniform(0.25, 0.55) * int(small.max())
        small = np.asarray(cv2.threshold(small, level, 255, cv2.THRESH_BINARY)[1], np.uint8)
    return small if np.count_nonzero(small > 60) > 3 else ink


def _coarse_size(ink: Ink, side: int, rng: np.random.Generator) -> tuple[int, int]:
    """Width and height in so many pixels."""
    height, width = ink.shape
    if rng.random() < BOXED_SHARE and min(ink.shape) >= LEAST_ASPECT * max(ink.shape):
        return side, side
    scale = side / max(ink.shape)
    return max(2, round(width * scale)), max(2, round(height * scale))


def bend(image: Ink, rng: np.random.Generator, variety: Variety) -> Ink:
    """Turn, stretch, slant and wave an image; (64, 64) uint8, and as it was where nothing of it stayed in view."""
    angle = math.radians(rng.normal(0, variety.turn_deg))
    shear = rng.normal(0, variety.slant)
    scale_x, scale_y = ENLARGE * GLYPH_SIDE / image.shape[0] * np.exp(rng.normal(0, variety.stretch, 2))
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
