"""Reads labels in their usual forms: numbers, text, one-hot rows, 10 for 0."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from digitreader.errors import DataError
from digitreader.measure.data.own.digit_set import NONE, Labels

DIGIT_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
NONE_WORDS = frozenset({"none", "no", "nothing", "other", "others", "background"})


def class_of(word: str) -> int | None:
    """The class of a folder or cell by its name: 0 to 9, `NONE`, or None if it is not a class."""
    word = word.strip().strip("\"'").casefold()
    if word in NONE_WORDS:
        return NONE
    if word in DIGIT_WORDS:
        return DIGIT_WORDS.index(word)
    try:
        number = float(word)
    except ValueError:
        return None
    return int(number) if number in range(NONE + 1) else None


def labels_of(array: npt.NDArray[Any], source: str) -> Labels:
    """Turn an array of labels into classes.

    Args:
        array: (N,) or (N, 1) integers or text, or (N, 10) or (N, 11) one-hot; more axes of length 1 are allowed.
        source: names it in messages.

    Returns:
        (N,) uint8, 0 to 9, or `NONE`.

    Raises:
        DataError: there is a label that is not a class.
    """
    if array.ndim > 2 and array.size:
        array = array.reshape(len(array), -1) if array.size == len(array) * max(array.shape[1:]) else array
    if array.ndim == 2 and array.shape[1] in {10, 11} and array.dtype.kind in "biuf" and _is_one_hot(array):
        return np.asarray(array.argmax(axis=1), np.uint8)
    flat = array.reshape(-1) if array.ndim == 2 and array.shape[1] == 1 else array
    if flat.ndim != 1:
        raise DataError(f"{source}: has labels of shape {array.shape}, need one for each picture")
    if flat.dtype.kind in "US":
        return _labels_of_words(flat, source)
    if flat.dtype.kind not in "biuf":
        raise DataError(f"{source}: has labels of type {flat.dtype}, need the digits 0 to 9")
    wrong = ~np.isin(flat, np.arange(NONE + 1))
    if wrong.any():
        raise DataError(f"{source}: has a label {flat[wrong][0]}, need the digits 0 to 9 (or {NONE} for no digit)")
    return flat.astype(np.uint8)


def with_tens_as_zeros(labels: Labels) -> tuple[Labels, bool]:
    """Change 10 to 0 if a set has 10 and no 0, as sets from MATLAB do; and whether that was done."""
    if (labels == NONE).any() and not (labels == 0).any() and set(range(1, NONE)) <= set(labels.tolist()):
        return np.where(labels == NONE, 0, labels).astype(np.uint8), True
    return labels, False


def _is_one_hot(array: npt.NDArray[Any]) -> bool:
    return bool((np.isin(array, (0, 1)).all(axis=1) & (array.sum(axis=1) == 1)).all())


def _labels_of_words(words: npt.NDArray[Any], source: str) -> Labels:
    known: dict[str, int | None] = {}
    labels = np.empty(len(words), np.uint8)
    for place, word in enumerate(words.tolist()):
        text = word.decode("latin-1") if isinstance(word, bytes) else word
        if text not in known:
            known[text] = class_of(text)
        found = known[text]
        if found is None:
            raise DataError(f"{source}: has a label {text[:20]!r}, need the digits 0 to 9 or none")
        labels[place] = found
    return labels
