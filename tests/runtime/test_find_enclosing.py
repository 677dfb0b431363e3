"""What is drawn round digits is no digit: boxes of forms, cells of tables, circles."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from digitreader.find.by_rules import strokes_in as find_digits
from digitreader.find.by_rules.enclosing import without_enclosures
from digitreader.find.by_rules.marks import marks_of
from digitreader.find.by_rules.settings import FindSettings
from digitreader.find.by_rules.threshold import Mask
from digitreader.values import Box, GrayImage

SEVEN = Box(140, 90, 21, 43)


def with_seven(drawn: Mask) -> Mask:
    corners = [(SEVEN.x + 1, SEVEN.y + 1), (SEVEN.x + 19, SEVEN.y + 1), (SEVEN.x + 6, SEVEN.y + 39)]
    cv2.polylines(drawn, [np.array(corners, np.int32)], isClosed=False, color=(255,), thickness=3)
    return drawn


def bare() -> Mask:
    return np.zeros((220, 300), np.uint8)


def circle(degrees: int) -> Mask:
    return np.asarray(cv2.ellipse(bare(), (150, 110), (45, 40), 0, 20, 20 + degrees, (255,), 3), np.uint8)


def box() -> Mask:
    return np.asarray(cv2.rectangle(bare(), (120, 70), (185, 150), (255,), 3), np.uint8)


def comb() -> Mask:
    mask = box()
    for x in (55, 185):
        cv2.rectangle(mask, (x, 70), (x + 65, 150), (255,), 3)
    return mask


def heights_left(mask: Mask) -> list[int]:
    marks, labels = marks_of(mask, FindSettings())
    heights: list[int] = without_enclosures(marks, labels).boxes[:, 3].tolist()
    return heights


@pytest.mark.parametrize("drawn", [circle(360), circle(330), box(), comb()], ids=["circle", "open", "box", "comb"])
def test_what_stands_round_a_digit_is_left_out(drawn: Mask) -> None:
    assert heights_left(with_seven(drawn)) == [SEVEN.height]


@pytest.mark.parametrize("drawn", [circle(360), circle(220)], ids=["nothing in it", "open at a side"])
def test_a_ring_is_kept_where_it_encloses_nothing(drawn: Mask) -> None:
    assert len(heights_left(drawn)) == 1


def test_a_mark_within_the_box_of_a_bent_stroke_is_not_enclosed() -> None:
    assert len(heights_left(with_seven(circle(220)))) == 2


def test_a_dot_in_a_0_does_not_make_it_a_circle() -> None:
    assert len(heights_left(np.asarray(cv2.circle(circle(360), (150, 110), 6, (255,), 2), np.uint8))) == 2


def test_digits_in_the_boxes_of_a_form_are_found_alone() -> None:
    page: GrayImage = np.asarray(230 - 0.7 * with_seven(comb()), np.uint8)
    found = [candidate.box for candidate in find_digits(page)]
    assert len(found) == 1
    assert abs(found[0].x - SEVEN.x) <= 2
    assert abs(found[0].height - SEVEN.height) <= 3
