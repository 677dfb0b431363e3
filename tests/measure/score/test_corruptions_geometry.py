"""Corruptions that move ink: by how much, which way, and about which point."""

from __future__ import annotations

import math
from collections.abc import Callable

import cv2
import numpy as np
import pytest

from digitreader.measure.score.corruption_kinds import corrupt, rotate, scale, shear, translate
from digitreader.values import GrayImage

BLANK = np.zeros((28, 28), np.uint8)


def generator(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def upright_bar() -> GrayImage:
    bar = BLANK.copy()
    bar[5:23, 12:16] = 255
    return bar


def centre_of(image: GrayImage) -> tuple[float, float]:
    moments = cv2.moments(image)
    return moments["m10"] / moments["m00"], moments["m01"] / moments["m00"]


def lean_of(image: GrayImage) -> float:
    """The angle of the long axis from upright, in radians."""
    moments = cv2.moments(image)
    return 0.5 * math.atan2(2 * moments["mu11"], moments["mu02"] - moments["mu20"])


def many(spoil: Callable[..., GrayImage], image: GrayImage, count: int = 20) -> list[GrayImage]:
    return [spoil(image, generator(seed)) for seed in range(count)]


def test_the_same_place_is_spoiled_by_other_chances_in_each_corruption() -> None:
    # were all to draw alike, a digit that is turned left would always be sheared left
    turned = [lean_of(corrupt("rotate", upright_bar(), seed=0, index=index)) > 0 for index in range(24)]
    sheared = [lean_of(corrupt("shear", upright_bar(), seed=0, index=index)) > 0 for index in range(24)]
    assert turned != sheared
    assert turned != [not each for each in sheared]


def test_shear_leans_a_bar_to_both_sides_about_the_middle() -> None:
    thin = BLANK.copy()
    thin[4:24, 13:15] = 255
    leans = [lean_of(leant) for leant in many(shear, thin)]
    assert {math.copysign(1, lean) for lean in leans} == {-1.0, 1.0}
    # tan(0.4) to the side over a height of 1 / cos(0.4)
    assert np.abs(leans) == pytest.approx(math.atan(math.sin(0.4)), abs=0.01)
    for leant in many(shear, upright_bar()):
        assert centre_of(leant) == pytest.approx((13.5, 13.5), abs=0.1)


def test_shear_makes_a_digit_taller_and_not_wider() -> None:
    bar = upright_bar()
    for leant in many(shear, bar, 5):
        rows = leant.sum(axis=1, dtype=float)
        assert rows.max() == pytest.approx(4 * 255, rel=0.01)
        assert rows.sum() == pytest.approx(bar.sum() / math.cos(0.4), rel=0.01)


def test_shear_keeps_level_lines_level() -> None:
    level = BLANK.copy()
    level[8:11] = 255
    for leant in many(shear, level, 5):
        assert np.count_nonzero(leant[:, 5:23]) > 0
        assert (leant[:, 5:23] == leant[:, 5:6]).all()  # the columns at the sides have lost what was sheared out


def test_rotate_turns_a_bar_by_its_angle_to_both_sides() -> None:
    leans = [lean_of(turned) for turned in many(rotate, upright_bar())]
    assert {math.copysign(1, lean) for lean in leans} == {-1.0, 1.0}
    assert np.abs(leans) == pytest.approx(0.4, abs=0.01)


def test_scale_shrinks_to_seven_tenths_about_the_middle() -> None:
    small = scale(upright_bar(), generator())
    _, _, width, height = cv2.boundingRect((small > 127).astype(np.uint8))
    assert height == pytest.approx(0.7 * 18, abs=1)
    assert width == pytest.approx(0.7 * 4, abs=1)
    assert centre_of(small) == pytest.approx((13.5, 13.5), abs=0.05)


def test_translate_goes_three_pixels_to_each_of_the_four_corners() -> None:
    image = upright_bar()
    shifts = {
        tuple(round(place - middle, 3) for place, middle in zip(centre_of(moved), centre_of(image), strict=True))
        for moved in many(translate, image)
    }
    assert shifts == {(-3.0, -3.0), (-3.0, 3.0), (3.0, -3.0), (3.0, 3.0)}
