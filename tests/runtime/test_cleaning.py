"""An image of one digit is cleaned of what is no ink of it; clean ink stays."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from digitreader.data.cleaning import LEAST_SIDE_PX, clean_ink, ground
from digitreader.data.cleaning.ground import lift_off_ground
from digitreader.data.cleaning.noise import count_pits, count_specks, drop_specks, smooth_grain
from digitreader.data.cleaning.parts import drop_crumbs
from digitreader.data.cleaning.tone import drop_smudges
from digitreader.values import Ink


@pytest.fixture
def five() -> Ink:
    """A thick 5 with soft edges, as MNIST's are, in a frame of 28x28."""
    ink = np.zeros((28, 28), np.uint8)
    points = np.array([(19, 5), (10, 5), (9, 12), (15, 11), (19, 15), (17, 21), (9, 22)], np.int32)
    cv2.polylines(ink, [points], False, (255,), 3, cv2.LINE_AA)
    return ink


def alike(one: Ink, other: Ink) -> float:
    """Correlation of two images."""
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


def test_clean_ink_stays(five: Ink) -> None:
    assert alike(clean_ink(five), five) > 0.99


def test_cleaning_leaves_its_argument_alone(five: Ink) -> None:
    before = five.copy()
    clean_ink(five)
    np.testing.assert_array_equal(five, before)


@pytest.mark.parametrize("level", [0, 255])
def test_an_image_without_anything_on_it_is_blank(level: int) -> None:
    assert not clean_ink(np.full((28, 28), level, np.uint8)).any()


def test_salt_and_pepper_is_taken_out(five: Ink) -> None:
    rng = np.random.default_rng(1)
    noisy = five.copy()
    noisy[rng.random(five.shape) < 0.08] = 255
    noisy[rng.random(five.shape) < 0.08] = 0
    assert count_specks(noisy) > 6
    assert alike(drop_specks(noisy), five) > alike(noisy, five) + 0.1


def test_a_dot_or_two_are_no_noise(five: Ink) -> None:
    five[1, 1] = five[26, 26] = 255
    assert drop_specks(five) is five


@pytest.mark.parametrize(
    "behind",
    [np.full((28, 28), 110.0), np.linspace(40, 110, 28)[:, None] * np.ones((1, 28))],
    ids=["even", "a slope"],
)
def test_a_ground_that_shines_through_is_taken_away(five: Ink, behind: np.ndarray) -> None:
    shining = np.maximum(five, behind).astype(np.uint8)
    lifted = lift_off_ground(shining)
    assert alike(lifted, five) > 0.95
    assert np.median(lifted) == 0


def test_ink_on_a_dark_ground_is_left_as_it_is(five: Ink) -> None:
    assert lift_off_ground(five) is five


@pytest.mark.parametrize("pen_px", [5, 7])
def test_a_thick_digit_that_fills_its_image_is_no_ground(pen_px: int) -> None:
    ring = np.zeros((16, 16), np.uint8)
    cv2.ellipse(ring, (7, 7), (7 - pen_px // 2, 8 - pen_px // 2), 0, 0, 360, (255,), pen_px)
    assert np.count_nonzero(ring) > ring.size / 2
    assert lift_off_ground(ring) is ring


def test_a_smudge_goes_and_the_ink_keeps_its_strength(five: Ink) -> None:
    smudged = np.maximum(five, cv2.circle(np.zeros_like(five), (14, 24), 6, (45,), -1))
    cleaned = drop_smudges(smudged)
    assert cleaned[27, 14] == 0
    assert cleaned.max() == 255
    assert alike(cleaned, five) > 0.98


def test_crumbs_go_and_the_parts_of_a_digit_stay(five: Ink) -> None:
    crumbled = five.copy()
    crumbled[25:27, 24:27] = 255
    broken = crumbled.copy()
    broken[7:9, :] = 0  # the hat of the 5 is a part of its own now
    assert drop_crumbs(broken)[26, 25] == 0
    assert drop_crumbs(broken)[5, 14] > 200
    assert alike(drop_crumbs(crumbled), five) > 0.99


def test_a_part_that_is_faint_everywhere_goes(five: Ink) -> None:
    five[27] = 90
    assert not drop_crumbs(five)[26:].any()


@pytest.mark.parametrize("peak", [16, 64])
def test_grey_levels_that_end_early_are_stretched(five: Ink, peak: int) -> None:
    faint = np.asarray(five.astype(np.float64) * peak / 255, np.uint8)
    assert alike(clean_ink(faint), five) > 0.99
    assert clean_ink(faint).max() == 255


def test_the_smallest_images_keep_every_pixel() -> None:
    ring = np.zeros((8, 8), np.uint8)
    cv2.ellipse(ring, (3, 4), (2, 3), 0, 0, 360, (255,), 1)
    ring[0, 7] = 60
    assert max(ring.shape) < LEAST_SIDE_PX
    np.testing.assert_array_equal(clean_ink(ring), ring)


def test_a_thick_bar_that_fills_its_image_stays() -> None:
    bar = np.full((16, 16), 255, np.uint8)
    bar[:12, 0] = bar[4:, 15] = 0
    assert np.count_nonzero(clean_ink(bar) > 200) > 0.8 * bar.size


def test_a_ground_rougher_than_the_wide_disc_is_lifted_with_a_smaller_one(
    five: Ink, monkeypatch: pytest.MonkeyPatch
) -> None:
    ripples = 100 + 80 * np.sin(np.arange(28) * (2 * np.pi / 24)) * np.ones((28, 1))
    rippled = np.asarray(np.minimum(ripples + 0.3 * five, 255), np.uint8)
    lifted = lift_off_ground(rippled)
    monkeypatch.setattr(ground, "DISC_SHARES", ground.DISC_SHARES[:1])
    assert alike(lifted, five) > alike(lift_off_ground(rippled), five) + 0.1


def test_close_strokes_stay_whole_on_an_even_ground() -> None:
    ink = np.zeros((28, 28), np.uint8)
    for x in (9, 14, 19):
        ink[5:23, x - 1 : x + 2] = 255
    shining = np.maximum(ink, np.uint8(120))
    assert alike(lift_off_ground(shining), ink) > 0.98


def test_grainy_ink_is_smoothed(five: Ink) -> None:
    counted = np.random.default_rng(1).poisson(five * (3 / 255)) / 3
    grainy = np.asarray(255 * np.minimum(counted, 1), np.uint8)
    assert count_pits(grainy) >= 3
    assert alike(smooth_grain(grainy), five) > alike(grainy, five) + 0.03


def test_even_ink_is_not_smoothed(five: Ink) -> None:
    assert smooth_grain(five) is five


def test_what_the_edge_cuts_off_counts_less_than_what_lies_clear_of_it(five: Ink) -> None:
    cut, clear = five.copy(), five.copy()
    cut[14:28, 24:27] = clear[12:26, 24:27] = 255
    assert not drop_crumbs(cut)[:, 24:].any()
    assert drop_crumbs(clear)[:, 24:].any()
