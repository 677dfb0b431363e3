"""MNIST: found in a folder, or fetched once and checked."""

from __future__ import annotations

import gzip
import urllib.error
import urllib.request
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Literal

from digitreader.errors import DataError
from digitreader.host.files import write_atomically
from digitreader.host.progress import ProgressBar
from digitreader.measure.data.idx import LabelledImages, read_decompressed, read_labelled_images, sha256_of

MNIST_SHA256: Mapping[str, str] = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
"""sha256 of the decompressed bytes of the files as Yann LeCun, Corinna Cortes and Christopher Burges published them."""


MIRRORS = (
    "https://storage.googleapis.com/cvdf-datasets/mnist",
    "https://ossci-datasets.s3.amazonaws.com/mnist",
)
TIMEOUT_S = 30.0
PIECE_BYTES = 1 << 16


def fetch_mnist(folder: Path, *, mirrors: Sequence[str] = MIRRORS) -> dict[str, Path]:
    """Fetch the four files into `folder`, each from the first mirror that has the right file.

    Returns:
        the paths by the files' names without ``.gz``.
    Raises:
        DataError: no mirror gives a file with MNIST's hash.
        OutputError: the folder cannot be written to.
    """
    paths: dict[str, Path] = {}
    for name in MNIST_SHA256:
        paths[name] = folder / f"{name}.gz"
        if not paths[name].is_file():
            write_atomically(paths[name], _fetch_file(name, mirrors))
    return paths


def _fetch_file(name: str, mirrors: Sequence[str]) -> bytes:
    troubles: list[str] = []
    for mirror in mirrors:
        try:
            content = _fetch(f"{mirror}/{name}.gz", label=f"fetching {name}")
            if sha256_of(gzip.decompress(content)) == MNIST_SHA256[name]:
                return content
            troubles.append(f"{mirror}: wrong sha256")
        except (OSError, EOFError, HTTPException, zlib.error) as error:
            reason = error.reason if isinstance(error, urllib.error.URLError) else error
            troubles.append(f"{mirror}: {reason}")
    raise DataError(f"{name} cannot be fetched ({'; '.join(troubles)}); give --data a folder with MNIST's four files")


def _fetch(url: str, *, label: str) -> bytes:
    # the address is one of MIRRORS, or a test's folder, never one from a user or a server
    with urllib.request.urlopen(url, timeout=TIMEOUT_S) as reply:  # noqa: S310
        total = int(reply.headers.get("Content-Length") or 0)
        pieces: list[bytes] = []
        with ProgressBar(label, total) as bar:
            while piece := reply.read(PIECE_BYTES):
                pieces.append(piece)
                bar.advance(len(piece))
    return b"".join(pieces)


Half = Literal["train", "test"]

PLACES_INSIDE = (".", "mnist", "MNIST/raw")
FILE_STEMS: Mapping[Half, str] = {"train": "train", "test": "t10k"}


@dataclass(frozen=True, slots=True)
class DataPlace:
    """Where a command looks for its data.

    Attributes:
        folder: the folder, or the file of own digits, that the user named; None if nothing was named.
        cache: the folder for fetched and computed files.
        any_digits: accept the folder's four files even if they are not MNIST's own.
        mnist: the folder of MNIST, beside the user's own digits, and of archives of letters; None means the cache.
    """

    folder: Path | None
    cache: Path
    any_digits: bool = False
    mnist: Path | None = None


@dataclass(frozen=True, slots=True)
class MnistFiles:
    """The four files, after they were found and checked.

    Attributes:
        paths: the paths by the file's name without ``.gz``.
        sha256: the hash of each file's decompressed bytes.
        is_mnist: False if they are other digits in MNIST's form.
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
    """Find the four files in the named folder, or else in the cache, into which they are fetched from a public mirror.

    Raises:
        DataError: the folder does not have them, or a file is not MNIST's own and `place.any_digits` is off.
    """
    if place.folder is not None:
        return check_files(_files_in(place.folder), any_digits=place.any_digits)
    folder = place.cache / "mnist"
    paths = _find_files(folder)
    if len(paths) < len(MNIST_SHA256):
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
            "fetch it again, or give --any-digits to train on digits of your own"
        )
    return MnistFiles(paths, found, is_mnist=not others)


def has_mnist_files(folder: Path) -> bool:
    """Whether a folder, or one in it, has files with the names of MNIST's four."""
    return any(len(_find_files(folder / inside)) == len(MNIST_SHA256) for inside in PLACES_INSIDE)


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
