"""Opens the data that a user names: MNIST's four files, or the user's own set in any form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from digitreader.errors import DataError
from digitreader.host.messages import print_info
from digitreader.measure.data.idx import LabelledImages
from digitreader.measure.data.mnist import DataPlace, Half, MnistFiles, find_mnist, has_mnist_files
from digitreader.measure.data.own.digit_set import ALL, DigitSet, Images, Part, content_sha256
from digitreader.measure.data.own.load import load_digit_set
from digitreader.measure.data.own.notices import tell
from digitreader.measure.data.own.recognise import half_sha256, mnist_halves, shuffled_mnist_halves
from digitreader.measure.data.own.split import split_set

Chosen = tuple[LabelledImages, Images]
"""Digits, and pictures without a digit."""


@dataclass(frozen=True, slots=True, eq=False)
class MnistImages:
    """MNIST in another form than its four files; it is used like these.

    Attributes:
        halves: ``train`` and ``test``; one may be missing.
        sha256: the hashes of MNIST's four files, by their names.
        source: its path.
    """

    halves: Mapping[str, LabelledImages]
    sha256: Mapping[str, str]
    source: Path
    is_mnist: bool = True

    def read(self, half: Half) -> LabelledImages:
        """Read one half.

        Raises:
            DataError: it is missing.
        """
        if half not in self.halves:
            raise DataError(f"{self.source}: has MNIST's other half, not its {half} images; give both")
        return self.halves[half]


@dataclass(frozen=True, slots=True, eq=False)
class OwnDigits:
    """The user's own set.

    Attributes:
        digits: the set as it was read.
        parts: ``train``, ``val`` and ``test``, in a fixed order; missing parts are split off.
        sha256: the hash of its pictures and labels, by its name.
        source: its path.
    """

    digits: DigitSet
    parts: Mapping[str, Part]
    sha256: Mapping[str, str]
    source: Path
    is_mnist: bool = False

    def take(self, part: str) -> Chosen:
        """The digits of ``train``, ``val``, ``test`` or ``all``, and the pictures without a digit there.

        Raises:
            DataError: the part has no digit.
        """
        found = self.digits.everything() if part == ALL else self.parts[part]
        name = self.digits.name if part == ALL else f"the {part} part of {self.digits.name}"
        digits = found.digits(name)
        if not len(digits):
            raise DataError(f"{self.source}: its {part} part holds no digit; give more pictures")
        return digits, found.others()


Opened = MnistFiles | MnistImages | OwnDigits


def open_digits(place: DataPlace, *, quietly: bool = False) -> Opened:
    """Open MNIST's four files if the place has them, or else the user's own set.

    Args:
        place: where to look.
        quietly: do not print notices, because they were printed before.

    Raises:
        DataError: there are no data, they are in no known form, or files with MNIST's names are not MNIST's.
    """
    if place.folder is None or has_mnist_files(place.folder):
        return find_mnist(place)
    digits = load_digit_set(place.folder)
    if not quietly:
        tell(digits)
    if halves := mnist_halves(digits) or _shuffled_halves(digits, place):
        sha256 = {name: value for half in halves for name, value in half_sha256(half).items()}
        return MnistImages(halves, sha256, place.folder)
    return OwnDigits(digits, split_set(digits), {digits.name: content_sha256(digits.parts)}, place.folder)


def _shuffled_halves(digits: DigitSet, place: DataPlace) -> Mapping[str, LabelledImages]:
    """As `shuffled_mnist_halves`, if MNIST's files are on this machine; else empty."""
    folder = next((each for each in (place.mnist, place.cache) if each is not None and has_mnist_files(each)), None)
    if folder is None:
        return {}
    files = find_mnist(DataPlace(folder, place.cache, any_digits=True))
    if not files.is_mnist:
        return {}
    return shuffled_mnist_halves(digits, lambda half: files.read("train" if half == "train" else "test"))


def take_part(opened: Opened, part: str | None, trained_on: Mapping[str, Any]) -> Chosen:
    """Read a part of what was opened.

    Args:
        opened: the digits.
        part: ``train``, ``val``, ``test`` or ``all``. None takes the test part if the digits came with one or the
            model was trained on them, otherwise all.
        trained_on: sha256 of the data that the model was trained on, by name.

    Raises:
        DataError: there is no such part.
    """
    if isinstance(opened, OwnDigits):
        return opened.take(part or default_part(opened, trained_on))
    if part not in {None, "train", "test"}:
        raise DataError(f"MNIST has the parts train and test, not {part}; give one of them as --split")
    digits = opened.read("train" if part == "train" else "test")
    return digits, digits.images[:0]


def default_part(opened: OwnDigits, trained_on: Mapping[str, Any]) -> str:
    """The part for judging a model if the user names none."""
    if "test" in opened.digits.parts:
        return "test"
    if set(opened.sha256.values()) & set(trained_on.values()):
        print_info(f"{opened.digits.name}: the model was trained on it; the test part is read, which it has not seen")
        return "test"
    return ALL
