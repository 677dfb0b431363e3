"""The pages of a picture file: every page of a TIFF, every frame of an animation."""

from __future__ import annotations

import struct
import sys
from collections.abc import Iterator
from pathlib import Path

from digitreader.camera.image_header import (
    TIFF,
    Header,
    is_video,
    may_be_animated,
    page_offsets,
    put_first,
    read_header,
)
from digitreader.camera.images import DecodedImage, decode_image, read_bounded, read_bytes
from digitreader.camera.source import PlainSource, printable
from digitreader.errors import ImageError
from digitreader.host.waiting import wait_announced
from digitreader.values import Frame

PageOrError = DecodedImage | ImageError
"""A page, or the error instead of it; its `frame` says which page it is."""


def read_pages(path: Path) -> Iterator[PageOrError]:
    """Read a picture file page by page.

    Returns:
        As `decode_pages`.

    Raises:
        ImageError: the file is missing or cannot be read.
    """
    yield from decode_pages(read_bytes(path), name=printable(path))


def decode_pages(data: bytes | bytearray, *, name: str) -> Iterator[PageOrError]:
    """Decode the bytes of a picture file page by page; only one page at a time is in memory.

    Args:
        data: the whole file; a bytearray is changed if it has several pages.
        name: its name in errors; if there are several pages, the number of the page is added, counted from 1.

    Returns:
        Each page, or an error for a page that is damaged or too large. After an error a TIFF goes on with the next
        page; an animation ends.
    """
    header = read_header(data)
    offsets = _tiff_offsets(data) if header is not None and header.kind == TIFF else []
    if len(offsets) > 1:
        pages = _tiff_pages(data if isinstance(data, bytearray) else bytearray(data), offsets, name)
        data = b""  # do not hold a large file twice
    elif header is not None and may_be_animated(data, header.kind):
        pages = _animation_frames(data, header, name)
    else:
        pages = iter((_attempt(data, name),))
    for index, page in enumerate(pages):
        if isinstance(page, ImageError):
            page.frame = index
        yield page


def has_one_page(path: Path) -> bool:
    """True for a picture file with exactly one page; False also if it cannot be read."""
    if is_video(path):
        return False
    try:
        data = read_bytes(path)
    except ImageError:
        return False
    header = read_header(data)
    if header is None or header.kind == TIFF:
        return header is not None and len(_tiff_offsets(data)) <= 1
    return not may_be_animated(data, header.kind)


def _tiff_offsets(data: bytes | bytearray) -> list[int]:
    try:
        return page_offsets(data)
    except struct.error:
        return []


def _tiff_pages(data: bytearray, offsets: list[int], name: str) -> Iterator[PageOrError]:
    for number, offset in enumerate(offsets, 1):
        put_first(data, offset)
        yield _attempt(data, f"{name}, page {number}")


def _animation_frames(data: bytes | bytearray, header: Header, name: str) -> Iterator[PageOrError]:
    from digitreader.camera.animation import MOST_ANIMATION_BYTES, open_animation

    if len(data) > MOST_ANIMATION_BYTES:
        most = MOST_ANIMATION_BYTES // 1_000_000
        yield ImageError(f"{name}: is an animation of more than {most} MB; save it as a video, or as single pictures")
        return
    data = bytes(data)
    animation = open_animation(data, header)
    if animation is None:
        yield _attempt(data, name)
        return
    from digitreader.camera.animation import render

    try:
        for image in render(animation, name=name, held=len(data)):
            yield DecodedImage(image)
    except ImageError as error:
        yield error


def _attempt(data: bytes | bytearray, name: str) -> PageOrError:
    try:
        return decode_image(data, name=name)
    except ImageError as error:
        return error


STDIN = "-"


class PictureSource(PlainSource):
    """A picture file; most have one page.

    Args:
        path: the file; `frames` opens it.
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


class StdinPicture(PictureSource):
    """A picture file on standard input."""

    def __init__(self) -> None:
        super().__init__(Path(STDIN))

    def _pages(self) -> Iterator[tuple[int, PageOrError]]:
        if sys.stdin is None or sys.stdin.isatty():
            raise ImageError("-: no picture on stdin; pipe one in: digitreader read - < picture.jpg")
        with wait_announced("-: waiting until a picture is written to stdin"):
            data = read_bounded(sys.stdin.buffer, STDIN)
        return enumerate(decode_pages(data, name=STDIN))
