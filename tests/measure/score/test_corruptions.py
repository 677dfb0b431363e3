"""The corruptions: each is the same every time; and those of noise, light and dark."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from digitreader.measure.score.corruption_kinds import (
    CORRUPTIONS,
    brightness,
    canny_edges,
    corrupt,
    impulse_noise,
    shot_noise,
    stripe,
)
from digitreader.values import GrayImage

Draw = Callable[[int], GrayImage]
BY_CHANCE = sorted(set(CORRUPTIONS) - {"scale", "brightness", "stripe", "canny_edges"})
BLANK = np.zeros((28, 28), np.uint8)


def generator(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_there_are_the_fifteen_of_mnist_c() -> None:
    published = (
        "shot_noise impulse_noise glass_blur motion_blur shear scale rotate brightness translate stripe fog spatter "
        "dotted_line zigzag canny_edges"
    )
    assert list(CORRUPTIONS) == published.split()


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_a_corruption_gives_another_image_of_the_same_form_and_leaves_its_argument(
    name: str, digit_image: Draw
) -> None:
    image = digit_image(5)
    before = image.copy()
    spoiled = corrupt(name, image, seed=0, index=0)
    assert spoiled.shape == image.shape
    assert spoiled.dtype == np.uint8
    assert np.array_equal(image, before)
    assert np.abs(spoiled.astype(int) - image).mean() > 1


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_an_image_is_spoiled_alike_whatever_was_spoiled_before(name: str, digit_image: Draw) -> None:
    first = corrupt(name, digit_image(3), seed=1, index=7)
    for other in CORRUPTIONS:
        corrupt(other, digit_image(8), seed=1, index=6)
    assert np.array_equal(corrupt(name, digit_image(3), seed=1, index=7), first)


@pytest.mark.parametrize("name", BY_CHANCE)
def test_another_seed_and_another_place_spoil_otherwise(name: str, digit_image: Draw) -> None:
    image = digit_image(2)
    places = {corrupt(name, image, seed=0, index=index).tobytes() for index in range(12)}
    seeds = {corrupt(name, image, seed=seed, index=0).tobytes() for seed in range(12)}
    assert min(len(places), len(seeds)) > 1


def test_shot_noise_counts_three_photons_at_most_and_leaves_black_alone(digit_image: Draw) -> None:
    image = digit_image(8)
    noisy = shot_noise(image, generator())
    assert set(np.unique(noisy)) <= {0, 85, 170, 255}
    assert not noisy[image == 0].any()


def test_shot_noise_keeps_the_mean_where_it_does_not_saturate() -> None:
    grey = np.full((200, 200), 51, np.uint8)
    # 0.6 photons a pixel: 4 % of the pixels have more than 3, and lose what is above
    assert shot_noise(grey, generator()).mean() == pytest.approx(51, abs=2)


def test_impulse_noise_makes_a_sixth_of_the_pixels_black_or_white() -> None:
    grey = np.full((200, 200), 100, np.uint8)
    noisy = impulse_noise(grey, generator())
    assert (noisy == 0).mean() == pytest.approx(0.085, abs=0.01)
    assert (noisy == 255).mean() == pytest.approx(0.085, abs=0.01)
    assert set(np.unique(noisy)) == {0, 100, 255}


def test_brightness_lifts_every_pixel_by_half() -> None:
    ramp = np.arange(256, dtype=np.uint8).reshape(16, 16)
    lifted = brightness(ramp, generator())
    assert np.array_equal(lifted, np.minimum(ramp + 127.5, 255).astype(np.uint8))


def test_stripe_inverts_seven_columns_at_each_side_alone(digit_image: Draw) -> None:
    image = digit_image(4)
    striped = stripe(image, generator())
    assert np.array_equal(striped[:, 7:21], image[:, 7:21])
    for outer in (np.s_[:, :7], np.s_[:, 21:]):
        assert np.array_equal(striped[outer], 255 - image[outer])


def test_canny_leaves_the_outline_alone(digit_image: Draw) -> None:
    bar = BLANK.copy()
    bar[5:23, 9:19] = 255
    edges = canny_edges(bar, generator())
    assert set(np.unique(edges)) == {0, 255}
    assert not edges[9:19, 12:16].any()
    assert edges[10:18, 7:11].any(axis=1).all()
    assert edges[10:18, 17:21].any(axis=1).all()
    assert not edges[:3].any()


@pytest.mark.parametrize(("step", "seen"), [(15, False), (26, True)])
@pytest.mark.parametrize("diagonal", [True, False])
def test_canny_sees_a_faint_edge_alike_in_every_direction(step: int, seen: bool, diagonal: bool) -> None:
    rows, columns = np.indices((28, 28))
    beyond = rows + columns > 27 if diagonal else columns > 13
    edges = canny_edges(np.where(beyond, np.uint8(100 + step), np.uint8(100)), generator())
    assert edges.any() == seen


def test_canny_sees_no_edge_in_the_outermost_pixels() -> None:
    cut_off = BLANK.copy()
    cut_off[14:, 9:19] = 255
    edges = canny_edges(cut_off, generator())
    assert edges[26].any()
    assert not edges[27].any()
