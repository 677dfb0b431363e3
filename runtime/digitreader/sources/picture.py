"""A picture file as a source, with all of its pages: named, or on stdin."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from digitreader.errors import ImageError
from digitreader.sources.image_pages import PageOrError, decode_pages, read_pages
from digitreader.sources.naming import printable
from digitreader.sources.source import HoldsNothing
from digitreader.values import Frame

STDIN = "-"


class Picture(HoldsNothing):
    """A picture file; most hold one page.

    Args:
        path: the file; it is opened by `frames`.
    """

    live = False
    frame_count = None

    def __init__(self, path: Path) -> None:
        self._path = path
        self.name = printable(path)

    def frames(self) -> Iterator[Frame]:
        """Give each page.

        Raises:
            ImageError: the file or this page cannot be read; the iterator goes on with the next page, if there is one.
        """
        return map(self._frame, self._pages())

    def _frame(self, page: tuple[int, PageOrError]) -> Frame:
        index, decoded = page
        if isinstance(decoded, ImageError):
            raise decoded
        return Frame(decoded.image, self.name, index, scale=decoded.scale)

    def _pages(self) -> Iterator[tuple[int, PageOrError]]:
        return enumerate(read_pages(self._path))


class StdinPicture(Picture):
    """A picture file on standard input."""

    def __init__(self) -> None:
        super().__init__(Path(STDIN))

    def _pages(self) -> Iterator[tuple[int, PageOrError]]:
        if sys.stdin is None or sys.stdin.isatty():
            raise ImageError("-: no picture on stdin; pipe one in: digitreader read - < picture.jpg")
        return enumerate(decode_pages(sys.stdin.buffer.read(), name=STDIN))
