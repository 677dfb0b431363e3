"""Images that are black on white are turned round, and told of; others are left as they are."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from digitreader.measure.data.glyphs import is_black_on_white, normalise_images, white_on_black
from digitreader.measure.data.own.prepare import without_paper


def bars(count: int = 20, *, side: int = 28, pen_px: int = 4) -> np.ndarray:
    """Slanted bars in many places, white on black."""
    rng = np.random.default_rng(0)
    images = np.zeros((count, side, side), np.uint8)
    for image in images:
        top, bottom = rng.integers(side // 4, 3 * side // 4, 2).tolist()
        cv2.line(image, (top, 2), (bottom, side - 3), (255,), pen_px)
    return images


@pytest.mark.parametrize("count", [1, 20])
def test_black_on_white_is_turned_round_and_said(count: int, capsys: pytest.CaptureFixture[str]) -> None:
    turned = white_on_black(255 - bars(count), label="reading mine")
    np.testing.assert_array_equal(turned, bars(count))
    assert "reading mine: the images are black on white" in capsys.readouterr().err


def test_grey_levels_up_to_16_are_turned_within_their_range() -> None:
    images = np.asarray(bars() // 16, np.uint8)
    np.testing.assert_array_equal(white_on_black(np.asarray(images.max() - images, np.uint8), label=""), images)


def test_black_on_white_gives_the_glyphs_of_white_on_black() -> None:
    np.testing.assert_array_equal(
        normalise_images(255 - bars(), label="test")[0], normalise_images(bars(), label="test")[0]
    )


def test_white_on_black_is_left_as_it_is() -> None:
    assert white_on_black(images := bars(), label="") is images


def test_one_thick_bar_that_fills_its_image_is_white_on_black() -> None:
    bar = np.full((1, 16, 16), 255, np.uint8)
    bar[:, :10, 0] = bar[:, 6:, 15] = 0
    assert not is_black_on_white(bar)


def test_white_stripes_at_both_sides_are_no_paper() -> None:
    striped = bars()
    striped[:, :, :7] = 255 - striped[:, :, :7]
    striped[:, :, -7:] = 255 - striped[:, :, -7:]
    assert not is_black_on_white(striped)


def test_a_white_frame_is_no_paper() -> None:
    framed = bars()
    framed[:, [0, -1]] = framed[:, :, [0, -1]] = 255
    assert not is_black_on_white(framed)


@pytest.mark.parametrize("level", [0, 255])
def test_blank_images_are_left_as_they_are(level: int) -> None:
    assert not is_black_on_white(np.full((3, 28, 28), level, np.uint8))


@pytest.mark.parametrize("paper", [0, 200])
def test_a_plain_edge_or_one_that_is_as_light_as_ink_is_no_gray_paper(paper: int) -> None:
    image = np.maximum(bars(1)[0], np.uint8(paper))
    assert without_paper(image) is image
