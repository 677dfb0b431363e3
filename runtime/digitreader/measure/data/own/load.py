"""Reads own data in any form: only this file knows all forms."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from digitreader.camera.image_header import read_header
from digitreader.camera.source import printable
from digitreader.errors import DataError
from digitreader.measure.data.mnist import PLACES_INSIDE
from digitreader.measure.data.own.bounded import first_bytes
from digitreader.measure.data.own.class_folders import class_folders_in, is_ignored, read_class_folders
from digitreader.measure.data.own.csv_table import MissingLabelsError, read_csv
from digitreader.measure.data.own.digit_set import ALL, FORMS, NONE, PART_NAMES, DigitSet, RawPart, RawSet
from digitreader.measure.data.own.idx_pairs import header_of, is_idx, part_of, read_pairs
from digitreader.measure.data.own.labels import with_tens_as_zeros
from digitreader.measure.data.own.npz_archive import read_npz
from digitreader.measure.data.own.pixels import odd_pictures
from digitreader.measure.data.own.prepare import prepare

TABLE_SUFFIXES = (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".data", ".tra", ".tes", ".txt")
OTHER_FORMATS: Sequence[tuple[bytes, str]] = (
    (b"\x89HDF", "an HDF5 file"),
    (b"PAR1", "a Parquet file"),
    (b"MATLAB", "a MATLAB file"),
    (b"\x93NUMPY", "a single NumPy array, which has no labels"),
    (b"BZh", "packed with bzip2"), (b"\xfd7zXZ", "packed with xz"),
    (b"7z\xbc\xaf", "a 7z archive"), (b"Rar!", "a RAR archive"),
    (b"\x80\x02", "a pickle"), (b"\x80\x03", "a pickle"), (b"\x80\x04", "a pickle"), (b"\x80\x05", "a pickle"),
)  # fmt: skip
PICTURE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".pgm"})
DEEPEST = 3
"""How many levels are opened if a folder contains only one folder."""


def load_digit_set(path: Path) -> DigitSet:
    """Read a folder or file of labelled digits, and prepare its pictures in one way.

    Args:
        path: class folders, a CSV, an .npz, the images of an IDX pair, or a folder of such files.

    Raises:
        DataError: it is missing, in no known form, or has no digit that can be read.
    """
    name = printable(path)
    try:
        raw = _read_folder(path, DEEPEST) if path.is_dir() else _read_file(path)
    except OSError as error:
        raise DataError(f"{name}: cannot be read ({error.strerror or error}); check its permissions") from error
    raw = _without_odd(_with_zeros(raw), name)
    if all((part.labels == NONE).all() for part in raw.parts.values()):
        raise DataError(f"{name}: holds no digit: every picture is labelled as none")
    prepared = prepare(raw.parts, name)
    return DigitSet(
        name=path.resolve().name or name,
        form=raw.form,
        parts=prepared.parts,
        sizes=prepared.sizes,
        black_on_white=prepared.black_on_white,
        gray_paper=prepared.gray_paper,
        left_out=raw.left_out,
        remarks=raw.remarks,
    )


def _with_zeros(raw: RawSet) -> RawSet:
    changed = {name: with_tens_as_zeros(part.labels) for name, part in raw.parts.items()}
    if raw.form == "class folders" or not any(was for _, was in changed.values()):
        return raw
    parts = {name: RawPart(part.images, changed[name][0], part.lines) for name, part in raw.parts.items()}
    return RawSet(raw.form, parts, raw.left_out, (*raw.remarks, "the labels go from 1 to 10; 10 is taken for 0"))


def _without_odd(raw: RawSet, source: str) -> RawSet:
    """The set without blank digits and without the few pictures whose numbers are of another range."""
    parts, told = dict[str, RawPart](), list[str]()
    for name, part in raw.parts.items():
        parts[name] = part
        if not isinstance(part.images, np.ndarray) or part.images.ndim != 3 or part.images.dtype.kind not in "biuf":
            continue
        odd = odd_pictures(part.images, part.labels, none=NONE)
        of_part = source if name == ALL else f"{source}: {name}"
        told += [f"{of_part}: {_number(part, at)} {odd[at]}" for at in sorted(odd)]
        kept = np.setdiff1d(np.arange(len(part.labels)), list(odd))
        parts[name] = RawPart(part.images[kept], part.labels[kept])
    if not told:
        return raw
    parts = {name: part for name, part in parts.items() if len(part.labels)}
    if not parts:
        raise DataError(f"{told[0]}; so do all others: need pictures with ink")
    return RawSet(raw.form, parts, (*raw.left_out, *told), raw.remarks)


def _number(part: RawPart, at: int) -> str:
    return f"picture {at:,}, counted from 0," if part.lines is None else f"line {part.lines[at]:,}"


def _read_file(path: Path) -> RawSet:
    if not path.exists():
        raise DataError(f"{printable(path)}: no such folder or file; give {FORMS}")
    head = first_bytes(path)
    if not head:
        raise DataError(f"{printable(path)}: is empty; give {FORMS}")
    if head.startswith(b"PK"):
        return RawSet("npz", _named(read_npz(path), path))
    if is_idx(head):
        return _read_idx_beside(path)
    kind = next((kind for start, kind in OTHER_FORMATS if head.startswith(start)), None)
    if kind is None and read_header(head) is not None:
        kind = "one picture, which has no label"
    if kind is not None:
        raise DataError(f"{printable(path)}: is {kind}; need {FORMS}")
    part, left_out, remarks = read_csv(path)
    return RawSet("CSV", {ALL: part}, tuple(left_out), tuple(remarks))


def _read_idx_beside(path: Path) -> RawSet:
    """Read the pair of an IDX file; the other file is beside it."""
    file = header_of(path)
    if file is None:
        raise DataError(f"{printable(path)}: the IDX file is damaged; fetch it again")
    beside = [each for each in map(header_of, _files_in(path.parent)) if each is not None and each.path != path]
    others = [each for each in beside if (len(each.shape) == 1) != (len(file.shape) == 1)]
    if len(file.shape) == 1:
        raise DataError(f"{printable(path)}: holds labels; give the file of the images, or the folder of both")
    parts, _ = read_pairs(path.parent, [file, *others])
    return RawSet("IDX", {ALL: next(iter(parts.values()))})


def _read_folder(folder: Path, deep: int) -> RawSet:
    if class_folders_in(folder):
        return _from_class_folders({ALL: folder}, folder)
    folders = [path for path in sorted(folder.iterdir()) if path.is_dir() and not is_ignored(path.name)]
    of_parts = {PART_NAMES[path.name.casefold()]: path for path in folders if path.name.casefold() in PART_NAMES}
    if of_parts:
        return _from_part_folders(of_parts, folder)
    files = _files_in(folder)
    headers = [header for header in map(header_of, files) if header is not None]
    if headers:
        parts, left_out = read_pairs(folder, headers)
        return RawSet("IDX", _named(parts, folder), tuple(left_out))
    archives = [path for path in files if zipfile.is_zipfile(path)]
    if len(archives) == 1:
        return RawSet("npz", _named(read_npz(archives[0]), archives[0]))
    tables = [path for path in files if path.name.casefold().endswith(TABLE_SUFFIXES)]
    if tables:
        return _from_tables(tables, folder)
    known = next((folder / inside for inside in PLACES_INSIDE[1:] if (folder / inside).is_dir()), None)
    if deep and (known is not None or len(folders) == 1):
        return _read_folder(known or folders[0], deep - 1)
    raise DataError(f"{printable(folder)}: holds no labelled digits{_inside(folders, files)}; need {FORMS}")


def _inside(folders: Sequence[Path], files: Sequence[Path]) -> str:
    """The content of a folder in no known form, for the error message."""
    if any(path.suffix == ".npy" for path in files):
        return " but single NumPy arrays; put them into one file, with numpy.savez('digits.npz', x=images, y=labels)"
    named = ", ".join(printable(path.name) for path in folders[:3])
    if folders:
        return f" but the folder{'s' if len(folders) > 1 else ''} {named}{', ...' if len(folders) > 3 else ''}"
    pictures = sum(path.suffix.casefold() in PICTURE_SUFFIXES for path in files)
    return f" but {pictures:,} pictures without class folders round them" if pictures else ""


def _from_class_folders(folders: dict[str, Path], whole: Path) -> RawSet:
    parts: dict[str, RawPart] = {}
    left_out: list[str] = []
    for name, folder in folders.items():
        part, lines = read_class_folders(folder)
        left_out += lines
        if part is not None:
            parts[name] = part
    if not parts:
        raise DataError(f"{printable(whole)}: has class folders, but not one picture that can be read; {left_out[0]}")
    return RawSet("class folders", _named(parts, whole), tuple(left_out))


def _from_part_folders(of_parts: dict[str, Path], folder: Path) -> RawSet:
    with_classes = {name: path for name, path in of_parts.items() if class_folders_in(path)}
    if with_classes:
        raw = _from_class_folders(with_classes, folder)
        without = [path for name, path in of_parts.items() if name not in with_classes]
        lines = tuple(
            f"{printable(path)}: has no class folders 0 to 9, so that nothing has a label" for path in without
        )
        return RawSet(raw.form, raw.parts, (*raw.left_out, *lines), raw.remarks)
    read = {name: _read_folder(path, DEEPEST) for name, path in of_parts.items()}
    if len({each.form for each in read.values()}) > 1 or any(len(each.parts) > 1 for each in read.values()):
        raise DataError(f"{printable(folder)}: its parts are in different forms; give {FORMS}")
    parts = {name: next(iter(each.parts.values())) for name, each in read.items()}
    left_out = tuple(line for each in read.values() for line in each.left_out)
    remarks = tuple(line for each in read.values() for line in each.remarks)
    return RawSet(next(iter(read.values())).form, _named(parts, folder), left_out, remarks)


def _from_tables(tables: Sequence[Path], folder: Path) -> RawSet:
    parts: dict[str, RawPart] = {}
    left_out: list[str] = []
    remarks: list[str] = []
    for path in tables:
        name = part_of(path)
        if name in parts:
            raise DataError(f"{printable(folder)}: holds several tables; give one, or call them train.csv and test.csv")
        try:
            parts[name], wrong, found = read_csv(path)
        except MissingLabelsError as error:
            left_out.append(str(error))
        else:
            left_out += wrong
            remarks += found
    if not parts:
        raise DataError(left_out[0])
    return RawSet("CSV", _named(parts, folder), tuple(left_out), tuple(remarks))


def _named(parts: dict[str, RawPart], source: Path) -> dict[str, RawPart]:
    """The parts in their order; a single part called train or all is the whole set."""
    if len(parts) == 1:
        return {ALL: next(iter(parts.values()))}
    if ALL in parts:
        if "train" in parts:
            raise DataError(
                f"{printable(source)}: one of its files is neither train, val nor test; rename or remove it"
            )
        parts = {"train" if name == ALL else name: part for name, part in parts.items()}
    return {name: parts[name] for name in ("train", "val", "test") if name in parts}


def _files_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file() and not is_ignored(path.name))
