"""Gets the picture of a page again when it is needed, so that pages do not hold every picture in memory."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from digitreader.camera.framing import Framing, apply_framing
from digitreader.camera.image_pages import decode_pages, read_pages
from digitreader.errors import ImageError
from digitreader.values import Frame

STREAM_PICTURES = 4
"""Pictures of a stream that are kept: those of the newest pages."""


class PageImage(Protocol):
    """A page's picture."""

    def frame(self) -> Frame:
        """The picture as it was read, turned and cut.

        Raises:
            ImageError: it is no longer available.
        """


@dataclass(frozen=True, slots=True)
class KeptPicture:
    """A picture that is decoded again each time, or kept in memory.

    Attributes:
        origin: a file's path, the bytes of a file, or the picture.
        name: its name in pages and errors.
        page: the page in a file with several pages, counted from 0.
        framing: how it is turned and cut.
    """

    origin: Path | bytes | Frame
    name: str
    page: int = 0
    framing: Framing | None = None

    def frame(self) -> Frame:
        """As `PageImage`."""
        frame = self._bare()
        return frame if self.framing is None else apply_framing(frame, self.framing)

    def _bare(self) -> Frame:
        if isinstance(self.origin, Frame):
            return self.origin
        pages = read_pages(self.origin) if isinstance(self.origin, Path) else decode_pages(self.origin, name=self.name)
        decoded = next(islice(pages, self.page, None), None)
        if decoded is None:
            raise ImageError(f"{self.name}: has no page {self.page + 1} any more; read it again")
        if isinstance(decoded, ImageError):
            raise decoded
        return Frame(decoded.image, self.name, self.page, scale=decoded.scale)


class StreamPicture:
    """A picture of a stream, available while it is one of the newest."""

    __slots__ = ("_number", "_pictures")

    def __init__(self, pictures: StreamPictures, number: int) -> None:
        self._pictures, self._number = pictures, number

    def frame(self) -> Frame:
        """As `PageImage`."""
        frame = self._pictures.get(self._number)
        if frame is None:
            raise _gone()
        return frame

    def __reduce__(self) -> tuple[Any, ...]:
        frame = self._pictures.get(self._number)
        return (GonePicture, ()) if frame is None else (KeptPicture, (frame, frame.source))


@dataclass(frozen=True, slots=True)
class GonePicture:
    """The picture of a page that was stored without it."""

    def frame(self) -> Frame:
        """As `PageImage`."""
        raise _gone()


class StreamPictures:
    """The newest pictures of one stream; they are kept as long as one of its pages exists."""

    def __init__(self) -> None:
        self._latest: deque[tuple[int, Frame]] = deque(maxlen=STREAM_PICTURES)
        self._count = 0

    def keep(self, frame: Frame) -> StreamPicture:
        """Keep one more picture, and drop the oldest."""
        self._count += 1
        self._latest.append((self._count, frame))
        return StreamPicture(self, self._count)

    def get(self, number: int) -> Frame | None:
        """The kept picture with this number, counted from the first; None if it is gone."""
        return next((frame for at, frame in tuple(self._latest) if at == number), None)


def _gone() -> ImageError:
    return ImageError(
        f"only the last {STREAM_PICTURES} pictures of a stream are kept, and this page's is gone; show each page as "
        f"it comes, or give its picture: page.annotate(picture)"
    )
