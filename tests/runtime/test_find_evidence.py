"""Evidence: what is a pen stroke, what a blot, and what neither."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from digitreader.find.by_rules.evidence import Survey, blots_near, evidence_of, keep_strokes
from digitreader.find.by_rules.marks import Boxes, Marks, marks_of
from digitreader.find.by_rules.settings import FindSettings
from digitreader.find.by_rules.surroundings import crowding_of, share_of
from digitreader.find.by_rules.threshold import Mask
from digitreader.values import GrayImage

SETTINGS = FindSettings()
SHAPE = (160, 240)


def three(*, width: int = 5, value: int = 180) -> GrayImage:
    """The darkness of a 3 of about 40x60 pixels in the middle of bare paper."""
    page = np.zeros(SHAPE, np.uint8)
    for row in (63, 93):
        cv2.ellipse(page, (115, row), (18, 15), 0, -140, 90, (value,), width, cv2.LINE_AA)
    return page


def soft(page: GrayImage, sigma: float) -> GrayImage:
    return np.asarray(cv2.GaussianBlur(page, (0, 0), sigma), np.uint8)


def judge(darkness: GrayImage, mask: Mask | None = None) -> tuple[int, int]:
    """How many strokes and how many blots there are."""
    mask = np.where(darkness > darkness.max() // 2, 255, 0).astype(np.uint8) if mask is None else mask
    marks, labels = marks_of(mask, SETTINGS)
    assert len(marks), "nothing to judge"
    strokes, blots = keep_strokes(marks, Survey(labels, darkness, mask, mask), SETTINGS)
    return len(strokes), len(blots)


def marks_with(*boxes: tuple[int, int, int, int]) -> Marks:
    rows: Boxes = np.array(boxes, np.int32).reshape(-1, 4)
    return Marks(rows, rows[:, 2] * rows[:, 3], tuple((label,) for label in range(1, len(boxes) + 1)))


@pytest.mark.parametrize("value", [40, 120, 250])
@pytest.mark.parametrize("width", [3, 5, 9])
def test_a_pen_stroke_is_one_whether_thin_or_bold_faint_or_black(width: int, value: int) -> None:
    assert judge(soft(three(width=width, value=value), 0.7)) == (1, 0)


def test_a_disc_is_a_blot() -> None:
    page = np.zeros(SHAPE, np.uint8)
    cv2.circle(page, (100, 80), 25, (200,), cv2.FILLED, cv2.LINE_AA)
    assert judge(page) == (0, 1)


def test_a_shape_with_one_thick_part_is_a_blot() -> None:
    page = three()
    cv2.circle(page, (110, 80), 15, (180,), cv2.FILLED, cv2.LINE_AA)
    assert judge(page) == (0, 1)


def test_a_shadow_is_neither_stroke_nor_blot() -> None:
    shadow = soft(three(width=7, value=255), 6.0)
    shadow = np.asarray(cv2.convertScaleAbs(shadow, alpha=40 / shadow.max()), np.uint8)
    assert judge(shadow) == (0, 0)


def test_a_smear_without_a_flat_middle_is_neither_however_dark() -> None:
    page = np.zeros(SHAPE, np.uint8)
    page[50:110, 113:116] = 255
    smear = soft(page, 5.0)
    ridge = np.where(smear > 0.9 * smear.max(), 255, 0).astype(np.uint8)
    assert judge(smear, ridge) == (0, 0)


def test_a_digit_out_of_focus_is_still_a_stroke() -> None:
    assert judge(soft(three(width=5, value=255), 5.0)) == (1, 0)


def test_a_faint_digit_on_lines_as_faint_is_a_stroke() -> None:
    page = np.zeros(SHAPE, np.uint8)
    page[::45] = page[:, ::45] = 40
    page = np.maximum(page, three(value=70))
    mask = np.where(page > 45, 255, 0).astype(np.uint8)
    assert judge(page, mask) == (1, 0)


def test_a_trace_hardly_darker_than_the_paper_is_neither_however_sharp() -> None:
    assert judge(three(value=6)) == (0, 0)


def test_a_bar_too_thick_for_its_length_is_a_blot() -> None:
    page = np.zeros(SHAPE, np.uint8)
    page[50:110, 100:119] = 200
    assert judge(page) == (0, 1)


def test_a_piece_of_a_line_that_fades_in_and_out_is_neither() -> None:
    page = np.zeros(SHAPE, np.uint8)
    page[:, 100:103] = 60
    page[50:100, 100:103] = 80
    mask = np.where(page > 70, 255, 0).astype(np.uint8)
    assert judge(page, mask) == (0, 0)


def test_a_ragged_piece_at_the_edge_of_a_desk_is_neither() -> None:
    page = three()
    page[114:] = 180  # just below the 3, without touching it
    assert judge(page) == (0, 0)


def test_a_rule_that_was_taken_away_speaks_neither_for_nor_against_the_digit_on_it() -> None:
    page = three()
    page[112:114] = 150
    mask = np.where(page > 90, 255, 0).astype(np.uint8)
    clean = np.where(three() > 90, 255, 0).astype(np.uint8)
    marks, labels = marks_of(clean, SETTINGS)
    strokes, _ = keep_strokes(marks, Survey(labels, page, mask, clean), SETTINGS)
    assert len(strokes) == len(marks) == 1


def test_digits_side_by_side_do_not_crowd_one_another() -> None:
    page = three()
    page = np.maximum(page, np.roll(page, 45, axis=1))
    assert judge(page) == (2, 0)


def test_a_joined_mark_is_measured_over_all_its_pieces() -> None:
    page = three()
    page[76:80] = 0
    mask = np.where(page > 90, 255, 0).astype(np.uint8)
    marks, labels = marks_of(mask, SETTINGS)
    assert len(marks) == 2
    x, y = marks.boxes[:, :2].min(axis=0)
    right, bottom = (marks.boxes[:, :2] + marks.boxes[:, 2:]).max(axis=0)
    whole: Boxes = np.array([[x, y, right - x, bottom - y]], np.int32)
    joined = Marks(whole, marks.areas.sum(keepdims=True), (marks.members[0] + marks.members[1],))
    strokes, _ = keep_strokes(joined, Survey(labels, page, mask, mask), SETTINGS)
    assert strokes.members == joined.members


def test_only_blots_of_like_size_close_by_are_clutter() -> None:
    mark = marks_with((100, 100, 20, 40))
    beside, speck, house, far = (150, 110, 25, 30), (130, 110, 3, 3), (160, 0, 300, 300), (600, 100, 25, 30)
    assert blots_near(mark, marks_with(beside, speck, house, far)) == [1]


def test_clutter_is_counted_for_each_mark() -> None:
    marks = marks_with((100, 100, 20, 40), (900, 100, 20, 40))
    assert blots_near(marks, marks_with((150, 110, 25, 30), (60, 110, 25, 30))) == [2, 0]


def test_without_blots_there_is_no_clutter() -> None:
    assert blots_near(marks_with((100, 100, 20, 40)), marks_with()) == [0]
    assert blots_near(marks_with(), marks_with((100, 100, 20, 40))) == []


@pytest.mark.parametrize(("ink", "share"), [([[1, 0], [0, 0]], 0.25), ([[255, 255]], 1.0), ([[0]], 0.0)])
def test_the_share_of_ink_is_that_of_the_strip(ink: list[list[int]], share: float) -> None:
    assert share_of(np.array(ink, np.uint8)) == share


def test_an_empty_strip_holds_no_ink() -> None:
    assert share_of(np.zeros((0, 5), np.uint8)) == 0.0


@pytest.mark.parametrize("inked_row", [0, 9])
def test_crowding_sees_ink_above_and_below_and_stops_at_the_edge(inked_row: int) -> None:
    ink = np.zeros((10, 10), np.uint8)
    ink[inked_row] = 1
    # a strip of 3 rows above or below, one of which is ink
    assert crowding_of([2, 3, 4, 4], ink) == pytest.approx(1 / 3)


def test_what_lies_far_below_a_large_mark_does_not_crowd_it() -> None:
    ink = np.zeros((400, 400), np.uint8)
    ink[340:] = 1
    assert crowding_of([100, 60, 150, 250], ink) == 0  # 30 pixels away, half as far as the mark's own reach
    assert crowding_of([100, 90, 150, 250], ink) == 1


@pytest.mark.parametrize("y", [0, 1, 5, 6])
def test_crowding_is_measured_up_to_the_edge_of_the_image(y: int) -> None:
    assert crowding_of([2, y, 4, 4], np.ones((10, 10), np.uint8)) == pytest.approx(1)


def test_marks_are_measured_as_if_each_stood_alone() -> None:
    page = np.maximum(three(), np.roll(soft(three(width=9), 2.0), 60, axis=1))
    mask = np.where(page > 60, 255, 0).astype(np.uint8)
    marks, labels = marks_of(mask, SETTINGS)
    together = evidence_of(marks, labels, page)
    for index in range(len(marks)):
        alone = evidence_of(marks.take(np.array([index])), labels, page)
        for name in ("edge", "crispness", "stroke", "widest", "peak", "dark_half", "faint"):
            # OpenCV adds the steps of a distance as float32, and in which order depends on where a pixel lies
            assert getattr(alone, name)[0] == pytest.approx(getattr(together, name)[index], rel=1e-6)


def test_no_marks_are_neither_strokes_nor_blots() -> None:
    nothing = np.zeros(SHAPE, np.uint8)
    marks, labels = marks_of(nothing, SETTINGS)
    assert [len(each) for each in keep_strokes(marks, Survey(labels, nothing, nothing, nothing), SETTINGS)] == [0, 0]
