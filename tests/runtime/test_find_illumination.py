"""The finder's first step: the light is taken away, and light writing on dark is turned round."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from digitreader.find.by_rules.illumination import (
    bring_to_working_size,
    cells_of,
    darkness_of,
    ground_of,
    is_light_on_dark,
    share_below,
    written_darkness,
)
from digitreader.find.by_rules.settings import FindSettings
from digitreader.values import GrayImage

SETTINGS = FindSettings()


def gray_of(rows: list[list[int]]) -> GrayImage:
    return np.array(rows, np.uint8)


def paper(value: int = 200, shape: tuple[int, int] = (240, 320)) -> GrayImage:
    return np.full(shape, value, np.uint8)


def with_bar(image: GrayImage, value: int) -> GrayImage:
    """A stroke 6 pixels wide and 60 high in the middle."""
    row, column = image.shape[0] // 2, image.shape[1] // 2
    written = image.copy()
    written[row - 30 : row + 30, column - 3 : column + 3] = value
    return written


def darkness(gray: GrayImage) -> GrayImage:
    return darkness_of(gray, ground_of(gray, SETTINGS))


def test_an_image_of_working_size_is_not_shrunk() -> None:
    gray = paper()
    assert bring_to_working_size(gray, FindSettings(working_side_px=320)) == (gray, 1.0)


@pytest.mark.parametrize(("shape", "small"), [((300, 600), (100, 200)), ((600, 300), (200, 100))])
def test_the_longer_side_is_shrunk_to_the_working_size(shape: tuple[int, int], small: tuple[int, int]) -> None:
    shrunk, scale = bring_to_working_size(paper(shape=shape), FindSettings(working_side_px=200))
    assert (shrunk.shape, scale) == (small, 3.0)


def test_a_thread_thin_image_keeps_a_pixel_when_it_is_shrunk() -> None:
    assert bring_to_working_size(paper(shape=(1, 3000)), FindSettings(working_side_px=100))[0].shape == (1, 100)


@pytest.mark.parametrize(("shape", "large"), [((28, 28), (160, 160)), ((40, 400), (128, 1280))])
def test_a_tiny_image_is_enlarged(shape: tuple[int, int], large: tuple[int, int]) -> None:
    enlarged, scale = bring_to_working_size(paper(shape=shape), SETTINGS)
    assert enlarged.shape == large
    assert scale == shape[0] / large[0]


def light_on_dark(page: GrayImage) -> bool:
    return is_light_on_dark(page, cells_of(page, SETTINGS), SETTINGS)


def test_dark_writing_on_light_paper_is_no_board() -> None:
    assert not light_on_dark(with_bar(paper(200), 30))


def test_light_writing_on_a_dark_board_is_noticed() -> None:
    assert light_on_dark(with_bar(paper(50), 230))


def densely_written(ground: int, ink: int) -> GrayImage:
    """A page full of strokes, with no bare ground as wide as a digit."""
    page = paper(ground)
    for x in range(6, 320, 22):
        page[4:236, x : x + 6] = ink
    return page


def test_paper_that_is_densely_written_on_is_no_board() -> None:
    assert not light_on_dark(densely_written(220, 30))


def test_a_board_that_is_densely_written_on_is_one() -> None:
    assert light_on_dark(densely_written(30, 220))


def test_a_written_sheet_on_a_dark_desk_is_not_taken_for_a_board() -> None:
    desk = paper(40)
    desk[40:200, 50:270] = 220
    assert not light_on_dark(with_bar(desk, 30))


def test_light_writing_is_as_dark_as_that_of_the_negative() -> None:
    page = with_bar(paper(200), 30)
    np.testing.assert_array_equal(written_darkness(255 - page, SETTINGS), darkness(page))
    np.testing.assert_array_equal(written_darkness(page, SETTINGS), darkness(page))


@pytest.mark.parametrize(
    ("values", "share", "found"), [([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 0.5, 4), ([7, 7, 7], 0.9, 7), ([3, 200], 1.0, 200)]
)
def test_a_share_of_the_pixels_lies_at_or_below_its_value(values: list[int], share: float, found: int) -> None:
    assert share_below(gray_of([values]), share) == found


def test_a_share_is_one_of_the_pixels_that_count() -> None:
    assert share_below(gray_of([[1, 2, 90, 91]]), 0.5, gray_of([[0, 0, 1, 1]])) == 90


def test_cells_hold_the_mean_of_their_pixels() -> None:
    gray = np.repeat(gray_of([[0, 100, 200, 40]]), 4, axis=0).repeat(2, axis=1)  # columns 2 wide, 4 rows
    np.testing.assert_array_equal(cells_of(gray, FindSettings(cell_px=4)), [[50, 120]])


def test_an_image_smaller_than_a_cell_is_one_cell() -> None:
    np.testing.assert_array_equal(cells_of(gray_of([[10, 30]]), FindSettings(cell_px=8)), [[20]])


def test_writing_leaves_no_trace_in_the_ground() -> None:
    np.testing.assert_array_equal(ground_of(with_bar(paper(200), 20), SETTINGS), 200)


def test_the_ground_follows_the_light() -> None:
    light = np.tile(np.linspace(80, 240, 320), (240, 1)).astype(np.uint8)
    cells = cells_of(light, SETTINGS)
    # closing and blur shift a slope by part of a disc; four cells of 0.5 grey levels a pixel are 16
    assert np.abs(ground_of(with_bar(light, 10), SETTINGS).astype(int) - cells)[:, 2:-2].max() <= 16


def test_a_desk_counts_as_black_and_not_as_paper() -> None:
    desk = paper(10)
    desk[60:180, 80:240] = 250
    ground = ground_of(desk, FindSettings(darkest_paper=0.4))
    assert ground.min() == 100
    assert ground.max() == 250


def test_the_ground_is_never_zero() -> None:
    assert ground_of(paper(0), SETTINGS).min() == 1


def test_bare_paper_has_no_darkness_and_black_has_all() -> None:
    ground = np.full((2, 2), 200, np.uint8)
    found = darkness_of(gray_of([[200, 0], [200, 0]]), ground)
    np.testing.assert_array_equal(found, [[0, 255], [0, 255]])


def test_what_is_brighter_than_its_ground_has_no_darkness() -> None:
    assert darkness_of(gray_of([[255]]), gray_of([[100]]))[0, 0] == 0


@pytest.mark.parametrize("lamp", [0.3, 0.5, 1.2])
def test_ink_is_as_dark_under_any_lamp(lamp: float) -> None:
    page = with_bar(paper(200), 60)
    dimmed = np.asarray(cv2.convertScaleAbs(page, alpha=lamp), np.uint8)
    # half a grey level of 60, the dimmest paper, is 2 of 255
    np.testing.assert_allclose(darkness(dimmed).astype(int), darkness(page), atol=3)


def test_a_shadow_takes_no_ink_and_makes_none() -> None:
    shade = cv2.GaussianBlur(np.where(np.arange(320) < 160, 0.5, 1.0)[None].repeat(240, axis=0), (0, 0), 20)
    shaded = np.asarray(with_bar(paper(220), 40) * shade, np.uint8)
    found = darkness(shaded)
    stroke = with_bar(np.zeros_like(shaded), 255) > 0
    assert found[stroke].min() > 180
    # the closing's disc reaches a little up the slope of the shadow's edge
    assert found[~stroke].max() < 0.2 * found[stroke].min()
