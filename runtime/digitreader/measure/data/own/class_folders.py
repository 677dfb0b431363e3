"""Class folders: sub-folders 0 to 9, and `none`, with pictures of any format in them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from digitreader.camera.folder import natural_key
from digitreader.camera.images import decode_image
from digitreader.camera.source import printable
from digitreader.errors import DataError, ImageError
from digitreader.host.progress import ProgressBar
from digitreader.measure.data.own.digit_set import NONE, Images, RawPart
from digitreader.measure.data.own.labels import DIGIT_WORDS
from digitreader.measure.data.own.prepare import shrink

LARGEST_FILE = 64 << 20
MOST_PICTURES = 1_000_000
MANY_PICTURES = 500
"""Fewer are read without a progress bar."""
IGNORED = frozenset({"thumbs.db", "desktop.ini", "__macosx", "@eadir", "$recycle.bin", "system volume information"})
"""Files that operating systems put into folders, beside hidden files."""


BESIDE_THE_DIGIT = frozenset({"digit", "digits", "class", "label", "number", "num", "category", "cls", "n"})
"""Words that may stand beside the digit in a folder's name, as in ``digit_3``."""


class Labelled(NamedTuple):
    """A file in a class folder."""

    path: Path
    label: int


def class_folders_in(folder: Path) -> dict[Path, int]:
    """The sub-folders that are classes, each with its label."""
    folders = sorted(path for path in folder.iterdir() if path.is_dir())
    named = {path: class_of_folder(path.name) for path in folders}
    return {path: label for path, label in named.items() if label is not None}


def class_of_folder(name: str) -> int | None:
    """The class of a folder by its name: ``3``, ``03``, ``digit_3``, ``three`` or ``3 - three``; or None.

    >>> class_of_folder("Class 7"), class_of_folder("none"), class_of_folder("page_7"), class_of_folder("17")
    (7, 10, None, None)
    """
    words = re.findall(r"[a-z]+|\d+|[^\s_.()-]", name.casefold())
    if words == ["none"]:
        return NONE
    said: set[int | None] = set()
    for word in words:
        if word in DIGIT_WORDS:
            said.add(DIGIT_WORDS.index(word))
        elif word.isdecimal() and word.isascii():
            said.add(int(word) if len(word) <= 2 and int(word) < NONE else None)
        elif word not in BESIDE_THE_DIGIT:
            return None
    return said.pop() if len(said) == 1 else None


def read_class_folders(folder: Path) -> tuple[RawPart | None, list[str]]:
    """Read every picture of the class folders, in the order of their file names; numbers count as numbers.

    Returns:
        The pictures, None if not one can be read; and a line for each file or folder that cannot be used.

    Raises:
        DataError: the folder cannot be listed, or has far too many files.
    """
    classes = class_folders_in(folder)
    left_out = [
        f"{printable(path)}: is not a class; need the folders 0 to 9 or none"
        for path in sorted(folder.iterdir())
        if path.is_dir() and path not in classes and not is_ignored(path.name)
    ]
    files: list[Labelled] = []
    for path, label in classes.items():
        inside = list(_files_in(path))
        if not inside:
            left_out.append(f"{printable(path)}: is empty")
        files += [Labelled(file, label) for file in inside]
        if len(files) > MOST_PICTURES:
            raise DataError(f"{printable(folder)}: holds more than {MOST_PICTURES:,} files; give a smaller set")
    files.sort(key=lambda each: (natural_key(each.path.name), each.label, str(each.path)))
    images: list[Images] = []
    labels: list[int] = []
    for file in _with_progress(files, folder):
        try:
            image = read_gray(file.path)
        except ImageError as error:
            left_out.append(str(error))
            continue
        if file.label != NONE and image.min() == image.max():
            left_out.append(f"{printable(file.path)}: has no ink")
            continue
        images.append(image)
        labels.append(file.label)
    return (RawPart(images, np.array(labels, np.uint8)) if images else None), left_out


def read_gray(path: Path) -> Images:
    """Read a picture file of any format, whatever its name is, as gray; a large one is made smaller.

    Raises:
        ImageError: it is not a picture, damaged, empty or too large, or cannot be read.
    """
    name = printable(path)
    try:
        if not path.is_file():
            raise ImageError(f"{name}: is not a file; give a picture")
        if path.stat().st_size > LARGEST_FILE:
            raise ImageError(f"{name}: has more than {LARGEST_FILE >> 20} MB; make the picture smaller")
        content = path.read_bytes()
    except OSError as error:
        raise ImageError(f"{name}: cannot be read ({error.strerror})") from error
    colours = decode_image(content, name=name).image
    return shrink(np.asarray(cv2.cvtColor(colours, cv2.COLOR_BGR2GRAY), np.uint8))


def is_ignored(name: str) -> bool:
    """Whether a file or folder is hidden, or was put there by an operating system."""
    return name.startswith(".") or name.casefold() in IGNORED


def _files_in(folder: Path) -> Iterator[Path]:
    """Every file in a class folder and the folders in it; links to folders are not followed."""
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not is_ignored(name))
        yield from (Path(place) / name for name in sorted(names) if not is_ignored(name))


def _with_progress(files: Sequence[Labelled], folder: Path) -> Iterator[Labelled]:
    if len(files) < MANY_PICTURES:
        yield from files
        return
    with ProgressBar(f"reading {printable(folder)}", len(files)) as bar:
        for file in files:
            yield file
            bar.advance()
