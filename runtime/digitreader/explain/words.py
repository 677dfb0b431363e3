"""Words that the terminal, the picture and the page have in common."""

from __future__ import annotations

from digitreader.features import MAP_COLUMNS, MAP_ROWS, FeatureKind
from digitreader.score.told import percent
from digitreader.values import GLYPH_SIDE, Reading

ARROWS = "→←↓↑↘↖↗↙"
"""In the order of `digitreader.features.MAPS`."""
CERTAIN = 0.9995
"""A confidence above this would be written as 100.0 %."""


def a_digit(digit: int) -> str:
    """The digit with its article: ``a 4``, ``an 8``."""
    return f"an {digit}" if digit == 8 else f"a {digit}"


def confidence_of(reading: Reading) -> str:
    """How sure the reading is: ``confidence 97.5 %``."""
    return "confidence over 99.9 %" if reading.confidence >= CERTAIN else f"confidence {percent(reading.confidence)}"


def input_place(number: int, features: FeatureKind) -> str:
    """Where one of the 784 inputs, counted from 0, lies: ``row 3, column 14``, with its map where there are eight."""
    row, column = divmod(number, GLYPH_SIDE)
    if features == "pixels":
        return f"row {row + 1}, column {column + 1}"
    arrow = ARROWS[row // MAP_ROWS * (GLYPH_SIDE // MAP_COLUMNS) + column // MAP_COLUMNS]
    return f"{arrow} map, row {row % MAP_ROWS + 1}, column {column % MAP_COLUMNS + 1}"
