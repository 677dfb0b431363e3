"""Glyph pixels in the forms in which networks take them."""

from __future__ import annotations

import numpy as np
import pytest

from digitreader.model.engine import TensorForm
from digitreader.model.engine.engine import UNSCALED_PIXELS, make_pixel_quantizer, pixel_table
from digitreader.model.engine.numpy_engine import PixelSteps

SIXTEEN = TensorForm("int16", float(np.float32(1 / 32767)), 0)
FORMS = [
    UNSCALED_PIXELS,
    TensorForm("int8", UNSCALED_PIXELS.scale, -128),
    SIXTEEN,
    TensorForm("uint8", 0.01, 3),
    TensorForm("int8", 0.001, 0),
]
GLYPHS = np.arange(256, dtype=np.uint8).repeat(28 * 28).reshape(-1, 28, 28)[:100]


def test_a_pixel_goes_in_as_it_is_where_it_can() -> None:
    assert make_pixel_quantizer(UNSCALED_PIXELS)(GLYPHS) is GLYPHS


def test_int8_pixels_are_moved_by_128() -> None:
    taken = make_pixel_quantizer(TensorForm("int8", UNSCALED_PIXELS.scale, -128))(GLYPHS)
    assert taken.dtype == np.int8
    np.testing.assert_array_equal(taken, GLYPHS.astype(int) - 128)


def test_float_pixels_are_shares_of_one() -> None:
    taken = make_pixel_quantizer(TensorForm("float32", 0.0, 0))(GLYPHS)
    assert taken.dtype == np.float32
    np.testing.assert_array_equal(taken, GLYPHS.astype(np.float32) / np.float32(255))


@pytest.mark.parametrize("form", FORMS)
def test_a_pixel_becomes_the_nearest_number_that_there_is(form: TensorForm) -> None:
    table = pixel_table(form)
    assert table.dtype == form.dtype
    limits = np.iinfo(form.dtype)
    exact = np.clip(np.arange(256) / 255 / form.scale + form.zero_point, limits.min, limits.max)
    # the pixel's share of one is a float32, off by a hundredth of a step of 16 bits at most
    assert np.abs(table - exact).max() <= 0.51


@pytest.mark.parametrize("form", FORMS)
def test_steps_are_the_numbers_less_their_zero_point(form: TensorForm) -> None:
    steps = PixelSteps(form)(GLYPHS)
    assert steps.shape == (100, 784)
    expected = pixel_table(form)[GLYPHS].reshape(100, 784).astype(int) - form.zero_point
    np.testing.assert_array_equal(steps, expected)
