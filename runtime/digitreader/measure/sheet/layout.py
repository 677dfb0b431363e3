"""Where everything is on the printable test sheet."""

from __future__ import annotations

import binascii
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from digitreader.errors import UsageError

LAYOUT = 1
"""Counts the layouts that were ever printed: a sheet says by which of them it was drawn."""

SIZES_MM: Mapping[str, tuple[float, float]] = {"a4": (297.0, 210.0), "letter": (279.4, 215.9)}
"""Width and height of a paper on its side: that is how it fills a camera's picture."""

PAPERS: Sequence[str] = tuple(SIZES_MM)
MOST_SHEETS = 4096
"""Sheets are numbered from 0 to one less."""

ROWS, COLUMNS, DIGITS = 5, 3, 4
"""Rows and columns of numbers, and the digits of each: sixty, every digit six times."""

MODULE_MM = 2.0
"""A corner mark is seven of these wide: a black ring, a white ring and a black square of three."""
MARK_MM = 7 * MODULE_MM
MARK_INSET_MM = 15.0
"""From the paper's edges to the middle of a mark; printers leave 5 mm white."""

BIT_MM = 4.0
BITS = 32

BOX_WH_MM = (14.0, 18.0)
FIRST_ROW_MM, ROW_PITCH_MM = 44.0, 30.0
SIDE_MM = 22.0
"""From the paper's left and right edge to the first and the last box."""

NUMBER_MM, NUMBER_GAP_MM = 6.0, 4.0
"""Height of the printed numbers' type, and from its baseline to the boxes: room for strokes that run over."""
NOTE_MM = 3.6
NOTES_MM, NOTE_PITCH_MM = (26.0, 24.5), 5.0
"""Where the first line of the notes begins, and from line to line."""
NAME_MM = 13.0
"""From the lower edge to the baseline of the sheet's name, which begins below the notes."""


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle in millimetres: (x, y) is its upper left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def corners(self) -> tuple[tuple[float, float], ...]:
        """Upper left, upper right, lower right, lower left."""
        right, bottom = self.x + self.width, self.y + self.height
        return (self.x, self.y), (right, self.y), (right, bottom), (self.x, bottom)

    @property
    def middle(self) -> tuple[float, float]:
        """Its centre."""
        return self.x + self.width / 2, self.y + self.height / 2


@dataclass(frozen=True, slots=True)
class PrintedSheet:
    """One of the test sheets.

    Attributes:
        paper: one of `PAPERS`.
        number: 0 to `MOST_SHEETS` - 1; another one shows other numbers.
    """

    paper: str
    number: int

    def __post_init__(self) -> None:
        """Refuse a sheet that there is not.

        Raises:
            UsageError: no such paper, or no such number.
        """
        if self.paper not in PAPERS:
            raise UsageError(f"no test sheet is on {self.paper!r} paper; give one of {', '.join(PAPERS)}")
        if not 0 <= self.number < MOST_SHEETS:
            raise UsageError(f"there is no test sheet {self.number}; give a number from 0 to {MOST_SHEETS - 1}")

    @property
    def name(self) -> str:
        """What stands on it for people: ``A4-0007``."""
        return f"{self.paper.upper()}-{self.number:04d}"

    @property
    def size_mm(self) -> tuple[float, float]:
        """Width and height."""
        return SIZES_MM[self.paper]


@dataclass(frozen=True, slots=True)
class PrintedNumber:
    """A number that is to be copied: its digits, and a box for each from left to right."""

    text: str
    boxes: tuple[Rect, ...]

    @property
    def field(self) -> Rect:
        """The rectangle round its boxes."""
        first, last = self.boxes[0], self.boxes[-1]
        return Rect(first.x, first.y, last.x + last.width - first.x, first.height)


def mark_middles(sheet: PrintedSheet) -> tuple[tuple[float, float], ...]:
    """The middles of the corner marks: upper left, upper right, lower right, lower left."""
    width, height = sheet.size_mm
    return Rect(MARK_INSET_MM, MARK_INSET_MM, width - 2 * MARK_INSET_MM, height - 2 * MARK_INSET_MM).corners


def bit_squares(sheet: PrintedSheet) -> tuple[tuple[Rect, Rect], ...]:
    """Where each bit of the sheet's identity is printed: the square for a 1 and, below it, the square for a 0."""
    left, top = (sheet.size_mm[0] - BITS * BIT_MM) / 2, MARK_INSET_MM - BIT_MM
    columns = (left + bit * BIT_MM for bit in range(BITS))
    return tuple((Rect(x, top, BIT_MM, BIT_MM), Rect(x, top + BIT_MM, BIT_MM, BIT_MM)) for x in columns)


def numbers_of(sheet: PrintedSheet) -> tuple[PrintedNumber, ...]:
    """The numbers that are to be copied, row by row."""
    width, height = BOX_WH_MM
    gap = (sheet.size_mm[0] - 2 * SIDE_MM - COLUMNS * DIGITS * width) / (COLUMNS - 1)
    numbers = []
    for at, text in enumerate(_texts(sheet)):
        row, column = divmod(at, COLUMNS)
        left, top = SIDE_MM + column * (DIGITS * width + gap), FIRST_ROW_MM + row * ROW_PITCH_MM
        boxes = tuple(Rect(left + place * width, top, width, height) for place in range(DIGITS))
        numbers.append(PrintedNumber(text, boxes))
    return tuple(numbers)


def printed(sheet: PrintedSheet) -> tuple[Rect, ...]:
    """Everything that is printed on a sheet but its boxes: marks, bits, notes and the numbers to be copied."""
    width, height = sheet.size_mm
    marks = [square_about(middle, MARK_MM) for middle in mark_middles(sheet)]
    bits = Rect(bit_squares(sheet)[0][0].x, MARK_INSET_MM - BIT_MM, BITS * BIT_MM, 2 * BIT_MM)
    left, first = NOTES_MM
    notes = Rect(left, first - NOTE_MM, width - left - SIDE_MM, NOTE_MM + 1.5 * NOTE_PITCH_MM)
    name = Rect(left, height - NAME_MM - NOTE_MM, width / 2, 1.4 * NOTE_MM)
    fields = [number.field for number in numbers_of(sheet)]
    numbers = [Rect(f.x, f.y - NUMBER_GAP_MM - NUMBER_MM, DIGITS * NUMBER_MM, 1.1 * NUMBER_MM) for f in fields]
    return (*marks, bits, notes, name, *numbers)


def square_about(middle: tuple[float, float], side: float) -> Rect:
    """The square with this middle."""
    return Rect(middle[0] - side / 2, middle[1] - side / 2, side, side)


def _texts(sheet: PrintedSheet) -> list[str]:
    # sorted by hashes, so that a sheet shows the same numbers whatever Python shuffles like
    count = ROWS * COLUMNS * DIGITS
    order = sorted(range(count), key=lambda at: hashlib.sha256(f"{LAYOUT} {sheet.number} {at}".encode()).digest())
    digits = "".join(str(at % 10) for at in order)
    return [digits[at : at + DIGITS] for at in range(0, count, DIGITS)]


CHECK_BITS = 16


def bits_of(sheet: PrintedSheet) -> tuple[bool, ...]:
    """The bits to print, the first at the left: 3 of the layout, 1 of the paper, 12 of the number, 16 of the check."""
    said = (LAYOUT << 1 | PAPERS.index(sheet.paper)) * MOST_SHEETS + sheet.number
    whole = said << CHECK_BITS | _check(said)
    return tuple(bool(whole >> place & 1) for place in reversed(range(BITS)))


def sheet_of(bits: Sequence[bool]) -> PrintedSheet | None:
    """The sheet whose bits these are; None where the check says that they are no sheet's, or of another layout."""
    whole = sum(bool(bit) << place for place, bit in enumerate(reversed(bits)))
    said, check = divmod(whole, 1 << CHECK_BITS)
    kind, number = divmod(said, MOST_SHEETS)
    layout, paper = divmod(kind, 2)
    if check != _check(said) or layout != LAYOUT:
        return None
    return PrintedSheet(PAPERS[paper], number)


def _check(said: int) -> int:
    return binascii.crc_hqx(said.to_bytes(2, "big"), 0xFFFF)
