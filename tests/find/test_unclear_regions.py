"""The parts of a picture that are searched again at a finer scale."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from digitreader.find.centres import REACH_CELLS, Region, centres_of, unclear_regions
from digitreader.find.network_maps import CELL_PX, NetworkMaps

from .look_of import blank_look, put_digit

WHOLE = Region(0, 0, 960, 640)


def small_at(*cells: tuple[int, int], scale: float = 1.0) -> NetworkMaps:
    """A look that shows too small writing in some cells, by row and column."""
    look = blank_look((160, 240), scale=scale)
    for row, column in cells:
        look.small[row, column] = 0.9
    return look


def unclear(look: NetworkMaps, picture: Region = WHOLE) -> list[Region]:
    return unclear_regions(look, centres_of(look), picture)


def test_a_region_reaches_some_cells_further_than_what_is_unclear_in_it() -> None:
    (region,) = unclear(small_at((40, 60)))
    first, last = 40 - REACH_CELLS, 40 + REACH_CELLS + 1
    assert (region.y, region.y + region.height) == pytest.approx((CELL_PX * first, CELL_PX * last), abs=1)
    first, last = 60 - REACH_CELLS, 60 + REACH_CELLS + 1
    assert (region.x, region.x + region.width) == pytest.approx((CELL_PX * first, CELL_PX * last), abs=1)


def test_a_region_is_told_in_pixels_of_the_picture() -> None:
    look = replace(small_at((40, 60), scale=0.5), left=16, top=8)
    (region,) = unclear(look, Region(1000, 2000, 1800, 1200))
    at = (1000 + (CELL_PX * 57 - 16) / 0.5, 2000 + (CELL_PX * 37 - 8) / 0.5)
    assert region == pytest.approx((*at, CELL_PX * 7 / 0.5, CELL_PX * 7 / 0.5), abs=1)


@pytest.mark.parametrize("cell", [(0, 0), (0, 239), (159, 0), (159, 239)])
def test_a_region_lies_in_the_picture(cell: tuple[int, int]) -> None:
    (region,) = unclear(small_at(cell), Region(10, 20, 950, 630))
    assert 10 <= region.x < region.x + region.width <= 960
    assert 20 <= region.y < region.y + region.height <= 650
    assert region.width >= 1 <= region.height


def test_far_places_are_searched_one_by_one_and_near_ones_together() -> None:
    assert len(unclear(small_at((20, 20), (140, 220)))) == 2
    assert len(unclear(small_at((20, 20), (20, 24)))) == 1


def test_many_places_or_dense_ones_are_searched_as_one() -> None:
    (region,) = unclear(small_at(*((80 + 60 * (at % 2), 10 + 32 * at) for at in range(7))))
    assert region.width > 4 * 32 * 6
    (region,) = unclear(small_at(*((20 + 8 * down, 20 + 8 * across) for down in range(2) for across in range(2))))
    assert (region.width, region.height) == pytest.approx((60, 60), abs=1)


def test_six_places_are_searched_one_by_one() -> None:
    assert len(unclear(small_at(*((80 + 60 * (at % 2), 10 + 32 * at) for at in range(6))))) == 6


def look_with(height: float, *, heat: float = 0.9) -> NetworkMaps:
    look = blank_look((40, 60))
    put_digit(look, 120, 80, height / 2, height, heat=heat)
    return look


@pytest.mark.parametrize(
    ("height", "heat", "again"),
    [
        (23, 0.9, True),  # low
        (25, 0.9, False),
        (25, 0.55, True),  # the network is not sure
        (47, 0.55, True),
        (49, 0.55, False),  # but it is large
    ],
)
def test_low_digits_and_doubtful_ones_are_searched_again(height: float, heat: float, again: bool) -> None:
    look = look_with(height, heat=heat)
    regions = unclear_regions(look, centres_of(look), Region(0, 0, 240, 160))
    assert bool(regions) == again


def test_low_digits_are_searched_again_only_below_the_height_that_is_asked_for() -> None:
    look = look_with(16)
    assert unclear_regions(look, centres_of(look), Region(0, 0, 240, 160), fine_px=15) == []
    assert len(unclear_regions(look, centres_of(look), Region(0, 0, 240, 160), fine_px=17)) == 1


@pytest.mark.parametrize(("heat", "again"), [(0.1, False), (0.15, True)])
def test_a_faint_peak_without_a_digit_is_searched_again(heat: float, again: bool) -> None:
    look = look_with(40)
    look.heatmap[5, 5] = heat
    assert bool(unclear_regions(look, centres_of(look), Region(0, 0, 240, 160))) == again


@pytest.mark.parametrize(("ink", "again"), [(0.45, False), (0.55, True)])
def test_any_of_the_four_places_of_a_cell_may_have_ink_without_a_digit(ink: float, again: bool) -> None:
    for row, column in ((10, 10), (10, 11), (11, 10), (11, 11)):
        look = look_with(40)
        look.digit_ink[row, column] = ink
        assert bool(unclear_regions(look, centres_of(look), Region(0, 0, 240, 160))) == again


def test_ink_just_beside_a_known_digit_is_its_own() -> None:
    look = look_with(40)
    look.digit_ink[30:50, 54] = 0.9  # 120 - 10 is its left edge
    assert unclear_regions(look, centres_of(look), Region(0, 0, 240, 160)) == []


def test_a_slim_digit_counts_as_half_as_wide_as_high() -> None:
    look = blank_look((40, 60))
    put_digit(look, 120, 80, 4, 40)
    look.digit_ink[30:50, 64] = 0.9  # 8 pixels beside its middle
    assert unclear_regions(look, centres_of(look), Region(0, 0, 240, 160)) == []
    look.digit_ink[30:50, 68] = 0.9
    assert len(unclear_regions(look, centres_of(look), Region(0, 0, 240, 160))) == 1


def test_the_maps_are_left_as_they_were() -> None:
    look = small_at((40, 60))
    before = look.small.copy()
    unclear(look)
    np.testing.assert_array_equal(look.small, before)
