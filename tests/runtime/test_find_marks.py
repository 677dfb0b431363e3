"""The finder's third step: connected ink becomes marks, and what cannot be writing is left out."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from digitreader.find.by_rules.border import with_margin
from digitreader.find.by_rules.components import components_of
from digitreader.find.by_rules.marks import MOST_MARKS, Boxes, Marks, marks_of
from digitreader.find.by_rules.selection import keep_digit_sized
from digitreader.find.by_rules.settings import FindSettings
from digitreader.find.by_rules.threshold import Mask

SETTINGS = FindSettings()
LEAST = SETTINGS.least_height_px
PAGE = (200, 300)


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


@pytest.mark.parametrize("box", [(1, 50, 30, 40), (50, 1, 30, 40), (269, 50, 30, 40), (50, 159, 30, 40)])
def test_a_digit_that_reaches_the_edge_of_the_image_is_a_mark(box: tuple[int, int, int, int]) -> None:
    assert boxes_found(mask_with(box)) == [list(box)]


@pytest.mark.parametrize(
    "ground", [(slice(1, 199), slice(1, 12)), (slice(1, 9), slice(1, 299))], ids=["at the left", "at the top"]
)
def test_a_strip_of_ground_along_an_edge_is_no_mark(ground: tuple[slice, slice]) -> None:
    mask = np.zeros((200, 300), np.uint8)
    mask[ground] = 255
    assert boxes_found(mask) == []


def test_ground_round_a_sheet_is_no_mark() -> None:
    mask = np.zeros((200, 300), np.uint8)
    mask[1:199, 1:299] = 255
    mask[20:180, 30:270] = 0
    assert boxes_found(mask) == []


def test_a_digit_that_fills_the_image_is_a_mark() -> None:
    mask = np.zeros((120, 100), np.uint8)
    cv2.ellipse(mask, (50, 60), (40, 50), 0, 0, 360, (255,), 14)
    assert len(boxes_found(with_margin(mask))) == 1


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


@pytest.mark.parametrize("share", [0.0, 0.05, 0.3, 0.7, 1.0])
def test_components_are_measured_as_opencv_measures_them(share: float) -> None:
    mask = np.where(np.random.default_rng(1).random((61, 97)) < share, 255, 0).astype(np.uint8)
    labels, stats = components_of(mask)
    _, same_labels, same_stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8, ltype=cv2.CV_16U)
    assert np.array_equal(labels, same_labels)
    assert stats[1:].tolist() == same_stats[1:].tolist()


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
    assert keep_digit_sized(marks_with(*digits, mark), PAGE, SETTINGS).boxes.tolist() == [list(box) for box in digits]


def test_a_smaller_digit_beside_large_ones_is_kept() -> None:
    digits = marks_with((20, 20, 25, 40), (60, 20, 22, 38), (100, 36, 14, 24))
    assert len(keep_digit_sized(digits, PAGE, SETTINGS)) == 3


def test_marks_lower_than_any_digit_are_left_out_though_they_are_alone() -> None:
    assert len(keep_digit_sized(marks_with((20, 20, 5, LEAST - 1), (40, 20, 5, LEAST)), PAGE, SETTINGS)) == 1


def test_the_least_height_is_a_setting() -> None:
    assert len(keep_digit_sized(marks_with((20, 20, 10, 30)), PAGE, replace(SETTINGS, least_height_px=31))) == 0


def test_a_bar_far_higher_than_the_digits_is_a_margin_and_no_1() -> None:
    digits = [(20, 20, 25, 40), (60, 20, 22, 38), (100, 20, 5, 42)]
    kept = keep_digit_sized(marks_with((5, 5, 4, 120), *digits), PAGE, SETTINGS)
    assert kept.boxes.tolist() == [list(box) for box in digits]


def test_no_marks_stay_none() -> None:
    assert len(keep_digit_sized(marks_with(), PAGE, SETTINGS)) == 0


IN_A_ROW = [(20, 20, 25, 40), (60, 20, 22, 40)]


@pytest.mark.parametrize("box", [(272, 20, 27, 40), (100, 159, 25, 40)], ids=["at the right", "at the bottom"])
def test_a_whole_digit_at_the_edge_of_the_image_is_kept(box: tuple[int, int, int, int]) -> None:
    assert len(keep_digit_sized(marks_with(*IN_A_ROW, box), PAGE, SETTINGS)) == 3


@pytest.mark.parametrize("box", [(289, 20, 10, 40), (100, 175, 25, 24)], ids=["at the right", "at the bottom"])
def test_half_a_digit_at_the_edge_of_the_image_is_left_out(box: tuple[int, int, int, int]) -> None:
    assert keep_digit_sized(marks_with(*IN_A_ROW, box), PAGE, SETTINGS).boxes.tolist() == [list(b) for b in IN_A_ROW]


def test_digits_that_all_reach_the_edge_are_measured_by_one_another() -> None:
    assert len(keep_digit_sized(marks_with((20, 1, 25, 198), (60, 1, 40, 198)), PAGE, SETTINGS)) == 2
