"""Reads images with their labels or classes from an .npz archive."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

import numpy as np
import numpy.typing as npt

from digitreader.data import LabelledImages
from digitreader.errors import DataError

IMAGES, LABELS, CLASSES = "x", "y", "alphabet"


def read_archive(path: Path) -> dict[str, npt.NDArray[np.generic]]:
    """Read every array of an .npz archive.

    Raises:
        DataError: missing, damaged or of another format; an array of Python objects.
    """
    try:
        # opened here, for NumPy leaves a damaged file open
        with path.open("rb") as file:
            archive = np.load(file, allow_pickle=False)
            if not isinstance(archive, np.lib.npyio.NpzFile):
                raise DataError(f"{path}: is a single array; need an .npz archive with {IMAGES}")
            with archive:
                return {name: archive[name] for name in archive.files}
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror or error}); give an .npz archive") from error
    except (ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise DataError(f"{path}: is no .npz archive that can be read ({error}); save it again") from error


def images_in(arrays: dict[str, npt.NDArray[np.generic]], path: Path) -> npt.NDArray[np.uint8]:
    """The images of an archive, (N, H, W) uint8, at least one.

    Raises:
        DataError: there are none of this form.
    """
    images = _array(arrays, IMAGES, path)
    if images.dtype != np.uint8 or images.ndim != 3 or 0 in images.shape:
        raise DataError(
            f"{path}: {IMAGES} is {images.dtype} {images.shape}, need uint8 (N, H, W), white ink (255) on black"
        )
    return np.asarray(images, np.uint8)


def labelled_images_in(path: Path) -> LabelledImages:
    """Read labelled digits: ``x`` (N, H, W) uint8, white ink (255) on black, and ``y`` (N,) the digits.

    Raises:
        DataError: the archive or one of the two is missing or of another form.
    """
    arrays = read_archive(path)
    images, labels = images_in(arrays, path), _array(arrays, LABELS, path)
    if labels.shape != images.shape[:1] or labels.dtype.kind not in "ui":
        raise DataError(
            f"{path}: {LABELS} is {labels.dtype} {labels.shape}, need whole numbers ({len(images)},), one an image"
        )
    digits = np.asarray(labels, np.int64)
    if digits.min() < 0 or digits.max() > 9:
        raise DataError(f"{path}: {LABELS} goes from {digits.min()} to {digits.max()}, need the digits 0 to 9")
    return LabelledImages(images, digits.astype(np.uint8), path.name)


def classes_in(arrays: dict[str, npt.NDArray[np.generic]], count: int, path: Path) -> list[str]:
    """The class of each image: ``alphabet`` where the archive has it, or else one for all.

    Raises:
        DataError: not one for each image.
    """
    if CLASSES not in arrays:
        return [path.stem] * count
    classes = arrays[CLASSES]
    if classes.shape != (count,):
        raise DataError(f"{path}: {CLASSES} is {classes.shape}, need ({count},), one for each image")
    return [str(name) for name in classes]


def _array(arrays: dict[str, npt.NDArray[np.generic]], name: str, path: Path) -> npt.NDArray[np.generic]:
    if name not in arrays:
        raise DataError(f"{path}: has no array {name!r}, only {', '.join(arrays) or 'none'}")
    return arrays[name]
