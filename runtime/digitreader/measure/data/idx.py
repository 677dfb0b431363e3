"""Files of labelled images: IDX, the format of MNIST, plain or gzipped; and .npz archives."""

from __future__ import annotations

import gzip
import hashlib
import math
import struct
import tokenize
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from digitreader.errors import DataError

IDX_UBYTE = b"\x00\x00\x08"
GZIP = b"\x1f\x8b"
MOST_BYTES = 1 << 30
"""More than this, unpacked, is refused: it would fill the memory."""
MOST_DIMENSIONS, MOST_ARRAYS = 8, 1000
DAMAGE = (
    ValueError, TypeError, SyntaxError, RecursionError, MemoryError, EOFError, struct.error, zlib.error,
    tokenize.TokenError, NotImplementedError, zipfile.BadZipFile, OverflowError, RuntimeError,
)  # fmt: skip
"""The errors that NumPy and Python's readers raise for damaged or hostile archives."""


@dataclass(frozen=True, slots=True, eq=False)
class LabelledImages:
    """Images with the digit that each one shows.

    Attributes:
        images: (N, H, W) uint8, white ink (255) on black (0).
        labels: (N,) uint8, 0 to 9.
        name: their name in a sentence.
    """

    images: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.uint8]
    name: str

    def __len__(self) -> int:
        return len(self.labels)


def read_labelled_images(images_path: Path, labels_path: Path, *, name: str = "") -> LabelledImages:
    """Read an IDX pair; each file may be plain or gzipped, whatever its name says.

    Raises:
        DataError: a file is missing, damaged or of the wrong kind, or the two do not belong together.
    """
    images, labels = read_idx(images_path), read_idx(labels_path)
    if images.ndim != 3 or 0 in images.shape:
        raise DataError(f"{images_path}: holds {_shape(images)}, need images (N, H, W), at least one of at least 1x1")
    if labels.ndim != 1:
        raise DataError(f"{labels_path}: holds {_shape(labels)}, need labels (N,); are the two files swapped?")
    if len(images) != len(labels):
        raise DataError(
            f"{images_path} has {len(images):,} images but {labels_path} {len(labels):,} labels; give two files of "
            f"one set"
        )
    if labels.max() > 9:
        raise DataError(f"{labels_path}: has a label {labels.max()}, need the digits 0 to 9")
    return LabelledImages(images, labels, name or images_path.name)


def read_idx(path: Path) -> npt.NDArray[np.uint8]:
    """Read one IDX file of unsigned bytes, of any number of dimensions.

    Raises:
        DataError: missing, truncated, too long, or no IDX file of unsigned bytes.
    """
    return parse_idx(read_decompressed(path), path)


def read_decompressed(path: Path) -> bytes:
    """Read an IDX file, and unpack it if its content is gzip: no more bytes than its head promises, and one.

    Raises:
        DataError: the file is missing, not readable, too large, or a damaged gzip file.
    """
    try:
        with path.open("rb") as file:
            if not file.peek(len(GZIP)).startswith(GZIP):
                return _promised(file, path)
            with gzip.GzipFile(fileobj=file) as unpacked:
                return _promised(unpacked, path)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DataError(f"{path}: the gzip file is damaged ({error}); fetch it again") from error
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror}); give an IDX file, plain or gzipped") from error


def _promised(stream: BinaryIO | gzip.GzipFile, path: Path) -> bytes:
    head = stream.read(4)
    if not head.startswith(IDX_UBYTE) or len(head) < 4:
        return head
    sizes = stream.read(4 * min(head[3], MOST_DIMENSIONS))
    count = math.prod(_sizes_in(sizes))
    if count > MOST_BYTES:
        raise DataError(f"{path}: promises more than {MOST_BYTES:,} bytes; give a smaller set, or fetch it again")
    return head + sizes + stream.read(count + 1)


def _sizes_in(told: bytes) -> list[int]:
    return [int.from_bytes(told[place : place + 4], "big") for place in range(0, len(told), 4)]


def parse_idx(content: bytes, path: Path) -> npt.NDArray[np.uint8]:
    """Turn the bytes of an IDX file into its array; `path` is only for messages.

    Raises:
        DataError: as `read_idx`.
    """
    if not content.startswith(IDX_UBYTE) or len(content) < 4:
        raise DataError(f"{path}: begins with {content[:4].hex(' ') or 'nothing'}, need 00 00 08 (IDX, unsigned bytes)")
    begin = 4 + 4 * content[3]
    if content[3] > MOST_DIMENSIONS:
        raise DataError(f"{path}: has {content[3]} dimensions, need at most {MOST_DIMENSIONS}; fetch it again")
    sizes = _sizes_in(content[4:begin])
    expected = begin + math.prod(sizes)
    if not sizes or len(content) != expected:
        shape = " x ".join(f"{size:,}" for size in sizes) or "nothing"
        state = f"truncated: {len(content):,} bytes" if len(content) < expected else "too long"
        raise DataError(f"{path}: {state}, need {expected:,} bytes for {shape}; fetch it again")
    return np.frombuffer(content, np.uint8, offset=begin).reshape(sizes)


def sha256_of(content: bytes) -> str:
    """The hash under which run records and model cards name a data file: of its decompressed bytes."""
    return hashlib.sha256(content).hexdigest()


def _shape(array: npt.NDArray[np.uint8]) -> str:
    return f"an array {array.shape}"


def read_archive(path: Path) -> dict[str, npt.NDArray[np.generic]]:
    """Read every array of an .npz archive.

    Raises:
        DataError: missing, damaged or of another format; an array of Python objects.
    """
    try:
        # opened here, because NumPy leaves a damaged file open
        with path.open("rb") as file:
            archive = np.load(file, allow_pickle=False)
            if not isinstance(archive, np.lib.npyio.NpzFile):
                raise DataError(f"{path}: is a single array; need an .npz archive with x")
            with archive:
                _check_size(archive, path)
                return {name: archive[name] for name in archive.files}
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror or error}); give an .npz archive") from error
    except DAMAGE as error:
        raise DataError(f"{path}: is not a readable .npz archive ({error}); save it again") from error


def _check_size(archive: np.lib.npyio.NpzFile, path: Path) -> None:
    members = archive.zip.infolist() if archive.zip is not None else []
    if len(members) > MOST_ARRAYS or sum(member.file_size for member in members) > MOST_BYTES:
        raise DataError(
            f"{path}: unpacks to more than {MOST_BYTES:,} bytes or {MOST_ARRAYS:,} arrays; give a smaller one"
        )
