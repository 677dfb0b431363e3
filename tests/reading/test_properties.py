"""What must not matter does not: where writing stands, how large and how it is turned, dark on light or the reverse."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitreader.drawing import DemoSettings, scene, write_glyph
from digitreader.model.glyph.normalise import normalise_glyph
from digitreader.model.load import load_model
from digitreader.reading.pipeline import FrameReader
from digitreader.values import ColourImage, Frame, Glyph

# the same examples each time, and no limit of time for each: a slow machine fails no test
settings.register_profile("scenes", max_examples=6, deadline=None, derandomize=True, database=None)
SCENES = settings.get_profile("scenes")
PLAIN = DemoSettings(papers=("white",), pens=("felt",), folds=0.0, noise=0.0)
NUMBERS = ("4207", "365", "8190")


@pytest.fixture(scope="module")
def reader() -> FrameReader:
    return FrameReader(load_model("accurate"))


def drawn(number: int) -> ColourImage:
    """A number in the middle of a sheet, with room round it."""
    return scene(NUMBERS[number], size_wh=(480, 360), settings=PLAIN, rng=np.random.default_rng(number)).image


def digits(reader: FrameReader, image: ColourImage) -> str:
    page = reader.read(Frame(image, "drawn", index=0, time_s=0.0))
    return "".join(character for character in page.text if character.isdigit())


def moved(image: ColourImage, *, degrees: float = 0.0, scale: float = 1.0, by: tuple[int, int] = (0, 0)) -> ColourImage:
    height, width = image.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, scale)
    matrix[:, 2] += by
    return np.asarray(
        cv2.warpAffine(image, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE),
        np.uint8,
    )


which = st.integers(0, len(NUMBERS) - 1)


@SCENES
@given(which, st.integers(-25, 25), st.integers(-25, 25))
def test_where_it_stands_does_not_matter(reader: FrameReader, number: int, right: int, down: int) -> None:
    assert digits(reader, moved(drawn(number), by=(right, down))) == NUMBERS[number]


@SCENES
@given(which, st.floats(0.6, 1.6))
def test_how_large_the_picture_is_does_not_matter(reader: FrameReader, number: int, scale: float) -> None:
    image = drawn(number)
    interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    scaled = cv2.resize(image, None, fx=scale, fy=scale, interpolation=interpolation)
    assert digits(reader, np.asarray(scaled, np.uint8)) == NUMBERS[number]


@SCENES
@given(which, st.floats(-5, 5))
def test_a_slight_turn_does_not_matter(reader: FrameReader, number: int, degrees: float) -> None:
    assert digits(reader, moved(drawn(number), degrees=degrees)) == NUMBERS[number]


@SCENES
@given(which, st.floats(0.75, 1.1), st.integers(0, 20))
def test_light_on_dark_reads_as_dark_on_light(reader: FrameReader, number: int, gain: float, offset: int) -> None:
    shone = np.clip(drawn(number) * gain + offset, 0, 255).astype(np.uint8)
    assert digits(reader, 255 - shone) == NUMBERS[number]


def place_slant_and_extent(glyph: Glyph) -> tuple[float, float, float, float]:
    """Centre of mass in pixels, slant, and how far the mass spreads in the longer direction, in pixels."""
    moments = cv2.moments(glyph)
    mass = moments["m00"]
    extent = np.sqrt(max(moments["mu20"], moments["mu02"]) / mass)
    return moments["m10"] / mass, moments["m01"] / mass, moments["mu11"] / moments["mu02"], float(extent)


@settings(max_examples=15, deadline=None, derandomize=True, database=None)
@given(st.integers(0, 9), st.integers(0, 10_000))
def test_a_glyph_that_is_normalised_again_keeps_its_place_slant_and_extent(digit: int, seed: int) -> None:
    """Not its width: each time the aspect ratio goes halfway to square, which the networks have learned with."""
    once = normalise_glyph(write_glyph(digit, rng=np.random.default_rng(seed)))
    before, after = (place_slant_and_extent(glyph) for glyph in (once, normalise_glyph(once)))
    # half a pixel, and a slant that moves the end of a stroke of 22 pixels by one
    assert np.all(np.abs(np.subtract(after, before)) < (0.5, 0.5, 0.05, 0.4))


@settings(max_examples=12, deadline=None, derandomize=True, database=None)
@given(st.sampled_from(["tiny", "small", "accurate"]), st.integers(0, 10_000), st.integers(1, 9))
def test_the_engines_agree_to_the_integer_on_any_glyphs(model: str, seed: int, count: int) -> None:
    pytest.importorskip("ai_edge_litert", reason="LiteRT is not installed")
    rng = np.random.default_rng(seed)
    drawn_ones = [normalise_glyph(write_glyph(int(rng.integers(10)), rng=rng)) for _ in range(count)]
    noise = rng.integers(0, 256, (count, 28, 28), np.uint8)
    glyphs = np.concatenate([np.stack(drawn_ones), noise, np.zeros((1, 28, 28), np.uint8)])
    numpy, litert = (load_model(model, name).activations(glyphs) for name in ("numpy", "litert"))
    np.testing.assert_array_equal(numpy, litert)
