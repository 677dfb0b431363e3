"""Photographs of a sheet: its marks are found, it is known, and it is straightened."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from digitreader.find.paper_light import to_gray
from digitreader.measure.sheet.layout import (
    PAPERS,
    PrintedSheet,
    bit_squares,
    bits_of,
    mark_middles,
    numbers_of,
    square_about,
)
from digitreader.measure.sheet.straighten import (
    SheetNotFoundError,
    StraightSheet,
    find_marks,
    quadrilaterals,
    straighten_sheet,
)
from digitreader.values import Box, ColourImage, GrayImage

Print = Callable[[PrintedSheet], GrayImage]
Take = Callable[..., ColourImage]


@pytest.mark.parametrize("paper", PAPERS)
def test_the_marks_of_a_scan_are_found_where_they_are(paper: str, printed: Print) -> None:
    sheet = PrintedSheet(paper, 11)
    found = find_marks(printed(sheet))
    wanted = np.array(mark_middles(sheet)) * 6 - 0.5
    nearest = np.linalg.norm(wanted[:, None] - found[None], axis=2).min(axis=1)
    assert len(found) == 4
    assert nearest.max() < 1.0  # a pixel is a sixth of a millimetre


@pytest.mark.parametrize("seed", range(3))
def test_boxes_with_digits_in_them_are_no_marks(seed: int, filled: Take) -> None:
    assert len(find_marks(to_gray(filled(PrintedSheet("a4", 7), seed=seed, pen="marker")))) == 4


@pytest.mark.parametrize("turn", range(4))
def test_a_sheet_is_known_and_upright_in_any_direction(turn: int, printed: Print) -> None:
    sheet, page = PrintedSheet("a4", 99), printed(PrintedSheet("a4", 99))
    straight = straighten_sheet(np.ascontiguousarray(np.rot90(page, turn)), name="scan")
    assert straight.sheet == sheet
    assert straight.px_per_mm == pytest.approx(6.0, abs=0.03)
    # the edges of lines and letters may lie a pixel apart
    soft = [cv2.blur(each, (9, 9)) for each in (straight.image, page)]
    assert np.percentile(cv2.absdiff(*soft), 99) < 30


@pytest.mark.parametrize("size_wh", [(640, 480), (800, 600), (1280, 720), (1920, 1080)])
@pytest.mark.parametrize("paper", PAPERS)
def test_a_photographed_sheet_is_known_and_straightened(
    size_wh: tuple[int, int], paper: str, photographed_sheet: Take
) -> None:
    sheet = PrintedSheet(paper, 2000 + size_wh[0])
    straight = straighten_sheet(photographed_sheet(sheet, seed=size_wh[1], size_wh=size_wh), name="photo")
    assert straight.sheet == sheet
    again = find_marks(to_gray(straight.image))
    wanted = np.array(mark_middles(sheet)) * straight.px_per_mm - 0.5
    assert np.linalg.norm(wanted[:, None] - again[None], axis=2).min(axis=1).max() < 1.0


@pytest.mark.parametrize("seed", [0, 1, 6])
def test_a_sheet_is_known_in_a_picture_too_small_to_read(seed: int, filled: Take, shot: Take) -> None:
    photo = shot(filled(PrintedSheet("a4", 7), seed=1), PrintedSheet("a4", 7), seed=seed, size_wh=(320, 240))
    assert straighten_sheet(photo, name="photo").sheet == PrintedSheet("a4", 7)


def test_a_mirrored_sheet_is_not_read(printed: Print) -> None:
    with pytest.raises(SheetNotFoundError, match="squares between the upper two cannot be read"):
        straighten_sheet(np.ascontiguousarray(printed(PrintedSheet("a4", 1))[:, ::-1]), name="photo")


def test_bits_that_name_another_paper_than_they_stand_on_are_not_believed(
    printed: Print, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "digitreader.measure.sheet.layout.bits_of", lambda sheet: bits_of(PrintedSheet("letter", sheet.number))
    )
    with pytest.raises(SheetNotFoundError, match="cannot be read"):
        straighten_sheet(printed(PrintedSheet("a4", 1)), name="photo")


@pytest.mark.parametrize("corner", range(4))
def test_a_covered_mark_is_told_of(corner: int, printed: Print) -> None:
    page = printed(PrintedSheet("a4", 1))
    x, y = (int(6 * place) for place in mark_middles(PrintedSheet("a4", 1))[corner])
    page[y - 20 : y + 60, x - 20 : x + 60] = 120
    with pytest.raises(SheetNotFoundError, match=r"thumb\.jpg: 3 of a test sheet's 4 corner marks"):
        straighten_sheet(page, name="thumb.jpg")


def test_a_picture_of_something_else_is_told_of() -> None:
    with pytest.raises(SheetNotFoundError, match="0 of a test sheet's 4 corner marks"):
        straighten_sheet(np.full((300, 400, 3), 200, np.uint8), name="wall.jpg")


def test_glare_on_the_identity_is_told_of(printed: Print) -> None:
    page = printed(PrintedSheet("a4", 1))
    squares = bit_squares(PrintedSheet("a4", 1))
    left, right = int(6 * squares[0][0].x), int(6 * squares[3][0].x)
    page[60:120, left:right] = 255
    with pytest.raises(SheetNotFoundError, match=r"lay the sheet flat.* farther away"):
        straighten_sheet(page, name="photo")


def bowed(page: GrayImage, bow_mm: float) -> GrayImage:
    """The page as paper whose middle is seen so much lower than its sides."""
    y, x = np.mgrid[: page.shape[0], : page.shape[1]].astype(np.float32)
    return np.asarray(
        cv2.remap(page, x, y - 6 * bow_mm * np.sin(np.pi * x / page.shape[1]), cv2.INTER_LINEAR), np.uint8
    )


def barrelled(image: ColourImage, k1: float) -> ColourImage:
    """The picture as a lens shows it that bends lines outwards."""
    height, width = image.shape[:2]
    camera = np.array([(0.8 * width, 0, width / 2), (0, 0.8 * width, height / 2), (0, 0, 1)])
    y, x = np.mgrid[:height, :width].astype(np.float32)
    pixels = np.stack([x.ravel(), y.ravel()], axis=1)[:, None]
    flat = cv2.undistortPoints(pixels, camera, np.array([k1, 0, 0, 0.0]), P=camera).reshape(height, width, 2)
    return np.asarray(cv2.remap(image, flat[..., 0], flat[..., 1], cv2.INTER_LINEAR), np.uint8)


def lines_seen(straight: StraightSheet) -> float:
    """How much darker than paper what is darkest within half a millimetre of each box's upper and lower line is."""
    gray, scale = to_gray(straight.image), straight.px_per_mm
    seen = []
    for field in (number.field for number in numbers_of(straight.sheet)):
        columns = slice(int(field.x * scale), int((field.x + field.width) * scale))
        for edge in (field.y, field.y + field.height):
            near = gray[round((edge - 0.5) * scale) : round((edge + 0.5) * scale), columns]
            seen.append(255 - float(near.min(axis=0).mean()))
    return min(seen)


@pytest.mark.parametrize("bow_mm", [-6, -3, 2, 2.5, 5])
def test_a_sheet_on_bowed_paper_is_known_and_straightened(bow_mm: float, printed: Print) -> None:
    straight = straighten_sheet(bowed(printed(PrintedSheet("a4", 99)), bow_mm), name="photo")
    assert straight.sheet == PrintedSheet("a4", 99)
    assert lines_seen(straight) > 15  # of the line's 38 levels; it is a pixel wide, and drawn softly


@pytest.mark.parametrize("k1", [-0.15, -0.1, -0.05])
def test_a_sheet_seen_through_a_lens_that_bends_lines_is_known_and_straightened(k1: float, printed: Print) -> None:
    page = printed(PrintedSheet("a4", 99))
    desk = np.asarray(cv2.copyMakeBorder(page, 160, 160, 110, 110, cv2.BORDER_CONSTANT, value=(90,)), np.uint8)
    straight = straighten_sheet(barrelled(desk, k1), name="photo")
    assert straight.sheet == PrintedSheet("a4", 99)
    assert lines_seen(straight) > 15  # as above


def test_a_fifth_mark_on_the_desk_does_no_harm(printed: Print) -> None:
    sheet = PrintedSheet("letter", 8)
    desk = np.full((1600, 2200), 180, np.uint8)
    desk[100 : 100 + 1295, 100 : 100 + 1676] = printed(sheet)
    for side, grey in ((84, 0), (60, 255), (36, 0)):
        box = square_about((2000, 1450), side)
        desk[int(box.y) : int(box.y) + side, int(box.x) : int(box.x) + side] = grey
    assert len(find_marks(desk)) == 5
    assert straighten_sheet(desk, name="photo").sheet == sheet


def test_four_marks_are_taken_as_corners_in_turn_whatever_their_order() -> None:
    corners = np.array([(0, 0), (9, 0), (9, 5), (0, 5)], np.float32)
    (found,) = quadrilaterals(corners[[2, 0, 3, 1]])
    start = int(np.flatnonzero((found == corners[0]).all(axis=1))[0])
    assert np.array_equal(np.roll(found, -start, axis=0), corners)


def test_marks_that_are_no_corners_of_a_quadrilateral_are_none() -> None:
    assert not list(quadrilaterals(np.array([(0, 0), (9, 0), (4, 9), (4, 3)], np.float32)))


def test_a_rectangle_of_the_sheet_is_cut_off_at_the_pictures_edge(printed: Print) -> None:
    straight = straighten_sheet(printed(PrintedSheet("a4", 1)), name="scan")
    height, width = straight.image.shape[:2]
    box = straight.box_of(square_about((297, 210), 20))
    assert (box.x + box.width, box.y + box.height) == (width, height)
    assert straight.box_of(square_about((0, 0), 10)) == Box(0, 0, 30, 30)


def test_what_leans_away_is_as_small_as_in_the_photograph(printed: Print) -> None:
    page = printed(PrintedSheet("a4", 1))
    height, width = page.shape
    flat = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    leaning = np.array([(300, 0), (width - 300, 0), (width, 900), (0, 900)], np.float32)
    matrix = cv2.getPerspectiveTransform(flat, leaning)
    photo = cv2.warpPerspective(page, matrix, (width, 900), flags=cv2.INTER_AREA, borderValue=(90,))
    straight = straighten_sheet(np.asarray(photo, np.uint8), name="photo")
    for number in (numbers_of(straight.sheet)[1], numbers_of(straight.sheet)[13]):
        box = number.boxes[2]
        x = box.middle[0]
        ends = np.array([[(x, box.y)], [(x, box.y + box.height)]], np.float32) * 6
        (_, upper), (_, lower) = cv2.perspectiveTransform(ends, matrix)[:, 0]
        # a pixel of the box, which is rounded outwards, and one of the marks
        assert straight.photo_height_px(straight.box_of(box)) == pytest.approx(lower - upper, abs=2)
