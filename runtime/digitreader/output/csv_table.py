"""CSV: one row for each digit, for spreadsheets."""

from __future__ import annotations

import csv
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from digitreader.camera.source import escape_controls
from digitreader.errors import OutputError
from digitreader.host.messages import print_info
from digitreader.output.rotating_file import first_line, free_name
from digitreader.output.sink import Sink
from digitreader.values import Frame, Line, Page, Reading

COLUMNS = ("source", "frame", "line", "position", "digit", "confidence", "x", "y", "width", "height")
EXPECTING_COLUMNS = ("number", "alternatives")
FORMULA = ("=", "+", "-", "@")
"""Spreadsheets run a text that begins with one of these as a formula."""


class CsvSink(Sink):
    """Print a header and then a row for each digit of each picture or frame; lines and positions count from 0.

    A page without digits and a source that failed have no row.

    Args:
        out: where to print.
        expecting: there are rules for numbers (--expect), so each row also has its number and the alternatives of a
            digit that is not sure.
        header: print the header; a file that is continued has one already.
        every_picture: a picture that shows no digits or failed has a row too, with only its name and page.
    """

    def __init__(
        self, out: TextIO, *, expecting: bool = False, header: bool = True, every_picture: bool = False
    ) -> None:
        self._out = out
        self._expecting, self._every_picture = expecting, every_picture
        self._writer = csv.writer(out, lineterminator="\n")
        self._header_due = header
        with suppress(OutputError):  # if the disk is full, the header is written as soon as there is room
            self._print_header()
            self._flush()

    def picture(self, page: Page, frame: Frame) -> None:
        """Print the digits in reading order."""
        if page.lines:
            self.frame(page, frame)
        else:
            self.error(page.source, "", frame=page.frame)

    def error(self, source: str, message: str, *, frame: int = 0) -> None:  # noqa: ARG002
        """Print a row without a digit, if each picture gets a row."""
        self._print_header()
        if self._every_picture:
            empty = [""] * (len(columns_of(expecting=self._expecting)) - 2)
            self._writer.writerow((cell_of(source), frame, *empty))
        self._flush()

    def frame(self, page: Page, frame: Frame) -> None:  # noqa: ARG002
        """Print the digits of this frame, steady or not."""
        self._print_header()
        for line_index, line in enumerate(page.lines):
            for position, reading in enumerate(line.readings):
                box = reading.box
                where = (cell_of(page.source), page.frame, line_index, position)
                what = (reading.text, f"{reading.confidence:.4f}", box.x, box.y, box.width, box.height)
                self._writer.writerow((*where, *what, *(self._expected(line, reading) if self._expecting else ())))
        self._flush()

    def _print_header(self) -> None:
        if self._header_due:
            self._writer.writerow(columns_of(expecting=self._expecting))

    def _flush(self) -> None:
        self._out.flush()
        self._header_due = False

    @staticmethod
    def _expected(line: Line, reading: Reading) -> tuple[str, str]:
        number = "".join(each.text for each in line.readings if each.group == reading.group)
        unsure = () if reading.sure else reading.alternatives
        return number, " ".join(f"{digit}:{chance:.4f}" for digit, chance in unsure)


def columns_of(*, expecting: bool) -> tuple[str, ...]:
    """The header: each column's name."""
    return (*COLUMNS, *EXPECTING_COLUMNS) if expecting else COLUMNS


def cell_of(source: str) -> str:
    """A source's name in a form that is safe in a spreadsheet: no formula, and on one line."""
    return escape_controls(f"./{source}" if source.startswith(FORMULA) else source)


def keep_other_tables(path: Path, *, expecting: bool) -> None:
    """Rename an existing table that has other columns, for example after a run with other --expect rules."""
    head = ",".join(columns_of(expecting=expecting)).encode()
    if path.is_file() and (first := first_line(path)) and first.rstrip(b"\r\n") != head:
        kept = free_name(path)
        try:
            path.rename(kept)
        except OSError as error:
            raise OutputError(f"{path}: has other columns and cannot be renamed; choose another file") from error
        print_info(f"{path}: the old table has other columns; it is kept as {kept.name}, and a new one begins")
