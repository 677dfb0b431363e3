"""Reads files with a size limit, and writes them beside their place and renames them, so that no half file is seen."""

from __future__ import annotations

import errno
import os
import shlex
import tempfile
from collections.abc import Mapping
from pathlib import Path

from digitreader.errors import OutputError
from digitreader.host.waiting import pipe_announced

MOST_TEXT_BYTES, MOST_MODEL_BYTES = 10_000_000, 200_000_000
"""The most bytes of a card or a list (first), and of a model or the weights of a run (second)."""


def read_limited(path: Path, most: int) -> bytes:
    """Read a whole file; it may be anything, also an endless device.

    Args:
        path: the file.
        most: the most bytes.

    Raises:
        OSError: it cannot be read, or has more bytes (EFBIG).
    """
    with pipe_announced(path), path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size  # 0 for pipes and devices
        pieces = [file.read(min(most, size) + 1)]
        while (length := sum(map(len, pieces))) <= most and (piece := file.read(_PIECE_BYTES)):
            pieces.append(piece)
    if length > most:
        raise OSError(errno.EFBIG, f"it has more than {most / 1e6:g} MB")
    return b"".join(pieces)


_PIECE_BYTES = 1 << 20


def write_atomically(path: Path, content: bytes) -> None:
    """Write `content` to `path`, making its folder; an older file is replaced at once or not at all.

    Raises:
        OutputError: the folder cannot be made or written to.
    """
    write_all_atomically({path: content})


def write_all_atomically(contents: Mapping[Path, bytes]) -> None:
    """Write several files: all are complete beside their places before the first one is renamed.

    Raises:
        OutputError: a folder cannot be made or written to; then no file was replaced.
    """
    waiting: dict[Path, Path] = {}
    try:
        for path, content in contents.items():
            waiting[path] = _write_beside(path, content)
        for path, beside in waiting.items():
            beside.replace(path)
    except OSError as error:
        place = ", ".join(str(path) for path in contents)
        raise OutputError(
            f"{place}: cannot be written ({error.strerror}), and no file is left half written; "
            "make room or choose another folder"
        ) from error
    finally:
        for beside in waiting.values():
            beside.unlink(missing_ok=True)


def check_new_file(path: Path, *, force: bool = False) -> None:
    """Refuse a path whose file exists, or whose folder does not.

    Args:
        path: where a file will be written.
        force: an older file may be replaced.

    Raises:
        OutputError: the path is a folder or an older file, or its folder does not exist.
    """
    if path.is_dir():
        raise OutputError(f"{path}: is a folder; give the name of a file in it")
    check_parent_folder(path)
    if path.exists() and not force:
        raise OutputError(f"{path}: exists already; give another name, or --force to replace it")


def check_parent_folder(path: Path, *, hint: str = "") -> None:
    """Refuse a path whose folder does not exist: a mistyped name must not make a folder.

    Args:
        path: where something will be written.
        hint: other advice for the message.

    Raises:
        OutputError: there is no such folder.
    """
    folder = path.parent
    if folder.is_dir():
        return
    if folder.exists():
        raise OutputError(f"{path}: {folder} is a file, not a folder; choose another place")
    advice = ", ".join(filter(None, [f"mkdir -p {shlex.quote(str(folder))}", hint]))
    raise OutputError(f"{path}: {folder}: there is no such folder; make it first: {advice}")


def _write_beside(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            # some disks report only now that they are full, and a renamed file must not be empty after a power cut
            os.fsync(file.fileno())
        # mkstemp makes files that only their owner may read; everybody who may read the folder may read these
        Path(name).chmod(0o644)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return Path(name)
