"""Describes a set: counts, sizes, polarity, equal pictures, what was left out, and examples of each class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from digitreader.measure.data.own.digit_set import NONE, DigitSet, Part, content_sha256, digests_of, groups_of_equals
from digitreader.measure.data.own.split import split_set
from digitreader.values import GrayImage

Counts = Mapping[str, int]
"""Pictures by class: ``0`` to ``9``, and ``none`` if there are some."""


@dataclass(frozen=True, slots=True)
class Equals:
    """Pictures that are equal to the pixel.

    Attributes:
        pictures: how many are a copy of another one.
        labelled_differently: how many different pictures have more than one label.
        in_several_parts: how many different pictures are in more than one part.
    """

    pictures: int
    labelled_differently: int
    in_several_parts: int


@dataclass(frozen=True, slots=True)
class SetDescription:
    """The description of a set by `digitreader data`, which also prints it as JSON.

    Attributes:
        form: ``class folders``, ``CSV``, ``npz`` or ``IDX``.
        pictures: how many can be used.
        parts: how many pictures each part of the set has; ``all`` if it has no parts.
        split: the same for the three parts that a training uses.
        sizes: (width, height, how many pictures had this size).
        polarity: the original polarity: ``white on black`` or ``black on white``.
        gray_paper: the paper was not plain, so its gray is removed.
        blank: how many pictures have one gray level only.
        left_out: one line for each thing that cannot be used.
        remarks: one line for each choice that was made.
        sha256: names the set in runs and cards, the same in every form and order.
    """

    name: str
    form: str
    pictures: int
    parts: Mapping[str, Counts]
    split: Mapping[str, Counts]
    sizes: tuple[tuple[int, int, int], ...]
    polarity: str
    gray_paper: bool
    equal: Equals
    blank: int
    left_out: tuple[str, ...]
    remarks: tuple[str, ...]
    sha256: str


def describe_set(digits: DigitSet) -> SetDescription:
    """Count and compare the pictures of a set."""
    whole = digits.everything()
    return SetDescription(
        name=digits.name,
        form=digits.form,
        pictures=len(whole),
        parts={name: count_classes(part) for name, part in digits.parts.items()},
        split={name: count_classes(part) for name, part in split_set(digits).items()},
        sizes=tuple((*size, count) for size, count in digits.sizes.items()),
        polarity="black on white" if digits.black_on_white else "white on black",
        gray_paper=digits.gray_paper,
        equal=find_equals(digits),
        blank=int((whole.images.max(axis=(1, 2)) == whole.images.min(axis=(1, 2))).sum()),
        left_out=digits.left_out,
        remarks=digits.remarks,
        sha256=content_sha256(digits.parts),
    )


def count_classes(part: Part) -> dict[str, int]:
    """How many pictures each class has."""
    counts = np.bincount(part.labels, minlength=NONE + 1).tolist()
    named = {str(digit): counts[digit] for digit in range(10)}
    return {**named, "none": counts[NONE]} if counts[NONE] else named


def find_equals(digits: DigitSet) -> Equals:
    """Find pictures that are equal to the pixel."""
    whole = digits.everything()
    parts = [name for name, part in digits.parts.items() for _ in range(len(part))]
    groups = groups_of_equals(digests_of(whole.images))
    labels = whole.labels.tolist()
    return Equals(
        pictures=len(labels) - len(groups),
        labelled_differently=sum(len({labels[place] for place in group}) > 1 for group in groups),
        in_several_parts=sum(len({parts[place] for place in group}) > 1 for group in groups),
    )


def set_text(said: SetDescription) -> str:
    """The description for people."""
    sizes = ", ".join(f"{width}x{height} ({count:,})" for width, height, count in said.sizes[:5])
    more = f" and {len(said.sizes) - 5:,} more" if len(said.sizes) > 5 else ""
    turned = "; they are taken as white on black" if said.polarity == "black on white" else ""
    paper = "; the gray of the paper is taken away" if said.gray_paper else ""
    lines = [
        f"{said.name}: {said.pictures:,} pictures, {said.form}",
        f"sizes      {sizes}{more}",
        f"polarity   {said.polarity}{turned}{paper}",
        f"equal      {_equal_text(said)}",
        *([f"blank      {said.blank:,} pictures without ink"] if said.blank else []),
        *([f"left out   {len(said.left_out):,}, see above"] if said.left_out else []),
        *(f"note       {remark}" for remark in said.remarks),
        f"sha256     {said.sha256}",
        "",
        *_table(said.parts),
    ]
    if set(said.parts) != set(said.split):
        lines += ["", "as a training uses it, with missing parts split off by class:", *_table(said.split)]
    return "\n".join(lines)


def _equal_text(said: SetDescription) -> str:
    equal = said.equal
    if not equal.pictures:
        return "no two pictures"
    notes = [
        (equal.pictures, "1 picture is a copy of another", "pictures are copies of others"),
        (equal.labelled_differently, "1 is labelled differently", "are labelled differently"),
        (equal.in_several_parts, "1 is in several parts", "are in several parts"),
    ]
    return ", ".join(one if count == 1 else f"{count:,} {several}" for count, one, several in notes if count)


def _table(parts: Mapping[str, Counts]) -> Sequence[str]:
    classes = list(dict.fromkeys(name for counts in parts.values() for name in counts))
    lines = [f"{'part':8}" + "".join(f"{name:>7}" for name in classes) + f"{'sum':>9}"]
    for name, counts in parts.items():
        cells = "".join(f"{counts.get(each, 0) or '.':>7}" for each in classes)
        lines.append(f"{name:8}{cells}{sum(counts.values()):9,}")
    return lines


COLUMNS = 20
TILE_PX = 48
GAP_PX = 4
NAME_PX = 64
PAPER, TEXT = 64, 255


def draw_contact_sheet(digits: DigitSet) -> GrayImage:
    """Draw up to twenty pictures of each class, spread evenly over the set, white on black."""
    whole = digits.everything()
    classes = [label for label in range(NONE + 1) if label < NONE or (whole.labels == NONE).any()]
    step = TILE_PX + GAP_PX
    sheet = np.full((GAP_PX + len(classes) * step, NAME_PX + COLUMNS * step), PAPER, np.uint8)
    for row, label in enumerate(classes):
        top = GAP_PX + row * step
        _write_name(sheet, "none" if label == NONE else str(label), top)
        places = np.flatnonzero(whole.labels == label)
        chosen = places[np.linspace(0, len(places) - 1, min(COLUMNS, len(places))).astype(int)]
        for column, place in enumerate(chosen.tolist()):
            left = NAME_PX + column * step
            sheet[top : top + TILE_PX, left : left + TILE_PX] = _tile(whole.images[place])
    return sheet


def _tile(image: GrayImage) -> GrayImage:
    smaller = max(image.shape) > TILE_PX
    how = cv2.INTER_AREA if smaller else cv2.INTER_NEAREST
    return np.asarray(cv2.resize(image, (TILE_PX, TILE_PX), interpolation=how), np.uint8)


def _write_name(sheet: GrayImage, name: str, top: int) -> None:
    small = len(name) > 1
    at = (4 if small else 20, top + TILE_PX // 2 + 10)
    cv2.putText(sheet, name, at, cv2.FONT_HERSHEY_SIMPLEX, 0.6 if small else 1.0, TEXT, 2, cv2.LINE_AA)
