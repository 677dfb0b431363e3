"""The Python API: `read` for cameras, videos and pictures by name, `read_picture` for one picture or array."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import numpy as np

from digitreader.api.arrays import Channels
from digitreader.api.fetching import ADDRESS_IN_A_PATH
from digitreader.api.page import Page
from digitreader.api.pages import AUTO, Readings, Rotation, SourceOptions, check_rotation
from digitreader.api.reader import Reader
from digitreader.api.settings import OnError
from digitreader.camera.opening import first_camera
from digitreader.camera.source import CameraSettings
from digitreader.errors import ImageError, UsageError
from digitreader.model.engine import EngineName

Picture = Any
"""A picture for `Reader.read`: a path, a web address, bytes, an open file, a Pillow picture or an array."""

MOST_READERS = 8


def read(
    source: str | int | os.PathLike[str] | None = None,
    *,
    model: str | os.PathLike[str] = "accurate",
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
    on_error: OnError = "raise",
) -> Readings:
    """Read a source: a stream gives each new number once it is steady, pictures give each page.

    >>> import digitreader
    >>> with digitreader.read("demo") as readings:
    ...     print(next(readings).text)
    32060
    7765

    Args:
        source: the same as for ``digitreader read``: a camera's number, ``picamera``, a URL, ``demo``, a video, a
            picture or a folder of them; without one, the first camera that works. A camera that fails is
            reconnected again and again.
        model: a shipped model's name, or the path of a .tflite.
        engine: runs the model: ``"auto"``, ``"litert"`` or ``"numpy"``.
        expect: rules of the numbers, as ``--expect`` takes them: ``"digits=5,increasing"``.
        every_frame: give every frame of a stream as it was read by itself, steady or not.
        gone: also give a page with the text ``""`` when a stream's number has left. A number that is replaced by
            another gives no such page.
        size: width and height of the camera's pictures, in pixels.
        fps: pictures a second that the camera takes.
        exposure_ms: how long the camera collects light for a picture; switches automatic exposure off.
        focus: the camera's focus, in dioptres (``picamera``) or on its own scale; switches the autofocus off.
        rotate: turn pictures by 0, 90, 180 or 270 degrees, clockwise. ``"auto"`` reads a single picture in the quarter
            turn in which it reads best (see ``page.turned_deg``), and does not turn a stream.
        region: read only this part of the turned picture: x, y, width and height in pixels.
        on_error: ``"record"`` gives a page with ``page.error`` for a picture or source that cannot be read, and goes
            on with the next one.

    Returns:
        An iterator of pages: ``page.text`` is the whole text, with a newline between lines; ``page.lines`` have the
        digits, each with its confidence and its box in the picture, and the marks among them. A picture without digits
        has the text ``""``. A TIFF with several pages and an animated GIF, PNG or WebP give one page for each of their
        pages or frames: ``page.frame`` counts them from 0.

    Raises:
        SourceError: while iterating, the source cannot be opened or read; later pictures are not read any more. If only
            some pages of a file cannot be read, its other pages are given before.
        ModelFormatError: the model is refused.
        UsageError: a rule, a source, an engine or a setting is not valid.
    """
    camera = CameraSettings(size, fps, exposure_ms, focus)
    SourceOptions(camera, rotate, region)  # wrong values are refused before the model is loaded
    region = None if region is None else (region[0], region[1], region[2], region[3])  # lists are not hashable
    reader = _reader(_model_of(model), engine, expect, rotate, region, on_error=on_error)
    return reader.stream(_named(source), every_frame=every_frame, gone=gone, camera=camera)


def read_picture(
    picture: Picture,
    *,
    model: str | os.PathLike[str] = "accurate",
    engine: EngineName = "auto",
    expect: str = "",
    rotate: Rotation = AUTO,
    channels: Channels = "bgr",
    on_error: OnError = "raise",
) -> Page:
    """Read one picture, from a file, from the web or from memory. For many pictures, use one `Reader`.

    >>> import cv2, numpy, digitreader
    >>> paper = numpy.full((120, 200, 3), 235, numpy.uint8)
    >>> paper = cv2.putText(paper, "42", (30, 85), cv2.FONT_HERSHEY_SIMPLEX, 2.0, (20, 20, 20), 4)
    >>> page = digitreader.read_picture(paper)
    >>> page.text
    '42'
    >>> [reading.digit for reading in page.lines[0].readings]
    [4, 2]

    Args:
        picture: as for `Reader.read`; it is not changed. Only the first page of a file with several pages is read;
            `read` gives all of them.
        model: a shipped model's name, or the path of a .tflite.
        engine: as in `read`.
        expect: rules of the numbers, as in `read`.
        rotate: as in `read`.
        channels: ``"rgb"`` if an array's colours are red-green-blue.
        on_error: ``"record"`` gives a page with ``page.error`` instead of raising the error.

    Raises:
        ImageError: no picture, or an array of another form.
        ModelFormatError: the model is refused.
        UsageError: a rule, an engine or a rotation is not valid.
    """
    check_rotation(rotate)
    if isinstance(picture, list | tuple):
        raise ImageError("the picture is a list; read several pictures with digitreader.Reader().read(pictures)")
    return _reader(_model_of(model), engine, expect, rotate, None, on_error=on_error).read_one(picture, channels)


def read_many(
    pictures: Iterable[Any],
    *,
    model: str | os.PathLike[str] = "accurate",
    engine: EngineName = "auto",
    expect: str = "",
    rotate: Rotation = AUTO,
    channels: Channels = "bgr",
) -> list[dict[str, Any]]:
    """Read many pictures; errors are recorded, not raised. Made for `map_batches` of cluster engines.

    >>> import digitreader
    >>> [(each["text"], each["error"][:28]) for each in digitreader.read_many(["nowhere.png"])]
    [('', 'nowhere.png: cannot be read ')]

    The model is loaded by the first call in a process and stays loaded.

    Args:
        pictures: names of files, which are read with all their pages; or anything else that `Reader.read` takes.
        model: a shipped model's name, or the path of a .tflite.
        engine: as in `read`.
        expect: rules of the numbers, as ``--expect`` takes them.
        rotate: as in `read`.
        channels: the order of an array's colours.

    Returns:
        A dict for each page, in the order of the pictures, and one for each page or picture that cannot be read. All
        have the same keys, so that they form a table: ``source``, ``frame``, ``text``, ``rotated``, ``lines`` and
        ``timing_ms`` as in JSON Lines, and ``error``, which is empty if the picture was read.

    Raises:
        ModelFormatError: the model is refused.
        UsageError: a rule, an engine or a setting is not valid, or there is one name instead of several.
    """
    check_rotation(rotate)
    return _reader(_model_of(model), engine, expect, rotate, None, on_error="record").read_many(
        pictures, channels=channels
    )


def _named(source: object) -> str:
    if source is None:
        return first_camera()
    if isinstance(source, (int, np.integer)) and not isinstance(source, bool):
        return str(source)
    if isinstance(source, (str, os.PathLike)) and (named := os.fspath(source)) and isinstance(named, str):
        if not isinstance(source, str) and ADDRESS_IN_A_PATH.match(named):
            raise UsageError("an address in a Path has lost one of its slashes; give addresses as text")
        return named
    if isinstance(source, np.ndarray):
        raise UsageError(
            "the source is an array; read it with digitreader.read_picture, or frames with Reader().follow"
        )
    given = repr(source) if isinstance(source, bool | float | str) else f"of the type {type(source).__name__}"
    raise UsageError(f"the source is {given}; give a camera's number, or the name of a camera, file or folder")


def _model_of(model: object) -> str:
    if isinstance(model, (str, os.PathLike)) and isinstance(named := os.fspath(model), str):
        return named
    raise UsageError(
        f"the model is of the type {type(model).__name__}; give a shipped model's name or a .tflite's path"
    )


@lru_cache(maxsize=MOST_READERS)
def _reader(
    model: str,
    engine: EngineName,
    expect: str,
    rotate: Rotation,
    region: tuple[int, int, int, int] | None,
    *,
    on_error: OnError,
) -> Reader:
    """A reader with these settings; it is kept, because a model takes time to load."""
    return Reader(model, engine=engine, expect=expect, rotate=rotate, region=region, on_error=on_error)
