"""Writing that is too small to be read: where it is told, and how high it is said to be."""

from __future__ import annotations

import numpy as np
import pytest

from digitreader.find.centres import Region, centres_of
from digitreader.find.coarse_to_fine import ScaleDetections, SmallWriting, small_writing
from digitreader.find.network_maps import CELL_PX, NetworkMaps, strokes_in
from digitreader.values import Box, Candidate


def look_with_small(rows: tuple[int, int], columns: tuple[int, int], *, scale: float = 2.0) -> NetworkMaps:
    """A look in which the network says of a rectangle of cells that writing there is too small."""
    quarter = np.zeros((20, 40), np.float32)
    small = quarter.copy()
    small[slice(*rows), slice(*columns)] = 0.9
    half = np.zeros((40, 80), np.float32)
    canvas = np.full((20 * CELL_PX, 40 * CELL_PX, 3), 240, np.uint8)
    return NetworkMaps(
        canvas, scale, 0, 0, quarter, half, half, small, np.zeros((20, 40, 4), np.float32), strokes_in(half, half)
    )


def seen(look: NetworkMaps) -> ScaleDetections:
    region = Region(0, 0, round(look.canvas.shape[1] / look.scale), round(look.canvas.shape[0] / look.scale))
    owners = np.zeros(look.digit_ink.shape, np.int32)
    return ScaleDetections(look, region, centres_of(look), owners, np.zeros(0, np.float64), np.zeros(0, bool))


def candidates(count: int, *, height_px: int, heat: float = 0.8, top: int = 0) -> list[Candidate]:
    ink = np.full((8, 5), 255, np.uint8)
    return [Candidate(Box(20 * at, top, 4, height_px), ink, heat=heat) for at in range(count)]


def test_low_candidates_are_too_small_and_tell_their_height() -> None:
    assert small_writing([], candidates(5, height_px=6)) == SmallWriting(5, 6.0)


@pytest.mark.parametrize(
    "found",
    [
        [],
        candidates(2, height_px=6),  # specks
        candidates(5, height_px=6, heat=0.1),  # nothing to speak of
        candidates(5, height_px=14),
        candidates(4, height_px=6) + candidates(6, height_px=30, top=50),  # dots among digits
    ],
)
def test_where_most_is_large_enough_nothing_is_too_small(found: list[Candidate]) -> None:
    assert small_writing([], found) == SmallWriting()


def test_what_is_too_small_to_be_found_tells_its_height_too() -> None:
    small = small_writing([seen(look_with_small((4, 7), (5, 35)))], [])
    assert small.count >= 5
    assert small.height_px == pytest.approx(2 * CELL_PX / 2.0)


def test_what_a_finer_look_shows_is_not_too_small() -> None:
    coarse, fine = look_with_small((4, 7), (5, 35), scale=1.0), look_with_small((0, 0), (0, 0))
    assert small_writing([seen(coarse), seen(fine)], []) == SmallWriting()
