"""Digits photographed for practice carry the truth that was written, through the finder's own eyes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from digitreader.drawing import DigitBox, Scene, write_glyph
from digitreader.values import Box, Candidate
from digitreader_train.practice.camera import draw_scene, photograph_digits
from digitreader_train.practice.task import NO_DIGIT, Task
from digitreader_train.practice.truth import label_candidates

Images = npt.NDArray[np.uint8]

LABELS = np.arange(40, dtype=np.uint8) % 10


@pytest.fixture(scope="module")
def images() -> Images:
    rng = np.random.default_rng(6)
    frames = np.zeros((len(LABELS), 28, 28), np.uint8)
    for frame, digit in zip(frames, LABELS, strict=True):
        ink = write_glyph(int(digit), rng, height_px=18)[:28, :28]
        frame[: ink.shape[0], : ink.shape[1]] = ink
    return frames


@pytest.fixture
def scene() -> Scene:
    boxes = (DigitBox(3, Box(10, 10, 20, 40), 0), DigitBox(7, Box(40, 10, 20, 40), 0))
    return Scene(np.zeros((100, 200, 3), np.uint8), boxes, "37")


def candidate(box: Box) -> Candidate:
    return Candidate(box, np.full((box.height, box.width), 255, np.uint8))


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        pytest.param(Box(10, 10, 20, 40), [3], id="the digit itself"),
        pytest.param(Box(42, 9, 20, 40), [7], id="nearly"),
        pytest.param(Box(120, 10, 20, 40), [NO_DIGIT], id="elsewhere"),
        pytest.param(Box(10, 10, 50, 40), [NO_DIGIT], id="both at once"),
        pytest.param(Box(10, 10, 20, 15), [], id="a piece of it"),
    ],
)
def test_a_candidate_is_labelled_by_the_digit_that_it_holds(scene: Scene, box: Box, expected: list[int]) -> None:
    assert [label for _, label in label_candidates([candidate(box)], scene)] == expected


def test_on_a_sheet_without_digits_every_candidate_is_none() -> None:
    blank = Scene(np.zeros((100, 200, 3), np.uint8), (), "")
    assert [label for _, label in label_candidates([candidate(Box(1, 1, 9, 9))], blank)] == [NO_DIGIT]


def test_most_of_the_digits_shown_are_found_again(images: Images) -> None:
    practice = photograph_digits(Task(np.repeat(images, 4, axis=0), np.repeat(LABELS, 4), (1, 2)))
    found = np.bincount(practice.labels, minlength=11)[:10]
    assert found.sum() > 0.6 * 160  # some sheets are at night, with a hard pencil
    assert (found > 0).all()


def test_a_scene_shows_as_many_digits_as_it_was_given(images: Images) -> None:
    rng = np.random.default_rng(9)
    for _ in range(5):
        scene = draw_scene(images[:12], LABELS[:12], 3, rng)
        assert len(scene.boxes) == 12
        assert {digit.line for digit in scene.boxes} == {0, 1, 2}
        height, width = scene.image.shape[:2]
        assert all(0 <= digit.box.x < width and 0 <= digit.box.y < height for digit in scene.boxes)
