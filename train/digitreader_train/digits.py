"""The labelled glyphs of a training: MNIST through the runtime's own normalisation, split once for all."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from digitreader import normalise
from digitreader.data import DataPlace, LabelledImages, MnistFiles, find_mnist, polarity
from digitreader.data import glyphs as glyph_steps
from digitreader.data.glyphs import normalise_images
from digitreader.data.mnist import Half
from digitreader.errors import DataError
from digitreader.values import Glyphs
from digitreader_train.glyph_cache import cached_arrays
from digitreader_train.recipes import VALIDATION_IMAGES

SPLIT_SEED = 20
"""Fixed, so that no seed of a training can choose its own examiners."""

LEAST_IMAGES = 20


@dataclass(frozen=True, slots=True, eq=False)
class LabelledGlyphs:
    """Images, their glyphs, and the truth.

    Attributes:
        images: (N, H, W) uint8 as they came.
        glyphs: (N, 28, 28) uint8, normalised.
        labels: (N,) uint8, 0 to 9.
    """

    images: npt.NDArray[np.uint8]
    glyphs: Glyphs
    labels: npt.NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, places: npt.NDArray[np.intp]) -> LabelledGlyphs:
        """Those at these places, in this order."""
        return LabelledGlyphs(self.images[places], self.glyphs[places], self.labels[places])


@dataclass(frozen=True, slots=True, eq=False)
class TrainingDigits:
    """What a training learns from and what chooses its best epoch.

    Attributes:
        files_sha256: of the decompressed data files, by name.
        is_mnist: false where a user trains on digits of their own.
    """

    train: LabelledGlyphs
    validation: LabelledGlyphs
    files_sha256: Mapping[str, str]
    is_mnist: bool


def load_training_digits(place: DataPlace, *, limit: int | None = None) -> TrainingDigits:
    """Load the training half and split it.

    Args:
        place: where to look.
        limit: use only so many of the training images, to be quick.

    Raises:
        DataError: no usable data there.
    """
    files = find_mnist(place)
    digits = load_half(files, "train", place.cache)
    train, validation = split_places(len(digits))
    if limit is not None:
        train, validation = train[:limit], validation[-max(limit // 6, 1) :]
    return TrainingDigits(digits.take(train), digits.take(validation), files.sha256, files.is_mnist)


def split_places(count: int) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Which of `count` images train and which validate: the last 5,000 of a fixed shuffle, or a sixth of few.

    Raises:
        DataError: too few to split.
    """
    if count < LEAST_IMAGES:
        raise DataError(f"{count} images with ink are too few to train on; need at least {LEAST_IMAGES}")
    shuffled = np.random.default_rng(SPLIT_SEED).permutation(count)
    validating = min(VALIDATION_IMAGES, count // 6)
    return shuffled[:-validating], shuffled[-validating:]


def load_half(files: MnistFiles, half: Half, cache: Path) -> LabelledGlyphs:
    """Load one half and normalise it; images without ink are left out.

    Raises:
        DataError: the files are not an IDX pair.
    """
    digits = files.read(half)
    glyphs = normalise_cached(digits, cache)
    inked = np.flatnonzero(glyphs.max(axis=(1, 2)))
    return LabelledGlyphs(digits.images, glyphs, digits.labels).take(inked)


def normalise_cached(digits: LabelledImages, cache: Path) -> Glyphs:
    """Normalise all images, or take the glyphs from the cache where the same code made them from the same images."""

    def make() -> dict[str, Glyphs]:
        return {"glyphs": normalise_images(digits.images, label=f"normalising {digits.name}")[0]}

    return cached_arrays(cache, cache_key(digits.images), make)["glyphs"]


def cache_key(images: npt.NDArray[np.uint8]) -> str:
    """Name the images together with the code that makes glyphs of them: another of any is another key."""
    steps = [Path(str(step.__file__)) for step in (glyph_steps, polarity, normalise)]
    key = hashlib.sha256(b"".join(step.read_bytes() for step in steps))
    key.update(f"{cv2.__version__} {images.shape}".encode())
    key.update(np.ascontiguousarray(images).data)
    return key.hexdigest()
