"""Spoils digits in fifteen ways, lays them on paper and reads them there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from digitreader.data import LabelledImages
from digitreader.pipeline import Reader
from digitreader.progress import ProgressBar
from digitreader.score.as_frames.layout import zoom_of
from digitreader.score.as_frames.measure import LaidDigit, LaidScore, count_laid, read_laid
from digitreader.score.corruptions import CORRUPTIONS, corrupt
from digitreader.score.corruptions.measure import CLEAN
from digitreader.values import GrayImage


@dataclass(frozen=True, slots=True)
class LaidCorruptionsScore:
    """How spoiled digits are found and read on paper.

    Attributes:
        n: digits of each corruption.
        mean: of the corruptions' shares of digits read right, the clean ones left out.
        invented: over all corruptions, the clean digits left out.
    """

    n: int
    seed: int
    mean: float
    invented: int
    clean: LaidScore
    corruptions: tuple[LaidScore, ...]


def score_corruptions_as_frames(
    reader: Reader, digits: LabelledImages, *, seed: int = 0
) -> tuple[LaidCorruptionsScore, dict[str, list[LaidDigit]]]:
    """Spoil every digit in each way, lay it on paper and read it, with a progress bar.

    Returns:
        The score, and for each corruption one sample of each digit.
    """
    zoom, labels = zoom_of(digits.images), digits.labels.tolist()
    scores: list[LaidScore] = []
    samples: dict[str, list[LaidDigit]] = {}
    with ProgressBar("reading spoiled digits on paper", (1 + len(CORRUPTIONS)) * len(digits)) as bar:
        for name in (CLEAN, *CORRUPTIONS):
            bar.advance(0, note=name)
            images = [_spoiled(name, digits, seed=seed, index=index) for index in range(len(digits))]
            pictures = list(read_laid(reader, images, labels, zoom=zoom, bar=bar))
            scores.append(count_laid(name, pictures))
            samples[name] = one_of_each([digit for picture in pictures for digit in picture.digits])
        mean = float(np.mean([score.right_share for score in scores[1:]]))
        bar.advance(0, note=f"mean {mean:.1%}")
    invented = sum(score.invented for score in scores[1:])
    return LaidCorruptionsScore(len(digits), seed, mean, invented, scores[0], tuple(scores[1:])), samples


def _spoiled(name: str, digits: LabelledImages, *, seed: int, index: int) -> GrayImage:
    image = digits.images[index]
    return image if name == CLEAN else corrupt(name, image, seed=seed, index=index)


def one_of_each(digits: Sequence[LaidDigit]) -> list[LaidDigit]:
    """The first of each digit that there is, from 0 to 9."""
    first = {digit.label: digit for digit in reversed(digits)}
    return [first[label] for label in sorted(first)]
