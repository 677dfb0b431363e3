"""A set of own digits: its parts, and remarks about reading it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from digitreader.measure.data.idx import LabelledImages

NONE = 10
"""The label of a picture that shows no digit."""

ALL = "all"
"""The name of the only part of a set that is not split."""

PART_NAMES: Mapping[str, str] = {
    "train": "train", "training": "train",
    "val": "val", "valid": "val", "validation": "val", "dev": "val",
    "test": "test", "testing": "test", "t10k": "test",
}  # fmt: skip
"""Usual names of the parts of a set, and their names here."""

FORMS = (
    "folders 0 to 9 of pictures (train/, val/ and test/ may stand round them), a CSV with a label and n x n pixel "
    "columns, an .npz with images and labels, or a pair of IDX files"
)
"""What can be read, for messages."""

Images = npt.NDArray[np.uint8]
Labels = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class RawPart:
    """Pictures as they are in a file.

    Attributes:
        images: (N, H, W) of any kind of number, or N gray images of any size.
        labels: (N,) uint8, 0 to 9, or `NONE`.
        lines: the line of the file in which each stands; None if it is not a text file.
    """

    images: list[Images] | npt.NDArray[Any]
    labels: Labels
    lines: Sequence[int] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class RawSet:
    """A set as it was read, before its pictures are made alike.

    Attributes:
        form: its form: ``class folders``, ``CSV``, ``npz`` or ``IDX``.
        parts: ``train``, ``val`` and ``test``, or only `ALL`.
        left_out: one line for each thing that cannot be used.
        remarks: one line for each choice that was made for the user.
    """

    form: str
    parts: Mapping[str, RawPart]
    left_out: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Pictures that belong together.

    Attributes:
        images: (N, S, S) uint8, white ink on black.
        labels: (N,) uint8, 0 to 9, or `NONE`.
    """

    images: Images
    labels: Labels

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, places: npt.NDArray[Any]) -> Part:
        """The pictures at these indices, in this order."""
        return Part(self.images[places], self.labels[places])

    def digits(self, name: str) -> LabelledImages:
        """The pictures of digits; `name` is their name in a sentence."""
        shown = self.labels != NONE
        return LabelledImages(self.images[shown], self.labels[shown], name)

    def others(self) -> Images:
        """The pictures without a digit, (M, H, W)."""
        return np.asarray(self.images[self.labels == NONE])

    @classmethod
    def joined(cls, parts: Sequence[Part]) -> Part:
        """Several parts as one."""
        return cls(np.concatenate([part.images for part in parts]), np.concatenate([part.labels for part in parts]))


@dataclass(frozen=True, slots=True, eq=False)
class DigitSet:
    """Own data, ready to be used.

    Attributes:
        name: the last part of its path.
        form: its form: ``class folders``, ``CSV``, ``npz`` or ``IDX``.
        parts: ``train``, ``val`` and ``test``, or only `ALL`; each has at least one picture.
        sizes: how many pictures had each size (width, height).
        black_on_white: the ink was darker than the paper, so the pictures were inverted.
        gray_paper: most pictures had paper that is not plain, so its gray was removed.
        left_out: one line for each thing that cannot be used.
        remarks: one line for each choice that was made for the user.
    """

    name: str
    form: str
    parts: Mapping[str, Part]
    sizes: Mapping[tuple[int, int], int]
    black_on_white: bool
    gray_paper: bool
    left_out: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def is_split(self) -> bool:
        """Whether it has parts."""
        return ALL not in self.parts

    def everything(self) -> Part:
        """All pictures."""
        return Part.joined(list(self.parts.values()))

    @property
    def stem(self) -> str:
        """The name without suffixes."""
        return self.name.partition(".")[0] or "digits"


DIGEST_BYTES = 16


def digests_of(images: Images) -> list[bytes]:
    """A hash of each picture; equal pictures have equal ones."""
    return [hashlib.blake2b(image.tobytes(), digest_size=DIGEST_BYTES).digest() for image in images]


def content_sha256(parts: Mapping[str, Part]) -> str:
    """The hash of a set in run records and model cards: the same in every form and order."""
    lines = []
    for name, part in parts.items():
        height, width = part.images.shape[1:]
        pairs = zip(digests_of(part.images), part.labels.tolist(), strict=True)
        lines += [f"{name} {label} {width}x{height} {digest.hex()}\n" for digest, label in pairs]
    return hashlib.sha256("".join(sorted(lines)).encode()).hexdigest()


def groups_of_equals(digests: Sequence[bytes]) -> list[list[int]]:
    """The indices of each different picture, sorted by hash, so that the order of the set does not matter."""
    groups: dict[bytes, list[int]] = {}
    for place, digest in enumerate(digests):
        groups.setdefault(digest, []).append(place)
    return [groups[digest] for digest in sorted(groups)]
