"""Looks: a picture on its ground, and what the network says of it."""

from __future__ import annotations

from typing import cast

import numpy as np
import numpy.typing as npt
import pytest

from digitreader.find.network_maps import (
    MARGIN_PX,
    MULTIPLE_PX,
    from_quarters,
    in_colour,
    in_halves,
    on_ground,
    resized,
    run_network,
)
from digitreader.model.engine.map_engine import MapEngine


class Echo:
    """Says of every cell of its picture the brightness of the cell's upper left pixel, as a logit."""

    name = "echo"

    def maps(self, image: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.float32], ...]:
        cells = image[::4, ::4, 0].astype(np.float32)
        return np.zeros((*cells.shape, 4), np.float32), np.repeat(cells[:, :, None] - 128, 10, axis=2)


@pytest.mark.parametrize("shape", [(28, 28), (480, 640), (31, 97), (1, 1), (3000, 2)])
def test_a_picture_stands_in_the_middle_of_a_canvas_that_the_network_takes(shape: tuple[int, int]) -> None:
    canvas, left, top = on_ground(np.full((*shape, 3), 7, np.uint8))
    assert canvas.shape[0] % MULTIPLE_PX == canvas.shape[1] % MULTIPLE_PX == 0
    assert min(left, top) >= MARGIN_PX
    assert min(canvas.shape[1] - left - shape[1], canvas.shape[0] - top - shape[0]) >= MARGIN_PX


def test_the_ground_has_the_colour_of_most_of_the_border() -> None:
    picture = np.full((40, 60, 3), (10, 20, 30), np.uint8)
    picture[0, :20] = 255
    canvas, left, top = on_ground(picture)
    np.testing.assert_array_equal(canvas[0, 0], (10, 20, 30))
    np.testing.assert_array_equal(canvas[top : top + 40, left : left + 60], picture)


def test_quarters_of_a_cell_lie_as_they_are_told() -> None:
    cell = np.array([[[1, 2, 3, 4]]], np.float32)
    np.testing.assert_array_equal(from_quarters(cell), [[1, 2], [3, 4]])


def test_a_look_has_maps_of_the_canvas_at_a_quarter_and_at_half() -> None:
    look = run_network(cast("MapEngine", Echo()), np.full((25, 50, 3), 200, np.uint8), scale=0.5)
    height, width = look.canvas.shape[:2]
    assert look.heatmap.shape == look.small.shape == (height // 4, width // 4)
    assert look.digit_ink.shape == look.any_ink.shape == (height // 2, width // 2)
    assert look.geometry.shape == (height // 4, width // 4, 4)
    assert 0.99 < look.heatmap.min() <= look.heatmap.max() <= 1


def test_a_picture_in_its_own_size_is_not_copied() -> None:
    picture = np.zeros((10, 10, 3), np.uint8)
    assert resized(picture, 1.0) is picture
    assert resized(picture, 0.01).shape == (1, 1, 3)


def test_the_sizes_of_a_picture_are_halves_of_the_largest() -> None:
    picture = np.random.default_rng(2).integers(0, 256, (96, 128, 3), np.uint8)
    small, middle, large = in_halves(picture, (0.25, 0.5, 1.0))
    assert large is picture
    assert (small.shape, middle.shape) == ((24, 32, 3), (48, 64, 3))
    np.testing.assert_array_equal(small, resized(middle, 0.5))  # each is made from the next larger one
    direct = resized(picture, 0.25)
    assert np.abs(small.astype(int) - direct).max() <= 1


def test_gray_becomes_three_equal_channels() -> None:
    gray = np.arange(12, dtype=np.uint8).reshape(3, 4)
    np.testing.assert_array_equal(in_colour(gray), np.dstack([gray] * 3))
