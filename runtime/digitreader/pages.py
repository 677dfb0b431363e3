"""Pages: what `digitreader.read` gives one after another, from sources that are opened, followed and let go."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable, Generator, Iterator, Sequence
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Self

from digitreader.errors import SourceError
from digitreader.follow import Follower
from digitreader.live.watching import is_black
from digitreader.pipeline import Reader
from digitreader.sources.source import readable_frames
from digitreader.values import Frame, Page
from digitreader.viewing import AUTO, Rotation, View

if TYPE_CHECKING:
    from digitreader.expect.expectation import Expectation
    from digitreader.expect.rules import Rules
    from digitreader.live.notice import Notice

ReaderHere = Callable[[], Reader]

LOG = logging.getLogger("digitreader")
"""Is told where a camera fails, when it is back, and which pages of a picture file cannot be read."""


class Readings(Iterator[Page]):
    """What `read` gives: an iterator that holds the camera until it ends, is closed, or a ``with`` block of it ends."""

    def __init__(self, pages: Generator[Page]) -> None:
        self._pages = pages

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Page:
        return next(self._pages)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Release the camera or file; nothing more is given."""
        self._pages.close()


def pages_of(
    specs: Sequence[str], view: View, reader_here: ReaderHere, rules: Rules | None, *, every_frame: bool, gone: bool
) -> Generator[Page]:
    """Open sources one after another and read them.

    Args:
        specs: as `sources.expand` gives them.
        view: how they are looked at.
        reader_here: gives what reads a frame in the thread that asks, which may be another each time.
        rules: what is expected of numbers; None is nothing.
        every_frame: give every frame of a stream, steady or not.
        gone: give an empty page when a stream's number has left.
    """
    for spec in specs:
        expectation = expectation_of(rules, reader_here())
        follower = Follower(reader_here().model.facts.acceptance, expectation=expectation)
        with view.open(spec, partial(_heed, follower)) as source:
            if every_frame or not source.live:
                frames = source.frames() if source.live else _all_readable(source.frames())
                yield from (
                    expected(_read(frame, reader_here(), live=source.live, rotate=view.rotate), expectation)
                    for frame in frames
                )
            else:
                # a black frame says nothing of what lies there
                pages = (reader_here().read_next(frame) for frame in source.frames() if not is_black(frame.image))
                yield from _steady(pages, follower, gone=gone)


def _read(frame: Frame, reader: Reader, *, live: bool, rotate: Rotation) -> Page:
    return reader.read_next(frame) if live else read_single(reader, frame, rotate)


def read_single(reader: Reader, frame: Frame, rotate: Rotation) -> Page:
    """Read a single picture, which was turned before it came here where `rotate` is a number of degrees."""
    return reader.read_upright(frame) if rotate == AUTO else reader.read(frame)


def _all_readable(frames: Iterator[Frame]) -> Iterator[Frame]:
    """Give every page of a picture file that can be read, and only then raise the error of the first that cannot."""
    errors: list[SourceError] = []
    yield from readable_frames(frames, errors.append)
    for error in errors[1:]:
        LOG.warning("%s", error)
    if errors:
        raise errors[0]


def _steady(pages: Iterator[Page], follower: Follower, *, gone: bool) -> Iterator[Page]:
    for page in pages:
        steady = follower.update(page)
        if gone and follower.left is not None:
            yield dataclasses.replace(page, lines=())
        if steady is not None:
            yield steady


def _heed(follower: Follower, notice: Notice) -> None:
    LOG.warning("%s", notice.message)
    if notice.interrupted:
        follower.interrupt()


def expected(page: Page, expectation: Expectation | None) -> Page:
    """A page, by what is expected of its numbers."""
    return page if expectation is None else expectation.decode(page)


def expectation_of(rules: Rules | None, reader: Reader) -> Expectation | None:
    """What is expected of one source's numbers."""
    if rules is None:
        return None
    from digitreader.expect.expectation import Expectation

    return Expectation(rules, reader.model.facts.acceptance.threshold)
