"""Digits laid on paper: where they lie, what is found and read there, and how it is counted."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from digitreader.find import Finder
from digitreader.host.progress import ProgressBar
from digitreader.measure.data import LabelledImages
from digitreader.measure.score.as_frames import (
    CELL_PX,
    DIGIT_PX,
    IMAGES_A_PICTURE,
    INK,
    MOST_PX,
    PAPER,
    cell_at,
    cell_box,
    count_laid,
    judge_picture,
    lay_out,
    one_of_each,
    read_laid,
    score_corruptions_as_frames,
    score_hands_as_frames,
    zoom_of,
)
from digitreader.measure.score.as_frames_report import (
    corruptions_sections,
    corruptions_text,
    hands_sections,
    hands_text,
)
from digitreader.measure.score.corruption_kinds import CORRUPTIONS
from digitreader.measure.score.corruptions import CLEAN
from digitreader.model import load_model
from digitreader.reading.pipeline import FrameReader
from digitreader.values import Box, GrayImage, Reading

Draw = Callable[[int], GrayImage]
MakeReading = Callable[..., Reading]
Telling = Callable[..., FrameReader]

BLANK = np.zeros((28, 28), np.uint8)


def in_cell(cell: int, *, width: int = 40, height: int = 60) -> tuple[int, int, int, int]:
    """A box in the middle of a cell."""
    box = cell_box(cell)
    return box.x + (CELL_PX - width) // 2, box.y + (CELL_PX - height) // 2, width, height


@pytest.fixture
def ten(digit_image: Draw) -> LabelledImages:
    """Each digit once."""
    return LabelledImages(np.stack([digit_image(d) for d in range(10)]), np.arange(10, dtype=np.uint8), "drawn")


def test_white_becomes_dark_ink_in_the_middle_of_its_cell_and_black_becomes_paper() -> None:
    image = BLANK.copy()
    image[4:24, 10:18] = 255
    picture = lay_out([BLANK, image], zoom=3.0)
    assert picture.shape == (480, 640, 3)
    assert picture[80, CELL_PX + 80].tolist() == list(INK)
    box = cell_box(1)
    outside = np.ones(picture.shape[:2], bool)
    outside[box.y + 45 : box.y + 115, box.x + 60 : box.x + 100] = False
    assert (picture[outside] == PAPER).all()


def test_the_typical_digit_becomes_60_pixels_high() -> None:
    images = np.zeros((3, 28, 28), np.uint8)
    for image, height in zip(images, (10, 20, 24), strict=True):
        image[2 : 2 + height, 12:16] = 255
    assert zoom_of(images) * 20 == pytest.approx(DIGIT_PX)


@pytest.mark.parametrize("inked", [False, True])
def test_no_image_becomes_larger_than_there_is_room_for(inked: bool) -> None:
    images = np.zeros((1, 200, 40), np.uint8)
    images[:, 90:95, 10:20] = 255 * inked
    assert zoom_of(images) * 200 == pytest.approx(MOST_PX)
    assert lay_out(list(images), zoom=zoom_of(images)).shape == (480, 640, 3)


def test_a_box_belongs_to_the_cell_of_its_middle() -> None:
    assert [cell_at(Box(*in_cell(cell))) for cell in range(IMAGES_A_PICTURE)] == list(range(IMAGES_A_PICTURE))
    assert cell_at(Box(CELL_PX - 30, 10, 40, 40)) == 0
    assert cell_at(Box(630, 470, 40, 40)) == IMAGES_A_PICTURE - 1


def test_drawn_digits_are_found_and_read(ten: LabelledImages, finder: Finder) -> None:
    reader = FrameReader(load_model("accurate"), finder=finder)
    with ProgressBar("test", len(ten)) as bar:
        [laid] = read_laid(reader, list(ten.images), ten.labels.tolist(), zoom=zoom_of(ten.images), bar=bar)
    outcomes = [digit.outcome for digit in laid.digits]
    assert outcomes.count("right") >= 9  # one drawn form may be odd
    assert laid.astray == 0


def test_blank_paper_is_lost_and_nothing_is_invented_on_it(finder: Finder) -> None:
    reader = FrameReader(load_model("tiny"), finder=finder)
    score, misread, lost = score_hands_as_frames(reader, LabelledImages(BLANK[None], np.zeros(1, np.uint8), "blank"))
    assert (score.total.lost, score.total.invented, len(misread), len(lost)) == (1, 0, 0, 1)


def test_each_reading_counts_once(reading: MakeReading) -> None:
    readings = [
        reading(1, *in_cell(0)),
        reading(7, *in_cell(1)),
        reading(3, *in_cell(3, width=20, height=20)),  # a second reading, smaller and first in the line
        reading(4, *in_cell(3)),
        reading(8, *in_cell(11)),  # where nothing lies
    ]
    laid = judge_picture(lay_out(4 * [BLANK], zoom=3.0), (1, 2, 3, 4), readings)
    assert [digit.outcome for digit in laid.digits] == ["right", "misread", "lost", "right"]
    assert [digit.read for digit in laid.digits] == [1, 7, None, 4]
    score = count_laid("all", [laid, laid])
    assert (score.n, score.right, score.misread, score.lost) == (8, 4, 2, 2)
    assert (score.pictures, score.invented) == (2, 4)
    assert (score.right_share, score.misread_share, score.lost_share) == (0.5, 0.25, 0.25)


def test_a_digit_keeps_its_cell_and_the_boxes_in_it(reading: MakeReading) -> None:
    image = BLANK.copy()
    image[4:24, 10:18] = 255
    picture = lay_out([BLANK, image], zoom=3.0)
    digit = judge_picture(picture, (0, 1), [reading(1, *in_cell(1))]).digits[1]
    np.testing.assert_array_equal(digit.cell, picture[:CELL_PX, CELL_PX : 2 * CELL_PX])
    assert digit.readings[0].box == Box(60, 50, 40, 60)


def test_more_digits_than_a_picture_holds_lie_on_several(telling: Telling, reading: MakeReading) -> None:
    images, labels = np.stack(30 * [BLANK]), np.full(30, 5, np.uint8)
    reader = telling({"picture 1": [reading(5, *in_cell(2))], "picture 2": [reading(6, *in_cell(5))]})
    score, misread, lost = score_hands_as_frames(reader, LabelledImages(images, labels, "many"), pictures=3)
    assert (score.total.pictures, score.total.right, score.total.misread, score.total.lost) == (3, 1, 1, 28)
    assert [(each.digit, each.n, each.right) for each in score.by_digit] == [(5, 30, 1)]
    assert (len(misread), len(lost)) == (1, 3)


@pytest.mark.parametrize("images", [lambda bar: bar // 16, lambda bar: 255 - bar], ids=["faint", "black on white"])
def test_faint_and_black_on_white_collections_lie_on_paper_as_others_do(
    telling: Telling, images: Callable[[GrayImage], GrayImage]
) -> None:
    bar = BLANK.copy()
    bar[4:24, 12:16] = 255
    given = np.stack(12 * [images(bar)])
    _, _, lost = score_hands_as_frames(telling(), LabelledImages(given, np.ones(12, np.uint8), "bars"))
    assert lost[0].cell[80, 80].tolist() == list(INK)
    assert lost[0].cell[20, 20].tolist() == list(PAPER)


def test_every_corruption_is_counted_and_the_mean_leaves_the_clean_out(
    ten: LabelledImages, telling: Telling, reading: MakeReading
) -> None:
    reader = telling(always=[reading(0, *in_cell(0)), reading(1, *in_cell(1)), reading(9, *in_cell(10))])
    score, samples = score_corruptions_as_frames(reader, ten, seed=3)
    assert (score.n, score.seed) == (10, 3)
    assert score.mean == pytest.approx(0.2)
    assert score.clean.name == CLEAN
    assert [each.name for each in score.corruptions] == list(CORRUPTIONS)
    assert all((each.right, each.misread, each.lost, each.invented) == (2, 0, 8, 1) for each in score.corruptions)
    assert score.invented == 15
    assert [digit.label for digit in samples["fog"]] == list(range(10))
    assert not np.array_equal(samples["fog"][0].cell, samples[CLEAN][0].cell)


def test_the_sample_of_a_digit_is_its_first(ten: LabelledImages, reading: MakeReading) -> None:
    picture = lay_out([ten.images[5], ten.images[5], ten.images[2]], zoom=3.0)
    digits = judge_picture(picture, (5, 5, 2), [reading(5, *in_cell(0))]).digits
    assert [(each.label, each.outcome) for each in one_of_each(digits)] == [(2, "lost"), (5, "right")]


def test_the_figures_of_corruptions_stand_in_the_lines_and_on_the_page(
    ten: LabelledImages, telling: Telling, reading: MakeReading
) -> None:
    score, samples = score_corruptions_as_frames(telling(always=[reading(0, *in_cell(0))]), ten)
    text, page = corruptions_text(score, "a model"), "".join(corruptions_sections(score, samples))
    assert text.startswith("a model, on paper: 10 digits of each corruption, seed 0")
    assert "  zigzag              10.00%    0.00%   90.00%         0" in text
    assert all(f"<td>{name}</td>" in page for name in (CLEAN, *CORRUPTIONS))
    assert page.count("data:image/png") == 16


def test_the_figures_of_hands_stand_in_the_lines_and_on_the_page(
    ten: LabelledImages, telling: Telling, reading: MakeReading
) -> None:
    score, misread, lost = score_hands_as_frames(telling(always=[reading(0, *in_cell(1))]), ten)
    text, page = hands_text(score, "a model"), "".join(hands_sections(score, misread, lost))
    assert "misread      10.00%  (1 accepted as another)" in text
    assert "lost         90.00%  (9 not found or not accepted)" in text
    assert "a 1 read as 0" in page
    assert page.count("data:image/png") == 10
