"""The Python API: `read` for cameras, videos and pictures by name, `read_picture` for one picture or array."""

from __future__ import annotations

import os
import threading
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from digitreader.engines import ENGINES, EngineName
from digitreader.errors import ImageError, UsageError
from digitreader.pages import Readings, expectation_of, expected, pages_of, read_single
from digitreader.pipeline import Reader
from digitreader.quarter_turns import turned
from digitreader.sources import expand
from digitreader.sources.images import read_image
from digitreader.sources.naming import printable
from digitreader.sources.opening import default_spec
from digitreader.sources.settings import CameraSettings
from digitreader.values import Frame, Page
from digitreader.viewing import AUTO, Rotation, View, check_rotation

if TYPE_CHECKING:
    from digitreader.expect.rules import Rules

Picture = str | os.PathLike[str] | npt.NDArray[Any]
"""A picture file's path; or (H, W, 3) uint8 blue-green-red, as OpenCV has them; or (H, W) uint8 gray."""

MOST_READERS = 8


def read(
    source: str | int | os.PathLike[str] | None = None,
    *,
    model: str = "accurate",
    engine: EngineName = "auto",
    expect: str = "",
    every_frame: bool = False,
    gone: bool = False,
    size: tuple[int, int] | None = None,
    fps: float | None = None,
    exposure_ms: float | None = None,
    focus: float | None = None,
    rotate: Rotation = AUTO,
    region: tuple[int, int, int, int] | None = None,
) -> Readings:
    """Read what a source shows: of a stream every new number once it is steady, of pictures each page.

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
        gone: also tell when a stream's number has left, by a page with the text ``""``. A number that takes the place
            of another says so itself.
        size: of the camera's pictures, width and height in pixels.
        fps: pictures a second that the camera takes.
        exposure_ms: how long the camera collects light for a picture; switches its automatic off.
        focus: where the camera is sharp, in dioptres (``picamera``) or on its own scale; switches its automatic off.
        rotate: turn pictures by 0, 90, 180 or 270 degrees, clockwise. ``"auto"`` reads a single picture in the quarter
            turn in which it reads best, which ``page.turned_deg`` says, and a stream as it is.
        region: read only this part of the turned picture: x, y, width and height in pixels.

    Returns:
        An iterator of pages: ``page.text`` is everything, a newline between lines; ``page.lines`` have the digits, each
        with its confidence and its box in the picture, and the marks that stand among them. A picture without digits
        has the text ``""``. Of a TIFF with several pages, and of an animated GIF, PNG or WebP, there is one for each
        page or frame: ``page.frame`` counts them from 0.

    Raises:
        SourceError: while iterating, the source cannot be opened or read; of several pictures the ones behind it are
            not read any more. Where only some pages of a file cannot be read, its other pages are given before.
        ModelFormatError: the model is refused.
        UsageError: a rule, a source, an engine or a setting that cannot be meant.
    """
    view = View(CameraSettings(size, fps, exposure_ms, focus), rotate, region)
    rules = _rules_of(expect)
    doubtful = rules is not None

    readers: dict[int, Reader] = {}

    def reader_here() -> Reader:
        thread = threading.get_ident()
        if thread not in readers:
            readers[thread] = _reader(model, engine, doubtful=doubtful, thread=thread)
        return readers[thread]

    reader_here()  # or a model that is refused would be told of only by the first page
    return Readings(pages_of(expand(_named(source)), view, reader_here, rules, every_frame=every_frame, gone=gone))


def read_picture(
    picture: Picture,
    *,
    model: str = "accurate",
    engine: EngineName = "auto",
    expect: str = "",
    rotate: Rotation = AUTO,
) -> Page:
    """Read one picture, from a file or from memory.

    >>> import cv2, numpy, digitreader
    >>> paper = numpy.full((120, 200, 3), 235, numpy.uint8)
    >>> paper = cv2.putText(paper, "42", (30, 85), cv2.FONT_HERSHEY_SIMPLEX, 2.0, (20, 20, 20), 4)
    >>> page = digitreader.read_picture(paper)
    >>> page.text
    '42'
    >>> [reading.digit for reading in page.lines[0].readings]
    [4, 2]

    Args:
        picture: a path, or an array as `Picture` says; it is not changed. Of a file with several pages the first one
            is read; `read` gives all of them.
        model: a shipped model's name, or the path of a .tflite.
        engine: what runs it.
        expect: rules of the numbers, as in `read`.
        rotate: as in `read`.

    Raises:
        ImageError: no picture, or an array of another form.
        ModelFormatError: the model is refused.
        UsageError: a rule, an engine or a rotation that cannot be meant.
    """
    check_rotation(rotate)
    rules = _rules_of(expect)
    reader = _reader(model, engine, doubtful=rules is not None, thread=threading.get_ident())
    frame = turned(_frame_of(picture), 0 if rotate == AUTO else rotate)
    return expected(read_single(reader, frame, rotate), expectation_of(rules, reader))


def _named(source: object) -> str:
    if source is None:
        return default_spec()
    if isinstance(source, (int, np.integer)) and not isinstance(source, bool):
        return str(source)
    if isinstance(source, (str, os.PathLike)) and (named := os.fspath(source)) and isinstance(named, str):
        return named
    raise UsageError(f"the source is {source!r}; give a camera's number, or the name of a camera, file or folder")


def _frame_of(picture: Picture) -> Frame:
    if not isinstance(picture, np.ndarray):
        if not isinstance(picture, (str, os.PathLike)):
            raise ImageError(f"the picture is a {type(picture).__name__}; give a file's name, or an array of uint8")
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

    if engine not in ENGINES:
        raise UsageError(f"there is no engine {engine!r}; there are {', '.join(ENGINES)}")
    return Reader(load_model(model, engine), doubtful=doubtful)


def _rules_of(expect: str) -> Rules | None:
    if not expect:
        return None
    from digitreader.expect.rules import parse_rules

    return parse_rules([expect])
