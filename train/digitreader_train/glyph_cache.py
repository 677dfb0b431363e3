"""Glyphs that took seconds to make are kept between runs, under a key of everything that decided them."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np

from digitreader.errors import OutputError
from digitreader.files import write_whole
from digitreader.values import GLYPH_SIDE, Glyphs


def cached_glyphs(cache: Path, key: str, count: int, make: Callable[[], Glyphs]) -> Glyphs:
    """The glyphs under this key, made and kept where they are not there yet.

    Args:
        cache: the cache folder.
        key: hexadecimal, a hash of whatever decides the glyphs.
        count: how many there must be.
        make: makes them, (count, 28, 28) uint8.
    """
    path = cache / "glyphs" / f"{key[:24]}.npy"
    kept = _read(path, count)
    if kept is not None:
        return kept
    glyphs = make()
    content = io.BytesIO()
    np.save(content, glyphs, allow_pickle=False)
    with contextlib.suppress(OutputError):  # a cache that cannot be kept costs only time
        write_whole(path, content.getvalue())
    return glyphs


def _read(path: Path, count: int) -> Glyphs | None:
    try:
        glyphs: Glyphs = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    return glyphs if glyphs.shape == (count, GLYPH_SIDE, GLYPH_SIDE) and glyphs.dtype == np.uint8 else None
