"""The arrays of an .npz archive, in which collections of glyphs are kept."""

from __future__ import annotations

import struct
import tokenize
import zipfile
import zlib
from pathlib import Path

import numpy as np
import numpy.typing as npt

from digitreader.errors import DataError

DAMAGE = (
    ValueError, TypeError, SyntaxError, RecursionError, MemoryError, EOFError, struct.error, zlib.error,
    tokenize.TokenError, NotImplementedError, zipfile.BadZipFile, OverflowError, RuntimeError,
)  # fmt: skip
"""What NumPy and Python's own readers raise of damaged or hostile archives."""
MOST_BYTES, MOST_ARRAYS = 1 << 30, 1000


def read_archive(path: Path) -> dict[str, npt.NDArray[np.generic]]:
    """Read every array of an .npz archive.

    Raises:
        DataError: missing, damaged or of another format; an array of Python objects.
    """
    try:
        # opened here, for NumPy leaves a damaged file open
        with path.open("rb") as file:
            archive = np.load(file, allow_pickle=False)
            if not isinstance(archive, np.lib.npyio.NpzFile):
                raise DataError(f"{path}: is a single array; need an .npz archive with x")
            with archive:
                _check_size(archive, path)
                return {name: archive[name] for name in archive.files}
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror or error}); give an .npz archive") from error
    except DAMAGE as error:
        raise DataError(f"{path}: is no .npz archive that can be read ({error}); save it again") from error


def _check_size(archive: np.lib.npyio.NpzFile, path: Path) -> None:
    members = archive.zip.infolist() if archive.zip is not None else []
    if len(members) > MOST_ARRAYS or sum(member.file_size for member in members) > MOST_BYTES:
        raise DataError(
            f"{path}: unpacks to more than {MOST_BYTES:,} bytes or {MOST_ARRAYS:,} arrays; give a smaller one"
        )
