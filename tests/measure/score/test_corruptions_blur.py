"""Corruptions by a lens: how ink is spread and smeared."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from digitreader.measure.score.corruption_kinds import blurred_down, glass_blur, motion_blur, shuffled
from digitreader.values import GrayImage

Draw = Callable[[int], GrayImage]


def generator(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def many(spoil: Callable[..., GrayImage], image: GrayImage, count: int = 20) -> list[GrayImage]:
    return [spoil(image, generator(seed)) for seed in range(count)]


def test_glass_blur_spreads_the_ink_and_keeps_about_all_of_it(digit_image: Draw) -> None:
    image = digit_image(0)
    for blurred in many(glass_blur, image, 5):
        assert blurred.sum() == pytest.approx(float(image.sum()), rel=0.02)  # all but what the blur rounds away
        assert np.count_nonzero(blurred > 20) > 1.2 * np.count_nonzero(image > 20)
        assert blurred.max() <= image.max()


def test_glass_shuffles_half_of_the_pixels_and_loses_none() -> None:
    image = np.arange(196, dtype=np.uint8).reshape(14, 14)
    mixed = shuffled(image, generator(), reach_px=1)
    assert np.array_equal(np.sort(mixed.ravel()), np.arange(196))
    moved = [(shuffled(image, generator(seed), reach_px=1) != image).mean() for seed in range(50)]
    assert np.mean(moved) == pytest.approx(0.44, abs=0.03)  # 0.70 were all to change, and 0.25 a quarter


@pytest.mark.parametrize("reach_px", [1, 2])
def test_glass_leaves_the_first_row_and_column(reach_px: int) -> None:
    image = np.arange(256, dtype=np.uint8).reshape(16, 16)
    touched = np.any([shuffled(image, generator(seed), reach_px=reach_px) != image for seed in range(300)], axis=0)
    assert not touched[0].any()
    assert not touched[:, 0].any()
    assert touched[1:, 1:].all()


def test_glass_carries_a_pixel_far_up_and_to_the_left_and_one_place_at_most_down_and_to_the_right() -> None:
    dot = np.zeros((41, 41), np.uint8)
    dot[20, 20] = 255
    moved = np.array([np.argwhere(shuffled(dot, generator(seed), reach_px=1))[0] - 20 for seed in range(300)])
    assert (moved.max(axis=0) == 1).all()
    assert (moved.min(axis=0) <= -2).all()
    assert (np.abs(moved) > 4).mean() < 0.02


def test_glass_blur_is_rougher_than_blur_alone(digit_image: Draw) -> None:
    image = digit_image(0)
    smooth = glass_blur(image, generator(), rounds=0)
    rough = glass_blur(image, generator())
    assert np.abs(rough.astype(int) - smooth).max() > 50


def test_glass_smooths_up_and_down_only() -> None:
    dot = np.zeros((9, 9), np.uint8)
    dot[4, 4] = 255
    column = blurred_down(dot, 0.7)[:, 4]
    assert np.array_equal(column, column[::-1])
    assert column[2:5].tolist() == pytest.approx([255 * share for share in (0.0096, 0.2054, 0.5699)], abs=1)
    assert np.count_nonzero(np.delete(blurred_down(dot, 0.7), 4, axis=1)) == 0


def test_motion_blur_smears_a_dot_one_way_along_a_line() -> None:
    dot = np.zeros((41, 41), np.uint8)
    dot[20, 20] = 255
    angles = set()
    for smeared in many(motion_blur, dot):
        rows, columns = np.nonzero(smeared)
        assert columns.max() - columns.min() >= 5
        assert (columns.min() == 20) != (columns.max() == 20)
        far = int(np.abs(columns - 20).argmax())
        angle = math.degrees(math.atan2(rows[far] - 20, columns[far] - 20) % math.pi)
        assert min(angle, 180 - angle) <= 45
        angles.add(round(angle))
    assert len(angles) > 5
