"""Lays collections of digits on paper and reads them as frames."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.host.progress import ProgressBar
from digitreader.measure.data import LabelledImages
from digitreader.measure.data.glyphs import white_on_black, with_white_ink
from digitreader.measure.report import share_of
from digitreader.measure.score.corruption_kinds import CORRUPTIONS, corrupt
from digitreader.measure.score.corruptions import CLEAN
from digitreader.reading.pipeline import FrameReader
from digitreader.values import Box, ColourImage, Frame, GrayImage, Reading, shifted

COLUMNS, ROWS = 4, 3
CELL_PX = 160
"""Side of a cell of the 640x480 picture, in pixels; each cell has one image in its middle."""
IMAGES_A_PICTURE = COLUMNS * ROWS
DIGIT_PX = 60
"""The height of the typical digit of a collection on the paper ..."""
MOST_PX = 120
"""... unless its image would be larger than this, so that there is paper between two images."""
PAPER, INK = (222, 230, 234), (62, 48, 44)
"""Blue, green and red for black in an image (paper), and for white (ink)."""


def zoom_of(images: npt.NDArray[np.uint8]) -> float:
    """How far to enlarge all images of a collection, so that its typical digit is `DIGIT_PX` high.

    Args:
        images: (N, H, W) uint8, white ink on black, not spoiled.
    """
    boxes = [cv2.boundingRect(cv2.threshold(image, 127, 255, cv2.THRESH_BINARY)[1]) for image in images]
    heights = [box[3] for box in boxes if box[3]]
    most = MOST_PX / max(images.shape[1:])
    return float(min(DIGIT_PX / np.median(heights), most)) if heights else most


def lay_out(images: Sequence[GrayImage], *, zoom: float) -> ColourImage:
    """Lay images on paper, the first in the upper left cell, row by row.

    Args:
        images: at most `IMAGES_A_PICTURE` of (H, W) uint8, white ink on black: white becomes dark ink, black becomes
            paper, and levels in between are mixed.
        zoom: how far each is enlarged; none may become larger than `CELL_PX`.

    Returns:
        (480, 640, 3) uint8, blue-green-red.
    """
    interpolation = cv2.INTER_CUBIC if zoom > 1 else cv2.INTER_AREA
    ink = np.zeros((ROWS * CELL_PX, COLUMNS * CELL_PX), np.uint8)
    for cell, image in enumerate(images):
        grown = cv2.resize(image, None, fx=zoom, fy=zoom, interpolation=interpolation)
        box = cell_box(cell)
        top, left = box.y + (CELL_PX - grown.shape[0]) // 2, box.x + (CELL_PX - grown.shape[1]) // 2
        ink[top : top + grown.shape[0], left : left + grown.shape[1]] = grown
    return mixed_colours()[ink]


def mixed_colours() -> npt.NDArray[np.uint8]:
    """(256, 3) uint8: the colour of each grey level, from paper to ink."""
    share = np.linspace(0.0, 1.0, 256)[:, None]
    return np.asarray(np.rint((1 - share) * PAPER + share * INK), np.uint8)


def cell_box(cell: int) -> Box:
    """The place of a cell, counted from 0, row by row."""
    row, column = divmod(cell, COLUMNS)
    return Box(column * CELL_PX, row * CELL_PX, CELL_PX, CELL_PX)


def cell_at(box: Box) -> int:
    """The cell in which the middle of a box lies."""
    column, row = (box.x + box.width // 2) // CELL_PX, (box.y + box.height // 2) // CELL_PX
    return min(max(row, 0), ROWS - 1) * COLUMNS + min(max(column, 0), COLUMNS - 1)


Outcome = Literal["right", "misread", "lost"]


@dataclass(frozen=True, slots=True)
class LaidScore:
    """The results for digits that were laid on paper; right, misread and lost add up to `n`.

    Attributes:
        name: the corruption, or the name of the digits.
        n: how many digits.
        pictures: how many pictures they are on.
        right: found, accepted and read right.
        misread: found and accepted as another digit.
        lost: not found, or found and not accepted.
        invented: other readings: a second digit in one image, or a digit in an empty cell.
        right_share: the share of `n`, 0..1; the same for the next two.
    """

    name: str
    n: int
    pictures: int
    right: int
    misread: int
    lost: int
    invented: int
    right_share: float
    misread_share: float
    lost_share: float


@dataclass(frozen=True, slots=True, eq=False)
class LaidDigit:
    """One digit and its readings.

    Attributes:
        cell: (CELL_PX, CELL_PX, 3) uint8, the picture of its cell.
        label: the digit that it is.
        readings: the readings in its cell, the largest first; boxes in pixels of the cell.
    """

    cell: ColourImage
    label: int
    readings: tuple[Reading, ...]

    @property
    def outcome(self) -> Outcome:
        """Its outcome, by the largest of its readings."""
        if not self.readings:
            return "lost"
        return "right" if self.readings[0].digit == self.label else "misread"

    @property
    def read(self) -> int | None:
        """The digit that was read; None if it was lost."""
        return self.readings[0].digit if self.readings else None


@dataclass(frozen=True, slots=True, eq=False)
class LaidPicture:
    """A picture that was read.

    Attributes:
        astray: how many readings are in empty cells.
    """

    digits: tuple[LaidDigit, ...]
    astray: int


def read_laid(
    reader: FrameReader, images: Sequence[GrayImage], labels: Sequence[int], *, zoom: float, bar: ProgressBar
) -> Iterator[LaidPicture]:
    """Lay images on paper and read picture after picture.

    Args:
        reader: finds and reads.
        images: (H, W) uint8 each, white ink on black.
        labels: the digit of each.
        zoom: how far each is enlarged.
        bar: counts the images.
    """
    for first in range(0, len(images), IMAGES_A_PICTURE):
        some = slice(first, first + IMAGES_A_PICTURE)
        picture = lay_out(images[some], zoom=zoom)
        page = reader.read(Frame(picture, f"picture {first // IMAGES_A_PICTURE}"))
        yield judge_picture(picture, labels[some], [each for line in page.lines for each in line.readings])
        bar.advance(len(labels[some]))


def judge_picture(picture: ColourImage, labels: Sequence[int], readings: Sequence[Reading]) -> LaidPicture:
    """Assign each reading to the cell in which its middle lies.

    Args:
        picture: the result of `lay_out`.
        labels: the digits on it, in the order of the cells.
        readings: the accepted readings.
    """
    largest_first = sorted(readings, key=lambda each: -each.box.width * each.box.height)
    digits = []
    for cell, label in enumerate(labels):
        box = cell_box(cell)
        there = tuple(_within(each, box.x, box.y) for each in largest_first if cell_at(each.box) == cell)
        part = picture[box.y : box.y + CELL_PX, box.x : box.x + CELL_PX]
        digits.append(LaidDigit(part, label, there))
    return LaidPicture(tuple(digits), astray=sum(cell_at(each.box) >= len(labels) for each in readings))


def _within(reading: Reading, x: int, y: int) -> Reading:
    return replace(reading, box=shifted(reading.box, -x, -y))


def count_laid(name: str, pictures: Sequence[LaidPicture]) -> LaidScore:
    """Add up the outcomes of the digits of all pictures."""
    digits = [digit for picture in pictures for digit in picture.digits]
    counts = Counter(digit.outcome for digit in digits)
    again = sum(max(0, len(digit.readings) - 1) for digit in digits)
    return LaidScore(
        name=name,
        n=len(digits),
        pictures=len(pictures),
        right=counts["right"],
        misread=counts["misread"],
        lost=counts["lost"],
        invented=again + sum(picture.astray for picture in pictures),
        right_share=share_of(counts["right"], len(digits)),
        misread_share=share_of(counts["misread"], len(digits)),
        lost_share=share_of(counts["lost"], len(digits)),
    )


@dataclass(frozen=True, slots=True)
class LaidCorruptionsScore:
    """How corrupted digits are found and read on paper.

    Attributes:
        n: digits of each corruption.
        mean: the mean of the corruptions' shares of digits read right, without the clean digits.
        invented: the invented digits of all corruptions, without the clean digits.
    """

    n: int
    seed: int
    mean: float
    invented: int
    clean: LaidScore
    corruptions: tuple[LaidScore, ...]


def score_corruptions_as_frames(
    reader: FrameReader, digits: LabelledImages, *, seed: int = 0
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
    reader: FrameReader, digits: LabelledImages, *, pictures: int = 24
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
