"""Corruptions by a lens: how ink is spread and smeared."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from digitreader.score.corruptions.blur import glass_blur, motion_blur, shuffled
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


def test_glass_shuffles_most_pixels_and_loses_none() -> None:
    image = np.arange(196, dtype=np.uint8).reshape(14, 14)
    mixed = shuffled(image, generator(), reach_px=1)
    assert np.array_equal(np.sort(mixed.ravel()), np.arange(196))
    assert (mixed != image).mean() > 0.7
    assert np.array_equal(shuffled(image, generator(), reach_px=0), image)


def test_glass_shuffles_across_and_down_and_not_far() -> None:
    rows, columns = (np.asarray(each, np.uint8) for each in np.indices((40, 40)))
    for image in (rows, columns):
        moved = shuffled(image, generator(), reach_px=1).astype(int) - image
        # a pixel may be taken along by several swaps, but hardly one goes farther than four places
        assert (moved != 0).mean() > 0.4
        assert (np.abs(moved) > 4).mean() < 0.02


def test_glass_blur_is_rougher_than_blur_alone(digit_image: Draw) -> None:
    image = digit_image(0)
    smooth = glass_blur(image, generator(), reach_px=0)
    rough = glass_blur(image, generator())
    assert np.abs(rough.astype(int) - smooth).max() > 50


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
