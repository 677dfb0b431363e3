"""A pen: how wide, how dark and of which colour a path becomes; and the drawing of its ink."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from digitreader.drawing.templates import Path
from digitreader.values import Ink

SUPERSAMPLING = 3
SHIFT = 4
"""Fractional bits of the places that OpenCV draws at."""


@dataclass(frozen=True, slots=True)
class Pen:
    """What writes.

    Attributes:
        width: of its line, in digit heights.
        colour_bgr: of its ink, 0 to 255 each.
        strength: how well the ink covers the paper, 0 to 1.
        grain: how much the paper's roughness breaks the line, 0 to 1.
        taper: how thin a stroke ends, 0 (as thick as elsewhere) to 1.
    """

    name: str
    width: float
    colour_bgr: tuple[int, int, int]
    strength: float
    grain: float = 0.0
    taper: float = 0.3


PENS: dict[str, Pen] = {
    pen.name: pen
    for pen in (
        Pen("ballpoint", 0.055, (110, 45, 28), 0.86, grain=0.22, taper=0.5),
        Pen("gel", 0.065, (38, 30, 28), 0.92, grain=0.05, taper=0.4),
        Pen("felt", 0.092, (30, 26, 26), 0.94, grain=0.04, taper=0.2),
        Pen("marker", 0.145, (36, 30, 32), 0.95, grain=0.02, taper=0.05),
        Pen("pencil", 0.062, (88, 86, 88), 0.74, grain=0.55, taper=0.5),
        Pen("red", 0.075, (52, 40, 190), 0.85, grain=0.08, taper=0.4),
        Pen("blue", 0.075, (150, 62, 30), 0.88, grain=0.08, taper=0.4),
        Pen("green", 0.080, (70, 105, 25), 0.82, grain=0.08, taper=0.4),
        Pen("chalk", 0.105, (222, 228, 228), 0.88, grain=0.50, taper=0.1),
    )
}
"""The pens by name; chalk is for a board, where light strokes stand on dark."""


def vary_pen(pen: Pen, rng: np.random.Generator) -> Pen:
    """Take another pen of the same kind: no two have the same width and ink."""
    shade = rng.normal(0, 6, 3)
    blue, green, red = (int(np.clip(c + d, 0, 255)) for c, d in zip(pen.colour_bgr, shade, strict=True))
    return replace(pen, width=pen.width * float(rng.uniform(0.85, 1.2)), colour_bgr=(blue, green, red))


def draw_ink(
    paths: Sequence[Path], pen: Pen, rng: np.random.Generator, *, height_px: float, pressure: float = 0.15
) -> tuple[Ink, tuple[float, float]]:
    """Draw what the pen leaves on paths.

    Args:
        paths: (N, 2) each, in digit heights.
        pen: what draws them.
        rng: where the unevenness of the line comes from.
        height_px: how many pixels one digit height is.
        pressure: how much the line's width varies along a stroke, 0 to 1.

    Returns:
        the ink, (h, w) uint8 with at least one empty pixel round it, and the place (x, y) in pixels of its upper left
        corner, in the paths' frame.
    """
    points = np.concatenate(paths)
    margin = pen.width * (1.0 + pressure) + 2.0 / height_px
    left, top = np.floor((points.min(axis=0) - margin) * height_px)
    right, bottom = np.ceil((points.max(axis=0) + margin) * height_px)
    canvas = np.zeros((int(bottom - top) * SUPERSAMPLING, int(right - left) * SUPERSAMPLING), np.uint8)
    for path in paths:
        places = (path * height_px - (left, top)) * SUPERSAMPLING
        radii = _radii(len(path), pen, pressure, rng) * height_px * SUPERSAMPLING
        _sweep(canvas, places, radii, _tones(len(path), pen, rng))
    ink = cv2.resize(canvas, None, fx=1 / SUPERSAMPLING, fy=1 / SUPERSAMPLING, interpolation=cv2.INTER_AREA)
    return _roughen(np.asarray(ink, np.uint8), pen.grain, rng), (float(left), float(top))


def _sweep(canvas: Ink, places: Path, radii: np.ndarray[tuple[int], np.dtype[np.float64]], tones: list[int]) -> None:
    # Discs closer than a third of their radius leave no visible scallops at this supersampling.
    centres = np.round((places - 0.5) * (1 << SHIFT)).astype(int).tolist()
    sizes = np.round(radii * (1 << SHIFT)).astype(int).tolist()
    for centre, size, tone in zip(centres, sizes, tones, strict=True):
        cv2.circle(canvas, centre, size, tone, cv2.FILLED, cv2.LINE_8, SHIFT)


def _radii(
    count: int, pen: Pen, pressure: float, rng: np.random.Generator
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    knots = rng.normal(0.0, pressure * 0.5, count // 25 + 3)
    along = np.interp(np.linspace(0, len(knots) - 1, count), np.arange(len(knots)), knots)
    from_end = np.minimum(1.0, (np.arange(count)[::-1] + 1) / 12)
    ends = 1.0 - pen.taper * (1.0 - from_end)
    return np.asarray(0.5 * pen.width * np.clip(1.0 + along, 0.6, 1.5) * ends)


def _tones(count: int, pen: Pen, rng: np.random.Generator) -> list[int]:
    knots = rng.uniform(255 * (1.0 - 0.5 * pen.grain), 255, count // 12 + 3)
    tones = np.interp(np.linspace(0, len(knots) - 1, count), np.arange(len(knots)), knots)
    return [int(tone) for tone in tones]


def _roughen(ink: Ink, grain: float, rng: np.random.Generator) -> Ink:
    if grain <= 0:
        return ink
    height, width = ink.shape
    rough = rng.normal(0.0, 1.0, (height // 2 + 1, width // 2 + 1)).astype(np.float32)
    rough = np.asarray(cv2.resize(rough, (width, height), interpolation=cv2.INTER_CUBIC))
    return np.asarray(np.clip(ink * (1.0 - grain * np.clip(0.25 + 0.45 * rough, 0.0, 1.0)), 0, 255), np.uint8)
