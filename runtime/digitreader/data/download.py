"""Fetches MNIST's four files into the cache from public mirrors; what arrives must have the right hash."""

from __future__ import annotations

import gzip
import urllib.error
import urllib.request
import zlib
from collections.abc import Sequence
from http.client import HTTPException
from pathlib import Path

from digitreader.data.idx import sha256_of
from digitreader.data.official import MNIST_SHA256
from digitreader.errors import DataError
from digitreader.files import write_whole
from digitreader.progress import ProgressBar

MIRRORS = (
    "https://storage.googleapis.com/cvdf-datasets/mnist",
    "https://ossci-datasets.s3.amazonaws.com/mnist",
)
TIMEOUT_S = 30.0
PIECE_BYTES = 1 << 16


def fetch_mnist(folder: Path, *, mirrors: Sequence[str] = MIRRORS) -> dict[str, Path]:
    """Fetch the four files into `folder`, each from the first mirror that has it whole.

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
            write_whole(paths[name], _fetch_file(name, mirrors))
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
    # the address is one of MIRRORS, or a test's own folder: never what a user or a server wrote
    with urllib.request.urlopen(url, timeout=TIMEOUT_S) as reply:  # noqa: S310
        total = int(reply.headers.get("Content-Length") or 0)
        pieces: list[bytes] = []
        with ProgressBar(label, total) as bar:
            while piece := reply.read(PIECE_BYTES):
                pieces.append(piece)
                bar.advance(len(piece))
    return b"".join(pieces)
