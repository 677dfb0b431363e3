"""What the network is shown of a glyph."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from digitreader.drawing import write_glyph
from digitreader.model.glyph.features import AT_ONCE, MAP_COLUMNS, MAP_ROWS, MAPS, direction_maps, features_of
from digitreader.model.glyph.normalise import normalise_glyphs
from digitreader.values import Glyphs


def glyphs_of(count: int) -> Glyphs:
    rng = np.random.default_rng(4)
    return normalise_glyphs([write_glyph(number % 10, rng, height_px=40) for number in range(count)])


def strengths(glyph: npt.NDArray[np.uint8]) -> dict[str, int]:
    """How bright each map is altogether."""
    features = direction_maps(glyph[None])[0].astype(int)
    maps = features.reshape(2, MAP_ROWS, 4, MAP_COLUMNS).transpose(0, 2, 1, 3).reshape(8, -1)
    return dict(zip(MAPS, maps.sum(axis=1).tolist(), strict=True))


def half_plane(right: float, down: float) -> npt.NDArray[np.uint8]:
    """A glyph that grows brighter this way, its edge through the middle."""
    rows, columns = np.mgrid[-13.5:14, -13.5:14]
    glyph: npt.NDArray[np.uint8] = np.where(right * columns + down * rows > 0, 255, 0).astype(np.uint8)
    return glyph


@pytest.mark.parametrize(
    ("faces", "right", "down"),
    [
        ("right", 1, 0), ("left", -1, 0), ("down", 0, 1), ("up", 0, -1),
        ("down right", 1, 1), ("up left", -1, -1), ("up right", 1, -1), ("down left", -1, 1),
    ],
)  # fmt: skip
def test_an_edge_is_seen_in_the_map_of_the_way_that_it_faces(faces: str, right: float, down: float) -> None:
    whole = strengths(half_plane(right, down))
    # the glyph's border is an edge as well
    opposite = strengths(255 - half_plane(right, down))
    assert whole[faces] > 1.3 * opposite[faces]


def test_pixels_are_shown_as_they_are() -> None:
    glyphs = glyphs_of(3)
    assert features_of(glyphs, "pixels") is glyphs


def test_there_are_as_many_features_as_pixels() -> None:
    features = features_of(glyphs_of(20), "directions")
    assert features.shape == (20, 28, 28)
    assert features.dtype == np.uint8
    assert features_of(glyphs_of(0), "directions").shape == (0, 28, 28)


def test_an_empty_glyph_shows_nothing() -> None:
    assert not direction_maps(np.zeros((1, 28, 28), np.uint8)).any()


def test_many_glyphs_are_shown_as_each_alone() -> None:
    glyphs = glyphs_of(2 * AT_ONCE + 3)
    alone = np.concatenate([direction_maps(glyph[None]) for glyph in glyphs])
    np.testing.assert_array_equal(direction_maps(glyphs), alone)


def test_a_mirrored_glyph_shows_mirrored_maps() -> None:
    maps = strengths(glyphs_of(8)[7])
    mirrored = strengths(glyphs_of(8)[7][:, ::-1])
    for one, other in (("right", "left"), ("down right", "down left"), ("up left", "up right"), ("up", "up")):
        assert mirrored[one] == maps[other]


def test_the_maps_are_those_of_the_definition() -> None:
    noise = np.random.default_rng(2).integers(0, 256, (30, 28, 28), dtype=np.uint8)
    glyphs = np.concatenate([glyphs_of(10), noise, np.where(noise > 127, 255, 0).astype(np.uint8)])
    np.testing.assert_array_equal(direction_maps(glyphs), [plainly(glyph) for glyph in glyphs])


def plainly(glyph: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """The same pixel by pixel, as one would say it."""
    ink = np.pad(glyph.astype(int), 1)
    sums = np.zeros((8, 30, 32), int)
    for row in range(28):
        for column in range(28):
            near = ink[row : row + 3, column : column + 3]
            right = int((near[:, 2] - near[:, 0]) @ [1, 2, 1])
            down = int((near[2] - near[0]) @ [1, 2, 1])
            wide, high = abs(right), abs(down)
            straight = 0 if wide >= high else 2
            slanting = 4 if (right < 0) == (down < 0) else 6
            way = right if wide >= high else down
            sums[straight + (way < 0), row + 1, column + 2] += abs(wide - high) // 2
            sums[slanting + (right < 0), row + 1, column + 2] += min(wide, high) * 23 // 32
    features = np.zeros((28, 28), np.uint8)
    for number, strength in enumerate(sums):
        for row in range(14):
            for column in range(7):
                part = strength[2 * row : 2 * row + 4, 4 * column : 4 * column + 8]
                total = int(np.array([1, 3, 3, 1]) @ part @ np.array([1, 2, 3, 4, 4, 3, 2, 1]))
                features[14 * (number // 4) + row, 7 * (number % 4) + column] = min((total + 32) // 64, 255)
    return features
