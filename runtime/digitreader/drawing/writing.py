"""Handwriting as ink: single characters, and numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.drawing.hand import SIGNS, Hand, draw_sign_paths, form_paths
from digitreader.drawing.pen import PENS, Pen, draw_ink
from digitreader.drawing.templates import DIGIT_TEMPLATES, FREE_MARKS, MARK_TEMPLATES, Path, draw_free_paths
from digitreader.errors import UsageError
from digitreader.values import Ink


def write_glyph(
    digit: int,
    rng: np.random.Generator,
    hand: Hand | None = None,
    *,
    pen: Pen = PENS["felt"],
    height_px: float = 64.0,
) -> Ink:
    """Write one digit.

    Args:
        digit: 0 to 9.
        rng: where this time's form comes from.
        hand: whose hand; without one, another person writes each time.
        pen: what writes.
        height_px: how high the digit is, about.

    Returns:
        (h, w) uint8, white ink on black, an empty margin of at least one pixel round it.

    Raises:
        UsageError: no such digit.
    """
    hand = hand or Hand.random(rng)
    return draw_ink(digit_paths(digit, hand, rng), pen, rng, height_px=height_px, pressure=hand.pressure)[0]


def write_mark(
    kind: str,
    rng: np.random.Generator,
    hand: Hand | None = None,
    *,
    pen: Pen = PENS["felt"],
    height_px: float = 64.0,
) -> Ink:
    """Write something that is not a digit.

    Args:
        kind: a key of `MARK_TEMPLATES` (letters, operators, dots), or one of `SIGNS` or `FREE_MARKS`.
        rng: where this time's form comes from.
        hand: whose hand; without one, another person writes each time.
        pen: what writes.
        height_px: how high a digit would be, about.

    Returns:
        as `write_glyph`.

    Raises:
        UsageError: no such mark.
    """
    hand = hand or Hand.random(rng)
    return draw_ink(mark_paths(kind, hand, rng), pen, rng, height_px=height_px, pressure=hand.pressure)[0]


def digit_paths(digit: int, hand: Hand, rng: np.random.Generator) -> list[Path]:
    """The pen's paths for a digit written once, as `form_paths` gives them."""
    if digit not in range(len(DIGIT_TEMPLATES)):
        raise UsageError(f"{digit!r} cannot be written as a digit; give one of 0 to 9")
    return form_paths(hand.way(digit, rng), hand, rng)


def mark_paths(kind: str, hand: Hand, rng: np.random.Generator) -> list[Path]:
    """The pen's paths for a mark drawn once, as `form_paths` gives them."""
    if kind in MARK_TEMPLATES:
        return form_paths(MARK_TEMPLATES[kind], hand, rng)
    if kind in SIGNS:
        return draw_sign_paths(kind, hand, rng)
    if kind in FREE_MARKS:
        return draw_free_paths(kind, rng)
    known = " ".join([*MARK_TEMPLATES, *SIGNS, *FREE_MARKS])
    raise UsageError(f"{kind!r} cannot be written; known are the digits and {known}")


Hull = npt.NDArray[np.float32]
"""(N, 2) float32, corners (x, y) of the convex hull round one digit's ink, in pixels."""

WORD_GAP = 0.85
LINE_PITCH = 1.75
"""The gap of a space, and from baseline to baseline, in digit heights."""

_DIGITS = "0123456789"


@dataclass(frozen=True, slots=True, eq=False)
class InkedDigit:
    """A digit that was written: which, on which line of the text to be read, and the hull of its ink."""

    digit: int
    line: int
    hull: Hull


@dataclass(frozen=True, slots=True, eq=False)
class InkedMark:
    """A mark that was written among digits: which character, on which line, and the hull of its ink."""

    sign: str
    line: int
    hull: Hull


@dataclass(frozen=True, slots=True, eq=False)
class Writing:
    """Lines of writing.

    Attributes:
        ink: (h, w) uint8, all strokes, white on black.
        digits: in reading order, hulls in the ink's pixels.
        text: the digits to be read: one space between groups, also where a mark parts them; no line without digits.
        baseline_px: y of the first line's foot in the ink.
        marks: what else is written in lines with digits, hulls likewise.
    """

    ink: Ink
    digits: tuple[InkedDigit, ...]
    text: str
    baseline_px: float
    marks: tuple[InkedMark, ...] = ()


def write_number(
    text: str,
    rng: np.random.Generator,
    hand: Hand | None = None,
    *,
    pen: Pen = PENS["felt"],
    height_px: float = 64.0,
) -> Writing:
    """Write lines of digits, and marks among them, in one person's hand.

    Args:
        text: digits, spaces, newlines, and characters of `MARK_TEMPLATES` and `SIGNS`, which are written but not
            to be read.
        rng: where this time's forms come from.
        hand: whose hand; without one, a person drawn by chance.
        pen: what writes.
        height_px: how high a digit is, about.

    Returns:
        the ink with a margin of at least one pixel; (1, 1) and black where the text has no characters.

    Raises:
        UsageError: a character that cannot be written.
    """
    line_writer = _LineWriter(hand or Hand.random(rng), pen, height_px)
    tiles: list[Tile] = []
    for row, line in enumerate(text.split("\n")):
        indent = rng.uniform(0.0, 0.4) if row else 0.0
        tiles += line_writer.write(line, rng, x=indent, baseline=1.0 + row * LINE_PITCH, row=row)
    return paste(tiles, "\n".join(filter(None, map(digits_alone, text.split("\n")))), height_px=height_px)


def digits_alone(line: str) -> str:
    """The digits of a line as they are to be read, a space where something else parts them."""
    return " ".join("".join(character if character in _DIGITS else " " for character in line).split())


@dataclass(frozen=True, slots=True, eq=False)
class Tile:
    """One character's ink (h, w) uint8, the place of its upper left corner, and the digit or the sign that it is."""

    digit: int | None
    row: int
    ink: Ink
    x: int
    y: int
    sign: str = ""

    def hull(self) -> Hull:
        """The convex hull round its ink, where it stands."""
        outline = cv2.convexHull(cv2.findNonZero(self.ink))[:, 0, :]
        return np.asarray(np.add(outline, (self.x, self.y)), np.float32)


@dataclass(frozen=True, slots=True)
class _LineWriter:
    hand: Hand
    pen: Pen
    height_px: float

    def write(self, line: str, rng: np.random.Generator, *, x: float, baseline: float, row: int) -> list[Tile]:
        """Write a line from x (in digit heights) to the right."""
        tiles = []
        for character in line:
            if character.isspace():
                x += WORD_GAP
                continue
            tile, width = self._write_character(character, rng, x=x, foot=baseline + self.hand.drift * x)
            tiles.append(replace(tile, row=row))
            x += width + self.pen.width + self.hand.spacing * float(np.exp(rng.normal(0.0, 0.25)))
        return tiles

    def _write_character(
        self, character: str, rng: np.random.Generator, *, x: float, foot: float
    ) -> tuple[Tile, float]:
        digit = int(character) if character in _DIGITS else None
        paths = mark_paths(character, self.hand, rng) if digit is None else digit_paths(digit, self.hand, rng)
        size = float(np.exp(rng.normal(0.0, self.hand.size_jitter)))
        foot += float(rng.normal(0.0, self.hand.baseline_jitter))
        across = np.concatenate(paths)[:, 0] * size
        placed = [path * size + (x - across.min(), foot - size) for path in paths]
        ink, (left, top) = draw_ink(placed, self.pen, rng, height_px=self.height_px, pressure=self.hand.pressure)
        return Tile(digit, 0, ink, int(left), int(top), character), float(np.ptp(across))


def paste(tiles: Sequence[Tile], text: str, *, height_px: float) -> Writing:
    """All tiles on one canvas.

    Args:
        tiles: in reading order.
        text: their digits as they are to be read.
        height_px: how high a digit is, about; the first line's foot is at this y.
    """
    if not tiles:
        return Writing(ink=np.zeros((1, 1), np.uint8), digits=(), text=text, baseline_px=height_px)
    left, top = min(tile.x for tile in tiles), min(tile.y for tile in tiles)
    width = max(tile.x + tile.ink.shape[1] for tile in tiles) - left
    height = max(tile.y + tile.ink.shape[0] for tile in tiles) - top
    canvas = np.zeros((height, width), np.uint8)
    for tile in tiles:
        rows, columns = tile.ink.shape
        part = canvas[tile.y - top : tile.y - top + rows, tile.x - left : tile.x - left + columns]
        np.maximum(part, tile.ink, out=part)
    offset = np.array((left, top), np.float32)
    return Writing(canvas, _digits_of(tiles, offset), text, height_px - float(top), _marks_of(tiles, offset))


def _digits_of(tiles: Sequence[Tile], offset: Hull) -> tuple[InkedDigit, ...]:
    """The digits among the tiles; a line without any is not counted."""
    rows = sorted({tile.row for tile in tiles if tile.digit is not None})
    return tuple(
        InkedDigit(tile.digit, rows.index(tile.row), tile.hull() - offset) for tile in tiles if tile.digit is not None
    )


def _marks_of(tiles: Sequence[Tile], offset: Hull) -> tuple[InkedMark, ...]:
    """The named marks among the tiles, in lines that have digits."""
    rows = sorted({tile.row for tile in tiles if tile.digit is not None})
    return tuple(
        InkedMark(tile.sign, rows.index(tile.row), tile.hull() - offset)
        for tile in tiles
        if tile.digit is None and tile.sign and tile.row in rows
    )
