"""Normalise: the same glyph whatever the size, slant, place and pen of the ink."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitreader.drawing import PENS, write_glyph
from digitreader.errors import BlankGlyphError
from digitreader.model.glyph.normalise import (
    moment_transform,
    normalise_glyph,
    normalise_glyphs,
    scale_to_side,
    standard_scales,
    stroke_width_px,
)
from digitreader.values import Glyph, Ink

DIGITS = range(10)


def write(digit: int, *, pen_width: float = 0.09, height_px: float = 64.0) -> Ink:
    """The same digit in the same hand each time, with another pen or in another size if asked."""
    pen = replace(PENS["felt"], width=pen_width, grain=0.0)
    return write_glyph(digit, np.random.default_rng(digit), pen=pen, height_px=height_px)


def difference(one: Glyph, other: Glyph) -> float:
    """The mean difference of two glyphs in grey levels."""
    return float(np.abs(one.astype(int) - other).mean())


def nearest_other(digit: int) -> float:
    """How far the glyph of a digit is from that of the digit most like it."""
    glyphs = [normalise_glyph(write(each)) for each in DIGITS]
    return min(difference(glyphs[digit], glyph) for each, glyph in enumerate(glyphs) if each != digit)


def shear(ink: Ink, slant: float) -> Ink:
    """Lean the ink to the right by `slant` pixels a row, to the left where it is negative."""
    height, width = ink.shape
    wide = width + round(abs(slant) * height)
    matrix = np.array([[1.0, -slant, slant * height if slant > 0 else 0.0], [0.0, 1.0, 0.0]])
    return np.asarray(cv2.warpAffine(ink, matrix, (wide, height)), np.uint8)


def centre_of_mass(glyph: Glyph) -> npt.NDArray[np.float64]:
    rows, columns = np.mgrid[:28, :28]
    return np.array([np.average(rows, weights=glyph), np.average(columns, weights=glyph)])


def inked_extent(glyph: Glyph) -> tuple[int, int]:
    """Width and height of what is at least half white."""
    _, _, width, height = cv2.boundingRect(np.asarray(glyph > 127, np.uint8))
    return width, height


@pytest.mark.parametrize("digit", DIGITS)
def test_a_glyph_has_the_size_and_type_that_the_network_sees(digit: int) -> None:
    glyph = normalise_glyph(write(digit))
    assert glyph.shape == (28, 28)
    assert glyph.dtype == np.uint8
    assert glyph.max() > 200
    assert glyph[0, 0] == glyph[-1, -1] == 0


@pytest.mark.parametrize("digit", DIGITS)
@pytest.mark.parametrize("factor", [0.5, 0.75, 2.0, 5.0])
def test_size_does_not_matter(digit: int, factor: float) -> None:
    ink = write(digit)
    interpolation = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    resized = np.asarray(cv2.resize(ink, None, fx=factor, fy=factor, interpolation=interpolation), np.uint8)
    # strokes that are thickened are thickened by whole pixels, at worst one more or one less
    assert difference(normalise_glyph(resized), normalise_glyph(ink)) < 0.25 * nearest_other(digit)


@pytest.mark.parametrize("digit", DIGITS)
@pytest.mark.parametrize("slant", [-0.4, 0.4])
def test_slant_does_not_matter(digit: int, slant: float) -> None:
    ink = write(digit)
    assert difference(normalise_glyph(shear(ink, slant)), normalise_glyph(ink)) < 0.5 * nearest_other(digit)


@pytest.mark.parametrize("digit", DIGITS)
@pytest.mark.parametrize("pen_width", [0.03, 0.06, 0.12])
def test_the_width_of_the_pen_matters_less_than_the_digit(digit: int, pen_width: float) -> None:
    written = normalise_glyph(write(digit, pen_width=pen_width))
    assert difference(written, normalise_glyph(write(digit))) < 0.5 * nearest_other(digit)


@pytest.mark.parametrize("digit", DIGITS)
@pytest.mark.parametrize("margins", [((0, 0), (0, 90)), ((40, 0), (0, 0)), ((200, 7), (31, 500))])
def test_place_and_margins_do_not_matter(digit: int, margins: tuple[tuple[int, int], tuple[int, int]]) -> None:
    ink = write(digit)
    np.testing.assert_array_equal(normalise_glyph(np.pad(ink, margins)), normalise_glyph(ink))


def test_a_faint_veil_round_the_ink_is_margin() -> None:
    ink = write(5)
    veiled = np.maximum(np.pad(ink, 40), 12)
    assert difference(normalise_glyph(np.asarray(veiled, np.uint8)), normalise_glyph(ink)) < 0.3 * nearest_other(5)


@pytest.mark.parametrize("digit", DIGITS)
def test_the_centre_of_mass_is_in_the_middle(digit: int) -> None:
    np.testing.assert_allclose(centre_of_mass(normalise_glyph(write(digit))), 13.5, atol=0.3)


def test_strokes_that_leaned_stand_upright() -> None:
    bar = np.zeros((60, 40), np.uint8)
    bar[5:55, 16:24] = 255
    glyph = normalise_glyph(shear(bar, 0.5))
    rows = np.flatnonzero(glyph.max(axis=1) > 127)
    top, foot = (float(np.average(np.arange(28), weights=glyph[row])) for row in (rows[1], rows[-2]))
    assert top == pytest.approx(foot, abs=1.0)  # half a pixel at each end where the ink was sheared in steps


@pytest.mark.parametrize(("width", "widest"), [(1, 0.25), (3, 0.25), (6, 0.25), (12, 0.35)])
def test_a_1_stays_a_stroke_and_does_not_become_a_block(width: int, widest: float) -> None:
    bar = np.zeros((62, 32), np.uint8)
    bar[1:61, 10 : 10 + width] = 255
    across, high = inked_extent(normalise_glyph(bar))
    assert high >= 18
    assert across <= widest * high


def test_a_dash_stays_flat() -> None:
    dash = np.zeros((20, 62), np.uint8)
    dash[8:12, 1:61] = 255
    across, high = inked_extent(normalise_glyph(dash))
    assert across >= 18
    assert high <= 0.45 * across


def test_a_wide_and_a_narrow_0_come_closer_to_one_another() -> None:
    shapes = []
    for width in (14, 28):
        ink = np.zeros((70, 70), np.uint8)
        cv2.ellipse(ink, (35, 35), (width, 28), 0, 0, 360, (255,), 6, cv2.LINE_AA)
        across, high = inked_extent(normalise_glyph(ink))
        shapes.append(across / high)
    assert 0.6 < shapes[0] < 0.85  # between the 0.55 that it has and the 1.0 of a square
    assert shapes[1] == pytest.approx(1.0, abs=0.1)


def test_hairlines_are_thickened() -> None:
    thin, thick = (normalise_glyph(write(0, pen_width=width)) for width in (0.03, 0.09))
    # left alone, a line a third as wide would have a third of the ink
    assert thin.sum(dtype=float) > 0.5 * thick.sum(dtype=float)


def test_a_bold_pen_is_left_as_it_is() -> None:
    bold, felt = (normalise_glyph(write(0, pen_width=width)) for width in (0.2, 0.12))
    assert bold.sum(dtype=float) > 1.2 * felt.sum(dtype=float)


def test_gray_ink_keeps_its_soft_edges() -> None:
    glyph = normalise_glyph(np.asarray(cv2.GaussianBlur(write(8), (0, 0), 2.0), np.uint8))
    assert np.count_nonzero((glyph > 30) & (glyph < 220)) > 60


def test_the_ink_is_left_as_it_was() -> None:
    ink = write(3)
    before = ink.copy()
    normalise_glyph(ink)
    np.testing.assert_array_equal(ink, before)


@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (28, 28), (300, 200)])
def test_ink_without_an_inked_pixel_is_refused(shape: tuple[int, int]) -> None:
    with pytest.raises(BlankGlyphError, match=f"{shape[1]}x{shape[0]} pixels has no inked pixel"):
        normalise_glyph(np.zeros(shape, np.uint8))


def test_specks_that_vanish_when_they_are_scaled_down_are_refused() -> None:
    specks = np.zeros((1000, 1000), np.uint8)
    specks[0, 0] = specks[-1, -1] = 255
    with pytest.raises(BlankGlyphError, match="1000x1000 pixels is specks far apart"):
        normalise_glyph(specks)


@pytest.mark.parametrize("value", [1, 20, 254])
def test_the_faintest_ink_still_has_a_form(value: int) -> None:
    ink = np.zeros((50, 50), np.uint8)
    ink[5:45, 20:26] = value
    glyph = normalise_glyph(ink)
    assert inked_extent(np.where(glyph > 0, 255, 0).astype(np.uint8))[1] >= 18


@pytest.mark.parametrize("shape", [(1, 1), (1, 2), (2, 1), (1, 400), (400, 1), (3, 900), (900, 3), (2000, 1500)])
def test_full_ink_of_any_form_becomes_a_glyph(shape: tuple[int, int]) -> None:
    glyph = normalise_glyph(np.full(shape, 255, np.uint8))
    assert glyph.max() > 127
    np.testing.assert_allclose(centre_of_mass(glyph), 13.5, atol=0.6)


@settings(deadline=None, derandomize=True)
@given(st.integers(1, 40), st.integers(1, 40), st.randoms(use_true_random=False), st.floats(0.0, 1.0))
def test_whatever_is_inked_becomes_a_glyph(height: int, width: int, random: st.DrawFn, share: float) -> None:
    chance = np.random.default_rng(random.getrandbits(32))  # type: ignore[attr-defined]
    ink = np.where(chance.random((height, width)) < share, 255, 0).astype(np.uint8)
    ink[chance.integers(height), chance.integers(width)] = 255
    glyph = normalise_glyph(ink)
    assert glyph.shape == (28, 28)
    assert glyph.any()


def test_many_inks_become_glyphs_in_their_order() -> None:
    inks = [write(digit, height_px=30 + 10 * digit) for digit in DIGITS]
    glyphs = normalise_glyphs(inks)
    assert glyphs.shape == (10, 28, 28)
    for glyph, ink in zip(glyphs, inks, strict=True):
        np.testing.assert_array_equal(glyph, normalise_glyph(ink))


def test_no_inks_become_no_glyphs() -> None:
    assert normalise_glyphs([]).shape == (0, 28, 28)


def test_one_blank_ink_among_many_is_refused() -> None:
    with pytest.raises(BlankGlyphError):
        normalise_glyphs([write(1), np.zeros((9, 9), np.uint8)])


@pytest.mark.parametrize(("shape", "scaled"), [((10, 20), (20, 40)), ((80, 20), (40, 10)), ((1, 900), (1, 40))])
def test_scaling_keeps_the_aspect_ratio_and_at_least_a_pixel(shape: tuple[int, int], scaled: tuple[int, int]) -> None:
    assert scale_to_side(np.full(shape, 255, np.uint8), side=40).shape == scaled


@pytest.mark.parametrize("width", [3, 5, 7, 10])
def test_the_width_of_a_stroke_is_measured(width: int) -> None:
    bar = np.zeros((60, 30), np.uint8)
    bar[5:55, 10 : 10 + width] = 255
    # distances run from pixel to pixel, not from edge to edge: up to a pixel too much
    assert stroke_width_px(bar) == pytest.approx(width + 0.5, abs=0.75)


def test_nothing_inked_has_no_stroke_width() -> None:
    assert stroke_width_px(np.zeros((5, 5), np.uint8)) < 0.1


@pytest.mark.parametrize(
    ("extent", "scaled"),
    [
        ((40, 40), (22, 22)),
        ((30, 40), (22 * 0.75**0.5, 22)),  # halfway from kept to square
        ((40, 30), (22, 22 * 0.75**0.5)),
        ((5, 40), (22 * 1.8 * 5 / 40, 22)),  # a stroke is widened to 1.8 times its share
        ((40, 5), (22, 22 * 1.8 * 5 / 40)),
    ],
)
def test_the_longer_extent_becomes_22_pixels_and_the_shorter_one_comes_closer(
    extent: tuple[float, float], scaled: tuple[float, float]
) -> None:
    scales = standard_scales(*extent)
    assert [side * scale for side, scale in zip(extent, scales, strict=True)] == pytest.approx(scaled)


def test_a_single_pixel_is_as_large_as_a_square_of_its_size() -> None:
    pixel = np.zeros((3, 5), np.uint8)
    pixel[1, 3] = 255
    scale = 22 / (4 / 12**0.5)
    expected = [[scale, 0, 13.5 - 3 * scale], [0, scale, 13.5 - scale]]
    np.testing.assert_allclose(moment_transform(cv2.moments(pixel)), expected)


def test_a_bar_that_leans_by_more_than_45_degrees_is_straightened_by_45_degrees() -> None:
    def slant_removed(slant: float) -> float:
        transform = moment_transform(cv2.moments(shear(np.full((40, 8), 255, np.uint8), slant)))
        return float(transform[0, 1] / transform[0, 0])

    assert slant_removed(0.5) == pytest.approx(0.5, abs=0.02)
    assert slant_removed(-0.5) == pytest.approx(-0.5, abs=0.02)
    assert slant_removed(1.5) == 1.0
    assert slant_removed(-1.5) == -1.0
