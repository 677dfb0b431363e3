"""The Python API: `read` for cameras, videos and pictures by name, `read_picture` for one picture or array."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Generator, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt

from digitreader.engines import EngineName
from digitreader.errors import ImageError
from digitreader.follow import Follower
from digitreader.pipeline import Reader
from digitreader.sources import Source, expand, open_source
from digitreader.sources.images import read_image
from digitreader.sources.naming import printable
from digitreader.sources.opening import default_spec, is_camera
from digitreader.values import Frame, Page

if TYPE_CHECKING:
    from digitreader.expect.expectation import Expectation
    from digitreader.expect.rules import Rules
    from digitreader.live.notice import Notice

Picture = str | os.PathLike[str] | npt.NDArray[Any]
"""A picture file's path; or (H, W, 3) uint8 blue-green-red, as OpenCV has them; or (H, W) uint8 gray."""

MOST_READERS = 8

LOG = logging.getLogger("digitreader")
"""Is told where a camera fails, and when it is back."""


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


def read(
    source: str | int | os.PathLike[str] | None = None,
    *,
    model: str = "tiny",
    engine: EngineName = "auto",
    expect: str = "",
    every_frame: bool = False,
) -> Readings:
    """Read what a source shows: of a stream every new number once it is steady, of pictures each one.

    >>> import digitreader
    >>> with digitreader.read("demo") as readings:
    ...     print(next(readings).text)
    32060
    7765

    Args:
        source: whatever ``digitreader read`` takes: a camera's number, ``picamera``, a URL, ``demo``, a video, a
            picture or a folder of them; without one the first camera that works, or else the demo. A camera that
            fails is connected again and again.
        model: a shipped model's name, or the path of a .tflite.
        engine: what runs it.
        expect: rules of the numbers, as ``--expect`` takes them: ``"digits=5,increasing"``.
        every_frame: give every frame of a stream as it was read alone, steady or not.

    Returns:
        An iterator of pages: ``page.text`` is everything, a newline between lines; ``page.lines`` have the digits, each
        with its confidence and its box in the picture. A picture without digits has the text ``""``.

    Raises:
        SourceError: while iterating, the source cannot be opened or read.
        ModelFormatError: the model is refused.
        UsageError: a rule that cannot be expected.
    """
    rules = _rules_of(expect)
    reader = _reader(model, engine, doubtful=rules is not None, thread=threading.get_ident())
    named = default_spec() if source is None else str(source) if isinstance(source, int) else os.fspath(source)
    return Readings(_pages_of(expand(named), reader, rules, every_frame=every_frame))


def read_picture(picture: Picture, *, model: str = "tiny", engine: EngineName = "auto", expect: str = "") -> Page:
    """Read one picture, from a file or from memory.

    >>> import numpy, digitreader
    >>> paper = numpy.full((120, 200, 3), 235, numpy.uint8)
    >>> paper[30:90, 95:101] = 20
    >>> page = digitreader.read_picture(paper)
    >>> page.text
    '1'
    >>> page.lines[0].readings[0].box.height
    60

    Args:
        picture: a path, or an array as `Picture` says; it is not changed.
        model: a shipped model's name, or the path of a .tflite.
        engine: what runs it.
        expect: rules of the numbers, as in `read`.

    Raises:
        ImageError: no picture, or an array of another form.
        ModelFormatError: the model is refused.
        UsageError: a rule that cannot be expected.
    """
    rules = _rules_of(expect)
    reader = _reader(model, engine, doubtful=rules is not None, thread=threading.get_ident())
    return _expected(reader.read(_frame_of(picture)), _expectation(rules, reader))


def _pages_of(specs: Sequence[str], reader: Reader, rules: Rules | None, *, every_frame: bool) -> Generator[Page]:
    for spec in specs:
        expectation = _expectation(rules, reader)
        follower = Follower(reader.model.facts.acceptance, expectation=expectation)
        with _open(spec, follower) as source:
            if source.live and not every_frame:
                steady = (follower.update(reader.read(frame)) for frame in source.frames())
                yield from (page for page in steady if page is not None)
            else:
                yield from (_expected(reader.read(frame), expectation) for frame in source.frames())


def _open(spec: str, follower: Follower) -> Source:
    """Open a source; a camera so that it gives its newest frame, and comes back where it fails."""
    if not is_camera(spec):
        return open_source(spec)
    from digitreader.live.opening import open_live
    from digitreader.live.settings import LiveSettings
    from digitreader.sources.settings import CameraSettings

    def heed(notice: Notice) -> None:
        LOG.warning("%s", notice.message)
        if notice.interrupted:
            follower.interrupt()

    camera = open_live(spec, CameraSettings(), LiveSettings())
    camera.heed = heed
    return camera


def _expected(page: Page, expectation: Expectation | None) -> Page:
    return page if expectation is None else expectation.decode(page)


def _frame_of(picture: Picture) -> Frame:
    if not isinstance(picture, np.ndarray):
        decoded = read_image(Path(picture))
        return Frame(decoded.image, printable(picture), scale=decoded.scale)
    colour = picture.ndim == 3 and picture.shape[2] == 3
    if picture.dtype != np.uint8 or not (colour or picture.ndim == 2) or 0 in picture.shape:
        raise ImageError(
            f"the array is {picture.shape} {picture.dtype}; give (height, width, 3) uint8 blue-green-red or "
            "(height, width) uint8 gray"
        )
    return Frame(np.ascontiguousarray(picture, np.uint8), "array")


@lru_cache(maxsize=MOST_READERS)
def _reader(model: str, engine: EngineName, *, doubtful: bool, thread: int) -> Reader:  # noqa: ARG001
    """A reader for one thread alone, since LiteRT's interpreter is for one; kept, since a model takes time to load."""
    from digitreader.model.load import load_model

    return Reader(load_model(model, engine), doubtful=doubtful)


def _rules_of(expect: str) -> Rules | None:
    if not expect:
        return None
    from digitreader.expect.rules import parse_rules

    return parse_rules([expect])


def _expectation(rules: Rules | None, reader: Reader) -> Expectation | None:
    if rules is None:
        return None
    from digitreader.expect.expectation import Expectation

    return Expectation(rules, reader.model.facts.acceptance.threshold)
