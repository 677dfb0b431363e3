"""Marks: which pieces of writing stand in which line of digits, and which of them are of one mark."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from digitreader.boxes import around, boxes_of
from digitreader.find.pieces import Piece
from digitreader.marks.features import Thing
from digitreader.values import Box, Ink

BESIDE, ABOVE = 1.6, 0.75
"""A piece stands in a line where it is so near to a digit of it, in heights, beside it and from middle to middle."""
TALLEST, LEAST = 2.2, 0.035
"""It is no higher and no smaller than so many heights."""
SAME_INK, SPECK = 0.5, 0.35
"""A piece is of a digit where it lies in its box with so much of itself; unless it is smaller than this beside the
digit and the digit has no ink there: a comma under the bar of a 7."""
INKED = 100
STACKED, LOW, BETWEEN = 0.5, 0.5, 0.6
"""Two pieces are of one mark, a colon or an equals sign, where one stands over the other with so much of the narrower
one, both are lower than so many heights, and no further apart."""
NO_LINE = -1


def lines_of(pieces: Sequence[Piece], kept: Sequence[Thing], lines: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The line in which each piece stands.

    Args:
        pieces: N of them.
        kept: what was read, and what was found and is no digit.
        lines: the line of each; `NO_LINE` where its line has no digit.

    Returns:
        (N,) int64, `NO_LINE` for what stands in none, or is of the ink of what was read.
    """
    if not pieces or not kept:
        return np.full(len(pieces), NO_LINE, np.int64)
    x, y, width, height = boxes_of([each.box for each in pieces]).astype(np.float64).T[:, :, None]
    left, top, wide, high = boxes_of([each.box for each in kept]).astype(np.float64).T[:, None, :]
    across = np.maximum(np.maximum(left - (x + width), x - (left + wide)), 0) / high
    apart = np.abs(y + height / 2 - top - high / 2) / high
    fits = (height <= TALLEST * high) & (np.maximum(width, height) >= LEAST * high)
    near = np.where(fits & (apart <= ABOVE) & (across <= BESIDE) & (lines >= 0), across + apart, np.inf)
    nearest = near.argmin(axis=1)
    told = np.where(np.isfinite(near.min(axis=1)), lines[nearest], NO_LINE)
    shared_x = np.minimum(x + width, left + wide) - np.maximum(x, left)
    shared_y = np.minimum(y + height, top + high) - np.maximum(y, top)
    within = np.clip(shared_x, 0, None) * np.clip(shared_y, 0, None) > SAME_INK * np.maximum(width * height, 1)
    for piece, digit in zip(*np.nonzero(within & (told >= 0)[:, None]), strict=True):
        if not _is_apart(pieces[piece].box, kept[digit]):
            told[piece] = NO_LINE
    return np.asarray(told, np.int64)


def _is_apart(piece: Box, digit: Thing) -> bool:
    """Whether a piece that lies in a digit's box is small, and the digit has no ink there."""
    if max(piece.width, piece.height) > SPECK * digit.box.height:
        return False
    ink = _bare(digit.ink)
    scale_x, scale_y = ink.shape[1] / digit.box.width, ink.shape[0] / digit.box.height
    x, y = (piece.x - digit.box.x) * scale_x, (piece.y - digit.box.y) * scale_y
    rows = slice(max(0, int(y)), max(0, int(y + piece.height * scale_y) + 1))
    columns = slice(max(0, int(x)), max(0, int(x + piece.width * scale_x) + 1))
    part = ink[rows, columns]
    return bool(not part.size or (part > INKED).mean() < 0.1)


def _bare(ink: Ink) -> Ink:
    """Ink without its margin."""
    rows, columns = np.nonzero(ink > INKED)
    return ink[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1] if len(rows) else ink


def joined_pieces(pieces: Sequence[Piece], usual_px: float) -> list[Thing]:
    """The pieces of a line as things; those that stand over one another are one.

    Args:
        pieces: of one line.
        usual_px: how high its digits are.
    """
    left = sorted(pieces, key=lambda each: each.box.x)
    joined: list[Thing] = []
    while left:
        mark, *left = left
        over = next((each for each in left if _are_one(mark.box, each.box, usual_px)), None)
        if over is not None:
            left = [each for each in left if each is not over]
            mark = _together(mark, over)
        joined.append(Thing(mark.box, mark.ink))
    return joined


def _are_one(one: Box, other: Box, usual_px: float) -> bool:
    shared = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    between = max(one.y, other.y) - min(one.y + one.height, other.y + other.height)
    low = max(one.height, other.height) <= LOW * usual_px
    return low and shared >= STACKED * min(one.width, other.width) and 0 <= between <= BETWEEN * usual_px


def _together(one: Piece, other: Piece) -> Piece:
    """Both pieces as one, in the scale of the first."""
    box, scale = around(one.box, other.box), one.ink.shape[0] / one.box.height
    ink = np.zeros((max(1, round(box.height * scale)) + 1, max(1, round(box.width * scale)) + 1), np.uint8)
    for each in (one, other):
        x, y = round((each.box.x - box.x) * scale), round((each.box.y - box.y) * scale)
        part = ink[y : y + each.ink.shape[0], x : x + each.ink.shape[1]]
        np.maximum(part, each.ink[: part.shape[0], : part.shape[1]], out=part)
    return Piece(box, ink)
