"""Frames and ruled lines go; a digit that reaches the edge stays."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from digitreader.data.cleaning import clean_ink
from digitreader.data.cleaning.frames import drop_frame
from digitreader.values import Ink


def seven(side: int = 40) -> Ink:
    ink = np.zeros((side, side), np.uint8)
    points = np.array([(12, 10), (27, 10), (18, 30)], np.int32)
    cv2.polylines(ink, [points], False, (255,), 3, cv2.LINE_AA)
    return ink


@pytest.mark.parametrize("inset", [0, 1, 3])
@pytest.mark.parametrize("line_px", [1, 2])
def test_a_frame_goes(inset: int, line_px: int) -> None:
    framed = seven()
    cv2.rectangle(framed, (inset, inset), (39 - inset, 39 - inset), (255,), line_px)
    np.testing.assert_allclose(clean_ink(framed), clean_ink(seven()), atol=40)


def test_a_frame_that_the_digit_touches_goes_where_it_runs_along_the_edge() -> None:
    ink = seven()
    ink[28:40, 18:21] = 255
    framed = ink.copy()
    framed[[0, -1]] = framed[:, [0, -1]] = 255
    cleaned = drop_frame(framed)
    assert not cleaned[0].any()
    np.testing.assert_array_equal(cleaned[1:-1, 1:-1], ink[1:-1, 1:-1])


def test_a_ruled_line_below_the_digit_goes() -> None:
    ruled = seven()
    ruled[35:37] = 200
    assert not clean_ink(ruled)[33:].any()


def test_a_ring_that_fills_its_image_is_no_frame() -> None:
    ring = np.zeros((28, 28), np.uint8)
    cv2.ellipse(ring, (14, 14), (12, 13), 0, 0, 360, (255,), 2)
    ring[13:15, 13:15] = 255
    assert np.count_nonzero(clean_ink(ring)) > 0.8 * np.count_nonzero(ring)


def test_a_line_alone_is_all_there_is() -> None:
    line = np.zeros((28, 28), np.uint8)
    line[13:15] = 255
    line[3, 3] = 255
    assert clean_ink(line)[13:15].any()
