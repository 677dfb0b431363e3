"""The split of a set that comes without one."""

from __future__ import annotations

import numpy as np
import pytest

from digitreader.measure.data.own.digit_set import Part
from digitreader.measure.data.own.split import in_fixed_order, places_split_off, split_off


def part_of(count: int, *, copies: int = 1, classes: int = 10, seed: int = 4) -> Part:
    """Random pictures, each `copies` times, in a random order."""
    rng = np.random.default_rng(seed)
    images = np.repeat(rng.integers(0, 256, (count, 6, 6)).astype(np.uint8), copies, axis=0)
    labels = np.repeat(np.arange(count) % classes, copies).astype(np.uint8)
    order = rng.permutation(len(labels))
    return Part(images[order], labels[order])


def pictures(part: Part) -> set[bytes]:
    return {image.tobytes() for image in part.images}


def test_a_sixth_of_each_class_is_split_off() -> None:
    kept, off = split_off(part_of(600))
    assert np.bincount(off.labels).tolist() == [10] * 10
    assert len(kept) == 500


def test_none_is_split_like_a_class() -> None:
    assert np.bincount(split_off(part_of(660, classes=11))[1].labels).tolist() == [10] * 11


@pytest.mark.parametrize("copies", [2, 3, 7])
def test_equal_pictures_are_never_on_both_sides(copies: int) -> None:
    kept, off = split_off(part_of(300, copies=copies))
    assert len(off) > 0
    assert not pictures(kept) & pictures(off)


def test_equal_pictures_with_different_labels_are_not_on_both_sides_either() -> None:
    part = part_of(300, copies=2)
    labels = part.labels.copy()
    labels[::2] = (labels[::2] + 1) % 10
    kept, off = split_off(Part(part.images, labels))
    assert not pictures(kept) & pictures(off)


def test_another_order_is_the_same_split() -> None:
    part = part_of(300, copies=2)
    order = np.random.default_rng(9).permutation(len(part))
    assert pictures(split_off(part.take(order))[1]) == pictures(split_off(part)[1])


def test_another_seed_is_another_split() -> None:
    part = part_of(300)
    assert set(places_split_off(part, seed=1)) != set(places_split_off(part, seed=2))


def test_at_most_5_000_are_split_off() -> None:
    assert 4_900 <= len(split_off(part_of(60_000))[1]) <= 5_000


def test_of_a_rare_class_one_is_split_off_and_of_two_none() -> None:
    part = Part(part_of(8).images, np.array([1, 1, 1, 2, 2, 3, 3, 3], np.uint8))
    assert sorted(split_off(part)[1].labels.tolist()) == [1, 3]


def test_the_fixed_order_depends_on_the_pictures_alone() -> None:
    part = part_of(100, copies=2)
    shuffled = part.take(np.random.default_rng(9).permutation(len(part)))
    np.testing.assert_array_equal(in_fixed_order(part).images, in_fixed_order(shuffled).images)
    np.testing.assert_array_equal(in_fixed_order(part).labels, in_fixed_order(shuffled).labels)
    assert not np.array_equal(in_fixed_order(part).labels, np.sort(part.labels))
