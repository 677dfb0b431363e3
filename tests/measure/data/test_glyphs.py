"""Labelled images become glyphs by normalisation alone, as the ink that the finder cuts out of a frame does."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from digitreader.measure.data.glyphs import glyph_of, normalise_images, with_white_ink
from digitreader.model.glyph.normalise import normalise_glyph
from digitreader.values import Ink


@pytest.fixture
def five() -> Ink:
    """A thick 5 with soft edges, as MNIST's are, in a frame of 28x28."""
    ink = np.zeros((28, 28), np.uint8)
    points = np.array([(19, 5), (10, 5), (9, 12), (15, 11), (19, 15), (17, 21), (9, 22)], np.int32)
    cv2.polylines(ink, [points], False, (255,), 3, cv2.LINE_AA)
    return ink


def test_an_image_is_normalised_and_nothing_else(five: Ink) -> None:
    spoiled = five.copy()
    spoiled[25:27, 24:27] = 255
    np.testing.assert_array_equal(glyph_of(spoiled), normalise_glyph(spoiled))


@pytest.mark.parametrize("level", [0, 1, 255])
def test_an_image_of_one_grey_level_has_no_ink(level: int) -> None:
    assert glyph_of(np.full((28, 28), level, np.uint8)) is None


def test_a_blank_image_among_others_is_told(five: Ink) -> None:
    glyphs, inked = normalise_images(np.stack([five, np.zeros_like(five)]), label="test")
    assert inked.tolist() == [True, False]
    assert not glyphs[1].any()


@pytest.mark.parametrize("peak", [16, 64])
def test_grey_levels_that_end_early_are_stretched(five: Ink, peak: int) -> None:
    faint = np.asarray(np.rint(five * (peak / 255)), np.uint8)
    before = faint.copy()
    stretched = with_white_ink(faint)
    assert stretched.max() == 255
    assert np.abs(stretched.astype(int) - five).max() <= 255 / peak / 2 + 1  # the levels between are lost
    np.testing.assert_array_equal(faint, before)


def test_thick_faint_ink_gives_a_white_glyph() -> None:
    faint = np.zeros((28, 28), np.uint8)
    cv2.circle(faint, (14, 14), 8, (16,), 6)
    glyph = glyph_of(faint)
    assert glyph is not None
    assert glyph.max() == 255


@pytest.mark.parametrize("size_hw", [(8, 8), (1, 2), (200, 40)])
def test_images_of_any_size_become_glyphs(size_hw: tuple[int, int]) -> None:
    image = np.zeros(size_hw, np.uint8)
    image[: max(1, size_hw[0] - 1), size_hw[1] // 2 :] = 255
    glyph = glyph_of(image)
    assert glyph is not None
    assert glyph.shape == (28, 28)
