"""Continues a file of records from an earlier run: complete records stay and are not written again."""

from __future__ import annotations

import csv
import fcntl
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from digitreader.camera.image_pages import has_one_page
from digitreader.camera.opening import source_name
from digitreader.errors import OutputError
from digitreader.host.messages import print_info
from digitreader.output.csv_table import cell_of, columns_of
from digitreader.output.sink import Sink
from digitreader.values import Frame, Page

JSONL, CSV = "jsonl", "csv"
KINDS = (JSONL, CSV)
"""The kinds of files in which each line names its picture."""
SOURCE_FIRST = b'{"source": "'


@dataclass(frozen=True, slots=True)
class Records:
    """What a file contains.

    Attributes:
        sources: the names of the pictures in it, as written in the file.
        last: the name of the last one; empty if there is none.
        last_at: where its first line begins, in bytes.
        last_lines: how many lines the last one has.
        end: where the last complete line ends.
        broken: how many lines before that one are not records.
    """

    sources: frozenset[str] = frozenset()
    last: str = ""
    last_at: int = 0
    last_lines: int = 0
    end: int = 0
    broken: int = 0


def records_in(file: BinaryIO, source_of: Callable[[bytes], str | None], *, begin: int = 0) -> Records:
    """Find out which pictures a file has records of; a broken end does not count.

    Args:
        file: open for reading bytes.
        source_of: gives the name in a line; None if the line is not a record.
        begin: where the first line is.
    """
    file.seek(begin)
    sources: set[str] = set()
    at, end, last, last_at, last_lines, broken, unsure = begin, begin, "", begin, 0, 0, 0
    for line in file:
        begun, at = at, at + len(line)
        source = source_of(line) if line.endswith(b"\n") else None
        if source is None:
            unsure += 1
            continue
        if source != last:
            last, last_at, last_lines = source, begun, 0
        sources.add(source)
        last_lines, end = last_lines + 1, at
        broken, unsure = broken + unsure, 0
    return Records(frozenset(sources), last, last_at, last_lines, end, broken)


def source_of_json(line: bytes) -> str | None:
    """The name in a line of JSON Lines; None if the line is not complete."""
    if not (line.startswith(SOURCE_FIRST) and line.endswith(b"}\n")):
        return None
    try:
        source, _ = json.JSONDecoder().raw_decode(line.decode(), len(SOURCE_FIRST) - 1)
    except ValueError:
        return None
    return str(source)


def source_of_row(line: bytes, *, columns: int) -> str | None:
    """The name in a row of a table; None if the row is not complete."""
    cells = next(csv.reader([line.decode("utf-8", "replace")]), [])
    return cells[0] if len(cells) == columns else None


def resume_file(path: Path, kind: str, inputs: Iterable[str], *, expecting: bool) -> frozenset[str]:
    """Prepare a file to be continued.

    A line that is cut off at the end is removed. So is the last picture if some of its pages or rows may be missing: it
    is read again.

    Args:
        path: the file; nothing happens if there is none.
        kind: one of `KINDS`.
        inputs: the sources that will be read; a picture that is none of these stays, even if it is not complete.
        expecting: there are rules for numbers (--expect), so a table has more columns.

    Returns:
        The names of the pictures that are complete in the file, as written there.

    Raises:
        OutputError: it cannot be changed, or another process writes to it.
    """
    if not path.is_file():
        return frozenset()
    inputs_by_name = {key_of(source_name(spec), kind): spec for spec in inputs}
    try:
        with path.open("r+b") as file:
            _lock(file, path)
            records = _records_of(file, kind, expecting=expecting)
            if records is None:  # a table with other columns, which will be renamed
                return frozenset()
            keep_last = records.last not in inputs_by_name or (
                kind == JSONL and records.last_lines == 1 and has_one_page(Path(inputs_by_name[records.last]))
            )
            file.truncate(records.end if keep_last else records.last_at)
            os.fsync(file.fileno())
    except OSError as error:
        raise OutputError(f"{path}: cannot be continued ({error.strerror}); choose another file") from error
    if records.broken:
        print_info(f"{path}: has {records.broken} broken lines in the middle; their pictures are read again")
    return records.sources if keep_last else records.sources - {records.last}


def _records_of(file: BinaryIO, kind: str, *, expecting: bool) -> Records | None:
    if kind == JSONL:
        return records_in(file, source_of_json)
    columns, head = columns_of(expecting=expecting), file.readline()
    if not head.endswith(b"\n"):
        return Records()
    if head.strip() != ",".join(columns).encode():
        return None
    return records_in(file, lambda line: source_of_row(line, columns=len(columns)), begin=len(head))


def _lock(file: BinaryIO, path: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise OutputError(f"{path}: another process writes to it; wait until that one has ended, or end it") from error
    except OSError:  # some network drives have no locks
        return


def key_of(name: str, kind: str) -> str:
    """A source's name as it is written in a file of this kind."""
    return cell_of(name) if kind == CSV else name


class ResumedSink(Sink):
    """Passes on only the pictures that the file does not have yet; each name in the file is left out once.

    Args:
        sink: writes the file.
        kind: the kind of the file.
        done: the names that the file has.
    """

    def __init__(self, sink: Sink, kind: str, done: Iterable[str]) -> None:
        self._sink, self._kind, self._done = sink, kind, set(done)
        self._left_out = ""

    @property
    def missed(self) -> int:
        """How many events the other sink could not deliver."""
        return self._sink.missed

    def has(self, name: str) -> bool:
        """Whether the file has a source already."""
        return key_of(name, self._kind) in self._done

    def forget(self, names: Iterable[str]) -> None:
        """Forget sources that are not read in this run: a later source of the same name is another picture."""
        self._done -= {key_of(name, self._kind) for name in names}

    def picture(self, page: Page, frame: Frame) -> None:
        """Hand it on, or leave it out."""
        if self._is_wanted(page.source, page.frame):
            self._sink.picture(page, frame)

    def frame(self, page: Page, frame: Frame) -> None:
        """Hand it on, or leave it out."""
        if self._is_wanted(page.source, page.frame):
            self._sink.frame(page, frame)

    def error(self, source: str, message: str, *, frame: int = 0) -> None:
        """Hand it on, or leave it out."""
        if self._is_wanted(source, frame):
            self._sink.error(source, message, frame=frame)

    def close(self, timeout_s: float) -> None:
        """Close the other sink."""
        self._sink.close(timeout_s)

    def _is_wanted(self, source: str, frame: int) -> bool:
        if frame == 0:
            self._left_out = source if self.has(source) else ""
            self.forget([source])
        return source != self._left_out


def resumed_among(sinks: Iterable[Sink]) -> Iterator[ResumedSink]:
    """The sinks that continue a file."""
    return (sink for sink in sinks if isinstance(sink, ResumedSink))


def without_repeats(specs: Iterable[str]) -> list[str]:
    """Leave out files that are named a second time."""
    once: dict[str, str] = {}
    for spec in specs:
        once.setdefault(source_name(spec), spec)
    return list(once.values())


def unread_sources(specs: Iterable[str], sinks: Iterable[Sink]) -> tuple[list[str], frozenset[str]]:
    """The sources that are not in every file yet, and the names of the others, which the sinks forget.

    Args:
        specs: the files to be read.
        sinks: the sinks of this run.
    """
    resumed = list(resumed_among(sinks))
    names: Mapping[str, str] = {spec: source_name(spec) for spec in specs}
    done = frozenset(name for name in names.values() if all(sink.has(name) for sink in resumed))
    for sink in resumed:
        sink.forget(done)
    return [spec for spec, name in names.items() if name not in done], done
