"""Practice that is cut out of the finder's scenes: whole digits with their labels, what is none, nothing in between."""

from __future__ import annotations

import numpy as np
import pytest

from digitreader.find import Finder
from digitreader.values import Box, Candidate, ColourImage
from digitreader_train.finder.scene import FinderScene, TrueDigits
from digitreader_train.practice.scenes import cut_from
from digitreader_train.practice.task import NO_DIGIT, Practice
from digitreader_train.practice.truth import is_slender


class FindsThese(Finder):
    """A finder that finds the same boxes in every picture."""

    def __init__(self, *boxes: Box) -> None:
        self.boxes = boxes

    def digits(self, _: ColourImage) -> list[Candidate]:
        return [Candidate(box, np.full((box.height, box.width), 255, np.uint8)) for box in self.boxes]


@pytest.fixture
def scene() -> FinderScene:
    """A 3, whole, and a 7, half of which is outside the picture."""
    plane = np.zeros((96, 96), np.uint8)
    boxes = np.array([(10, 10, 20, 40), (86, 10, 10, 40)], np.float32)
    digits = TrueDigits(boxes, np.array([1.0, 0.5], np.float32), np.array([1, 2], np.int16), np.array([3, 7], np.uint8))
    return FinderScene(np.zeros((96, 96, 3), np.uint8), plane, plane, np.zeros((96, 96), np.int16), digits)


def test_a_whole_digit_has_its_label_and_what_stands_apart_is_none(scene: FinderScene) -> None:
    cut = cut_from(scene, FindsThese(Box(10, 10, 20, 40), Box(40, 60, 20, 30)))
    assert [label for _, label in cut] == [3, NO_DIGIT]


def test_what_lies_on_a_digit_that_is_partly_seen_is_no_practice(scene: FinderScene) -> None:
    assert cut_from(scene, FindsThese(Box(80, 10, 16, 40))) == []


def test_bars_are_slender_and_blocks_are_not() -> None:
    glyphs = np.zeros((2, 28, 28), np.uint8)
    glyphs[0, 4:24, 12:16] = glyphs[1, 4:24, 6:20] = 255
    assert is_slender(Practice(glyphs, np.array([NO_DIGIT, NO_DIGIT], np.uint8))).tolist() == [True, False]
