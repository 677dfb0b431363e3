"""Framing: turned upright, cut to the region of interest."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from digitreader.camera import open_source
from digitreader.camera.framing import FramedSource, Framing, apply_framing
from digitreader.errors import SourceError
from digitreader.values import Box, Frame

CORNERS = np.arange(4, dtype=np.uint8).reshape(2, 2)
"""0 1 above 2 3."""


@pytest.mark.parametrize(
    ("turn", "seen"),
    [(0, [[0, 1], [2, 3]]), (90, [[2, 0], [3, 1]]), (180, [[3, 2], [1, 0]]), (270, [[1, 3], [0, 2]])],
)
def test_pictures_are_turned_clockwise(turn: int, seen: list[list[int]]) -> None:
    assert apply_framing(Frame(CORNERS, "cam"), Framing(turn)).image.tolist() == seen


def test_the_region_is_of_the_turned_picture() -> None:
    image = np.arange(12, dtype=np.uint8).reshape(3, 4)
    framed = apply_framing(Frame(image, "cam"), Framing(180, Box(1, 0, 2, 1)))
    assert framed.image.tolist() == [[10, 9]]


def test_the_region_is_in_pixels_of_the_picture_as_it_was_taken() -> None:
    image = np.arange(16, dtype=np.uint8).reshape(4, 4)
    framed = apply_framing(Frame(image, "scan", scale=2.0), Framing(region=Box(4, 2, 4, 2)))
    assert framed.image.tolist() == [[6, 7]]
    assert framed.scale == 2.0


def test_a_region_that_reaches_out_is_cut_at_the_edge() -> None:
    assert apply_framing(Frame(CORNERS, "cam"), Framing(region=Box(1, 0, 50, 50))).image.tolist() == [[1], [3]]


def test_a_region_outside_of_the_picture_is_refused_with_its_size() -> None:
    with pytest.raises(SourceError, match="cam: the region 9,0,5,5 lies outside of its 2x2 picture; move it inside"):
        apply_framing(Frame(CORNERS, "cam"), Framing(region=Box(9, 0, 5, 5)))


def test_a_framed_source_is_the_source_otherwise(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(cv2.imencode(".png", np.dstack([CORNERS * 50] * 3))[1].tobytes())
    with FramedSource(open_source(str(path)), Framing(90)) as source:
        frame = next(source.frames())
    assert (source.live, source.frame_count, source.name) == (False, None, str(path))
    assert frame.image[:, :, 0].tolist() == [[100, 0], [150, 50]]
