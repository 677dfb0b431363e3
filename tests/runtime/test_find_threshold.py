"""The finder's second step: ink against noise, cloth and whatever shines through."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from digitreader.find.by_rules.settings import FindSettings
from digitreader.find.by_rules.threshold import cell_extremes, ink_mask, noise_of, peak_nearby, texture_of
from digitreader.values import GrayImage

SETTINGS = FindSettings()


def bare(shape: tuple[int, int] = (240, 320)) -> GrayImage:
    return np.zeros(shape, np.uint8)


def with_strokes(page: GrayImage, *strokes: tuple[int, int]) -> GrayImage:
    """Upright strokes 5 pixels wide and 50 high: (column, darkness) of each."""
    written = page.copy()
    for column, value in strokes:
        written[90:140, column : column + 5] = np.maximum(written[90:140, column : column + 5], value)
    return written


def noisy(page: GrayImage, sigma: float, *, mean: float = 30.0) -> GrayImage:
    noise = np.random.default_rng(0).normal(mean, sigma, page.shape)
    return np.asarray(np.clip(page + noise, 0, 255), np.uint8)


def gray(rows: list[list[int]]) -> GrayImage:
    return np.array(rows, np.uint8)


def test_strokes_are_ink_and_bare_paper_is_none() -> None:
    page = with_strokes(bare(), (100, 180), (150, 180))
    mask = ink_mask(page, SETTINGS)
    np.testing.assert_array_equal(mask, np.where(page > 0, 255, 0))
    assert mask.dtype == np.uint8


def test_a_blank_page_has_no_ink() -> None:
    assert not ink_mask(bare(), SETTINGS).any()


@pytest.mark.parametrize("sigma", [2.0, 6.0, 12.0])
def test_noise_leaves_single_pixels_at_most(sigma: float) -> None:
    page = noisy(bare((480, 640)), sigma, mean=2 * sigma)  # the ground lies on the peaks of the noise
    # six deviations above bare paper are four above this mean: one normal value in 30,000
    assert (ink_mask(page, SETTINGS) > 0).mean() < 1e-4


def test_a_faint_stroke_alone_is_ink() -> None:
    assert ink_mask(with_strokes(bare(), (100, 30)), SETTINGS)[90:140, 100:105].all()


def test_a_stroke_fainter_than_the_least_darkness_is_none() -> None:
    assert not ink_mask(with_strokes(bare(), (100, 30)), replace(SETTINGS, least_darkness=31)).any()


def test_what_shines_through_beside_strong_ink_is_none() -> None:
    mask = ink_mask(with_strokes(bare(), (100, 200), (115, 30)), SETTINGS)
    assert mask[90:140, 100:105].all()
    assert not mask[90:140, 115:120].any()


def test_pencil_beside_a_black_desk_is_ink() -> None:
    page = with_strokes(bare(), (100, 40))
    page[:, 130:] = 255
    assert ink_mask(page, SETTINGS)[90:140, 100:105].all()


def test_the_weave_of_a_cloth_is_no_ink() -> None:
    weave = np.indices((240, 320)).sum(axis=0) % 16 < 8
    cloth = np.where(weave, 60, 0).astype(np.uint8)
    assert not ink_mask(cloth, SETTINGS).any()


@pytest.mark.parametrize("sigma", [3.0, 6.0, 12.0])
def test_noise_is_measured_as_its_standard_deviation(sigma: float) -> None:
    # 4,800 samples, and steps are whole numbers: the median step of 3.0 is off by half a level in three
    assert noise_of(noisy(bare(), sigma)) == pytest.approx(sigma, rel=0.2)


def test_writing_is_not_taken_for_noise() -> None:
    page = noisy(bare(), 4.0)
    written = with_strokes(page, *((column, 230) for column in range(20, 300, 20)))
    assert noise_of(written) == pytest.approx(noise_of(page), rel=0.1)


def test_a_desk_without_noise_does_not_hide_that_of_the_paper() -> None:
    page = noisy(bare(), 6.0)
    page[:, :220] = 255
    assert noise_of(page) == pytest.approx(6.0, rel=0.2)


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (40, 1), (6, 6)])
def test_an_image_too_small_to_measure_counts_as_without_noise(shape: tuple[int, int]) -> None:
    assert noise_of(np.random.default_rng(0).integers(0, 99, shape, np.uint8)) == 0.0


def test_the_extremes_of_every_cell_are_found_and_a_broken_rest_is_left_out() -> None:
    image = gray([[1, 2, 9, 8, 99], [3, 4, 7, 6, 99], [5, 5, 0, 5, 99], [5, 5, 5, 5, 99], [99] * 5])
    least, greatest = cell_extremes(image, cell=2)
    np.testing.assert_array_equal(least, [[1, 6], [5, 0]])
    np.testing.assert_array_equal(greatest, [[4, 9], [5, 5]])


def test_an_image_smaller_than_a_cell_has_one_pair_of_extremes() -> None:
    least, greatest = cell_extremes(gray([[3, 7]]), cell=8)
    assert (least.tolist(), greatest.tolist()) == ([[3]], [[7]])


def test_the_peak_reaches_beyond_its_cell_and_not_across_the_page() -> None:
    darkest = np.zeros((60, 80), np.uint8)
    darkest[30, 10] = 200
    peak = peak_nearby(np.zeros_like(darkest), darkest, SETTINGS)
    assert peak[30, 11] > 100  # smoothed, so that the limit rises gently
    assert peak[30, 70] == 0


def test_ground_that_is_dark_all_over_is_no_peak() -> None:
    cells = np.zeros((60, 80), np.uint8)
    cells[:, 40:] = 255
    assert peak_nearby(cells, cells, SETTINGS).max() == 0


def test_small_digits_written_densely_are_not_taken_for_texture() -> None:
    page = bare()
    for row in range(24, 210, 26):
        for column in range(30, 280, 13):
            cv2.putText(page, "8", (column, row + 16), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (150,), 2)
    strong = page > 140
    assert (ink_mask(page, SETTINGS)[strong] > 0).mean() > 0.99


def test_texture_is_the_contrast_that_most_cells_have() -> None:
    lightest, darkest = np.full((40, 40), 10, np.uint8), np.full((40, 40), 45, np.uint8)
    darkest[20, 18:22] = 250  # a word on cloth
    np.testing.assert_array_equal(texture_of(lightest, darkest, SETTINGS), 35)


def test_a_soft_stroke_is_cut_inside_its_edge() -> None:
    soft = np.asarray(cv2.GaussianBlur(with_strokes(bare(), (100, 200)), (0, 0), 1.5), np.uint8)
    width = np.count_nonzero(ink_mask(soft, SETTINGS)[115])
    assert 4 <= width <= 7  # the stroke of 5 and at most a pixel at each side
