"""IDX pairs of any name: images in one file, their labels in another."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from digitreader.camera.source import printable
from digitreader.errors import DataError
from digitreader.measure.data.own.bounded import first_bytes, read_bounded
from digitreader.measure.data.own.digit_set import ALL, PART_NAMES, RawPart
from digitreader.measure.data.own.labels import labels_of
from digitreader.measure.data.own.pixels import as_pictures

KINDS = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
"""NumPy's name of each kind of number, by its code in the header."""
IMAGE_WORDS = re.compile(r"images?|pictures?|data|pixels?|idx[34]|ubyte|ubytes|gz|idx|x")
LABEL_WORDS = re.compile(r"labels?|classes|class|targets?|digits?|idx1|ubyte|ubytes|gz|idx|y")


@dataclass(frozen=True, slots=True)
class IdxFile:
    """The header of an IDX file; the first number of `shape` is the number of images or labels."""

    path: Path
    kind: str
    shape: tuple[int, ...]
    begin: int


def is_idx(head: bytes) -> bool:
    """Whether a file with these first bytes is an IDX file."""
    return len(head) >= 8 and head[:2] == b"\0\0" and head[2] in KINDS and 1 <= head[3] <= 4


def header_of(path: Path) -> IdxFile | None:
    """The header of a file; None if it is not an IDX file.

    Raises:
        DataError: it cannot be read.
    """
    head = first_bytes(path)
    if not is_idx(head) or len(head) < 4 + 4 * head[3]:
        return None
    begin = 4 + 4 * head[3]
    shape = tuple(int.from_bytes(head[at : at + 4], "big") for at in range(4, begin, 4))
    return IdxFile(path, KINDS[head[2]], shape, begin)


def read_pairs(folder: Path, files: Sequence[IdxFile]) -> tuple[dict[str, RawPart], list[str]]:
    """Read every pair among these files; a pair's part is in its name: train, val, test or t10k.

    Returns:
        The pairs by part, and a line for each file without a partner.

    Raises:
        DataError: there is no pair, several pairs are of one part, or a file is damaged.
    """
    images = [file for file in files if len(file.shape) >= 2]
    labels = [file for file in files if len(file.shape) == 1]
    pairs: dict[str, tuple[IdxFile, IdxFile]] = {}
    left_out: list[str] = []
    for image in images:
        label = partner_of(image, labels, alone=len(images) == 1)
        if label is None:
            left_out.append(f"{printable(image.path)}: has no file of {image.shape[0]:,} labels beside it")
            continue
        labels.remove(label)
        part = part_of(image.path)
        if part in pairs:
            raise DataError(
                f"{printable(folder)}: holds several IDX pairs, {pairs[part][0].path.name} and {image.path.name}; "
                "give one of the images' files, or call them train and test"
            )
        pairs[part] = image, label
    if not pairs:
        no_images = f"{printable(folder)}: holds IDX files of labels, but none of images, which have 2 to 4 dimensions"
        raise DataError(left_out[0] if left_out else f"{no_images}; add the file of images")
    left_out += [f"{printable(file.path)}: has no file of {file.shape[0]:,} images beside it" for file in labels]
    return {part: _read_pair(*pair) for part, pair in pairs.items()}, left_out


def _read_pair(images: IdxFile, labels: IdxFile) -> RawPart:
    """Read a file of images and a file of as many labels.

    Raises:
        DataError: a file is damaged, or holds no pictures or labels.
    """
    pictures = as_pictures(read_idx_file(images), printable(images.path))
    return RawPart(pictures, labels_of(read_idx_file(labels), printable(labels.path)))


def read_idx_file(file: IdxFile) -> npt.NDArray[Any]:
    """Read the numbers of an IDX file.

    Raises:
        DataError: it is truncated, too long, or empty.
    """
    name, kind = printable(file.path), np.dtype(file.kind)
    expected = file.begin + math.prod(file.shape) * kind.itemsize
    content = read_bounded(file.path)
    if 0 in file.shape or len(content) != expected:
        shape = " x ".join(f"{size:,}" for size in file.shape)
        state = "empty" if 0 in file.shape else "truncated" if len(content) < expected else "too long"
        raise DataError(f"{name}: {state}: {len(content):,} bytes, need {expected:,} for {shape}; fetch it again")
    numbers = np.frombuffer(content, kind, offset=file.begin).reshape(file.shape)
    return numbers if kind.itemsize == 1 else numbers.astype(kind.newbyteorder("="))


def partner_of(images: IdxFile, labels: Sequence[IdxFile], *, alone: bool) -> IdxFile | None:
    """The labels for a file of images: the file with the same name, apart from words such as images and labels."""
    fitting = [file for file in labels if file.shape[0] == images.shape[0]]
    bare = _bare(images.path, IMAGE_WORDS)
    same = [file for file in fitting if _bare(file.path, LABEL_WORDS) == bare]
    if len(same) == 1:
        return same[0]
    of_part = [file for file in fitting if part_of(file.path) == part_of(images.path)]
    if len(of_part) == 1:
        return of_part[0]
    return fitting[0] if len(fitting) == 1 and alone else None


def part_of(path: Path) -> str:
    """The part of a set by a file's name; `ALL` if the name has none."""
    words = re.split(r"[^a-z0-9]+", path.name.casefold())
    return next((PART_NAMES[word] for word in words if word in PART_NAMES), ALL)


def _bare(path: Path, words: re.Pattern[str]) -> list[str]:
    return [word for word in re.split(r"[^a-z0-9]+", path.name.casefold()) if word and not words.fullmatch(word)]
