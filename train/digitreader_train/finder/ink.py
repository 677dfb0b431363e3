"""The ink of one character: its size, its slant, its pen, and the gaps that a pen leaves."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from digitreader.values import Ink
from digitreader_train.finder.chance import random_factor
from digitreader_train.finder.writer import Writer
from digitreader_train.practice.pens import trim

TILE_PX = 96
"""The height in which print is drawn before it is resized; the most for enlarged handwriting."""
LEAST_TILE_PX = 40
"""Handwriting is drawn at least so high before it is resized ..."""
OVERSIZE = 2.0
"""... or so many times as high as it will be."""
PENS, CUT_LEVELS = (0.02, 0.06, 0.12, 0.2), (0.72, 0.58, 0.4, 0.2)
"""Widths of pens in digit heights, and for each the level, in parts of the darkest ink, at which an outline is cut."""

LONG_FROM, LONGER, UPPER_SHARE = (0.35, 0.6), (1.2, 2.4), 0.3
"""Where a long end begins, in heights from the top; how many times as long it becomes; and how often it is the top."""


@dataclass(frozen=True, slots=True, eq=False)
class Character:
    """A character, or a strip of words, before it stands on a page.

    Attributes:
        ink: (h, w) uint8, trimmed.
        digit: 0 to 9; None for a character that is no digit.
        rise: how far its foot stands above the line, in digit heights.
    """

    ink: Ink
    digit: int | None
    rise: float = 0.0


def draw_blot(height_px: float, rng: np.random.Generator) -> Character:
    """Let a drop of ink fall, round or drawn out, on the line or about it.

    Args:
        height_px: of digits; a blot is a third to one and a half times as high.
        rng: decides its size, form and place.
    """
    turn, waves = np.linspace(0, 2 * np.pi, 48, endpoint=False), np.arange(2, 7)[:, None]
    heights, phases = rng.normal(0, 0.35, waves.shape) / waves, rng.uniform(0, 2 * np.pi, waves.shape)
    radius = 1 + float(rng.uniform(0, 0.6)) * (heights * np.cos(waves * turn + phases)).sum(axis=0)
    edge = radius[:, None] * np.stack([float(rng.uniform(0.6, 1.3)) * np.cos(turn), np.sin(turn)], axis=1)
    canvas = np.zeros((2 * TILE_PX, 2 * TILE_PX), np.uint8)
    cv2.fillPoly(canvas, [np.round((TILE_PX + 0.4 * TILE_PX * edge) * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    size_px, rise = height_px * float(rng.uniform(0.33, 1.5)), float(rng.uniform(-0.2, 0.3))
    return Character(resize_ink(trim(canvas), size_px), None, rise)


def tile_height(height_px: float) -> int:
    """The height in pixels in which handwriting is drawn that will be `height_px` high."""
    return max(LEAST_TILE_PX, min(TILE_PX, round(OVERSIZE * height_px)), round(height_px))


def resize_ink(ink: Ink, height_px: float) -> Ink:
    """Resize ink to a height and keep its aspect ratio; no side becomes less than a pixel."""
    scale = height_px / ink.shape[0]
    size_wh = max(1, round(ink.shape[1] * scale)), max(1, round(ink.shape[0] * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(ink, size_wh, interpolation=how), np.uint8)


def bend_ink(ink: Ink, writer: Writer, rng: np.random.Generator) -> Ink:
    """Slant, stretch and turn ink as its writer does, each time a little differently.

    Returns:
        (h, w) uint8, a new array, trimmed.
    """
    height, width = ink.shape
    slant = writer.slant + float(rng.normal(0, 0.05 * writer.irregularity))
    stretch = writer.stretch * random_factor(rng, 0.08 * writer.irregularity)
    turn = 0.0 if writer.is_print else float(rng.normal(0, 0.06 * writer.irregularity))
    matrix = np.array([[stretch, -slant], [turn, 1.0]])
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float64) @ matrix.T
    low, high = corners.min(axis=0), corners.max(axis=0)
    move = np.concatenate([matrix, (-low + 1)[:, None]], axis=1)
    size_wh = max(2, int(np.ceil(high[0] - low[0])) + 2), max(2, int(np.ceil(high[1] - low[1])) + 2)
    return trim(np.asarray(cv2.warpAffine(ink, move, size_wh, flags=cv2.INTER_LINEAR), np.uint8))


def leave_gap(ink: Ink, rng: np.random.Generator) -> Ink:
    """Take a straight strip of ink away, as a pen does that skips.

    Returns:
        (h, w) uint8; the unchanged ink where the gap would take 40 per cent of it or more.
    """
    height, width = ink.shape
    gapped = ink.copy()
    middle, angle = rng.uniform(0.2, 0.8, 2) * (width, height), float(rng.uniform(0, np.pi))
    reach = np.array([np.cos(angle), np.sin(angle)]) * 2 * (height + width)
    first, last = np.round(middle - reach).astype(int), np.round(middle + reach).astype(int)
    cv2.line(gapped, first.tolist(), last.tolist(), 0, max(1, round(height * float(rng.uniform(0.04, 0.14)))))
    return gapped if np.count_nonzero(gapped > 128) > 0.6 * np.count_nonzero(ink > 128) else ink


def change_pen(image: Ink, writer: Writer, height_px: float, rng: np.random.Generator) -> Ink:
    """Enlarge a small image of a character and draw it with the writer's finer or bolder pen.

    Args:
        image: (N, N) uint8, white on black.
        writer: whose pen it is.
        height_px: the height that the character will have.
        rng: decides how far the outline is smoothed.

    Returns:
        (h, w) uint8, trimmed; with the pen that it had where the new one would leave nothing.
    """
    side = round(min(tile_height(height_px), TILE_PX) * 1.35)
    large = cv2.resize(image, (side, side), interpolation=cv2.INTER_CUBIC)
    soft = cv2.GaussianBlur(large, (0, 0), float(rng.uniform(0.009, 0.027)) * side).astype(np.float32)
    darkest = float(soft.max())
    level = float(np.interp(writer.pen, PENS, CUT_LEVELS)) * darkest
    cut = np.clip((soft - level) * (255 / max(8.0, darkest * 0.25)) + 128, 0, 255).astype(np.uint8)
    cut[soft < 0.08 * soft.max()] = 0
    return trim(cut) if cut.max() > 128 else trim(np.asarray(large, np.uint8))


def lengthen_end(ink: Ink, rng: np.random.Generator) -> tuple[Ink, bool]:
    """Draw one end of a digit longer, mostly the lower one.

    Args:
        ink: (h, w) uint8.
        rng: decides which end, and how much longer it becomes.

    Returns:
        The ink, and whether it is the lower end.
    """
    height = ink.shape[0]
    cut = round(height * float(rng.uniform(*LONG_FROM)))
    longer = float(rng.uniform(*LONGER))
    upper, lower = ink[:cut], ink[cut:]
    if downwards := bool(rng.random() >= UPPER_SHARE):
        lower = _taller(lower, longer)
    else:
        upper = _taller(upper, longer)
    return np.concatenate([upper, lower]), downwards


def _taller(ink: Ink, factor: float) -> Ink:
    size_wh = ink.shape[1], max(1, round(factor * ink.shape[0]))
    return np.asarray(cv2.resize(ink, size_wh, interpolation=cv2.INTER_LINEAR), np.uint8)
