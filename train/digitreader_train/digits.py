"""The labelled glyphs of a training: MNIST or own digits through the runtime's own normalisation, and their split."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.errors import DataError
from digitreader.measure.data import DataPlace, LabelledImages, MnistFiles, find_mnist
from digitreader.measure.data import glyphs as glyph_steps
from digitreader.measure.data import glyphs as polarity
from digitreader.measure.data.choice import MnistImages, Opened, OwnDigits, open_digits
from digitreader.measure.data.glyphs import normalise_images
from digitreader.measure.data.mnist import Half
from digitreader.model.glyph import area_scaling, normalise
from digitreader.values import Glyphs
from digitreader_train.glyph_cache import cached_arrays
from digitreader_train.own_digits import check_own, describe_own, framed
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
        files_sha256: of the decompressed data files, or of a set of the user's own, by name.
        is_mnist: false where a user trains on digits of their own.
        others: (M, S, S) uint8 pictures that show no digit, to learn from as well; None if there are none.
        about: what it is, in one sentence; empty for MNIST's four files and others of their form.
        rehearsal: digits of MNIST that are learned beside the user's own, so that they are not forgotten.
        rehearsal_validation: digits of MNIST that help to choose the epoch then.
    """

    train: LabelledGlyphs
    validation: LabelledGlyphs
    files_sha256: Mapping[str, str]
    is_mnist: bool
    others: npt.NDArray[np.uint8] | None = None
    about: str = ""
    rehearsal: LabelledGlyphs | None = None
    rehearsal_validation: LabelledGlyphs | None = None

    @property
    def validation_images(self) -> int:
        """How many digits choose the epoch."""
        beside = self.rehearsal_validation
        return len(self.validation) + (0 if beside is None else len(beside))


def load_training_digits(
    place: DataPlace, *, limit: int | None = None, rehearse: int = 0, opened: Opened | None = None
) -> TrainingDigits:
    """Load what a training learns from and what chooses its epoch; only what is used is normalised.

    Args:
        place: where to look.
        limit: use only this many of the training images, to be quick.
        rehearse: this many training digits of MNIST are learned beside the others.
        opened: the place's digits, where they were opened before.

    Raises:
        DataError: no usable data there.
    """
    opened = opened or open_digits(place)
    if isinstance(opened, OwnDigits):
        digits = _load_own(opened, place.cache, limit=limit, rehearse=rehearse)
    elif limit is None:
        half = load_half(opened, "train", place.cache)
        train, validation = (half.take(places) for places in split_places(len(half)))
        digits = TrainingDigits(train, validation, opened.sha256, opened.is_mnist)
    else:
        train, validation = _load_some(opened, place.cache, limit=limit)
        digits = TrainingDigits(train, validation, opened.sha256, opened.is_mnist)
    return _with_rehearsal(digits, place, rehearse) if rehearse else digits


def validation_of(digits: TrainingDigits) -> LabelledGlyphs:
    """The digits that choose the epoch; where MNIST is rehearsed, both count the same."""
    beside = digits.rehearsal_validation
    if beside is None:
        return digits.validation
    times = max(1, round(len(beside) / len(digits.validation)))
    own = digits.validation
    return LabelledGlyphs(
        np.concatenate([*([framed(own.images)] * times), framed(beside.images)]),
        np.concatenate([*([own.glyphs] * times), beside.glyphs]),
        np.concatenate([*([own.labels] * times), beside.labels]),
    )


def load_test_digits(opened: Opened, cache: Path) -> LabelledGlyphs:
    """Load the digits that choose nothing.

    Raises:
        DataError: there are none.
    """
    if isinstance(opened, OwnDigits):
        return _normalised(opened.take("test")[0], cache)
    return load_half(opened, "test", cache)


def _load_own(opened: OwnDigits, cache: Path, *, limit: int | None, rehearse: int) -> TrainingDigits:
    check_own(opened)
    train, others = opened.take("train")
    validation, _ = opened.take("val")
    if limit is not None:
        train, validation = _first(train, limit), _first(validation, max(limit // 6, 1))
    learned = _normalised(train, cache)
    inked = others[others.max(axis=(1, 2)) > 0]
    return TrainingDigits(
        train=_framed(learned),
        validation=_framed(_normalised(validation, cache)),
        files_sha256=opened.sha256,
        is_mnist=False,
        others=framed(inked) if len(inked) else None,
        about=describe_own(opened, learned=len(learned), rehearsed=rehearse),
    )


def _with_rehearsal(digits: TrainingDigits, place: DataPlace, count: int) -> TrainingDigits:
    mnist = mnist_beside(place)
    train, validation = _load_some(mnist, place.cache, limit=count)
    return replace(
        digits,
        rehearsal=train,
        rehearsal_validation=validation,
        files_sha256={**digits.files_sha256, **mnist.sha256},
    )


def mnist_beside(place: DataPlace) -> MnistFiles:
    """MNIST, where the place's own digits are others.

    Raises:
        DataError: it is not here and cannot be fetched.
    """
    return find_mnist(replace(place, folder=place.mnist, any_digits=False))


def _load_some(files: MnistFiles | MnistImages, cache: Path, *, limit: int) -> tuple[LabelledGlyphs, LabelledGlyphs]:
    """A limited number of training images, and a sixth of that number of validation images."""
    images = files.read("train")
    train, validation = split_places(len(images))
    chosen = train[:limit], validation[-max(limit // 6, 1) :]
    parts = [LabelledImages(images.images[places], images.labels[places], images.name) for places in chosen]
    return _normalised(parts[0], cache), _normalised(parts[1], cache)


def _first(digits: LabelledImages, count: int) -> LabelledImages:
    return LabelledImages(digits.images[:count], digits.labels[:count], digits.name)


def _framed(digits: LabelledGlyphs) -> LabelledGlyphs:
    return replace(digits, images=framed(digits.images))


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


def load_half(files: MnistFiles | MnistImages, half: Half, cache: Path) -> LabelledGlyphs:
    """Load one half and normalise it; images without ink are left out.

    Raises:
        DataError: the files are not an IDX pair, or lack this half.
    """
    return _normalised(files.read(half), cache)


def _normalised(digits: LabelledImages, cache: Path) -> LabelledGlyphs:
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
    steps = [Path(str(step.__file__)) for step in (glyph_steps, polarity, normalise, area_scaling)]
    key = hashlib.sha256(b"".join(step.read_bytes() for step in steps))
    key.update(f"{cv2.__version__} {images.shape}".encode())
    key.update(np.ascontiguousarray(images).data)
    return key.hexdigest()
