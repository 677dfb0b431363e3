"""Area scaling: the bytes of OpenCV on x86-64, on every processor."""

from __future__ import annotations

import platform

import cv2
import numpy as np
import pytest

from digitreader.model.glyph import area_scaling
from digitreader.model.glyph.area_scaling import (
    CHESSBOARD,
    CHESSBOARD_WH,
    opencv_rounds_products,
    shrink_ink,
    shrink_ink_rounding_products,
)
from digitreader.values import Ink

SIDE = 40


def scaled_size(ink: Ink) -> tuple[int, int]:
    """The size whose longer side is `SIDE`."""
    height, width = ink.shape
    return max(1, round(width * SIDE / max(ink.shape))), max(1, round(height * SIDE / max(ink.shape)))


def chance_inks(longest: int, count: int) -> list[Ink]:
    """Noise, gray and black and white in turn, in which many pixels lie in the middle between two grey levels."""
    rng = np.random.default_rng(longest)
    shapes = rng.integers(1, longest, (count, 2))
    shapes[np.arange(count), rng.integers(0, 2, count)] = rng.integers(SIDE + 1, longest + 1, count)
    inks = [rng.integers(0, 256, shape, dtype=np.uint8) for shape in shapes]
    return [np.asarray(ink // 128 * 255 if number % 2 else ink, np.uint8) for number, ink in enumerate(inks)]


@pytest.mark.skipif(platform.machine() != "x86_64", reason="OpenCV's INTER_AREA rounds otherwise on this processor")
@pytest.mark.parametrize(("longest", "count"), [(60, 600), (120, 300), (400, 60), (1500, 6)])
def test_the_bytes_are_those_of_opencv_on_x86_64(longest: int, count: int) -> None:
    for ink in chance_inks(longest, count):
        size_wh = scaled_size(ink)
        scaled = cv2.resize(ink, size_wh, interpolation=cv2.INTER_AREA)
        np.testing.assert_array_equal(shrink_ink_rounding_products(ink, size_wh), scaled)
        np.testing.assert_array_equal(shrink_ink(ink, size_wh), scaled)


@pytest.mark.skipif(platform.machine() not in {"x86_64", "aarch64"}, reason="not known of this processor")
def test_opencv_is_used_where_it_rounds_each_product() -> None:
    assert opencv_rounds_products() == (platform.machine() == "x86_64")


def test_each_product_is_rounded_before_it_is_added() -> None:
    scaled = shrink_ink_rounding_products(CHESSBOARD, (40, 25))
    # 360 means are 127.5 exactly: float32 sums of rounded products fall on either side, those of OpenCV on Arm on one
    np.testing.assert_array_equal(scaled[2, :4], [127, 127, 128, 127])
    assert scaled.sum(dtype=int) == 127_520


@pytest.mark.parametrize(("shape", "size_wh"), [((80, 120), (40, 40)), ((41, 41), (40, 40)), ((41, 1), (1, 40))])
def test_an_even_ground_keeps_its_grey_level(shape: tuple[int, int], size_wh: tuple[int, int]) -> None:
    np.testing.assert_array_equal(
        shrink_ink_rounding_products(np.full(shape, 77, np.uint8), size_wh), np.full(size_wh[::-1], 77)
    )


def test_a_pixel_is_the_mean_of_the_area_that_it_covers() -> None:
    ink = np.array([[0, 100, 200]], np.uint8)
    # each of the two covers one and a half of the three
    np.testing.assert_array_equal(
        shrink_ink_rounding_products(ink, (2, 1)), [[round((0 + 50) / 1.5), round((50 + 200) / 1.5)]]
    )


def test_the_ink_is_left_as_it_was() -> None:
    before = CHESSBOARD.copy()
    shrink_ink_rounding_products(CHESSBOARD, (40, 25))
    np.testing.assert_array_equal(CHESSBOARD, before)


def test_numpy_stands_in_for_an_opencv_that_rounds_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(area_scaling, "opencv_rounds_products", lambda: False)
    scaled = shrink_ink(CHESSBOARD, CHESSBOARD_WH)
    np.testing.assert_array_equal(scaled, shrink_ink_rounding_products(CHESSBOARD, CHESSBOARD_WH))
    np.testing.assert_array_equal(shrink_ink(CHESSBOARD, (48, 30)), np.full((30, 48), 128))  # whole pixels: by OpenCV
