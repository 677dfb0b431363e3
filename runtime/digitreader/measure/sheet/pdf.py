"""The printable test sheet as a PDF."""

from __future__ import annotations

from collections.abc import Sequence

from digitreader.measure.sheet.layout import (
    MARK_MM,
    NAME_MM,
    NOTE_MM,
    NOTE_PITCH_MM,
    NOTES_MM,
    NUMBER_GAP_MM,
    NUMBER_MM,
    PrintedSheet,
    Rect,
    bit_squares,
    bits_of,
    mark_middles,
    numbers_of,
    square_about,
)

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
"""Of the boxes: visible to who writes, and fainter than any pen, so that the reader passes over them."""
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
