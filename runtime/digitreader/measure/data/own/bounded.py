"""Reads files that may be hostile, with a limit on their bytes, plain or gzipped."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from digitreader.camera.source import printable
from digitreader.errors import DataError
from digitreader.measure.data.idx import GZIP
from digitreader.measure.data.own.digit_set import FORMS

MOST_BYTES = 4 << 30
"""More than this, unpacked, is refused: it would fill the memory."""


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """Open a file, and unpack it if its content is gzip.

    Raises:
        DataError: it is missing, cannot be read, or is a damaged gzip file; this is also raised while it is read.
    """
    name = printable(path)
    try:
        if not path.is_file():
            raise DataError(f"{name}: no such file; give {FORMS}")
        with path.open("rb") as file:
            packed = file.read(2) == GZIP
            file.seek(0)
            if not packed:
                yield file
                return
            with gzip.open(file) as unpacked:
                yield cast("IO[bytes]", unpacked)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(f"{name}: the gzip file is damaged ({error}); fetch or pack it again") from error
    except OSError as error:
        raise DataError(f"{name}: cannot be read ({error.strerror or error})") from error


def read_bounded(path: Path, *, most: int = MOST_BYTES) -> bytes:
    """Read a whole file, unpacked.

    Raises:
        DataError: as `opened`, or it is larger than `most`.
    """
    with opened(path) as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise DataError(f"{printable(path)}: has more than {most:,} bytes; give a smaller set")
    return content


def first_bytes(path: Path, count: int = 512) -> bytes:
    """The first bytes of a file, unpacked.

    Raises:
        DataError: as `opened`.
    """
    with opened(path) as file:
        return file.read(count)
