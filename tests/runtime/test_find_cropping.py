"""The finder's last step: each mark's ink is cut out alone, at full contrast, upright."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest

from digitreader.find.by_rules.components import Labels
from digitreader.find.by_rules.cropping import cut_inks
from digitreader.find.by_rules.evidence import Survey
from digitreader.find.by_rules.marks import Marks
from digitreader.find.straighten import straighten
from digitreader.values import GrayImage, Ink

LABELS = np.array(
    [
        [0, 0, 0, 0, 0, 0, 0],
        [0, 1, 1, 0, 0, 2, 0],
        [0, 1, 0, 0, 0, 2, 0],
        [0, 1, 0, 3, 0, 2, 0],
        [0, 0, 0, 0, 0, 0, 0],
    ],
    np.uint16,
)


def darkness(value: int = 200) -> GrayImage:
    return np.where(LABELS > 0, value, 0).astype(np.uint8)


def cut(
    page: GrayImage, labels: Labels, box: tuple[int, int, int, int], members: tuple[int, ...], *, peak: float = 200
) -> Ink:
    """The ink of one mark."""
    boxes, area = np.array([box], np.int32), np.array([np.isin(labels, members).sum()], np.int32)
    clean = np.where(labels, 255, 0).astype(np.uint8)
    (ink,) = cut_inks(Survey(labels, page, clean, clean), Marks(boxes, area, (members,), np.array([float(peak)])))
    return ink


def bar(*, upright: bool, tilt_deg: float) -> Ink:
    """A bar of 60x8 pixels, turned clockwise."""
    ink = np.zeros((90, 90), np.uint8)
    cv2.line(ink, (45, 15) if upright else (15, 45), (45, 75) if upright else (75, 45), (255,), 8, cv2.LINE_AA)
    turn = cv2.getRotationMatrix2D((45, 45), -tilt_deg, 1.0)
    return np.asarray(cv2.warpAffine(ink, turn, (90, 90)), np.uint8)


def extent(ink: Ink) -> tuple[int, int]:
    """Width and height of what is inked."""
    _, _, width, height = cv2.boundingRect(np.asarray(ink > 100, np.uint8))
    return width, height


def test_a_mark_is_cut_out_without_its_neighbours() -> None:
    ink = cut(darkness(), LABELS, (1, 1, 2, 3), (1,))
    np.testing.assert_array_equal(ink, [[0, 0, 0, 0], [0, 255, 255, 0], [0, 255, 0, 0], [0, 255, 0, 0], [0, 0, 0, 0]])


def test_ink_that_runs_into_its_box_is_left_out_with_its_edge() -> None:
    labels = LABELS.copy()
    labels[1, 2] = 0
    labels[0, 2] = 4  # slanted towards the mark, within its reach
    ink = cut(np.where(labels, 200, 0).astype(np.uint8), labels, (1, 1, 1, 3), (1,))
    np.testing.assert_array_equal(ink[:, 1], [0, 255, 255, 255, 0])
    assert ink[0, 2] == 255  # another mark's pixel beside the stroke is taken for its soft edge
    np.testing.assert_array_equal(ink[1:, 2], 0)


def test_all_pieces_of_a_joined_mark_are_cut_out() -> None:
    ink = cut(darkness(), LABELS, (1, 1, 3, 3), (1, 3))
    assert [ink[1, 2], ink[3, 3]] == [255, 255]


@pytest.mark.parametrize("value", [20, 90, 255])
def test_pale_and_black_ink_come_out_alike(value: int) -> None:
    np.testing.assert_array_equal(
        cut(darkness(value), LABELS, (5, 1, 1, 3), (2,), peak=value), cut(darkness(), LABELS, (5, 1, 1, 3), (2,))
    )


def test_a_stroke_keeps_its_soft_edge_and_loses_the_gray_of_the_paper() -> None:
    labels = np.zeros((5, 7), np.uint16)
    labels[1:4, 3] = 1
    page = np.array([[10, 10, 90, 200, 90, 10, 10]] * 5, np.uint8)
    row = cut(page, labels, (3, 1, 1, 3), (1,))[2]
    assert row[1] == 255
    assert 0 < row[0] < 255
    np.testing.assert_array_equal(cut(page, labels, (2, 1, 3, 3), (1,))[2][[0, -1]], 0)


def test_a_mark_in_the_corner_of_the_image_is_cut_out_whole() -> None:
    labels = np.zeros((4, 4), np.uint16)
    labels[:3, :2] = 1
    ink = cut(np.where(labels, 150, 0).astype(np.uint8), labels, (0, 0, 2, 3), (1,), peak=150)
    np.testing.assert_array_equal(ink, np.where(labels[:, :3], 255, 0))


def test_neighbours_are_cut_out_each_without_the_other_however_close() -> None:
    labels = np.zeros((7, 9), np.uint16)
    labels[2:5, 3], labels[2:5, 5] = 1, 2
    page = np.full(labels.shape, 60, np.uint8)
    page[labels > 0] = 200
    left = cut(page, labels, (3, 2, 1, 3), (1,))
    assert left.shape == (5, 3)
    assert left[2, 1] == 255
    wide = cut(page, labels, (2, 2, 4, 3), (1,))  # a box into which the other one runs
    assert (wide[2, 2], wide[2, 4]) == (255, 0)


def test_the_page_is_left_as_it_was() -> None:
    page, labels = darkness(), LABELS.copy()
    cut(page, labels, (1, 1, 2, 3), (1,))
    np.testing.assert_array_equal(page, darkness())
    np.testing.assert_array_equal(labels, LABELS)


@pytest.mark.parametrize("tilt_deg", [-25.0, -10.0, 10.0, 25.0])
@pytest.mark.parametrize("upright", [True, False])
def test_ink_of_a_tilted_line_is_turned_back(upright: bool, tilt_deg: float) -> None:
    tilted = bar(upright=upright, tilt_deg=tilt_deg)
    found = extent(straighten(tilted, tilt_rad=math.radians(tilt_deg)))
    # drawn through two interpolations: a pixel at each side
    assert found == pytest.approx(extent(bar(upright=upright, tilt_deg=0.0)), abs=2)
    assert extent(tilted) != pytest.approx(found, abs=2)


@pytest.mark.parametrize("tilt_deg", [-30.0, 15.0, 30.0])
def test_turning_loses_no_ink_at_the_corners(tilt_deg: float) -> None:
    ink = np.full((40, 24), 255, np.uint8)
    turned = straighten(ink, tilt_rad=math.radians(tilt_deg))
    # linear interpolation keeps the mass; the corner that is cut off first would be a percent of it
    assert float(turned.sum()) == pytest.approx(float(ink.sum()), rel=0.005)


def test_ink_of_a_level_line_is_left_as_it_is() -> None:
    ink = bar(upright=True, tilt_deg=0.0)
    assert straighten(ink, tilt_rad=math.radians(0.5)) is ink
