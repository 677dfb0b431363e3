"""Reads an .npz with any of the usual array names, array by array, with limits and without pickles."""

from __future__ import annotations

import io
import math
import re
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from digitreader.camera.source import printable
from digitreader.errors import DataError
from digitreader.measure.data.own.bounded import MOST_BYTES
from digitreader.measure.data.own.digit_set import ALL, PART_NAMES, RawPart
from digitreader.measure.data.own.labels import labels_of
from digitreader.measure.data.own.pixels import as_pictures

IMAGE_NAMES = ("x", "images", "image", "data", "pictures", "pixels", "features", "inputs", "digits", "imgs", "img", "")
LABEL_NAMES = ("y", "labels", "label", "targets", "target", "classes", "class", "digit", "outputs", "truth")
SEAMS = re.compile(r"(?<=[A-Za-z])(?=[A-Z][a-z])|(?<=[a-z0-9])(?=[A-Z])|(?<=^[xyXY])(?=(?:train|test|val|valid)$)")
"""Where a new word begins in names such as ``trainX``, ``XTrain`` and ``xtrain``."""
MOST_MEMBERS = 1_000
KNOWN_PACKING = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
HEADER_BYTES = 10_000
DAMAGE = (
    ValueError, TypeError, SyntaxError, RecursionError, MemoryError, EOFError, OSError, struct.error, zlib.error,
    tokenize.TokenError, NotImplementedError, zipfile.BadZipFile, OverflowError, RuntimeError,
)  # fmt: skip
"""The errors that Python's readers raise for damaged or hostile archives."""


@dataclass(frozen=True, slots=True)
class Member:
    """An array of the archive, as its header describes it."""

    name: str
    info: zipfile.ZipInfo
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    fortran: bool
    begin: int


def read_npz(path: Path) -> dict[str, RawPart]:
    """Read the images and labels of every part.

    Raises:
        DataError: it cannot be read, is damaged or hostile, or has no images with labels.
    """
    name = printable(path)
    try:
        with zipfile.ZipFile(path) as archive:
            members = _members(archive, name)
            shapes = {name: member.shape for name, member in members.items()}
            pickled = {name for name, member in members.items() if member.dtype.hasobject and len(member.shape) == 1}
            # an array of arrays has one dimension; it counts as pictures here, so that the error names it
            pairs = find_pairs(
                {each: (*shape, 1) if each in pickled else shape for each, shape in shapes.items()}, name
            )
            return {part: _read_pair(archive, members, pair, name) for part, pair in pairs.items()}
    except DAMAGE as error:
        raise DataError(f"{name}: is not a readable .npz archive ({_reason(error)}); save it again") from error


def find_pairs(shapes: Mapping[str, tuple[int, ...]], source: str) -> dict[str, tuple[str, str]]:
    """The names of the arrays with the images and the labels of each part.

    Args:
        shapes: the shape of each array, by its name.
        source: names the archive in messages.

    Raises:
        DataError: there are no images with labels.
    """
    kinds = {name: _kind_of(name) for name in shapes}
    pairs: dict[str, tuple[str, str]] = {}
    for part in dict.fromkeys(part for part, _ in kinds.values()):
        stems = {stem: name for name, (of, stem) in kinds.items() if of == part}
        images = next((stems[stem] for stem in IMAGE_NAMES if stem in stems and len(shapes[stems[stem]]) > 1), None)
        labels = next((stems[stem] for stem in LABEL_NAMES if stem in stems), None)
        if images is not None and labels is not None:
            pairs[part] = images, labels
    if not pairs and len(shapes) == 2:
        first, second = sorted(shapes, key=lambda name: -len(shapes[name]))
        if len(shapes[first]) > 1 and shapes[first][:1] == shapes[second][:1]:
            pairs[ALL] = first, second
    if "train" in pairs:
        pairs.pop(ALL, None)
    if not pairs:
        listed = ", ".join(f"{name} {shape}" for name, shape in list(shapes.items())[:6]) or "none"
        raise DataError(f"{source}: has the arrays {listed}; need images and labels, such as x and y, or x_train ...")
    return pairs


def _kind_of(name: str) -> tuple[str, str]:
    """The part and the rest of an array's name: ``x_train`` gives ``train`` and ``x``."""
    words = [word for word in re.split(r"[^a-z0-9]+", re.sub(SEAMS, "_", name).casefold()) if word]
    part = next((PART_NAMES[word] for word in words if word in PART_NAMES), ALL)
    return part, "_".join(word for word in words if word not in PART_NAMES)


def _members(archive: zipfile.ZipFile, source: str) -> dict[str, Member]:
    infos = [info for info in archive.infolist() if not info.filename.endswith("/")]  # is_dir() fails for an empty name
    if len(infos) > MOST_MEMBERS:
        raise DataError(f"{source}: holds {len(infos):,} files, more than an .npz has; unpack it and give the folder")
    if not any(info.filename.endswith(".npy") for info in infos):
        raise DataError(f"{source}: is a zip without arrays (.npy); unpack it and give what is in it")
    members = [_member(archive, info, source) for info in infos if info.filename.endswith(".npy")]
    return {member.name: member for member in members}


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, source: str) -> Member:
    name = info.filename.removesuffix(".npy")
    if info.flag_bits & 1:
        raise DataError(f"{source}: {name} is encrypted; save it without a password")
    if info.compress_type not in KNOWN_PACKING:
        raise DataError(f"{source}: {name} is packed in an unknown way; save it with numpy.savez")
    if info.file_size > MOST_BYTES:
        raise DataError(f"{source}: {name} has {info.file_size:,} bytes; give a smaller set")
    with archive.open(info) as file:
        version = np.lib.format.read_magic(file)
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, fortran, dtype = read(file, max_header_size=HEADER_BYTES)
        begin = file.tell()
    fits = all(size >= 0 for size in shape) and math.prod(shape) * dtype.itemsize == info.file_size - begin
    if not fits and not dtype.hasobject:
        raise DataError(f"{source}: {name} says that it is {shape} of {dtype}, but its bytes differ; save it again")
    return Member(name, info, tuple(int(size) for size in shape), dtype, bool(fortran), begin)


def _read_pair(archive: zipfile.ZipFile, members: Mapping[str, Member], pair: tuple[str, str], source: str) -> RawPart:
    images, labels = (_read_array(archive, members[name], source) for name in pair)
    if len(images) != len(labels) and images.ndim > 1 and images.shape[-1] == len(labels):
        images = np.moveaxis(images, -1, 0)  # MATLAB's order: the pictures are counted last
    if len(images) != len(labels):
        raise DataError(
            f"{source}: {pair[0]} has {len(images):,} images (its shape is {images.shape}) "
            f"but {pair[1]} has {len(labels):,} labels"
        )
    pictures = as_pictures(images, f"{source}: {pair[0]}")
    return RawPart(pictures, labels_of(labels, f"{source}: {pair[1]}"))


def _read_array(archive: zipfile.ZipFile, member: Member, source: str) -> npt.NDArray[Any]:
    if member.dtype.hasobject:
        raise DataError(f"{source}: {member.name} holds Python objects (a pickle), which are not read; save numbers")
    if not member.shape or not member.shape[0]:
        raise DataError(f"{source}: {member.name} is empty; need at least one picture")
    content = io.BytesIO(archive.read(member.info)).getbuffer()[member.begin :]
    order = "F" if member.fortran else "C"
    array: npt.NDArray[Any] = np.frombuffer(content, member.dtype).reshape(member.shape, order=order)  # type: ignore[call-overload]
    return np.asarray(array, array.dtype.newbyteorder("="))


def _reason(error: BaseException) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__
