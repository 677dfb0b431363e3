"""The pixels of many marks in one array."""

from __future__ import annotations

import numpy as np
import pytest

from digitreader.find.by_rules.marks import Boxes, Marks
from digitreader.find.by_rules.pixels import own_pixels, pixels_of

LABELS = np.array(
    [
        [0, 0, 0, 0, 0, 0, 0, 0],
        [0, 2, 2, 0, 4, 0, 1, 0],
        [0, 2, 0, 0, 4, 0, 0, 0],
        [0, 0, 0, 3, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 0, 0, 0],
    ],
    np.uint16,
)
VALUES = np.arange(40, dtype=np.uint8).reshape(5, 8)


def marks_with(*parts: tuple[tuple[int, int, int, int], tuple[int, ...]]) -> Marks:
    boxes: Boxes = np.array([box for box, _ in parts], np.int32)
    members = tuple(labels for _, labels in parts)
    return Marks(boxes, np.array([np.isin(LABELS, each).sum() for each in members], np.int32), members)


MARKS = marks_with(((3, 1, 2, 3), (3, 4)), ((1, 1, 2, 2), (2,)))
"""Two of the labels are one mark, and label 1 is none."""


def test_pixels_stand_mark_after_mark_in_the_order_of_the_marks() -> None:
    pixels = pixels_of(MARKS, LABELS)
    assert pixels.counts.tolist() == [3, 3]
    assert pixels.starts.tolist() == [0, 3]
    assert pixels.of(VALUES).tolist() == [12, 20, 27, 9, 10, 17]


def test_the_mask_holds_the_marks_alone_and_has_an_edge_without_ink() -> None:
    mask = pixels_of(MARKS, LABELS).mask()
    np.testing.assert_array_equal(mask, np.isin(LABELS[:, :6], (2, 3, 4)))


def test_what_is_measured_of_a_mark_is_that_of_its_own_pixels() -> None:
    pixels = pixels_of(MARKS, LABELS)
    values = pixels.of(VALUES)
    assert pixels.sums(values).tolist() == [59, 36]
    assert pixels.means(values) == pytest.approx([59 / 3, 12])
    assert pixels.means(values, values > 10) == pytest.approx([59 / 3, 17])
    assert pixels.each(np.array([5, 7])).tolist() == [5, 5, 5, 7, 7, 7]


def test_the_labels_and_the_image_are_left_as_they_were() -> None:
    labels, values = LABELS.copy(), VALUES.copy()
    pixels = pixels_of(MARKS, labels)
    pixels.of(values)
    pixels.mask()[:] = 1
    np.testing.assert_array_equal(labels, LABELS)
    np.testing.assert_array_equal(values, VALUES)


@pytest.mark.parametrize("members", [(4,), (3, 4)])
def test_the_own_pixels_of_a_mark_are_those_of_its_labels(members: tuple[int, ...]) -> None:
    own = own_pixels(LABELS, [3, 1, 2, 3], members)
    np.testing.assert_array_equal(own, np.isin(LABELS[1:4, 3:5], members))
