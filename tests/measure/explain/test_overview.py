"""The numbers by which one of several digits of a picture is chosen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from digitreader.measure.explain.explanation import Explanation
from digitreader.measure.explain.page import terminal_text, write_page
from digitreader.measure.explain.pictures import AGAINST_BGR, FOR_BGR, text
from digitreader.measure.explain.weights import LABEL_PX, SIDE_PX, draw_overview
from digitreader.values import Box, ColourImage

Run = Callable[..., Any]
Explain = Callable[..., Explanation]


def places_of(canvas: ColourImage, colour: tuple[int, int, int]) -> np.ndarray:
    """The columns in which a colour is."""
    return np.flatnonzero((canvas == colour).all(axis=2).any(axis=0))


def test_each_digit_has_a_box_and_the_one_that_is_explained_is_red(explain: Explain) -> None:
    for number in (1, 2):
        explained = explain(number=number)
        canvas = draw_overview(explained)
        zoom = SIDE_PX / max(explained.image.shape[:2])
        chosen, other = explained.readings[number - 1].box, explained.readings[2 - number].box
        for colour, box in ((FOR_BGR, chosen), (AGAINST_BGR, other)):
            columns = places_of(canvas, colour)
            assert abs(columns.min() - box.x * zoom) <= 5
            assert abs(columns.max() - (box.x + box.width) * zoom) <= 5


def test_a_number_at_the_edge_stays_inside_the_picture(explain: Explain) -> None:
    explained = explain(number=1)
    height, width = explained.image.shape[:2]
    corners = [Box(0, 0, 20, 30), Box(width - 6, height - 30, 6, 30)]
    moved = tuple(replace(each, box=box) for each, box in zip(explained.readings, corners, strict=True))
    canvas = draw_overview(replace(explained, readings=moved))
    assert tuple(canvas[1, 1]) == FOR_BGR
    assert (canvas[:, -1] == AGAINST_BGR).all(axis=1).sum() > LABEL_PX[1]


def test_gray_pictures_have_an_overview(explain: Explain) -> None:
    explained = explain()
    gray = np.asarray(cv2.cvtColor(explained.image, cv2.COLOR_BGR2GRAY), np.uint8)
    assert len(places_of(draw_overview(replace(explained, image=gray)), FOR_BGR))


def test_the_terminal_lists_the_digits_of_the_picture_with_their_numbers(explain: Explain) -> None:
    explained = explain(number=2)
    assert "  1: 4   2: 7" in terminal_text(explained).splitlines()
    alone = replace(explained, number=1, readings=explained.readings[:1])
    assert "--digit" not in terminal_text(alone)


def test_the_page_shows_the_overview_where_there_are_several_digits(explain: Explain) -> None:
    explained = explain(number=1)
    alone = replace(explained, readings=explained.readings[:1])
    assert "The 2 digits of the picture" in write_page(explained, model="tiny", command="")
    assert "digits of the picture" not in write_page(alone, model="tiny", command="")


def test_the_overview_is_written_beside_the_picture(digitreader: Run, picture: Path, tmp_path: Path) -> None:
    digitreader("explain", picture, "--digit", 1, "--to", tmp_path / "out")
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["explain-1.html", "explain-1.png", "explain-overview.png"]


def test_zeros_are_not_struck_through() -> None:
    canvas = np.full((60, 60, 3), 255, np.uint8)
    text(canvas, "0", (10, 50), height_px=40, colour=(0, 0, 0))
    rows, columns = np.nonzero(canvas[..., 0] < 128)
    middle = canvas[(rows.min() + rows.max()) // 2, (columns.min() + columns.max()) // 2]
    assert middle.min() == 255
