"""Practice: digits written in lines, letters and operators among them, before they are photographed."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.drawing import FREE_MARKS, MARK_TEMPLATES, PENS, Hand, write_mark
from digitreader.drawing.writing import LINE_PITCH, Tile, Writing, paste
from digitreader.values import Ink
from digitreader_train.practice.hands import loose_hand, write_by
from digitreader_train.practice.pens import WILD, Variety, trim, vary
from digitreader_train.practice.typefaces import print_letters

GAPS = (0.03, 0.12, 0.25, 0.5)
"""Between digits, in digit heights."""
MARKS = (*MARK_TEMPLATES, *FREE_MARKS)
MARK_SHARES = (0.05, 0.1, 0.2, 0.6)
"""After so many of the digits of a sheet stands a letter, an operator or a scribble ..."""
FOREIGN_SHARE = 0.3
"""... so many of which are letters of foreign scripts."""
LETTER_HEIGHTS = (0.6, 1.2)
"""Of their longer sides, in digit heights."""
DEMO_DIGIT_PX = 64
OTHER_HANDS = 0.15
"""So many of the digits are written by the demo's hands, for forms that MNIST lacks."""
WILD_SHARE = 0.4


def write_lines(
    images: npt.NDArray[np.uint8],
    labels: npt.NDArray[np.uint8],
    lines: int,
    rng: np.random.Generator,
    *,
    digit_px: float,
) -> Writing:
    """Write digits, and marks among them, on lines, in MNIST's hands with other pens."""
    hand, gap = loose_hand(rng), digit_px * float(rng.choice(GAPS))
    variety, marks = WILD if rng.random() < WILD_SHARE else Variety(), float(rng.choice(MARK_SHARES))
    tiles: list[Tile] = []
    for row, places in enumerate(np.array_split(np.arange(len(labels)), lines)):
        x, foot = digit_px * float(rng.uniform(0, 0.4)), (1 + row * LINE_PITCH) * digit_px
        for place in places:
            for digit, ink in _characters(
                images[place], int(labels[place]), rng, hand=hand, variety=variety, marks=marks
            ):
                written = _scaled(ink, digit_px * float(np.exp(rng.normal(0, 0.08))), is_digit=digit is not None)
                y = round(foot + digit_px * float(rng.normal(0, 0.03))) - written.shape[0]
                tiles.append(Tile(digit, row, written, round(x), y))
                x += written.shape[1] + gap * float(np.exp(rng.normal(0, 0.4)))
    return paste(tiles, "", height_px=digit_px)


def _characters(
    image: npt.NDArray[np.uint8], label: int, rng: np.random.Generator, *, hand: Hand, variety: Variety, marks: float
) -> list[tuple[int | None, Ink]]:
    """A digit, now and then another one by the demo's hand in its place, and now and then a mark after it."""
    digit = (label, vary(image, rng, variety))
    if rng.random() < OTHER_HANDS:
        label = int(rng.integers(10))
        digit = (label, write_by(hand, label, rng, pen=PENS["felt"], height_px=64))
    if rng.random() >= marks:
        return [digit]
    return [digit, (None, _foreign_letter(rng) if rng.random() < FOREIGN_SHARE else _mark(rng, hand))]


def _mark(rng: np.random.Generator, hand: Hand) -> Ink:
    """A letter, an operator or a scribble by this hand."""
    return write_mark(MARKS[int(rng.integers(len(MARKS)))], rng, hand)


def _foreign_letter(rng: np.random.Generator) -> Ink:
    """A letter of some script, in the demo's 64 pixels to a digit."""
    letters = print_letters()
    ink = vary(letters[int(rng.integers(len(letters)))], rng, WILD)
    scale = DEMO_DIGIT_PX * float(rng.uniform(*LETTER_HEIGHTS)) / max(ink.shape)
    size_wh = (max(1, round(ink.shape[1] * scale)), max(1, round(ink.shape[0] * scale)))
    return np.asarray(cv2.resize(ink, size_wh, interpolation=cv2.INTER_LINEAR), np.uint8)


def _scaled(ink: Ink, height_px: float, *, is_digit: bool) -> Ink:
    """Digits get this height; marks keep theirs in the demo's 64 pixels to a digit."""
    trimmed = trim(ink)
    scale = height_px / (trimmed.shape[0] if is_digit else DEMO_DIGIT_PX)
    size_wh = (max(1, round(trimmed.shape[1] * scale)), max(1, round(trimmed.shape[0] * scale)))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    border = cv2.copyMakeBorder(cv2.resize(trimmed, size_wh, interpolation=how), 1, 1, 1, 1, cv2.BORDER_CONSTANT)
    return np.asarray(border, np.uint8)
