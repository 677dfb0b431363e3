"""The light on a sheet: gray pictures, and the bare paper under the writing."""

from __future__ import annotations

import numpy as np
import pytest

from digitreader.paper_light import CELL_PX, ground_of, paper_under, share_below, to_gray
from digitreader.values import GrayImage


def paper(value: int = 200, shape: tuple[int, int] = (240, 320)) -> GrayImage:
    return np.full(shape, value, np.uint8)


def with_bar(image: GrayImage, value: int) -> GrayImage:
    """A stroke 6 pixels wide and 60 high in the middle."""
    row, column = image.shape[0] // 2, image.shape[1] // 2
    written = image.copy()
    written[row - 30 : row + 30, column - 3 : column + 3] = value
    return written


def test_a_gray_image_is_left_as_it_is() -> None:
    gray = paper()
    assert to_gray(gray) is gray


def test_colours_are_weighed_as_the_eye_does() -> None:
    blue, green, red = (int(to_gray(colour[None, None])[0, 0]) for colour in np.eye(3, dtype=np.uint8) * np.uint8(255))
    assert blue < red < green


def test_under_a_stroke_the_paper_is_as_bright_as_beside_it() -> None:
    np.testing.assert_array_equal(paper_under(with_bar(paper(), 30)), paper())


def test_a_slow_shadow_is_the_papers_own() -> None:
    shadow = np.broadcast_to(np.linspace(120, 220, 320).round().astype(np.uint8), (240, 320)).copy()
    found = paper_under(with_bar(shadow, 30)).astype(int)
    away_from_edges = np.s_[24:-24, 24:-24]
    assert np.abs(found - shadow)[away_from_edges].max() <= 16  # the widest stroke lies between lighter paper


def test_the_ground_is_measured_in_cells_and_is_never_black() -> None:
    ground = ground_of(paper(0))
    assert ground.shape == (240 // CELL_PX, 320 // CELL_PX)
    assert int(ground.min()) == 1


def test_a_dark_desk_counts_as_wholly_black() -> None:
    desk = paper()
    desk[:, :160] = 10
    assert int(ground_of(desk)[:, :10].max()) == int(0.35 * 200)


@pytest.mark.parametrize(("share", "value"), [(0.5, 10), (0.75, 10), (0.8, 90), (1.0, 90)])
def test_a_share_is_counted_below(share: float, value: int) -> None:
    assert share_below(np.array([[10, 10, 10, 90]], np.uint8), share) == value
