"""Corruptions by another pen: where the lines go and how strong they are."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from digitreader.score.corruptions.scribble import dotted_line, zigzag
from digitreader.values import GrayImage

Draw = Callable[[int], GrayImage]
BLANK = np.zeros((28, 28), np.uint8)


def generator(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def many(spoil: Callable[..., GrayImage], image: GrayImage, count: int = 20) -> list[GrayImage]:
    return [spoil(image, generator(seed)) for seed in range(count)]


def test_dotted_line_goes_from_edge_to_edge_in_dots_and_only_adds_ink(digit_image: Draw) -> None:
    for dotted in many(dotted_line, BLANK):
        columns = np.flatnonzero(dotted.any(axis=0))
        assert columns.min() <= 1
        assert columns.max() >= 24
        count, *_ = cv2.connectedComponents((dotted > 127).astype(np.uint8))
        assert 6 <= count - 1 <= 11
    image = digit_image(1)
    assert (dotted_line(image, generator()) >= image).all()


def test_zigzag_is_one_line_with_teeth_from_the_third_column_to_the_third_last() -> None:
    for drawn in many(zigzag, BLANK, 8):
        count, *_ = cv2.connectedComponents((drawn > 60).astype(np.uint8))
        assert count - 1 == 1
        columns = np.flatnonzero(drawn.any(axis=0))
        assert (columns.min(), columns.max()) == pytest.approx((2, 25), abs=1)
        heights = [centre_row(drawn[:, column]) for column in range(3, 25)]
        turns = np.count_nonzero(np.diff(np.sign(np.diff(heights))))
        assert turns >= 8


def centre_row(column: npt.NDArray[np.uint8]) -> float:
    return float((np.arange(len(column)) * column).sum() / max(column.sum(), 1))
