"""Lays other people's digits on paper and reads them there."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from digitreader.data import LabelledImages
from digitreader.data.glyphs import with_white_ink
from digitreader.data.polarity import white_on_black
from digitreader.pipeline import Reader
from digitreader.progress import ProgressBar
from digitreader.score.as_frames.layout import zoom_of
from digitreader.score.as_frames.measure import LaidDigit, LaidScore, count_laid, read_laid


@dataclass(frozen=True, slots=True)
class DigitShare:
    """How many images of one digit were found and read right."""

    digit: int
    n: int
    right: int


@dataclass(frozen=True, slots=True)
class LaidHandsScore:
    """How labelled digits are found and read on paper; a blank image is lost.

    Attributes:
        total: of all digits.
        by_digit: of each digit that there is, from 0 to 9, how many were right.
    """

    total: LaidScore
    by_digit: tuple[DigitShare, ...]


def score_hands_as_frames(
    reader: Reader, digits: LabelledImages, *, pictures: int = 24
) -> tuple[LaidHandsScore, list[LaidDigit], list[LaidDigit]]:
    """Lay every image on paper and read it, with a progress bar.

    Returns:
        The score; those accepted as another digit; those lost. The first of each, at most `pictures`.
    """
    label = f"reading {digits.name} on paper"
    images = all_with_white_ink(white_on_black(digits.images, label=label))
    with ProgressBar(label, len(digits)) as bar:
        laid = list(read_laid(reader, list(images), digits.labels.tolist(), zoom=zoom_of(images), bar=bar))
    every = [digit for picture in laid for digit in picture.digits]
    counts = Counter(digit.label for digit in every)
    right = Counter(digit.label for digit in every if digit.outcome == "right")
    shares = tuple(DigitShare(digit, counts[digit], right[digit]) for digit in sorted(counts))
    misread, lost = ([each for each in every if each.outcome == name][:pictures] for name in ("misread", "lost"))
    return LaidHandsScore(count_laid(digits.name, laid), shares), misread, lost


def all_with_white_ink(images: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Stretch the grey levels of a collection, not of each image by itself, until its strongest ink is 255.

    Args:
        images: (N, H, W) uint8.
    """
    if not images.any():
        return images
    return with_white_ink(images.reshape(len(images), -1)).reshape(images.shape)
