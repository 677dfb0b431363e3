"""Marks: the shape of ink, in numbers that do not depend on how large it is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.values import Ink

GRID = 12
"""Ink is compared on so many rows and columns."""
BANDS = 4
INKED = 100

Values = npt.NDArray[np.float64]
"""(N,) float64."""
Sizes = npt.NDArray[np.floating[Any]] | npt.NDArray[np.integer[Any]]
"""(N,), in pixels."""


class Shapes(NamedTuple):
    """The shapes of N inks.

    Attributes:
        slope: how far it leans to the right, in its own heights; of what is wider than high, 0.
        slim: 0..1, how much longer than wide it is along its own direction: 1 for a straight bar.
        thick: how wide it is across its own direction, in heights of the box.
        bow: how far its middle stands to the right of both ends, in heights.
        looks: (N, 14), ink on four bands from the top, four from the left, in the middle, on both diagonals, in all,
            and where there is least ink in a row and in a column.
    """

    slope: Values
    slim: Values
    thick: Values
    bow: Values
    looks: npt.NDArray[np.float64]


def shapes_of(inks: Sequence[Ink], widths: Sizes, heights: Sizes) -> Shapes:
    """Measure inks.

    Args:
        inks: N of them, (h, w) uint8, white on black.
        widths: of their boxes, and
        heights: likewise.
    """
    grid = np.stack([_on_grid(ink) for ink in inks]).astype(np.float64) / 255
    total = np.maximum(grid.sum(axis=(1, 2)), 1e-6)
    place = (np.arange(GRID) + 0.5) / GRID - 0.5
    of_rows, of_columns = grid.sum(axis=2), grid.sum(axis=1)
    aspect = np.asarray(widths, np.float64) / np.maximum(heights, 1)
    mean_y, mean_x = of_rows @ place / total, of_columns @ place / total
    yy, xx = of_rows @ place**2 / total - mean_y**2, (of_columns @ place**2 / total - mean_x**2) * aspect**2
    xy = (np.einsum("nyx,y,x->n", grid, place, place) / total - mean_x * mean_y) * aspect
    spread = np.hypot((xx - yy) / 2, xy)
    long, short = (xx + yy) / 2 + spread, np.maximum((xx + yy) / 2 - spread, 0)
    thirds = [_mean_x(grid[:, band], place) for band in (slice(0, 4), slice(4, 8), slice(8, 12))]
    return Shapes(
        slope=np.where(yy > xx / 4, -xy / np.maximum(yy, 1e-6), 0.0),
        slim=1 - np.sqrt(short / np.maximum(long, 1e-9)),
        thick=np.sqrt(short),
        bow=(thirds[1] - (thirds[0] + thirds[2]) / 2) * aspect,
        looks=_looks_of(grid, of_rows / GRID, of_columns / GRID),
    )


def _on_grid(ink: Ink) -> Ink:
    """(GRID, GRID) uint8, the ink without its margin."""
    x, y, width, height = cv2.boundingRect(np.asarray(ink > INKED, np.uint8))
    whole = ink[y : y + height, x : x + width] if width and height else ink
    return np.asarray(cv2.resize(whole, (GRID, GRID), interpolation=cv2.INTER_AREA), np.uint8)


def _mean_x(grid: npt.NDArray[np.float64], place: Values) -> Values:
    ink = grid.sum(axis=(1, 2))
    return np.asarray(np.where(ink > 0, grid.sum(axis=1) @ place / np.maximum(ink, 1e-6), 0.0), np.float64)


def _looks_of(
    grid: npt.NDArray[np.float64], rows: npt.NDArray[np.float64], columns: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    bands = [each.reshape(len(grid), BANDS, -1).mean(axis=2) for each in (rows, columns)]
    at, third = np.arange(GRID), slice(GRID // 3, 2 * GRID // 3)
    others = (
        grid[:, third, third].mean(axis=(1, 2)),
        grid[:, at, at].mean(axis=1),
        grid[:, at, at[::-1]].mean(axis=1),
        grid.mean(axis=(1, 2)),
        rows.min(axis=1),
        columns.min(axis=1),
    )
    return np.concatenate([*bands, np.stack(others, axis=1)], axis=1)
