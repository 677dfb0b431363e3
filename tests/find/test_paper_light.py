"""The light on a sheet: gray pictures, and the bare paper under the writing."""

from __future__ import annotations

import numpy as np
import pytest

from digitreader.find.paper_light import CELL_PX, cells_of, ground_under, paper_under, share_below, to_gray

from .bar_on_paper import paper, with_bar


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
    ground = ground_under(cells_of(paper(0)))
    assert ground.shape == (240 // CELL_PX, 320 // CELL_PX)
    assert int(ground.min()) == 1


def test_a_dark_desk_counts_as_wholly_black() -> None:
    desk = paper()
    desk[:, :160] = 10
    assert int(ground_under(cells_of(desk))[:, :10].max()) == int(0.35 * 200)


@pytest.mark.parametrize(("share", "value"), [(0.5, 10), (0.75, 10), (0.8, 90), (1.0, 90)])
def test_a_share_is_counted_below(share: float, value: int) -> None:
    assert share_below(np.array([[10, 10, 10, 90]], np.uint8), share) == value


def test_cells_hold_the_mean_of_their_pixels() -> None:
    columns = np.array([[0, 100, 200, 40]], np.uint8).repeat(CELL_PX // 2, axis=1)
    np.testing.assert_array_equal(cells_of(columns.repeat(CELL_PX, axis=0)), [[50, 120]])


def test_an_image_smaller_than_a_cell_is_one_cell() -> None:
    np.testing.assert_array_equal(cells_of(np.array([[10, 30]], np.uint8)), [[20]])
