"""The printable test sheet: where everything is on it, and the PDF that is printed."""

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
        """Refuse a sheet that does not exist.

        Raises:
            UsageError: no such paper, or no such number.
        """
        if self.paper not in PAPERS:
            raise UsageError(f"no test sheet is on {self.paper!r} paper; give one of {', '.join(PAPERS)}")
        if not 0 <= self.number < MOST_SHEETS:
            raise UsageError(f"there is no test sheet {self.number}; give a number from 0 to {MOST_SHEETS - 1}")

    @property
    def name(self) -> str:
        """The name printed on it: ``A4-0007``."""
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
    """The sheet whose bits these are; None if the check says that they are not of a sheet, or of another layout."""
    whole = sum(bool(bit) << place for place, bit in enumerate(reversed(bits)))
    said, check = divmod(whole, 1 << CHECK_BITS)
    kind, number = divmod(said, MOST_SHEETS)
    layout, paper = divmod(kind, 2)
    if check != _check(said) or layout != LAYOUT:
        return None
    return PrintedSheet(PAPERS[paper], number)


def _check(said: int) -> int:
    return binascii.crc_hqx(said.to_bytes(2, "big"), 0xFFFF)


POINTS_PER_MM = 72 / 25.4

Grey = float
"""0.0 black to 1.0 white."""


class PdfPage:
    """One page; everything is placed in millimetres from its upper left corner.

    Args:
        size_mm: width and height.
        title: what a viewer shows as the document's name; ASCII.
    """

    def __init__(self, size_mm: tuple[float, float], *, title: str) -> None:
        self._size, self._title = size_mm, title
        self._drawn: list[str] = []

    def fill(self, rect: Rect, grey: Grey = 0.0) -> None:
        """Fill a rectangle."""
        self._drawn.append(f"{grey:.3g} g {self._placed(rect)} re f")

    def outline(self, rect: Rect, grey: Grey, *, width_mm: float) -> None:
        """Draw a rectangle's outline, its line's middle on the edges."""
        self._drawn.append(f"{grey:.3g} G {width_mm * POINTS_PER_MM:.3f} w {self._placed(rect)} re S")

    def write(self, text: str, place_mm: tuple[float, float], *, size_mm: float, grey: Grey = 0.0) -> None:
        """Write a line in Helvetica, which every viewer has; `place_mm` is where its baseline begins, ASCII alone."""
        x, y = place_mm[0] * POINTS_PER_MM, (self._size[1] - place_mm[1]) * POINTS_PER_MM
        size = size_mm * POINTS_PER_MM
        self._drawn.append(f"{grey:.3g} g BT /F1 {size:.3f} Tf {x:.3f} {y:.3f} Td ({_escaped(text)}) Tj ET")

    def packed(self) -> bytes:
        """The file's bytes; the same page gives the same bytes.

        Source: ISO 32000-1, 7.5 (file structure) and 8.5 (paths).
        """
        width, height = (side * POINTS_PER_MM for side in self._size)
        stream = "\n".join(self._drawn).encode("ascii")
        return _file(
            [
                b"<< /Type /Catalog /Pages 2 0 R >>",
                b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
                f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width:.3f} {height:.3f}] /Contents 4 0 R "
                "/Resources << /Font << /F1 5 0 R >> >> >>".encode(),
                b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
                b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
                f"<< /Title ({_escaped(self._title)}) /Producer (digitreader) >>".encode("ascii"),
            ]
        )

    def _placed(self, rect: Rect) -> str:
        bottom = self._size[1] - rect.y - rect.height  # PDF counts upwards from the lower left corner
        return " ".join(f"{value * POINTS_PER_MM:.3f}" for value in (rect.x, bottom, rect.width, rect.height))


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def _file(objects: Sequence[bytes]) -> bytes:
    """Number the objects and close the file with the table of where each begins; the last one is the information."""
    packed, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(packed))
        packed += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    # each line of the table is 20 bytes long, its end included
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    head = b"xref\n0 %d\n0000000000 65535 f \n" % count
    tail = b"trailer\n<< /Size %d /Root 1 0 R /Info %d 0 R >>\n" % (count, len(objects))
    return packed + head + table + tail + b"startxref\n%d\n%%%%EOF\n" % len(packed)


LINE_GREY, LINE_MM = 0.85, 0.2
"""The gray of the boxes: visible to the writer, but fainter than any pen, so that the reader ignores them."""
NUMBER_GREY = 0.25

HOW = (
    "Print at 100 %. Copy each number by hand into the boxes below it, one digit in a box, with your usual pen.",
    "Take a picture with all four corner marks in it, then run: digitreader score --sheet PICTURE",
)


def draw_sheet(sheet: PrintedSheet) -> bytes:
    """Draw a sheet as a PDF of one page, on its side; the same sheet gives the same bytes."""
    page = PdfPage(sheet.size_mm, title=f"digitreader test sheet {sheet.name}")
    for middle in mark_middles(sheet):
        _draw_mark(page, middle)
    for squares, bit in zip(bit_squares(sheet), bits_of(sheet), strict=True):
        page.fill(squares[0 if bit else 1])
    left, first = NOTES_MM
    for row, line in enumerate(HOW):
        page.write(line, (left, first + row * NOTE_PITCH_MM), size_mm=NOTE_MM)
    _draw_numbers(page, sheet)
    page.write(f"digitreader test sheet {sheet.name}", (left, sheet.size_mm[1] - NAME_MM), size_mm=NOTE_MM)
    return page.packed()


def _draw_mark(page: PdfPage, middle: tuple[float, float]) -> None:
    for modules, grey in ((7, 0.0), (5, 1.0), (3, 0.0)):
        page.fill(square_about(middle, MARK_MM * modules / 7), grey)


def _draw_numbers(page: PdfPage, sheet: PrintedSheet) -> None:
    for number in numbers_of(sheet):
        field = number.field
        page.write(number.text, (field.x, field.y - NUMBER_GAP_MM), size_mm=NUMBER_MM, grey=NUMBER_GREY)
        for box in number.boxes:
            page.outline(box, LINE_GREY, width_mm=LINE_MM)
