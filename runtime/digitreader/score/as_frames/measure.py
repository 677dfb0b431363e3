"""Reads pictures with digits laid on them and counts what became of each digit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from digitreader.boxes import shifted
from digitreader.pipeline import Reader
from digitreader.progress import ProgressBar
from digitreader.score.as_frames.layout import CELL_PX, IMAGES_A_PICTURE, cell_at, cell_box, lay_out
from digitreader.score.told import share_of
from digitreader.values import ColourImage, Frame, GrayImage, Reading

Outcome = Literal["right", "misread", "lost"]


@dataclass(frozen=True, slots=True)
class LaidScore:
    """What became of digits that were laid on paper; right, misread and lost add up to `n`.

    Attributes:
        name: what was done to them, or what they are.
        n: how many.
        pictures: on so many pictures.
        right: found, accepted and read right.
        misread: found and accepted as another digit.
        lost: not found, or found and not accepted.
        invented: what else was read as a digit: a second one of the same image, or one where none lies.
        right_share: 0..1 of `n`, and so are the next two.
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
    """One digit and what became of it.

    Attributes:
        cell: (CELL_PX, CELL_PX, 3) uint8, how it lies on the paper.
        label: the digit that it is.
        readings: what was read there, the largest first; boxes in pixels of the cell.
    """

    cell: ColourImage
    label: int
    readings: tuple[Reading, ...]

    @property
    def outcome(self) -> Outcome:
        """By the largest of its readings."""
        if not self.readings:
            return "lost"
        return "right" if self.readings[0].digit == self.label else "misread"

    @property
    def read(self) -> int | None:
        """The digit that was read; None where it was lost."""
        return self.readings[0].digit if self.readings else None


@dataclass(frozen=True, slots=True, eq=False)
class LaidPicture:
    """A picture that was read.

    Attributes:
        astray: readings in cells where no digit lies.
    """

    digits: tuple[LaidDigit, ...]
    astray: int


def read_laid(
    reader: Reader, images: Sequence[GrayImage], labels: Sequence[int], *, zoom: float, bar: ProgressBar
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
    """Give each reading to the cell in which its middle lies.

    Args:
        picture: of `lay_out`.
        labels: the digits that lie on it, in the order of the cells.
        readings: what was accepted on it.
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
    """Add up what became of the digits of all pictures."""
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
