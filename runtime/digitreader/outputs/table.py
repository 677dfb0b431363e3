"""CSV: one row for each digit, for spreadsheets."""

from __future__ import annotations

import csv
from typing import TextIO

from digitreader.outputs.sink import Sink
from digitreader.values import Frame, Page

COLUMNS = ("source", "frame", "line", "position", "digit", "confidence", "x", "y", "width", "height")


class CsvSink(Sink):
    """Print a header and then a row for each digit of each picture or frame; lines and positions count from 0.

    A page without digits, and a source that failed, have no row.
    """

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._writer = csv.writer(out, lineterminator="\n")
        self._writer.writerow(COLUMNS)
        out.flush()

    def picture(self, page: Page, frame: Frame) -> None:  # noqa: ARG002
        """Print the digits in reading order."""
        for line_index, line in enumerate(page.lines):
            for position, reading in enumerate(line.readings):
                box = reading.box
                where = (page.source, page.frame, line_index, position)
                what = (reading.digit, f"{reading.confidence:.4f}", box.x, box.y, box.width, box.height)
                self._writer.writerow((*where, *what))
        self._out.flush()

    def frame(self, page: Page, frame: Frame) -> None:
        """Print the digits of this frame, steady or not."""
        self.picture(page, frame)
