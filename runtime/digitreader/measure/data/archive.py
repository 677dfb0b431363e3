"""The arrays of an .npz archive, in which collections of glyphs are kept."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

import numpy as np
import numpy.typing as npt

from digitreader.errors import DataError


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
                return {name: archive[name] for name in archive.files}
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror or error}); give an .npz archive") from error
    except (ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise DataError(f"{path}: is no .npz archive that can be read ({error}); save it again") from error
