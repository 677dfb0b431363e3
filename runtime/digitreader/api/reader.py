"""`Reader`: loads a model once, and reads pictures of any form, lists of them and own frames with it."""

from __future__ import annotations

import os
import threading
from collections.abc import AsyncIterable, Iterable, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Any, Self, overload

from digitreader.api.any_picture import picture_from
from digitreader.api.arrays import Channels, check_channels
from digitreader.api.following import AsyncReadings, Following, check_frames, every_page
from digitreader.api.page import Page, page_with
from digitreader.api.pages import (
    AUTO,
    Readings,
    Rotation,
    SourceOptions,
    pages_of,
    read_single,
    rule_decoder_for,
)
from digitreader.api.settings import OnError, ReaderSettings
from digitreader.camera import expand
from digitreader.camera.source import CameraSettings
from digitreader.errors import SourceError, UsageError
from digitreader.model.engine import EngineName
from digitreader.reading import pipeline
from digitreader.reading.stream import apply_rules


class Reader:
    """Reads digits with one model: pictures of any form, lists of them, and the frames of your own loop.

    >>> import cv2, numpy, digitreader
    >>> paper = numpy.full((120, 200, 3), 235, numpy.uint8)
    >>> paper = cv2.putText(paper, "42", (30, 85), cv2.FONT_HERSHEY_SIMPLEX, 2.0, (20, 20, 20), 4)
    >>> reader = digitreader.Reader()
    >>> reader.read(paper)
    <Page array: '42', 2 digits, least sure 0.99>
    >>> [page.text for page in reader.read([paper, paper[:, :, 0]])]
    ['42', '42']

    Any number of threads may call `read` at the same time: the reader loads a model for each thread when it reads for
    the first time. Only one thread at a time may use a result of `follow` or `stream`. A pickled reader has only its
    settings, and loads its model again when it is used; so does a reader after a fork.

    Args:
        model: a shipped model's name, or the path of a .tflite.
        engine: runs the model: ``"auto"``, ``"litert"`` or ``"numpy"``.
        expect: rules of the numbers, as ``--expect`` takes them: ``"digits=5,increasing"``.
        rotate: turn pictures by 0, 90, 180 or 270 degrees, clockwise. ``"auto"`` reads a single picture in the quarter
            turn in which it reads best, and does not turn a stream.
        region: read only this part of the turned picture: x, y, width and height in pixels. Boxes are then in pixels
            of this part.
        channels: ``"rgb"`` if the colours of arrays are red-green-blue; OpenCV's are ``"bgr"``.
        on_error: ``"record"`` gives a page with ``page.error`` instead of raising an error.

    Raises:
        ModelFormatError: the model is refused.
        UsageError: a rule, an engine or a setting is not valid.
    """

    def __init__(
        self,
        model: str | os.PathLike[str] = "accurate",
        *,
        engine: EngineName = "auto",
        expect: str = "",
        rotate: Rotation = AUTO,
        region: tuple[int, int, int, int] | None = None,
        channels: Channels = "bgr",
        on_error: OnError = "raise",
    ) -> None:
        self._begin(ReaderSettings(os.fspath(model), engine, expect, rotate, region, channels, on_error))
        self._pipeline()  # a model that is refused is reported now, not with the first picture

    def _begin(self, settings: ReaderSettings) -> None:
        self._settings, self._rules = settings, settings.rules()
        self._here, self._closed = threading.local(), False

    @property
    def settings(self) -> ReaderSettings:
        """The reader's settings."""
        return self._settings

    def __repr__(self) -> str:
        shown = (f"{name}={getattr(self._settings, name)!r}" for name in ("expect", "region"))
        return f"<Reader {self._settings.model!r}, {', '.join(shown)}{', closed' if self._closed else ''}>"

    @overload
    def read(self, picture: list[Any] | tuple[Any, ...], *, channels: Channels | None = None) -> list[Page]: ...
    @overload
    def read(self, picture: Any, *, channels: Channels | None = None) -> Page: ...
    def read(self, picture: Any, *, channels: Channels | None = None) -> Page | list[Page]:
        """Read one picture, or each of a list.

        Args:
            picture: a file's path, a web address, the bytes of a picture file, a file that is open for reading bytes,
                a Pillow picture, or an array: (H, W), (H, W, 1), (H, W, 3) or (H, W, 4) of uint8, uint16, bool, or
                floats from 0 to 1. It is not changed. Only the first page of a file with several pages is read;
                `digitreader.read` gives all. A list or tuple of these is read one by one.
            channels: the order of an array's colours, if it differs from the reader's setting.

        Returns:
            A page, or a list of pages for a list. A picture without digits has the text ``""``.

        Raises:
            ImageError: no picture, or an array of another form; with ``on_error="record"`` it is ``page.error``.
        """
        channels = self._settings.channels if channels is None else channels
        check_channels(channels)
        if isinstance(picture, list | tuple):
            return [self.read_one(each, channels, f"[{place}]") for place, each in enumerate(picture)]
        return self.read_one(picture, channels)

    def read_one(self, picture: object, channels: Channels, place: str = "") -> Page:
        """As `read`, for one picture only.

        Args:
            picture: as for `read`, but no list.
            channels: the order of an array's colours.
            place: its place in a list; part of the name of a picture that has no name.
        """
        pipe, called = self._pipeline(), f"picture{place}"
        try:
            kept = replace(picture_from(picture, channels=channels, place=place), framing=self._settings.framing())
            called = kept.name
            page = read_single(pipe, kept.frame(), self._settings.rotate)
        except SourceError as error:
            return self._recorded(error, error.source or called)
        return page_with(apply_rules(page, rule_decoder_for(self._rules, pipe)), kept)

    def read_many(self, pictures: Iterable[Any], *, channels: Channels | None = None) -> list[dict[str, Any]]:
        """Read many pictures; errors are recorded, not raised. `digitreader.read_many` does the same.

        Args:
            pictures: names of files, which are read with all their pages; or anything else that `read` takes.
            channels: the order of an array's colours, if it differs from the reader's setting.
        """
        from digitreader.api.many import rows_of
        from digitreader.reading.picture_worker import PictureReader, WorkerSettings

        channels = self._settings.channels if channels is None else channels
        check_channels(channels)
        settings = WorkerSettings(
            expect=(self._settings.expect,) if self._settings.expect else (),
            framing=self._settings.framing(),
            upright=self._settings.rotate == AUTO,
        )
        files = PictureReader(settings, self._pipeline())
        return rows_of(pictures, files, lambda picture, place: self.read_one(picture, channels, place))

    def _recorded(self, error: SourceError, source: str) -> Page:
        if self._settings.on_error == "raise":
            raise error
        return Page(source, error.frame, error=str(error))

    @overload
    def follow(
        self, frames: AsyncIterable[Any], *, fps: float | None = None, every_frame: bool = False, gone: bool = False
    ) -> AsyncReadings: ...
    @overload
    def follow(
        self, frames: Iterable[Any], *, fps: float | None = None, every_frame: bool = False, gone: bool = False
    ) -> Readings: ...
    def follow(
        self,
        frames: Iterable[Any] | AsyncIterable[Any],
        *,
        fps: float | None = None,
        every_frame: bool = False,
        gone: bool = False,
    ) -> Readings | AsyncReadings:
        """Read the frames of your own camera or loop, and give each number once it is steady.

        Args:
            frames: an iterator or generator of pictures in any form that `read` takes. It may be asynchronous; the
                result is then used with ``async for``.
            fps: frames a second, if frames come faster or slower than they were taken, as from a file. Without it the
                clock gives the time of a frame.
            every_frame: give every frame as it was read by itself, steady or not.
            gone: also give a page with the text ``""`` when a number has left.

        Returns:
            An iterator of pages, as for a camera in `digitreader.read`.
        """
        following = self._following(fps, every_frame=every_frame, gone=gone)
        check_frames(frames)
        if isinstance(frames, AsyncIterable):
            return AsyncReadings(frames, following)
        return Readings(every_page(frames, following))

    def _following(self, fps: float | None, *, every_frame: bool, gone: bool) -> Following:
        self._check_open()
        return Following(
            self._pipeline,
            self._rules,
            self._settings,
            fps=fps,
            every_frame=every_frame,
            gone=gone,
            record=self._recorded,
        )

    def stream(
        self,
        source: str,
        *,
        every_frame: bool = False,
        gone: bool = False,
        camera: CameraSettings | None = None,
    ) -> Readings:
        """Read a camera, a video, a folder or a file with several pages; this is what `digitreader.read` does.

        Args:
            source: its name, as on the command line.
            every_frame: as in `follow`.
            gone: as in `follow`.
            camera: the settings of a camera.
        """
        self._check_open()
        view = SourceOptions(camera or CameraSettings(), self._settings.rotate, self._settings.region)
        record = self._recorded if self._settings.on_error == "record" else None
        specs: Sequence[str] = expand(source)
        pages = pages_of(specs, view, self._pipeline, self._rules, every_frame=every_frame, gone=gone, record=record)
        return Readings(pages)

    def _check_open(self) -> None:
        if self._closed:
            raise UsageError("the reader is closed; make another one: digitreader.Reader()")

    def _pipeline(self) -> pipeline.FrameReader:
        """The pipeline of this thread in this process: LiteRT's interpreter serves one thread."""
        self._check_open()
        made: tuple[int, pipeline.FrameReader] | None = getattr(self._here, "made", None)
        if made is None or made[0] != os.getpid():
            from digitreader.model.load import load_model

            model = load_model(self._settings.model, self._settings.engine)
            made = self._here.made = (os.getpid(), pipeline.FrameReader(model, doubtful=self._rules is not None))
        return made[1]

    def close(self) -> None:
        """Release the models; the reader can no longer be used."""
        self._closed, self._here = True, threading.local()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __getstate__(self) -> ReaderSettings:
        return self._settings

    def __setstate__(self, settings: ReaderSettings) -> None:
        self._begin(settings)
