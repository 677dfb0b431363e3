"""Reads many pictures into rows of a table, for cluster engines, which pass a batch of names at a time."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from digitreader import values
from digitreader.api.any_picture import picture_from
from digitreader.api.fetching import WEB
from digitreader.camera.source import printable
from digitreader.errors import SourceError, UsageError
from digitreader.output.sink import error_as_json, page_as_json
from digitreader.reading.picture_worker import PageRead, PictureReader, unexpected

ReadOne = Callable[[object, str], values.Page]
"""Reads one picture that is not a file; the text is used if the picture has no name."""


def rows_of(pictures: Iterable[Any], files: PictureReader, read_one: ReadOne) -> list[dict[str, Any]]:
    """Read pictures; each row has the same keys, with what was read or the error.

    Args:
        pictures: names of files, or pictures that `read_one` takes.
        files: reads every page of a file.
        read_one: reads anything else.

    Raises:
        UsageError: there is one name instead of several.
    """
    if isinstance(pictures, str | bytes | os.PathLike):
        raise UsageError("read_many takes several pictures; give a list, or read one with digitreader.read_picture")
    same = {"rotated": 0, "timing_ms": {}, "error": ""}
    return [same | row for place, each in enumerate(pictures) for row in _rows(each, f"[{place}]", files, read_one)]


def _rows(picture: object, place: str, files: PictureReader, read_one: ReadOne) -> Iterator[dict[str, Any]]:
    try:
        if isinstance(picture, str | os.PathLike) and not WEB.match(name := os.fsdecode(picture)):
            picture_from(name)  # refuses folders, videos and streams, and opens nothing
            yield from _rows_of_file(name, files)
        else:
            yield page_as_json(read_one(picture, place))
    except SourceError as error:
        yield error_as_json(error.source or _name_of(picture, place), str(error), frame=error.frame)
    except Exception as error:  # noqa: BLE001 # of a million pictures, one that breaks the code must not end the others
        name = _name_of(picture, place)
        yield error_as_json(name, str(unexpected(error, name)))


def _rows_of_file(name: str, files: PictureReader) -> Iterator[dict[str, Any]]:
    # special names, such as 0 for a camera, are files here
    for outcome in files.read(name if os.sep in name else f".{os.sep}{name}"):
        if isinstance(outcome, PageRead):
            yield page_as_json(outcome.page)
        elif isinstance(outcome, SourceError):
            yield error_as_json(_name_of(name, ""), str(outcome), frame=outcome.frame)


def _name_of(picture: object, place: str) -> str:
    return printable(os.fsdecode(picture)) if isinstance(picture, str | os.PathLike) else f"picture{place}"
