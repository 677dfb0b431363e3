"""The features of a sign and of its neighbours on the line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.values import Box, Ink, Reading

GRID = 12
"""Rows and columns of the grid on which ink is compared."""
BANDS = 4
INKED = 100

Values = npt.NDArray[np.float64]
"""(N,) float64."""
Sizes = npt.NDArray[np.floating[Any]] | npt.NDArray[np.integer[Any]]
"""(N,), in pixels."""


class Shapes(NamedTuple):
    """The shapes of N inks.

    Attributes:
        slope: how far it leans to the right, in its own heights; 0 if it is wider than high.
        slim: 0..1, how much longer than wide it is along its own direction: 1 for a straight bar.
        thick: how wide it is across its own direction, in heights of the box.
        bow: how far its middle stands to the right of both ends, in heights.
        looks: (N, 14), the ink in four bands from the top, in four from the left, in the middle, on both diagonals and
            in all, and the places of the row and of the column with the least ink.
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
        widths: the widths of their boxes.
        heights: the heights of their boxes.
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
    x, y, width, height = cv2.boundingRect((ink > INKED).view(np.uint8))
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


REACH = 5.0
"""A digit this many heights away says less about its line, by the factor e."""
LEAST_COMPANY = 0.3
"""A piece with fewer neighbours in its line is not judged: there is nothing to compare it with."""
SUREST = 1e-4
"""Probabilities nearer than this to 0 or 1 count as this near, so that their log odds stay finite."""
FARTHEST = 2.0
"""A wider gap, in heights, counts as this, and so does a side on which no digit stands."""
COUNT = 47
"""How many features there are."""

Features = npt.NDArray[np.float64]
"""(N, COUNT) float64."""


@dataclass(frozen=True, slots=True, eq=False)
class LineItem:
    """Something in a line: a reading, accepted or not, or other writing.

    Attributes:
        box: where it is.
        ink: (h, w) uint8, white on black.
        reading: its reading as a digit; None if it was not read.
        heat: 0..1, as in `Candidate`.
    """

    box: Box
    ink: Ink
    reading: Reading | None = None
    heat: float = 0.0

    @property
    def evidence(self) -> float:
        """0..1, how much speaks for a digit."""
        return 0.0 if self.reading is None else self.reading.evidence

    def chance_of(self, digit: int) -> float:
        """0..1, how much speaks for this digit."""
        if self.reading is None or not self.reading.chances:
            return 0.0
        return self.reading.chances[digit] / max(sum(self.reading.chances), SUREST) * self.evidence


class Answers(NamedTuple):
    """What the digit network and the finder say about N things.

    Attributes:
        ones: 0..1, how much speaks for a 1.
        sevens: 0..1, how much speaks for a 7.
        evidence: `LineItem.evidence` as log odds, bounded by those of `SUREST`.
        heat: `LineItem.heat` as log odds with the same bounds.
        found: 1 for readings, 0 for other writing.
    """

    ones: Values
    sevens: Values
    evidence: Values
    heat: Values
    found: Values


def answers_about(things: Sequence[LineItem]) -> Answers:
    """Collect what the digit network and the finder say about things."""
    shares = np.array([[each.evidence for each in things], [each.heat for each in things]], np.float64)
    shares = np.clip(shares, SUREST, 1 - SUREST)
    evidence, heat = np.log(shares / (1 - shares))
    return Answers(
        ones=np.array([each.chance_of(1) for each in things]),
        sevens=np.array([each.chance_of(7) for each in things]),
        evidence=evidence,
        heat=heat,
        found=np.array([each.reading is not None for each in things], np.float64),
    )


@dataclass(frozen=True, slots=True, eq=False)
class MeasuredLine:
    """The N things of a line from left to right, measured.

    Attributes:
        things: the things.
        boxes: (N, 4) float64, x, y, width and height in pixels.
        levels: the foot of each, in pixels below the line's slope.
        shapes: of their inks.
        answers: of the digit network and the finder about each.
    """

    things: tuple[LineItem, ...]
    boxes: npt.NDArray[np.float64]
    levels: Values
    shapes: Shapes
    answers: Answers


def measure_line(things: tuple[LineItem, ...], tilt_rad: float) -> MeasuredLine:
    """Measure the things of a line.

    Args:
        things: at least one, from left to right.
        tilt_rad: the slope of the line.
    """
    boxes = np.array([(each.box.x, each.box.y, each.box.width, each.box.height) for each in things], np.float64)
    x, y, width, height = boxes.T
    levels = y + height - np.tan(tilt_rad) * (x + width / 2)
    shapes = shapes_of([each.ink for each in things], width, height)
    return MeasuredLine(things, boxes, levels, shapes, answers_about(things))


def company_in(row: MeasuredLine, weights: Values) -> Values:
    """(N, N): the weight of each neighbour of each thing, for what is usual at its place."""
    x, _, width, height = row.boxes.T
    middle = x + width / 2
    usual = np.maximum(np.sort(height[weights > 0])[np.count_nonzero(weights) // 2] if weights.any() else 1.0, 1.0)
    nearness = np.exp(-np.abs(middle[:, None] - middle) / (REACH * usual)) * weights
    nearness.flat[:: len(nearness) + 1] = 0.0  # nothing is its own neighbour
    return np.asarray(nearness, np.float64)


def places_between(boxes: npt.NDArray[np.float64], weights: Values, usual: Values) -> tuple[Values, Values, Values]:
    """Where each thing stands between the digits of its line.

    A piece of a digit lies over or under it, a dot beside it.

    Args:
        boxes: (N, 4) float64, x, y, width and height of the things in pixels.
        weights: 0..1, how sure each is a digit.
        usual: the usual height of digits at each place, in pixels.

    Returns:
        Three arrays: the share 0..1 of each thing's width that lies over or under one digit; the gap to the digit
        before it, and to the one after it, 0..`FARTHEST` usual heights. The less sure a digit is, the smaller the share
        and the wider the gap.
    """
    left, width = boxes[:, 0], boxes[:, 2]
    right, middle, others = left + width, left + width / 2, weights * ~np.eye(len(boxes), dtype=bool)
    shared = np.minimum(right[:, None], right) - np.maximum(left[:, None], left)
    over = (np.clip(shared, 0, None) / np.maximum(width, 1)[:, None] * others).max(axis=1)
    near = 1 - np.clip(-shared / usual[:, None], 0, FARTHEST) / FARTHEST
    before = (near * others * (middle < middle[:, None])).max(axis=1)
    after = (near * others * (middle > middle[:, None])).max(axis=1)
    return np.minimum(over, 1.0), FARTHEST * (1 - before), FARTHEST * (1 - after)


def features_of(row: MeasuredLine, weights: Values) -> tuple[Features, Values]:
    """The features of each thing of a line, and how many neighbours it has (nearer ones count more).

    Args:
        row: the things.
        weights: (N,) 0..1, how sure each is a digit.
    """
    company = company_in(row, weights)
    strength = company.sum(axis=1)
    shares = company / np.maximum(strength, 1e-9)[:, None]
    shapes, (x, _, width, height) = row.shapes, row.boxes.T
    usual = np.exp(shares @ np.log(np.maximum(height, 1.0)))
    usual = np.where(strength > 0, usual, np.maximum(height, 1.0))
    foot = (row.levels - shares @ row.levels) / usual
    top = foot - (height / usual - 1)
    tall, wide = np.log(np.maximum(height, 1) / usual), np.log(np.maximum(width, 1) / usual)
    lean = shapes.slope - shares @ shapes.slope
    ones, sevens, evidence, heat, found = row.answers
    like_ones = company * ones
    bars = like_ones.sum(axis=1)
    beside_ones = np.where(bars > 0, shapes.slope - like_ones @ shapes.slope / np.maximum(bars, 1e-9), 0.0)
    taller_than_ones = np.where(bars > 0, tall - like_ones @ tall / np.maximum(bars, 1e-9), 0.0)
    bar_share = np.minimum(bars, 1.0)
    columns = (
        np.ones(len(x)), tall, tall**2, wide, np.maximum(wide, -1.5) ** 2, foot, np.abs(foot), top, np.abs(top),
        lean, np.abs(lean), shapes.slim, shapes.slim * lean, shapes.slim * np.abs(lean), shapes.slim * tall,
        shapes.thick, shapes.bow, np.abs(shapes.bow), shapes.slim * np.abs(shapes.bow), shapes.slope,
        evidence, heat, found, ones, ones * lean, sevens,
        bar_share * beside_ones, bar_share * np.abs(beside_ones), bar_share * taller_than_ones, np.log1p(strength),
        *places_between(row.boxes, weights, usual), *shapes.looks.T,
    )  # fmt: skip
    return np.ascontiguousarray(np.array(columns).T), strength
