"""Follows a program's own frames like those of a camera: each number is given once it is steady."""

from __future__ import annotations

import time
from collections.abc import AsyncIterable, AsyncIterator, Callable, Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Self

from digitreader import values
from digitreader.api.any_picture import picture_from
from digitreader.api.arrays import described, is_array
from digitreader.api.page import Page, page_with
from digitreader.api.page_pictures import StreamPictures
from digitreader.api.pages import announced_pages, rule_decoder_for
from digitreader.camera.framing import apply_framing
from digitreader.errors import SourceError, UsageError
from digitreader.reading.pipeline import FrameReader as Pipeline
from digitreader.reading.stream import read_next_of_stream
from digitreader.reading.tracker import Tracker
from digitreader.values import Frame

if TYPE_CHECKING:
    from digitreader.api.settings import ReaderSettings
    from digitreader.reading.number_rules import NumberRules

FRAMES = "frames"
"""The source of pages of own frames."""


class Following:
    """Takes frames one by one, in one thread at a time.

    Args:
        pipeline_here: gives the frame reader of the calling thread.
        rules: the rules of numbers; None for no rules.
        settings: the reader's settings.
        fps: frames a second; None uses the clock.
        every_frame: give every frame, steady or not.
        gone: give an empty page when a number has left.
        record: makes a page of an error, or raises it.
    """

    def __init__(
        self,
        pipeline_here: Callable[[], Pipeline],
        rules: NumberRules | None,
        settings: ReaderSettings,
        *,
        fps: float | None,
        every_frame: bool,
        gone: bool,
        record: Callable[[SourceError, str], Page],
    ) -> None:
        if fps is not None and (is_array(fps) or not 0 < fps < float("inf")):
            raise UsageError(f"fps={described(fps)}: give the number of frames a second, more than 0")
        self._pipeline_here, self._record = pipeline_here, record
        self._channels, self._framing, self._fps = settings.channels, settings.framing(), fps
        self._every_frame, self._gone = every_frame, gone
        first = pipeline_here()
        self._follower = Tracker(first.model.facts.acceptance, rule_decoder=rule_decoder_for(rules, first))
        self._pictures, self._index, self._begun_s = StreamPictures(), 0, 0.0

    def update(self, picture: object) -> list[Page]:
        """Take the next frame.

        Args:
            picture: a picture in any form that `Reader.read` takes.

        Returns:
            The new pages: mostly none, or one.

        Raises:
            ImageError: it is not a picture, and `on_error` is ``"raise"``.
        """
        index, time_s = self._index, self._time_s()
        self._index += 1
        try:
            frame = picture_from(picture, channels=self._channels).frame()
            frame = Frame(frame.image, FRAMES, index, time_s, frame.scale)
            frame = frame if self._framing is None else apply_framing(frame, self._framing)
        except SourceError as error:
            error.frame = index
            return [self._record(error, FRAMES)]
        return [page_with(page, self._pictures.keep(frame)) for page in self._pages(frame)]

    def _pages(self, frame: Frame) -> list[values.Page]:
        read = read_next_of_stream(frame, self._pipeline_here().read_next, self._follower)
        return [read.page] if self._every_frame else announced_pages(read, gone=self._gone)

    def _time_s(self) -> float:
        if self._fps is not None:
            return self._index / self._fps
        now_s = time.monotonic()
        if self._index == 0:
            self._begun_s = now_s
        return now_s - self._begun_s


def every_page(frames: Iterable[Any], following: Following) -> Generator[Page]:
    """Follow frames until they end."""
    for picture in frames:
        yield from following.update(picture)


def check_frames(frames: object) -> None:
    """Refuse a value that is not a series of frames.

    Raises:
        UsageError: it is a single picture or another value.
    """
    if hasattr(frames, "__aiter__"):
        return
    # a single picture can be iterated over too: an array gives its rows, bytes give numbers
    if not hasattr(frames, "__iter__") or isinstance(frames, str | bytes | bytearray) or hasattr(frames, "shape"):
        raise UsageError(
            f"the frames are of the type {type(frames).__name__}; give an iterator of pictures, such as a generator "
            "that yields your camera's pictures; to read a camera by its name, use digitreader.read"
        )


class AsyncReadings(AsyncIterator[Page]):
    """The result of `Reader.follow` for an asynchronous iterator of frames; they are read in a separate thread."""

    def __init__(self, frames: AsyncIterable[Any], following: Following) -> None:
        self._frames, self._following = aiter(frames), following
        self._waiting: list[Page] = []
        self._thread = ThreadPoolExecutor(1, "digitreader")

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Page:
        import asyncio

        while not self._waiting:
            try:
                picture = await anext(self._frames)
            except StopAsyncIteration:
                await self.aclose()
                raise
            loop = asyncio.get_running_loop()
            self._waiting = await loop.run_in_executor(self._thread, self._following.update, picture)
        return self._waiting.pop(0)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """End the frames and the thread."""
        self._thread.shutdown(wait=False)
        if hasattr(self._frames, "aclose"):
            await self._frames.aclose()
