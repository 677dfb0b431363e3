"""The finder's third step: connected ink becomes marks, and what cannot be writing is left out."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from digitreader.find import FindSettings
from digitreader.find.marks import MOST_MARKS, Boxes, Marks, components_of, marks_of
from digitreader.find.selection import keep_digit_sized
from digitreader.find.threshold import Mask

SETTINGS = FindSettings()
LEAST = SETTINGS.least_height_px


def mask_with(*boxes: tuple[int, int, int, int], shape: tuple[int, int] = (200, 300)) -> Mask:
    """Outlines two pixels thick, each at x, y with a width and a height."""
    mask = np.zeros(shape, np.uint8)
    for x, y, width, height in boxes:
        mask[y : y + height, x : x + width] = 255
        mask[y + 2 : y + height - 2, x + 2 : x + width - 2] = 0
    return mask


def boxes_found(mask: Mask) -> list[list[int]]:
    boxes: list[list[int]] = marks_of(mask, SETTINGS)[0].boxes.tolist()
    return boxes


def marks_with(*boxes: tuple[int, int, int, int]) -> Marks:
    rows: Boxes = np.array(boxes, np.int32).reshape(-1, 4)
    return Marks(rows, rows[:, 2] * rows[:, 3], tuple((label,) for label in range(1, len(boxes) + 1)))


def test_each_piece_of_ink_is_a_mark() -> None:
    assert boxes_found(mask_with((20, 30, 25, 40), (100, 50, 30, 44))) == [[20, 30, 25, 40], [100, 50, 30, 44]]


def test_the_labels_show_each_marks_own_pixels() -> None:
    mask = mask_with((20, 30, 25, 40), (100, 50, 30, 44))
    marks, labels = marks_of(mask, SETTINGS)
    for (x, y, width, height), area, members in zip(marks.boxes, marks.areas, marks.members, strict=True):
        own = labels == members[0]
        assert np.count_nonzero(own) == area
        np.testing.assert_array_equal(own[y : y + height, x : x + width], mask[y : y + height, x : x + width] > 0)


def test_pixels_that_touch_at_their_corners_are_one_mark() -> None:
    mask = np.zeros((60, 60), np.uint8)
    np.fill_diagonal(mask[10:50, 10:50], 255)
    assert boxes_found(mask) == [[10, 10, 40, 40]]


def test_a_blank_mask_has_no_marks() -> None:
    assert len(marks_of(mask_with(), SETTINGS)[0]) == 0


def test_a_speck_is_no_mark() -> None:
    assert boxes_found(mask_with((50, 50, 2, 2))) == []


@pytest.mark.parametrize("fall", [0, 20])
def test_a_long_printed_line_is_no_mark(fall: int) -> None:
    mask = np.zeros((200, 300), np.uint8)
    cv2.line(mask, (20, 100), (220, 100 + fall), (255,), 2)
    assert boxes_found(mask) == []


def test_a_solid_block_is_no_mark() -> None:
    mask = np.zeros((200, 300), np.uint8)
    mask[50:110, 50:120] = 255
    assert boxes_found(mask) == []


def test_a_solid_upright_bar_may_be_a_1() -> None:
    mask = np.zeros((200, 300), np.uint8)
    mask[50:110, 50:60] = 255
    assert boxes_found(mask) == [[50, 50, 10, 60]]


def test_a_frame_round_the_page_is_no_mark() -> None:
    assert boxes_found(mask_with((5, 5, 290, 190), (100, 50, 30, 44))) == [[100, 50, 30, 44]]


@pytest.mark.parametrize("box", [(0, 50, 30, 40), (50, 0, 30, 40), (270, 50, 30, 40), (50, 160, 30, 40)])
def test_what_the_edge_of_the_image_cuts_off_is_no_mark(box: tuple[int, int, int, int]) -> None:
    assert boxes_found(mask_with(box)) == []


def test_of_too_many_marks_the_largest_are_kept_in_their_order() -> None:
    small = [(10 + 20 * (i % 40), 10 + 20 * (i // 40), LEAST, LEAST) for i in range(MOST_MARKS + 40)]
    large = [(x, y, LEAST + 4, LEAST + 6) if i % 50 == 0 else (x, y, w, h) for i, (x, y, w, h) in enumerate(small)]
    found = boxes_found(mask_with(*large, shape=(400, 820)))
    assert len(found) == MOST_MARKS
    assert [box for box in found if box[3] > LEAST] == [list(box) for box in large if box[3] > LEAST]


def test_more_components_than_16_bits_count_are_labelled() -> None:
    mask = np.zeros((600, 600), np.uint8)
    mask[::2, ::2] = 255
    labels, stats = components_of(mask)
    assert len(stats) == 300 * 300 + 1
    assert labels.max() == 300 * 300


def test_taking_marks_keeps_what_belongs_to_them() -> None:
    taken = marks_with((0, 0, 1, 1), (5, 5, 2, 3), (9, 9, 4, 4)).take(np.array([2, 1]))
    assert (taken.boxes.tolist(), taken.areas.tolist(), taken.members) == (
        [[9, 9, 4, 4], [5, 5, 2, 3]],
        [16, 6],
        ((3,), (2,)),
    )


@pytest.mark.parametrize("mark", [(70, 55, 5, 5), (70, 52, 6, 12), (68, 35, 22, 4)], ids=["full stop", "comma", "dash"])
def test_small_marks_beside_digits_are_left_out(mark: tuple[int, int, int, int]) -> None:
    digits = [(20, 20, 25, 40), (45, 20, 22, 38), (100, 22, 26, 40)]
    assert keep_digit_sized(marks_with(*digits, mark), SETTINGS).boxes.tolist() == [list(box) for box in digits]


def test_a_smaller_digit_beside_large_ones_is_kept() -> None:
    digits = marks_with((20, 20, 25, 40), (60, 20, 22, 38), (100, 36, 14, 24))
    assert len(keep_digit_sized(digits, SETTINGS)) == 3


def test_marks_lower_than_any_digit_are_left_out_though_they_are_alone() -> None:
    assert len(keep_digit_sized(marks_with((20, 20, 5, LEAST - 1), (40, 20, 5, LEAST)), SETTINGS)) == 1


def test_the_least_height_is_a_setting() -> None:
    assert len(keep_digit_sized(marks_with((20, 20, 10, 30)), replace(SETTINGS, least_height_px=31))) == 0


def test_a_bar_far_higher_than_the_digits_is_a_margin_and_no_1() -> None:
    digits = [(20, 20, 25, 40), (60, 20, 22, 38), (100, 20, 5, 42)]
    kept = keep_digit_sized(marks_with((5, 5, 4, 120), *digits), SETTINGS)
    assert kept.boxes.tolist() == [list(box) for box in digits]


def test_no_marks_stay_none() -> None:
    assert len(keep_digit_sized(marks_with(), SETTINGS)) == 0
