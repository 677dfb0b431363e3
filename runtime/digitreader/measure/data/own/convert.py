"""Writes a set in another form; when it is read again, the pictures are the same to the bit."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.camera.source import printable
from digitreader.errors import OutputError, UsageError
from digitreader.host.files import write_all_atomically, write_atomically
from digitreader.host.progress import ProgressBar
from digitreader.measure.data.own.digit_set import ALL, NONE, DigitSet, Part

IDX_NAMES = {"train": "train-", "val": "val-", "test": "t10k-", ALL: ""}
PIXEL_TEXT = [str(level) for level in range(256)]

PACKED = ".gz"
"""The end of the name of a table that is to be compressed."""
FORM_NAMES = ("folders", "csv", "npz", "idx")


def form_of(target: Path, named: str | None) -> str:
    """The form in which to write: the named one, or that of the target's suffix, else class folders.

    Raises:
        UsageError: the target's suffix has no form, or another form than the named one.
    """
    name = target.name.casefold()
    by_suffix = next((form for form in ("csv", "npz") if name.removesuffix(PACKED).endswith(f".{form}")), None)
    if by_suffix is None and target.suffix and named is None:
        raise UsageError(f"{printable(target)}: need a .csv, .csv.gz, .npz or a folder; or name the form with --as")
    if by_suffix and named not in {None, by_suffix}:
        raise UsageError(f"{printable(target)}: is a name for {by_suffix}, but --as says {named}; give one of the two")
    return named or by_suffix or "folders"


def write_set(digits: DigitSet, target: Path, form: str) -> list[Path]:
    """Write a set as `form`, one of `FORM_NAMES`.

    Returns:
        the files or folders that were written.

    Raises:
        OutputError: the target cannot be written to, or is there already; a folder with something in it, too.
    """
    return WRITERS[form](digits, target)


def _check_new(paths: Iterable[Path]) -> None:
    for path in paths:
        if path.exists():
            raise OutputError(f"{printable(path)}: exists already; give another name, or remove it first")


def _write_npz(digits: DigitSet, target: Path) -> list[Path]:
    arrays: dict[str, Any] = {}
    for name, part in digits.parts.items():
        suffix = "" if name == ALL else f"_{name}"
        arrays |= {f"x{suffix}": part.images, f"y{suffix}": part.labels}
    content = io.BytesIO()
    np.savez_compressed(content, **arrays)
    path = target if target.suffix else target / f"{digits.stem}.npz"
    _check_new([path])
    write_atomically(path, content.getvalue())
    return [path]


def _write_csv(digits: DigitSet, target: Path) -> list[Path]:
    paths = {}
    for name, part in digits.parts.items():
        if not target.suffix:
            path = target / f"{digits.stem if name == ALL else name}.csv"
        else:
            stem, dot, suffixes = target.name.partition(".csv")
            path = target if name == ALL else target.with_name(f"{stem}-{name}{dot}{suffixes}")
        content = "".join(_csv_lines(part)).encode()
        paths[path] = gzip.compress(content, mtime=0) if path.name.endswith(PACKED) else content
    _check_new(paths)
    write_all_atomically(paths)
    return list(paths)


def _csv_lines(part: Part) -> Iterator[str]:
    yield ",".join(["label", *(f"pixel{place}" for place in range(part.images[0].size))]) + "\n"
    for image, label in zip(part.images, part.labels.tolist(), strict=True):
        yield ",".join([str(label), *map(PIXEL_TEXT.__getitem__, image.reshape(-1).tolist())]) + "\n"


def _write_idx(digits: DigitSet, target: Path) -> list[Path]:
    contents = {}
    for name, part in digits.parts.items():
        contents[target / f"{IDX_NAMES[name]}images-idx3-ubyte"] = idx_bytes(part.images)
        contents[target / f"{IDX_NAMES[name]}labels-idx1-ubyte"] = idx_bytes(part.labels)
    _check_new(contents)
    write_all_atomically(contents)
    return list(contents)


def idx_bytes(array: npt.NDArray[np.uint8]) -> bytes:
    """An array of bytes as an IDX file."""
    sizes = b"".join(size.to_bytes(4, "big") for size in array.shape)
    return bytes((0, 0, 8, array.ndim)) + sizes + array.tobytes()


def _write_folders(digits: DigitSet, target: Path) -> list[Path]:
    """Write the pictures; their names are their places in the set, so that they are read again in this order."""
    if target.is_dir() and any(target.iterdir()):
        raise OutputError(f"{printable(target)}: holds files already; give a new folder")
    with ProgressBar(f"writing {printable(target)}", sum(map(len, digits.parts.values()))) as bar:
        for name, part in digits.parts.items():
            folder = target if name == ALL else target / name
            for label in sorted(set(part.labels.tolist())):
                _make(folder / _folder_of(label))
            for place, (image, label) in enumerate(zip(part.images, part.labels.tolist(), strict=True)):
                _write_png(folder / _folder_of(label) / f"{place:05}.png", image)
                bar.advance()
    return [target]


def _folder_of(label: int) -> str:
    return "none" if label == NONE else str(label)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{printable(folder)}: cannot be made ({error.strerror}); choose another folder") from error


def _write_png(path: Path, image: npt.NDArray[np.uint8]) -> None:
    try:
        path.write_bytes(cv2.imencode(".png", image)[1].tobytes())
    except OSError as error:
        raise OutputError(f"{printable(path)}: cannot be written ({error.strerror})") from error


WRITERS: Mapping[str, Callable[[DigitSet, Path], list[Path]]] = {
    "folders": _write_folders,
    "csv": _write_csv,
    "npz": _write_npz,
    "idx": _write_idx,
}
