"""One picture as a source: an image file, or an image on stdin."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from digitreader.errors import ImageError
from digitreader.sources.images import DecodedImage, decode_image, read_image
from digitreader.sources.naming import printable
from digitreader.sources.source import HoldsNothing
from digitreader.values import Frame

STDIN = "-"


class Picture(HoldsNothing):
    """An image file.

    Args:
        path: the file; it is opened by `frames`.
    """

    live = False
    frame_count = 1

    def __init__(self, path: Path) -> None:
        self._path = path
        self.name = printable(path)

    def frames(self) -> Iterator[Frame]:
        """Give the picture.

        Raises:
            ImageError: it cannot be read.
        """
        decoded = self._decoded()
        yield Frame(decoded.image, self.name, scale=decoded.scale)

    def _decoded(self) -> DecodedImage:
        return read_image(self._path)


class StdinPicture(Picture):
    """An image on standard input."""

    def __init__(self) -> None:
        super().__init__(Path(STDIN))

    def _decoded(self) -> DecodedImage:
        if sys.stdin is None or sys.stdin.isatty():
            raise ImageError("-: no picture on stdin; pipe one in: digitreader read - < picture.jpg")
        return decode_image(sys.stdin.buffer.read(), name=STDIN)
