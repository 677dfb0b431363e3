"""Corruptions by the weather: clouds, fog and mud."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from digitreader.measure.score.corruption_kinds import blurred, fog, plasma, spatter
from digitreader.values import GrayImage

Draw = Callable[[int], GrayImage]


def generator(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def many(spoil: Callable[..., GrayImage], image: GrayImage, count: int = 20) -> list[GrayImage]:
    return [spoil(image, generator(seed)) for seed in range(count)]


def test_fog_lifts_the_ground_and_takes_three_quarters_of_the_contrast() -> None:
    image = np.zeros((28, 28), np.uint8)
    image[:, 12:16] = 255
    foggy = many(fog, image, 20)
    assert min(each[image == 0].mean() for each in foggy) > 20
    left = np.mean([each[image == 255].mean() - each[image == 0].mean() for each in foggy])
    assert left == pytest.approx(255 / 4, abs=3)  # the fog behind the digit is as thick as beside it, nearly
    assert max((each == 255).mean() for each in foggy) < 0.01  # both are dimmed: hardly anything is too bright


def test_fog_is_of_any_thickness_and_nearly_even_before_one_digit(digit_image: Draw) -> None:
    image = digit_image(0)
    grounds = [foggy[image == 0].astype(float) for foggy in many(fog, image, 40)]
    means = [ground.mean() for ground in grounds]
    assert min(means) < 60
    assert max(means) > 140
    assert np.mean([ground.std() for ground in grounds]) < 0.5 * np.std(means)


def test_fog_is_smoother_where_the_digit_sees_a_corner_of_wide_clouds(digit_image: Draw) -> None:
    def unrest(foggy: GrayImage) -> float:
        return float(np.abs(np.diff(foggy[:4].astype(float))).mean())  # above the digit

    image = digit_image(0)
    near, wide = ([unrest(fog(image, generator(seed), field_px=side)) for seed in range(20)] for side in (32, 256))
    assert np.mean(near) > 3 * np.mean(wide)


def test_plasma_fills_the_range_and_is_finer_the_slower_it_decays() -> None:
    rough, smooth = (plasma(64, generator(3), decay=decay) for decay in (1.2, 2.5))
    for clouds in (rough, smooth):
        assert (clouds.shape, clouds.min(), clouds.max()) == ((64, 64), 0.0, 1.0)
    assert np.abs(np.diff(rough)).mean() > 2 * np.abs(np.diff(smooth)).mean()


@pytest.mark.parametrize("decay", [1.4, 2.0])
def test_plasma_displaces_each_midpoint_and_each_time_less_by_the_square_of_its_decay(decay: float) -> None:
    clouds = plasma(256, generator(2), decay=decay)

    def displacement(step: int) -> float:
        corners, middles = clouds[::step, ::step], clouds[step // 2 :: step, step // 2 :: step]
        right = np.roll(corners, -1, 1)
        return float((middles - (corners + right + np.roll(corners, -1, 0) + np.roll(right, -1, 0)) / 4).std())

    assert displacement(8) / displacement(4) == pytest.approx(decay**2, rel=0.1)  # a thousand points and more


def test_plasma_has_no_seam_and_no_grid() -> None:
    clouds = plasma(64, generator(1), decay=2.0)
    steps = np.abs(np.diff(clouds, axis=1)).mean()
    assert np.abs(clouds[:, 0] - clouds[:, -1]).mean() < 3 * steps
    # were some points never displaced, steps beside the coarse grid would stand out
    by_column = np.abs(np.diff(clouds, axis=1)).mean(axis=0)
    assert by_column.max() < 4 * by_column.mean()


def test_spatter_is_dark_grey_on_paper_and_on_ink() -> None:
    half = np.zeros((100, 100), np.uint8)
    half[:, 50:] = 255
    muddy = spatter(half, generator())
    assert 45 <= muddy[:, :50].max() <= 63
    assert 63 <= muddy[:, 50:].min() <= 105
    assert 0.03 < (muddy[:, :50] > 0).mean() < 0.4


def test_mud_is_smoothed_as_if_the_edge_went_on() -> None:
    corner = np.zeros((15, 15))
    corner[0, 0] = 1.0
    middle = 0.3989  # of a Gaussian of deviation 1
    assert blurred(corner, 1.0)[0, 0] == pytest.approx(((1 + middle) / 2) ** 2, abs=0.001)
