"""The iterator behind `digitreader.read`: pages of pictures, or the changes of a stream."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from operator import index
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self

from digitreader import values
from digitreader.api.arrays import described, is_array
from digitreader.api.page import Page, page_with
from digitreader.api.page_pictures import KeptPicture, StreamPictures
from digitreader.camera import Source, open_source
from digitreader.camera.image_pages import STDIN
from digitreader.camera.opening import is_camera, is_url
from digitreader.camera.source import CameraSettings, printable, readable_frames
from digitreader.errors import SourceError, UsageError
from digitreader.reading.pipeline import FrameReader
from digitreader.reading.stream import StreamReading, apply_rules, read_stream
from digitreader.reading.tracker import Tracker
from digitreader.values import Frame

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

    from digitreader.camera.framing import Framing
    from digitreader.camera.source import Notice
    from digitreader.reading.number_rules import NumberRules
    from digitreader.reading.rule_decoder import RuleDecoder

LEAST_SIDE_PX = 32
AUTO: Literal["auto"] = "auto"
QUARTER_TURNS = (AUTO, 0, 90, 180, 270)

Rotation = int | Literal["auto"]


@dataclass(frozen=True, slots=True)
class SourceOptions:
    """The options of `digitreader.read` for a source; None keeps the camera's own setting.

    Attributes:
        camera: the settings of the camera.
        rotate: 0, 90, 180 or 270 degrees, clockwise; ``"auto"`` turns single pictures as they read best.
        region: x, y, width and height of the part of the turned picture that is kept, in pixels.

    Raises:
        UsageError: a value is not valid.
    """

    camera: CameraSettings
    rotate: Rotation = AUTO
    region: tuple[int, int, int, int] | None = None

    def __post_init__(self) -> None:
        size, region = self.camera.size_wh, self.region
        if size is not None and not (_are_whole(size, 2) and min(size) >= LEAST_SIDE_PX):
            raise UsageError(
                f"size={described(size)}: give width and height in pixels, at least 32 each, as in (1280, 720)"
            )
        if region is not None and not (_are_whole(region, 4) and min(region) >= 0 and min(region[2:]) > 0):
            raise UsageError(
                f"region={described(region)}: give x, y, width and height in pixels, as in (100, 80, 400, 200)"
            )
        check_rotation(self.rotate)
        for name in ("fps", "exposure_ms", "focus"):
            requested_value = getattr(self.camera, name)
            least = 0.0 if name == "focus" else 1e-9
            if requested_value is not None and not (
                isinstance(requested_value, int | float) and least <= requested_value < float("inf")
            ):
                raise UsageError(
                    f"{name}={described(requested_value)}: give a number, "
                    f"{'0 or more' if name == 'focus' else 'more than 0'}"
                )

    def open(self, spec: str) -> Source:
        """Open a source; a camera gives its newest frame and is reconnected if it fails.

        Args:
            spec: a name from `camera.opening.expand`.

        Raises:
            SourceError: it does not exist, or cannot be opened.
            UsageError: there are camera settings, but the source is not a camera of this machine.
        """
        bare, framing = self._open_bare(spec), self.framing()
        if framing is None:
            return bare
        from digitreader.camera.framing import FramedSource

        return FramedSource(bare, framing)

    def framing(self) -> Framing | None:
        """How pictures are turned and cut before they are read; None if they are left as they are."""
        rotate_deg = 0 if self.rotate == AUTO else self.rotate
        if not rotate_deg and self.region is None:
            return None
        from digitreader.camera.framing import Framing
        from digitreader.values import Box

        return Framing(rotate_deg, None if self.region is None else Box(*self.region))

    def _open_bare(self, spec: str) -> Source:
        requested = self.camera.named()
        if requested and (is_url(spec) or not is_camera(spec)):
            said = " and ".join(requested)
            raise UsageError(f"{printable(spec)}: {said} can be set only for a camera of this machine; leave it out")
        if not is_camera(spec):
            return open_source(spec)
        from digitreader.camera.live import open_live

        return open_live(spec, self.camera)


def check_rotation(rotate: Rotation) -> None:
    """Refuse a rotation that is not a quarter turn.

    Raises:
        UsageError: it is another value.
    """
    if is_array(rotate) or rotate not in QUARTER_TURNS:
        raise UsageError(f"rotate={described(rotate)}: give 'auto', or 0, 90, 180 or 270 degrees, clockwise")


def _are_whole(numbers: object, count: int) -> bool:
    try:  # NumPy's integers count too
        return isinstance(numbers, tuple | list) and len([index(each) for each in numbers]) == count
    except TypeError:
        return False


ReaderHere = Callable[[], FrameReader]

Record = Callable[[SourceError, str], Page]
"""Makes a page of an error; the text is the name of its source."""

LOG = logging.getLogger("digitreader")
"""Gets messages when a camera fails, when it is back, and about pages of a picture file that cannot be read."""


class Readings(Iterator[Page]):
    """The result of `read`: an iterator that holds the camera until it ends or is closed, or its ``with`` block ends.

    Use it with ``for`` and ``with`` or, in a program with an event loop, with ``async for`` and ``async with``. Several
    threads may use it, but only one at a time.
    """

    def __init__(self, pages: Generator[Page]) -> None:
        self._pages = pages
        self._thread: ThreadPoolExecutor | None = None

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

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Page:
        """The next page; it is read in a separate thread, so that the program's event loop goes on."""
        page: Page | None = await self._in_thread(lambda: next(self._pages, None))
        if page is None:
            await self.__aexit__(None, None, None)
            raise StopAsyncIteration
        return page

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._in_thread(self._pages.close)
        if self._thread is not None:
            self._thread.shutdown(wait=False)
            self._thread = None

    async def _in_thread(self, work: Callable[[], Any]) -> Any:
        import asyncio
        from concurrent.futures import ThreadPoolExecutor

        if self._thread is None:  # always the same thread: each new one would load a model
            self._thread = ThreadPoolExecutor(1, "digitreader")
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


def pages_of(
    specs: Sequence[str],
    view: SourceOptions,
    reader_here: ReaderHere,
    rules: NumberRules | None,
    *,
    every_frame: bool,
    gone: bool,
    record: Record | None = None,
) -> Generator[Page]:
    """Open sources one after another and read them.

    Args:
        specs: names from `camera.opening.expand`.
        view: the options for the sources.
        reader_here: gives the frame reader of the calling thread, which may be another thread each time.
        rules: the rules of numbers; None for no rules.
        every_frame: give every frame of a stream, steady or not.
        gone: give an empty page when a stream's number has left.
        record: makes a page of an error; without it the error is raised.
    """
    for spec in specs:
        try:
            yield from _pages_of_one(spec, view, reader_here, rules, every_frame=every_frame, gone=gone)
        except SourceError as error:
            if record is None:
                raise
            yield record(error, printable(spec))


def _pages_of_one(
    spec: str, view: SourceOptions, reader_here: ReaderHere, rules: NumberRules | None, *, every_frame: bool, gone: bool
) -> Generator[Page]:
    rule_decoder = rule_decoder_for(rules, reader_here())
    tracker = Tracker(reader_here().model.facts.acceptance, rule_decoder=rule_decoder)
    with view.open(spec) as source:
        source.listen(partial(_on_notice, tracker))
        if not source.live:
            for frame in _all_readable(source.frames()):
                page = apply_rules(read_single(reader_here(), frame, view.rotate), rule_decoder)
                yield page_with(page, _kept(spec, frame, view))
            return
        pictures = StreamPictures()
        for read in read_stream(source.frames(), lambda frame: reader_here().read_next(frame), tracker):
            for page in [read.page] if every_frame else announced_pages(read, gone=gone):
                yield page_with(page, pictures.keep(read.frame))


def _kept(spec: str, frame: Frame, view: SourceOptions) -> KeptPicture:
    """How to get the picture of a page again: from its file, or from memory if there is no file."""
    path = Path(spec)
    if spec == STDIN or not path.is_file():
        return KeptPicture(frame, frame.source)
    return KeptPicture(path, frame.source, frame.index, view.framing())


def read_single(reader: FrameReader, frame: Frame, rotate: Rotation) -> values.Page:
    """Read a single picture. If `rotate` is a number of degrees, the picture is already turned."""
    return reader.read_upright(frame) if rotate == AUTO else reader.read(frame)


def _all_readable(frames: Iterator[Frame]) -> Iterator[Frame]:
    """Give every readable page of a picture file, and then raise the error of the first page that is not readable."""
    errors: list[SourceError] = []
    yield from readable_frames(frames, errors.append)
    for error in errors[1:]:
        LOG.warning("%s", error)
    if errors:
        raise errors[0]


def announced_pages(read: StreamReading, *, gone: bool) -> list[values.Page]:
    """The pages that a stream's frame gives to the program: a number that has left, and one that is steady now."""
    left = [dataclasses.replace(read.page, lines=())] if gone and read.left is not None else []
    return left if read.steady is None else [*left, read.steady]


def _on_notice(tracker: Tracker, notice: Notice) -> None:
    LOG.warning("%s", notice.message)
    if notice.interrupted:
        tracker.interrupt()


def rule_decoder_for(rules: NumberRules | None, reader: FrameReader) -> RuleDecoder | None:
    """The decoder of `--expect` for one source."""
    if rules is None:
        return None
    from digitreader.reading.rule_decoder import RuleDecoder

    return RuleDecoder(rules, reader.model.facts.acceptance.threshold)
