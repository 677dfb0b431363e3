"""The corruptions: each is the same every time, and spoils a digit in its own way."""

from __future__ import annotations

import math
from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from digitreader.score.corruptions import CORRUPTIONS, corrupt
from digitreader.score.corruptions.blur import glass_blur, motion_blur, shuffled
from digitreader.score.corruptions.geometry import rotate, scale, shear, translate
from digitreader.score.corruptions.light import brightness, canny_edges, stripe
from digitreader.score.corruptions.noise import impulse_noise, shot_noise
from digitreader.score.corruptions.scribble import dotted_line, zigzag
from digitreader.score.corruptions.weather import fog, plasma, spatter
from digitreader.values import GrayImage

Draw = Callable[[int], GrayImage]
BY_CHANCE = sorted(set(CORRUPTIONS) - {"scale", "brightness", "stripe", "canny_edges"})
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


def test_the_same_place_is_spoiled_by_other_chances_in_each_corruption() -> None:
    # were all to draw alike, a digit that is turned left would always be sheared left
    turned = [lean_of(corrupt("rotate", upright_bar(), seed=0, index=index)) > 0 for index in range(24)]
    sheared = [lean_of(corrupt("shear", upright_bar(), seed=0, index=index)) > 0 for index in range(24)]
    assert turned != sheared
    assert turned != [not each for each in sheared]


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


def test_shear_leans_a_bar_by_its_angle_to_both_sides_about_the_middle() -> None:
    thin = BLANK.copy()
    thin[3:25, 13:15] = 255
    leans = [lean_of(leant) for leant in many(shear, thin)]
    assert {math.copysign(1, lean) for lean in leans} == {-1.0, 1.0}
    assert np.abs(leans) == pytest.approx(0.4, abs=0.01)
    for leant in many(shear, upright_bar()):
        assert centre_of(leant) == pytest.approx((13.5, 13.5), abs=0.1)


def test_shear_keeps_level_lines_level() -> None:
    level = upright_bar().T.copy()
    for leant in many(shear, level, 5):
        assert lean_of(np.ascontiguousarray(leant.T)) == pytest.approx(0, abs=0.02)


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


def test_fog_lifts_the_ground_unevenly_and_takes_contrast(digit_image: Draw) -> None:
    image = digit_image(0)
    for foggy in many(fog, image, 5):
        ground = foggy[image == 0]
        assert ground.mean() > 30
        assert ground.std() > 10
        assert foggy[image > 200].mean() - ground.mean() < 0.5 * 255
        assert (foggy == 255).mean() < 0.01  # both are dimmed, so that hardly anything is too bright


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


def test_dotted_line_goes_from_edge_to_edge_in_dots_and_only_adds_ink(digit_image: Draw) -> None:
    for dotted in many(dotted_line, BLANK):
        columns = np.flatnonzero(dotted.any(axis=0))
        assert columns.min() <= 1
        assert columns.max() >= 24
        count, *_ = cv2.connectedComponents((dotted > 127).astype(np.uint8))
        assert 6 <= count - 1 <= 11
    image = digit_image(1)
    assert (dotted_line(image, generator()) >= image).all()


def test_zigzag_is_one_line_with_teeth_from_the_third_column_to_the_third_last() -> None:
    for drawn in many(zigzag, BLANK, 8):
        count, *_ = cv2.connectedComponents((drawn > 60).astype(np.uint8))
        assert count - 1 == 1
        columns = np.flatnonzero(drawn.any(axis=0))
        assert (columns.min(), columns.max()) == pytest.approx((2, 25), abs=1)
        heights = [centre_row(drawn[:, column]) for column in range(3, 25)]
        turns = np.count_nonzero(np.diff(np.sign(np.diff(heights))))
        assert turns >= 8


def centre_row(column: npt.NDArray[np.uint8]) -> float:
    return float((np.arange(len(column)) * column).sum() / max(column.sum(), 1))


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
