"""Caches arrays that take minutes to make, under a key of everything that decides them."""

from __future__ import annotations

import contextlib
import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from digitreader.errors import OutputError
from digitreader.host.files import write_atomically

Arrays = Mapping[str, npt.NDArray[Any]]


def cached_arrays(cache: Path, key: str, make: Callable[[], Arrays]) -> Arrays:
    """The arrays under this key, made and kept where they are not there yet.

    Args:
        cache: the cache folder.
        key: hexadecimal, a hash of whatever decides them.
        make: makes them.
    """
    path = cache / "glyphs" / f"{key[:24]}.npz"
    kept = _read(path)
    if kept is not None:
        return kept
    made = make()
    content = io.BytesIO()
    arrays: dict[str, Any] = dict(made)
    np.savez(content, **arrays)
    with contextlib.suppress(OutputError):  # a cache that cannot be kept costs only time
        write_atomically(path, content.getvalue())
    return made


def _read(path: Path) -> Arrays | None:
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, AttributeError):
        return None
