"""The finder's first step: the light is taken away, and light writing on dark is turned round."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from digitreader.find.by_rules.illumination import (
    bring_to_working_size,
    darkness_of,
    is_light_on_dark,
    written_darkness,
)
from digitreader.find.by_rules.settings import FindSettings
from digitreader.paper_light import cells_of, ground_under
from digitreader.values import GrayImage

from .bar_on_paper import paper, with_bar

SETTINGS = FindSettings()


def gray_of(rows: list[list[int]]) -> GrayImage:
    return np.array(rows, np.uint8)


def darkness(gray: GrayImage) -> GrayImage:
    return darkness_of(gray, ground_under(cells_of(gray)))


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
    return is_light_on_dark(page, cells_of(page), SETTINGS)


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
