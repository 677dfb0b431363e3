"""Peaks of the heatmap become digits, and each place with ink goes to one of them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from digitreader.find.centres import NOBODYS, Centres, adopt_leftovers, centres_of, share_ink
from digitreader.find.network_maps import CELL_PX, SIZE_UNIT_PX, NetworkMaps

from .look_of import blank_look, put_digit

Box = tuple[float, float, float, float]
"""x and y of the centre, width and height, in canvas pixels."""


def put_peak(look: NetworkMaps, box: Box, heat: float, *, cell: tuple[int, int] | None = None) -> None:
    """Let one cell, by row and column, tell a digit; the cell of its centre if none is named."""
    x, y, width, height = box
    row, column = cell or (int(y / CELL_PX), int(x / CELL_PX))
    look.heatmap[row, column] = heat
    point_at(look, (slice(row, row + 1), slice(column, column + 1)), (x, y))
    look.geometry[row, column, 2:] = np.log(np.array([width, height]) / SIZE_UNIT_PX)


def point_at(look: NetworkMaps, cells: tuple[slice, slice], centre_xy: tuple[float, float]) -> None:
    """Let cells say that their digit has its centre there."""
    for axis, at in ((0, 1), (1, 0)):
        middles = (np.arange(look.heatmap.shape[at]) + 0.5) * CELL_PX
        told = ((centre_xy[axis] - middles) / SIZE_UNIT_PX)[cells[at]]
        look.geometry[(*cells, axis)] = told if at else told[:, None]


def told(*peaks: tuple[Box, float]) -> list[float]:
    """The heats of the digits that some peaks become."""
    look = blank_look((40, 60))
    for box, heat in peaks:
        put_peak(look, box, heat)
    return [round(heat, 3) for heat in centres_of(look)[:, 4].tolist()]


LARGE = (120.0, 80.0, 60.0, 80.0)


def test_the_lower_of_two_peaks_on_one_digit_is_dropped() -> None:
    assert told((LARGE, 0.6), ((128, 84, 60, 80), 0.9)) == [0.9]


def test_peaks_of_digits_that_overlap_less_are_both_kept() -> None:
    assert sorted(told((LARGE, 0.6), ((150, 80, 60, 80), 0.9))) == [0.6, 0.9]


@pytest.mark.parametrize(("heat", "kept"), [(0.6, [0.9]), (0.7, [0.7, 0.9])])
def test_a_much_lower_peak_inside_a_digit_is_a_part_of_it(heat: float, kept: list[float]) -> None:
    assert sorted(told((LARGE, 0.9), ((120, 100, 30, 30), heat))) == kept


def test_a_much_lower_peak_that_reaches_out_of_a_digit_is_another_one() -> None:
    assert sorted(told((LARGE, 0.9), ((150, 100, 30, 30), 0.6))) == [0.6, 0.9]


@pytest.mark.parametrize(("longest", "is_told"), [(7.0, False), (8.0, True), (119.0, True), (121.0, False)])
def test_digits_of_sizes_that_the_network_has_learned_are_told(longest: float, is_told: bool) -> None:
    assert bool(told(((120, 80, longest, longest / 2), 0.9))) == is_told
    assert bool(told(((120, 80, longest / 2, longest), 0.9))) == is_told


def test_a_peak_is_no_lower_than_its_eight_neighbours() -> None:
    look = blank_look((40, 60))
    for row, column in np.ndindex(3, 3):
        put_peak(look, (120, 80, 16, 28), 0.9 if (row, column) == (1, 1) else 0.8, cell=(19 + row, 29 + column))
    put_peak(look, (126, 86, 16, 28), 0.5, cell=(22, 31))
    assert centres_of(look)[:, 4] == pytest.approx([0.9])


Owners = npt.NDArray[np.int32]


def shared(look: NetworkMaps) -> tuple[Centres, Owners]:
    centres = centres_of(look)
    return centres, share_ink(look, centres)


def test_each_of_many_digits_gets_its_own_ink() -> None:
    look = blank_look((60, 60))
    places = [(24 + 24 * column, 30 + 44 * row) for row in range(4) for column in range(8)]
    for x, y in places:
        put_digit(look, x, y, 16, 28)
    centres, owners = shared(look)
    assert len(centres) == len(places)
    for number, (x, y, width, height, _) in enumerate(centres.tolist(), 1):
        rows, columns = np.nonzero(owners == number)
        edges = (2 * columns.min(), 2 * rows.min(), 2 * columns.max() + 2, 2 * rows.max() + 2)
        assert edges == (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
    assert np.array_equal(owners > 0, look.digit_ink > 0)


def look_with_ink_at(columns: slice, rows: slice = slice(15, 17)) -> NetworkMaps:
    """A digit at (40, 32), 16 wide and 28 high, and more ink that the network takes for a part of it."""
    look = blank_look((16, 40))
    put_digit(look, 40, 32, 16, 28)
    look.digit_ink[rows, columns] = 0.9
    point_at(look, (slice(0, 16), slice(0, 40)), (40, 32))
    return look


@pytest.mark.parametrize(
    ("columns", "rows", "owner"),
    [
        (slice(25, 27), slice(15, 17), 1),  # up to x = 40 + 0.6 * 16 + 3
        (slice(29, 31), slice(15, 17), NOBODYS),
        (slice(13, 15), slice(15, 17), 1),
        (slice(9, 11), slice(15, 17), NOBODYS),
        (slice(19, 21), slice(6, 8), 1),  # from y = 32 - 0.6 * 28 - 3
        (slice(19, 21), slice(2, 4), NOBODYS),
        (slice(19, 21), slice(24, 26), 1),
        (slice(19, 21), slice(28, 30), NOBODYS),
    ],
)
def test_ink_too_far_from_a_digit_is_not_its_own_whatever_the_network_says(
    columns: slice, rows: slice, owner: int
) -> None:
    _, owners = shared(look_with_ink_at(columns, rows))
    assert set(owners[rows, columns].ravel().tolist()) == {owner}


@pytest.mark.parametrize(("predicted_x", "owner"), [(42.0, 1), (60.0, NOBODYS)])
def test_ink_of_a_digit_that_has_no_centre_is_nobodys(predicted_x: float, owner: int) -> None:
    look = look_with_ink_at(slice(25, 26))
    point_at(look, (slice(0, 16), slice(12, 14)), (predicted_x, 32))
    _, owners = shared(look)
    assert owners[15, 25] == owner


def test_a_slim_digit_reaches_as_far_as_one_half_as_wide_as_high() -> None:
    look = blank_look((20, 40))
    put_digit(look, 60, 40, 4, 40)
    look.digit_ink[10:12, 34:36] = 0.9
    point_at(look, (slice(0, 20), slice(0, 40)), (60, 40))
    _, owners = shared(look)
    assert owners[10, 34] == 1  # 60 + 0.6 * 20 + 3 = 75


def two_in_one_blot(of_the_first: float) -> Owners:
    """The owners of one blot over two digits; the network gives this share of its places to the first."""
    look = blank_look((16, 24))
    put_digit(look, 36, 32, 24, 32)
    put_digit(look, 60, 32, 24, 32)
    border = round(6 + 12 * of_the_first)
    point_at(look, (slice(0, 16), slice(0, border)), (36, 32))
    point_at(look, (slice(0, 16), slice(border, 24)), (60, 32))
    centres, owners = shared(look)
    order = np.argsort(centres[:, 0]) + 1
    return np.where(owners == order[0], 1, np.where(owners == order[1], 2, owners))


def test_a_blot_that_belongs_to_two_digits_is_divided() -> None:
    owners = two_in_one_blot(0.5)
    assert np.unique(owners[8:24, 12:24]).tolist() == [1]
    assert np.unique(owners[8:24, 24:36]).tolist() == [2]


def test_ink_goes_where_the_network_says_it_belongs_though_another_digit_is_nearer() -> None:
    look = blank_look((16, 24))
    put_digit(look, 36, 32, 24, 32)
    put_digit(look, 60, 32, 24, 32)
    point_at(look, (slice(8, 9), slice(12, 13)), (36, 32))  # the first cell of the second digit
    centres, owners = shared(look)
    assert centres[owners[16, 24] - 1, 0] == pytest.approx(36)
    assert centres[owners[20, 24] - 1, 0] == pytest.approx(60)


def test_a_piece_of_ink_that_one_digit_owns_almost_wholly_is_wholly_its_own() -> None:
    look = blank_look((16, 24))
    put_digit(look, 36, 32, 24, 32)
    put_digit(look, 64, 32, 24, 32)
    point_at(look, (slice(8, 9), slice(11, 12)), (64, 32))  # an edge of the first digit
    centres, owners = shared(look)
    assert centres[owners[8:24, 23] - 1, 0].tolist() == [36] * 16


def test_a_leftover_gets_a_centre_in_its_middle_with_its_highest_heat() -> None:
    look = blank_look((40, 60))
    put_digit(look, 40, 32, 16, 28)
    look.digit_ink[40:60, 50:54] = 0.9  # x 100..108, y 80..120
    look.heatmap[26, 25], look.heatmap[10, 25] = 0.2, 0.24
    centres, owners = shared(look)
    adopted, after = adopt_leftovers(look, centres, owners)
    assert adopted[1].tolist() == pytest.approx([104, 100, 8, 40, 0.2])
    assert np.unique(after[40:60, 50:54]).tolist() == [2]
    assert np.array_equal(after[:32], owners[:32])


@pytest.mark.parametrize(("height", "is_adopted"), [(6, False), (8, True), (120, True), (122, False)])
def test_a_leftover_is_adopted_if_it_has_the_size_of_a_digit(height: int, is_adopted: bool) -> None:
    look = blank_look((40, 60))
    look.digit_ink[4 : 4 + height // 2, 50:52] = 0.9
    adopted, _ = adopt_leftovers(look, *shared(look))
    assert len(adopted) == int(is_adopted)


def test_each_leftover_gets_a_centre_of_its_own() -> None:
    look = blank_look((40, 60))
    put_digit(look, 40, 32, 16, 28)
    for left in (60, 80, 100):
        look.digit_ink[10:30, left : left + 4] = 0.9
    adopted, owners = adopt_leftovers(look, *shared(look))
    assert adopted[1:, 0].tolist() == [124, 164, 204]
    assert [owners[20, left] for left in (60, 80, 100)] == [2, 3, 4]
