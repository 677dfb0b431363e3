"""Marks: what is seen of each thing in a line of digits, beside the digits around it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from digitreader.marks.shapes import Shapes, Values, shapes_of
from digitreader.values import Box, Ink, Reading

REACH = 5.0
"""A digit so many heights away says less of what is usual in the line, by the factor e."""
LEAST_COMPANY = 0.3
"""With less company in its line than this, nothing is judged: there is nothing to compare it with."""
SUREST = 1e-4
LOOKED = 1.5
"""Gaps are told up to so many heights."""
COUNT = 44
"""How many features there are."""

Features = npt.NDArray[np.float64]
"""(N, COUNT) float64."""


@dataclass(frozen=True, slots=True, eq=False)
class Thing:
    """Something in a line: a reading, accepted or not, or other writing.

    Attributes:
        box: where it is.
        ink: (h, w) uint8, white on black.
        reading: what it would be as a digit; None where no digit was looked for.
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


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """The things of a line from left to right, measured: (N, 4) boxes, and their shapes.

    Attributes:
        levels: (N,) the foot of each, in pixels below the line's slope.
    """

    things: tuple[Thing, ...]
    boxes: npt.NDArray[np.float64]
    levels: Values
    shapes: Shapes


def row_of(things: tuple[Thing, ...], tilt_rad: float) -> Row:
    """Measure the things of a line.

    Args:
        things: at least one, from left to right.
        tilt_rad: the slope of the line.
    """
    boxes = np.array([(each.box.x, each.box.y, each.box.width, each.box.height) for each in things], np.float64)
    x, y, width, height = boxes.T
    levels = y + height - np.tan(tilt_rad) * (x + width / 2)
    return Row(things, boxes, levels, shapes_of([each.ink for each in things], width, height))


def company_in(row: Row, weights: Values) -> Values:
    """(N, N): how much each thing's neighbours say of what is usual where it stands."""
    x, _, width, height = row.boxes.T
    middle = x + width / 2
    usual = np.maximum(np.sort(height[weights > 0])[np.count_nonzero(weights) // 2] if weights.any() else 1.0, 1.0)
    nearness = np.exp(-np.abs(middle[:, None] - middle) / (REACH * usual)) * weights
    np.fill_diagonal(nearness, 0.0)
    return np.asarray(nearness, np.float64)


def features_of(row: Row, weights: Values) -> tuple[Features, Values]:
    """What is seen of each thing of a line, and how much company it has.

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
    ones = np.array([each.chance_of(1) for each in row.things])
    sevens = np.array([each.chance_of(7) for each in row.things])
    like_ones = company * ones
    bars = like_ones.sum(axis=1)
    beside_ones = np.where(bars > 0, shapes.slope - like_ones @ shapes.slope / np.maximum(bars, 1e-9), 0.0)
    taller_than_ones = np.where(bars > 0, tall - like_ones @ tall / np.maximum(bars, 1e-9), 0.0)
    evidence = np.clip([each.evidence for each in row.things], SUREST, 1 - SUREST)
    heat = np.clip([each.heat for each in row.things], SUREST, 1 - SUREST)
    found = np.array([each.reading is not None for each in row.things], np.float64)
    told = np.minimum(bars, 1.0)
    columns = (
        np.ones(len(x)), tall, tall**2, wide, np.maximum(wide, -1.5) ** 2, foot, np.abs(foot), top, np.abs(top),
        lean, np.abs(lean), shapes.slim, shapes.slim * lean, shapes.slim * np.abs(lean), shapes.slim * tall,
        shapes.thick, shapes.bow, np.abs(shapes.bow), shapes.slim * np.abs(shapes.bow), shapes.slope,
        np.log(evidence / (1 - evidence)), np.log(heat / (1 - heat)), found, ones, ones * lean, sevens,
        told * beside_ones, told * np.abs(beside_ones), told * taller_than_ones, np.log1p(strength),
        *shapes.looks.T,
    )  # fmt: skip
    return np.stack(columns, axis=1), strength
