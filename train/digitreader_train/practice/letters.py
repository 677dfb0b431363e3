"""Practice: letters of foreign alphabets, where an archive of them lies beside MNIST; and such as nobody ever wrote."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from digitreader.measure.data import DataPlace
from digitreader.measure.data.idx import read_archive
from digitreader_train.practice.pens import WILD, coarsen, vary
from digitreader_train.practice.task import NO_DIGIT, Practice, Task

ARCHIVE = Path("omniglot/nondigits56.npz")
"""Letters of several alphabets from Lake, Salakhutdinov and Tenenbaum, "Human-level concept learning", 2015."""

HELD_OUT = ("Greek", "Tagalog")
"""Alphabets that are never learned from, to test on."""

LIKE_DIGITS: Mapping[str, tuple[int, ...]] = {
    "Balinese": (5,),
    "Early_Aramaic": (2, 3, 4, 6, 12, 16, 17, 19, 20),
    "Japanese_(katakana)": (27,),
    "Korean": (21, 22, 33),
    "Latin": (2, 7, 9, 12, 15, 17, 19, 26),
}
"""Characters, by number, that many people write as others write a digit: to call them none would be a lie."""


@dataclass(frozen=True, slots=True, eq=False)
class Letters:
    """Letters to learn from.

    Attributes:
        images: (N, H, W) uint8, white on black.
        sha256: of the archive.
    """

    images: npt.NDArray[np.uint8]
    sha256: str


def find_letters(place: DataPlace) -> Letters | None:
    """The archive's letters without those held out or like a digit; None where there is no archive.

    Raises:
        DataError: the archive is of another form.
    """
    folders = (place.folder or place.cache, place.mnist)
    path = next((folder / ARCHIVE for folder in folders if folder and (folder / ARCHIVE).is_file()), None)
    if path is None:
        return None
    arrays = read_archive(path)
    taken = [
        alphabet not in HELD_OUT and int(character[-2:]) not in LIKE_DIGITS.get(alphabet, ())
        for alphabet, character in zip(arrays["alphabet"].tolist(), arrays["char"].tolist(), strict=True)
    ]
    return Letters(arrays["x"][np.array(taken)], hashlib.sha256(path.read_bytes()).hexdigest())


def write_letters(task: Task) -> Practice:
    """Each of the task's letters as another hand with another pen would have written it."""
    rng = task.rng
    inks = [coarsen(vary(image, rng, WILD), rng) for image in task.images]
    return Practice.of(inks, [NO_DIGIT] * len(inks))
