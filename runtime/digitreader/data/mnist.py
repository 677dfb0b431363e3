"""Finds MNIST's four files, proves that they are the ones meant, and reads the two halves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from digitreader.data.idx import LabelledImages, read_decompressed, read_labelled_images, sha256_of
from digitreader.data.official import MNIST_SHA256
from digitreader.errors import DataError

Half = Literal["train", "test"]

PLACES_INSIDE = (".", "mnist", "MNIST/raw")
FILE_STEMS: Mapping[Half, str] = {"train": "train", "test": "t10k"}


@dataclass(frozen=True, slots=True)
class DataPlace:
    """Where a command looks for its data.

    Attributes:
        folder: what the user named; None where nothing was named.
        cache: what is fetched or worked out is kept here.
        any_digits: take the folder's four files as they are, also where they are not MNIST's own.
    """

    folder: Path | None
    cache: Path
    any_digits: bool = False


@dataclass(frozen=True, slots=True)
class MnistFiles:
    """The four files, found and proven.

    Attributes:
        paths: by the file's name without ``.gz``.
        sha256: of each file's decompressed bytes.
        is_mnist: false where they are other digits in MNIST's form.
    """

    paths: Mapping[str, Path]
    sha256: Mapping[str, str]
    is_mnist: bool

    def read(self, half: Half) -> LabelledImages:
        """Read the images and labels of one half.

        Raises:
            DataError: the files are not an IDX pair.
        """
        stem = FILE_STEMS[half]
        name = f"MNIST {half} images" if self.is_mnist else f"{half} images"
        return read_labelled_images(
            self.paths[f"{stem}-images-idx3-ubyte"], self.paths[f"{stem}-labels-idx1-ubyte"], name=name
        )


def find_mnist(place: DataPlace) -> MnistFiles:
    """Find the four files in the named folder, or else in the cache, which is filled from a public mirror.

    Raises:
        DataError: the folder lacks them, or a file is not MNIST's own and `place.any_digits` is off.
    """
    if place.folder is not None:
        return check_files(_files_in(place.folder), any_digits=place.any_digits)
    folder = place.cache / "mnist"
    paths = _find_files(folder)
    if len(paths) < len(MNIST_SHA256):
        from digitreader.data.download import fetch_mnist

        paths = fetch_mnist(folder)
    return check_files(paths)


def check_files(paths: Mapping[str, Path], *, any_digits: bool = False) -> MnistFiles:
    """Compare each file's decompressed bytes with MNIST's own.

    Raises:
        DataError: one differs, and `any_digits` is off.
    """
    found = {name: sha256_of(read_decompressed(path)) for name, path in paths.items()}
    others = [name for name in MNIST_SHA256 if found[name] != MNIST_SHA256[name]]
    if others and not any_digits:
        name = others[0]
        raise DataError(
            f"{paths[name]}: sha256 {found[name][:12]}... is not MNIST's {MNIST_SHA256[name][:12]}...; "
            "fetch it again, or say --any-digits to train on digits of your own"
        )
    return MnistFiles(paths, found, is_mnist=not others)


def _files_in(folder: Path) -> Mapping[str, Path]:
    for inside in PLACES_INSIDE:
        paths = _find_files(folder / inside)
        if len(paths) == len(MNIST_SHA256):
            return paths
    if not folder.is_dir():
        raise DataError(f"{folder}: no such folder; give one that holds MNIST's four files")
    missing = [name for name in MNIST_SHA256 if name not in _find_files(folder)]
    raise DataError(f"{folder}: has no {missing[0]} (or .gz), nor a folder mnist with it; need MNIST's four files")


def _find_files(folder: Path) -> dict[str, Path]:
    spellings = {name: (folder / name, folder / f"{name}.gz") for name in MNIST_SHA256}
    found = {name: next((path for path in paths if path.is_file()), None) for name, paths in spellings.items()}
    return {name: path for name, path in found.items() if path is not None}
