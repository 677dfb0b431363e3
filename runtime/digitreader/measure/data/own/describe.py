"""Describes a set: counts, sizes, polarity, equal pictures, what was left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from digitreader.measure.data.own.digit_set import NONE, DigitSet, Part
from digitreader.measure.data.own.equal import content_sha256, digests_of, groups_of_equals
from digitreader.measure.data.own.split import split_set

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
    """What `digitreader data` says of a set, and prints as JSON.

    Attributes:
        form: ``class folders``, ``CSV``, ``npz`` or ``IDX``.
        pictures: how many can be used.
        parts: by the names of the parts in which the set came, ``all`` where it came in one.
        split: by the names of the three parts in which a training uses it.
        sizes: (width, height, how many pictures came in this size).
        polarity: as they came: ``white on black`` or ``black on white``.
        gray_paper: the paper was not plain, and is taken away.
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
        *([f"left out   {len(said.left_out):,}, as told above"] if said.left_out else []),
        *(f"note       {remark}" for remark in said.remarks),
        f"sha256     {said.sha256}",
        "",
        *_table(said.parts),
    ]
    if set(said.parts) != set(said.split):
        lines += ["", "as a training uses it, with what is missing split off by class:", *_table(said.split)]
    return "\n".join(lines)


def _equal_text(said: SetDescription) -> str:
    equal = said.equal
    if not equal.pictures:
        return "no two pictures"
    notes = [f"{equal.pictures:,} pictures are copies of others"]
    notes += [f"{equal.labelled_differently:,} are labelled differently"] if equal.labelled_differently else []
    notes += [f"{equal.in_several_parts:,} are in several parts"] if equal.in_several_parts else []
    return ", ".join(notes)


def _table(parts: Mapping[str, Counts]) -> Sequence[str]:
    classes = list(dict.fromkeys(name for counts in parts.values() for name in counts))
    lines = [f"{'part':8}" + "".join(f"{name:>7}" for name in classes) + f"{'sum':>9}"]
    for name, counts in parts.items():
        cells = "".join(f"{counts.get(each, 0) or '.':>7}" for each in classes)
        lines.append(f"{name:8}{cells}{sum(counts.values()):9,}")
    return lines
