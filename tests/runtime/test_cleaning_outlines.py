"""Outlines are filled to strokes, and lines of one pixel that are no outlines stay."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from digitreader.data.cleaning.outlines import bridge_gaps, fill_outlines
from digitreader.values import Ink


def drawn(*strokes: list[tuple[int, int]], pen_px: int = 4) -> Ink:
    """Strokes along these corners (x, y), 28x28."""
    ink = np.zeros((28, 28), np.uint8)
    cv2.polylines(ink, [np.array(stroke, np.int32) for stroke in strokes], False, (255,), pen_px)
    return ink


def ring(*, pen_px: int, axes: tuple[int, int] = (6, 9)) -> Ink:
    ink = np.zeros((28, 28), np.uint8)
    cv2.ellipse(ink, (14, 14), axes, 0, 0, 360, (255,), pen_px)
    return ink


def outlined(ink: Ink) -> Ink:
    return np.asarray(cv2.Canny(ink, 100, 200), np.uint8)


def alike(one: Ink, other: Ink) -> float:
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


ONE = drawn([(14, 5), (14, 22)])
TWO = drawn([(8, 7), (16, 5), (18, 9), (8, 21), (20, 21)])


@pytest.mark.parametrize("ink", [ONE, TWO, ring(pen_px=3), ring(pen_px=5)], ids=["1", "2", "0", "bold 0"])
def test_a_digit_of_which_only_the_outline_is_there_is_filled(ink: Ink) -> None:
    edges = outlined(ink)
    assert alike(fill_outlines(edges), ink) > 0.8
    assert alike(edges, ink) < 0.5


def test_the_hole_of_a_loop_stays_a_hole() -> None:
    filled = fill_outlines(outlined(ring(pen_px=4)))
    assert filled[14, 14] == 0
    assert filled[14, 8] > 200


def test_an_outline_with_a_gap_is_filled_as_well() -> None:
    edges = outlined(TWO)
    edges[21, 11:13] = 0
    edges[19:24, 12] = 0
    assert alike(fill_outlines(edges), TWO) > 0.8


def test_a_gap_is_bridged_and_a_lone_line_is_left() -> None:
    line = np.zeros((20, 20), np.uint8)
    line[10, 2:9] = line[10, 11:18] = 255
    assert bridge_gaps(line)[10, 2:18].all()
    line[10, 8:] = 0
    np.testing.assert_array_equal(bridge_gaps(line), line)


@pytest.mark.parametrize("thickness", [1, 2, 4])
def test_a_ring_is_not_filled(thickness: int) -> None:
    thin = ring(pen_px=thickness)
    assert fill_outlines(thin) is thin


def test_a_six_of_one_pixel_is_not_filled() -> None:
    six = drawn([(16, 4), (9, 14), (9, 21), (17, 21), (17, 14), (9, 15)], pen_px=1)
    assert fill_outlines(six) is six
