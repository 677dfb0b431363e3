"""A CSV with a label column and n x n pixel columns, with a header or without; plain or gzipped."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt

from digitreader.camera.source import printable
from digitreader.errors import DataError
from digitreader.measure.data.own.bounded import MOST_BYTES, opened
from digitreader.measure.data.own.digit_set import NONE, RawPart
from digitreader.measure.data.own.labels import class_of

LONGEST_LINE = 4 << 20
LEAST_SIDE = 4
ROWS_AT_ONCE = 2_000
MOST_TOLD = 50
"""Beyond this many, rows that cannot be used are only counted."""
LABEL_NAMES = frozenset({"label", "labels", "class", "classes", "digit", "target", "y", "truth", "category", "number"})
INDEX_NAMES = frozenset({"", "id", "index", "idx", "row", "unnamed: 0", "image_id", "imageid", "usage", "split", "no"})
BOM = b"\xef\xbb\xbf"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
SEPARATORS = (";", "\t", "|")
"""They are tried before commas, which may be part of numbers: 0,5."""

Numbers = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a table.

    Attributes:
        separator: the text between cells; None for any blanks.
        label: the index of the label's column.
        pixels: the indices of the pixels' columns.
        count: how many columns there are.
        header: whether the first line has their names.
        found: how the label's column was found, for a remark; empty if it was found by its name.
    """

    separator: str | None
    label: int
    pixels: tuple[int, ...]
    count: int
    header: bool
    found: str = ""


class MissingLabelsError(DataError):
    """A table with pixels only."""


def read_csv(path: Path) -> tuple[RawPart, list[str], list[str]]:
    """Read the table.

    Returns:
        Its pictures; a line for each row that cannot be used; and remarks.

    Raises:
        DataError: it cannot be read, or is not such a table.
    """
    name = printable(path)
    pixels: list[npt.NDArray[np.generic]] = []
    labels: list[npt.NDArray[np.uint8]] = []
    wrong: list[str] = []
    of_lines: list[int] = []
    uncounted = 0
    with opened(path) as file:
        lines = _lines(file, name)
        first = [line for _, line in zip(range(20), lines, strict=False)]
        columns = find_columns(first, name)
        rows = _numbered(first, lines, skip=int(columns.header))
        for numbers, chunk in _chunks(rows):
            numeric, classes, bad, kept = _parse(chunk, numbers, columns, name)
            told = bad[: max(0, MOST_TOLD - len(wrong))]
            wrong += told
            uncounted += len(bad) - len(told)
            if len(classes):
                pixels.append(_compact(numeric))
                labels.append(classes)
                of_lines += kept
    if uncounted:
        wrong.append(f"{name}: {uncounted:,} more rows cannot be used")
    if not labels:
        raise DataError(wrong[0] if wrong else f"{name}: has a header but no rows")
    side = math.isqrt(len(columns.pixels))
    kind = np.result_type(*pixels)
    images = np.concatenate([each.astype(kind, copy=False) for each in pixels]).reshape(-1, side, side)
    return (
        RawPart(images, np.concatenate(labels), of_lines),
        wrong,
        [f"{name}: {columns.found}"] if columns.found else [],
    )


def find_columns(lines: Sequence[bytes], source: str) -> Columns:
    """Find the label's and the pixels' columns from the first lines.

    Raises:
        DataError: it is not such a table; `MissingLabelsError` if it has pixels only.
    """
    if not lines:
        raise DataError(f"{source}: is empty")
    separator = next((each for each in SEPARATORS if len(_cells(lines[0], each)) > LEAST_SIDE**2), None)
    separator = separator or max((",", None), key=lambda each: len(_cells(lines[0], each)))
    cells = _cells(lines[0], separator)
    index = {place for place, cell in enumerate(cells) if cell.casefold() in INDEX_NAMES}
    if _counts_up([cell for place, cell in enumerate(cells) if place not in index]):
        return replace(_by_numbers(lines[1:], separator, source, index), header=True)
    header = not all(_is_number(cell) or class_of(cell) is not None for cell in cells)
    return _by_names(cells, separator, source) if header else _by_numbers(lines, separator, source)


def _counts_up(cells: Sequence[str]) -> bool:
    """Whether a line is the header that pandas writes for columns without names: 0, 1, 2, ..."""
    return len(cells) > LEAST_SIDE**2 and list(cells) == [str(place) for place in range(len(cells))]


def _by_names(cells: Sequence[str], separator: str | None, source: str) -> Columns:
    names = [cell.casefold() for cell in cells]
    named = [place for place, name in enumerate(names) if name in LABEL_NAMES]
    others = [place for place, name in enumerate(names) if place not in named and name not in INDEX_NAMES]
    numbered = [place for place in others if re.search(r"\d", names[place])]
    for pixels in (others, numbered):
        if _is_square(len(pixels)) and named:
            return Columns(separator, named[0], tuple(pixels), len(cells), header=True)
    unlike = _unlike_pixels(names, others)
    if unlike is not None and not named and _is_square(len(others) - 1):
        pixels = [place for place in others if place != unlike]
        found = f"its column {cells[unlike][:30]!r} is taken for the label"
        return Columns(separator, unlike, tuple(pixels), len(cells), header=True, found=found)
    if _is_square(len(others)) or _is_square(len(numbered)):
        raise MissingLabelsError(f"{source}: has {len(others):,} pixel columns but no column called label")
    raise _no_table(source, len(cells))


def _unlike_pixels(names: Sequence[str], others: Sequence[int]) -> int | None:
    """The one column that can be the label: the only one without a number in its name."""
    without = [place for place in others if not re.search(r"\d", names[place])]
    return without[0] if len(without) == 1 else None


def _by_numbers(lines: Sequence[bytes], separator: str | None, source: str, index: Collection[int] = ()) -> Columns:
    if not lines:
        raise DataError(f"{source}: has a header but no rows")
    rows = [cells for line in lines if len(cells := _cells(line, separator)) == len(_cells(lines[0], separator))]
    places = [place for place in range(len(rows[0])) if place not in index]
    if _is_square(len(places)):
        raise MissingLabelsError(
            f"{source}: has {len(places):,} columns, all of them pixels; need a label column as well"
        )
    if not _is_square(len(places) - 1):
        raise _no_table(source, len(rows[0]))
    first, last = places[0], places[-1]
    spread = {place: _label_spread([row[place] for row in rows]) for place in (first, last)}
    label = last if spread[last] > spread[first] else first
    pixels = tuple(place for place in places if place != label)
    where = "first" if label == first else "last"
    found = f"its columns have no names; the {where} one is taken for the label"
    return Columns(separator, label, pixels, len(rows[0]), False, found)


def _label_spread(column: Sequence[str]) -> int:
    """How many different classes a column has; -1 if a cell is not a class."""
    classes = {class_of(cell) for cell in column}
    return -1 if None in classes else len(classes)


def _parse(
    lines: Sequence[bytes], numbers: Sequence[int], columns: Columns, source: str
) -> tuple[Numbers, npt.NDArray[np.uint8], list[str], Sequence[int]]:
    """The pixels and classes of the usable rows, a message for each other row, and the lines of the usable ones."""
    try:
        table = _table(lines, columns)
        classes = table[:, columns.label]
        if table.shape[1] == columns.count and np.isin(classes, np.arange(NONE + 1)).all():
            return table[:, columns.pixels], classes.astype(np.uint8), [], numbers
    except ValueError:
        pass
    pixels: list[Numbers] = []
    kept: list[int] = []
    wrong: list[str] = []
    of_lines: list[int] = []
    for line, number in zip(lines, numbers, strict=True):
        try:
            row, found = _parse_row(line, columns)
        except ValueError as error:
            wrong.append(f"{source}: line {number:,}: {error}")
        else:
            pixels.append(row)
            kept.append(found)
            of_lines.append(number)
    shape = (len(pixels), len(columns.pixels))
    return np.array(pixels, np.float32).reshape(shape), np.array(kept, np.uint8), wrong, of_lines


def _parse_row(line: bytes, columns: Columns) -> tuple[Numbers, int]:
    cells = _cells(line, columns.separator)
    if len(cells) != columns.count:
        raise ValueError(f"has {len(cells):,} columns, need {columns.count:,}")
    label = class_of(cells[columns.label])
    if label is None:
        raise ValueError(f"has the label {cells[columns.label][:20]!r}, need a digit 0 to 9")
    odd = next((cells[place] for place in columns.pixels if not _is_number(cells[place])), None)
    if odd is not None:
        raise ValueError(f"has the pixel {odd[:20]!r}, need a number")
    return np.array([float(cells[place]) for place in columns.pixels], np.float32), label


def _table(lines: Sequence[bytes], columns: Columns) -> Numbers:
    text = [_plain(line, columns.separator).replace('"', "") for line in lines]
    table = np.loadtxt(text, np.float32, delimiter=columns.separator, ndmin=2, comments=None)
    if not np.isfinite(table).all():
        raise ValueError("not a number")
    return table


def _compact(pixels: Numbers) -> npt.NDArray[np.generic]:
    """The pixels as bytes, if they are integers from 0 to 255; else unchanged."""
    small = pixels.astype(np.uint8) if pixels.min() >= 0 and pixels.max() <= 255 else pixels
    return small if (small == pixels).all() else pixels


def _chunks(rows: Iterator[tuple[int, bytes]]) -> Iterator[tuple[list[int], list[bytes]]]:
    numbers: list[int] = []
    chunk: list[bytes] = []
    for number, line in rows:
        numbers.append(number)
        chunk.append(line)
        if len(chunk) == ROWS_AT_ONCE:
            yield numbers, chunk
            numbers, chunk = [], []
    if chunk:
        yield numbers, chunk


def _numbered(first: Sequence[bytes], rest: Iterator[bytes], *, skip: int) -> Iterator[tuple[int, bytes]]:
    """The rows that are not empty, with the numbers of their lines."""
    for number, line in enumerate(chain(first, rest), 1):
        if number > skip and line.strip():
            yield number, line


def _lines(file: IO[bytes], source: str) -> Iterator[bytes]:
    """The lines, none of them too long, and not too many bytes in all."""
    total = 0
    while line := file.readline(LONGEST_LINE + 1):
        if not total and line.startswith(UTF_16):
            raise DataError(f"{source}: is text in UTF-16; save it again as CSV in UTF-8")
        total += len(line)
        if b"\r" in line.rstrip(b"\r\n") and b"\0" not in line:
            raise DataError(f"{source}: its lines end with CR only; save it with usual line ends (LF or CRLF)")
        if len(line) > LONGEST_LINE or b"\0" in line:
            raise DataError(
                f"{source}: is not CSV: it has a line of {len(line):,} bytes or more, or bytes that are not text"
            )
        if total > MOST_BYTES:
            raise DataError(f"{source}: has more than {MOST_BYTES:,} bytes; give a smaller set")
        yield line.removeprefix(BOM) if total == len(line) else line


def _cells(line: bytes, separator: str | None) -> list[str]:
    return [cell.strip().strip("\"'") for cell in _plain(line, separator).strip().split(separator)]


def _plain(line: bytes, separator: str | None) -> str:
    """A line as text; if commas do not separate cells, they are decimal commas, as in 0,5."""
    text = line.decode("latin-1")
    return text.replace(",", ".") if separator in SEPARATORS else text


def _is_number(cell: str) -> bool:
    try:
        return math.isfinite(float(cell))
    except ValueError:
        return False


def _is_square(count: int) -> bool:
    return count >= LEAST_SIDE**2 and math.isqrt(count) ** 2 == count


def _no_table(source: str, count: int) -> DataError:
    columns = "1 column" if count == 1 else f"{count:,} columns"
    hint = "; if it names picture files, sort these into folders 0 to 9" if count in range(2, LEAST_SIDE**2) else ""
    return DataError(f"{source}: has {columns} in its first line; need a label and n x n pixels, such as 785{hint}")
