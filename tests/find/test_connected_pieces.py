"""Connected pieces are those of OpenCV over the whole mask, wherever they lie in it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from digitreader.find.connected_pieces import pieces_in, places_in


@pytest.mark.parametrize("seed", range(40))
def test_pieces_are_those_of_opencv_over_the_whole_mask(seed: int) -> None:
    rng = np.random.default_rng(seed)
    height, width = rng.integers(2, 40, 2).tolist()
    mask = np.zeros((height, width), bool)
    y, x = int(rng.integers(height)), int(rng.integers(width))
    mask[y : y + 20, x : x + 25] = rng.random(mask[y : y + 20, x : x + 25].shape) < rng.uniform(0.05, 0.6)
    _, numbers, extents, middles = cv2.connectedComponentsWithStats(mask.view(np.uint8), connectivity=8)
    found = pieces_in(mask)
    assert np.array_equal(found.numbers, numbers)
    assert np.array_equal(found.extents[1:], extents[1:])
    assert found.extents[0, cv2.CC_STAT_AREA] == extents[0, cv2.CC_STAT_AREA]
    # sums of places, divided: a float64 rounds them by less than this
    np.testing.assert_allclose(found.middles[1:], middles[1:], atol=1e-9)


def test_an_empty_mask_has_only_its_background() -> None:
    found = pieces_in(np.zeros((6, 9), bool))
    assert found.extents.tolist() == [[0, 0, 9, 6, 54]]
    assert not found.numbers.any()


def test_places_are_in_the_order_of_nonzero() -> None:
    mask = np.random.default_rng(1).random((7, 11)) < 0.3
    assert all(np.array_equal(some, others) for some, others in zip(places_in(mask), np.nonzero(mask), strict=True))
