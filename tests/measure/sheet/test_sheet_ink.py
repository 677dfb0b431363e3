"""What counts as writing on a sheet: faint, thin and small strokes do, the printed lines of the boxes never."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from digitreader.drawing.scene import DigitBox
from digitreader.find.paper_light import to_gray
from digitreader.measure.sheet.ink import numbers_written, without_print
from digitreader.measure.sheet.layout import PrintedSheet, numbers_of
from digitreader.measure.sheet.straighten import straighten_sheet
from digitreader.values import Box, ColourImage, GrayImage, Reading

Print = Callable[[PrintedSheet], GrayImage]
Take = Callable[..., ColourImage]
SHEET = PrintedSheet("a4", 7)
EVERY = tuple(range(15))
LINE, PAPER = 217, 255
"""Gray levels of the printed sheet: 0.85 and 1."""


def written(photo: ColourImage | GrayImage, readings: tuple[Reading, ...] = ()) -> list[list[DigitBox]]:
    straight = straighten_sheet(photo, name="photo")
    return numbers_written(straight, without_print(straight, to_gray(straight.image)).inks, readings)


def count(photo: ColourImage | GrayImage) -> int:
    return sum(map(len, written(photo)))


def faded(filled: ColourImage, blank: ColourImage, strength: float) -> ColourImage:
    """The writing with this share of its blackness; the print stays."""
    return np.asarray(cv2.addWeighted(filled, strength, blank, 1 - strength, 0), np.uint8)


def sharpened(image: ColourImage, amount: float) -> ColourImage:
    """As a camera does it: an unsharp mask."""
    return np.asarray(cv2.addWeighted(image, 1 + amount, cv2.GaussianBlur(image, (0, 0), 1.5), -amount, 0), np.uint8)


@pytest.mark.parametrize(("strength", "size_wh"), [(0.5, (640, 480)), (0.3, (1280, 960))])
def test_faint_writing_is_writing_and_whole(
    strength: float, size_wh: tuple[int, int], filled: Take, shot: Take
) -> None:
    strong, blank = filled(SHEET, seed=3, pen="pencil"), filled(SHEET, empty=EVERY)
    plain = written(shot(strong, SHEET, seed=1, size_wh=size_wh))
    faint = written(shot(faded(strong, blank, strength), SHEET, seed=1, size_wh=size_wh))
    assert [len(digits) for digits in faint] == [4] * 15
    heights = [[digit.box.height for digits in each for digit in digits] for each in (plain, faint)]
    # less than a quarter of a stroke's end is lost in the paper's noise, and no digit falls to pieces
    assert all(there >= 0.75 * wanted for wanted, there in zip(*heights, strict=True))


def test_digits_of_three_millimetres_are_writing(filled: Take, shot: Take) -> None:
    image = filled(SHEET, empty=EVERY)
    for number in numbers_of(SHEET):
        for box in number.boxes:
            x, y = (int(6 * place) for place in box.middle)
            cv2.line(image, (x, y - 9), (x, y + 9), (40, 40, 40), 2)
    assert count(shot(image, SHEET, seed=1)) == 60


@pytest.mark.parametrize(
    ("line", "amount", "size_wh"),
    [
        (LINE, 2.0, (640, 480)),
        (LINE, 2.0, (1280, 960)),
        (LINE, 2.0, (1920, 1440)),
        (191, 0.0, (4000, 3000)),
        (191, 0.0, (1920, 1440)),
        (166, 1.0, (1280, 960)),
        (166, 1.0, (1920, 1440)),
    ],
)
def test_lines_of_boxes_are_no_writing_however_dark_or_sharpened(
    line: int, amount: float, size_wh: tuple[int, int], printed: Print, shot: Take
) -> None:
    page = printed(SHEET)
    page[page == LINE] = line
    photo = shot(np.asarray(cv2.cvtColor(page, cv2.COLOR_GRAY2BGR), np.uint8), SHEET, seed=2, size_wh=size_wh)
    assert count(sharpened(photo, amount)) == 0


def test_beside_sharpened_lines_what_was_written_counts(filled: Take, shot: Take) -> None:
    photo = shot(filled(SHEET, seed=1, empty=EVERY[2:]), SHEET, seed=1, size_wh=(1920, 1440))
    assert count(sharpened(photo, 2.0)) == 8


def test_a_stroke_along_a_printed_line_is_kept_where_ink_beside_it_goes_on(filled: Take, shot: Take) -> None:
    image, box = filled(SHEET, empty=EVERY), numbers_of(SHEET)[4].boxes[1]
    corner = [(box.x + 3, box.y), (box.x + box.width - 3, box.y), (box.x + 5, box.y + box.height - 3)]
    cv2.polylines(image, [(np.array(corner) * 6).astype(np.int32)], False, (40, 40, 40), 4)  # a 7 under the line
    photo = shot(image, SHEET, seed=1)
    digits, straight = written(photo)[4], straighten_sheet(photo, name="photo")
    assert len(digits) == 4
    assert abs(digits[1].box.y - straight.box_of(box).y) <= straight.px_per_mm  # half the pen's width, and a soft edge


def test_a_speck_is_writing_only_where_a_digit_was_read(filled: Take, shot: Take) -> None:
    image, box = filled(SHEET, empty=EVERY), numbers_of(SHEET)[4].boxes[2]
    x, y = (int(6 * place) for place in box.middle)
    cv2.line(image, (x, y - 5), (x, y + 5), (30, 30, 30), 2)
    photo = shot(image, SHEET, seed=1)
    place = straighten_sheet(photo, name="photo").box_of(box)
    middle = Box(place.x + place.width // 3, place.y + place.height // 3, place.width // 3, place.height // 3)
    assert count(photo) == 0
    assert len(written(photo, (Reading(middle, 1, 0.9),))[4]) == 4


def test_the_edge_of_a_shadow_is_no_writing(filled: Take, shot: Take) -> None:
    photo = shot(filled(SHEET, empty=EVERY), SHEET, seed=1)
    light = np.ones(photo.shape[:2], np.float32)
    cv2.fillConvexPoly(light, np.array([(0, 0), (460, 0), (730, 960), (0, 960)], np.int32), 0.6)
    shadowed = photo * cv2.GaussianBlur(light, (0, 0), 8)[..., None]
    assert count(shadowed.astype(np.uint8)) == 0


def test_noise_is_no_writing(filled: Take, shot: Take) -> None:
    photo = shot(filled(SHEET, empty=EVERY), SHEET, seed=1, size_wh=(1920, 1440))
    noise = np.random.default_rng(1).normal(0, 20, photo.shape)
    assert count(np.clip(photo + noise, 0, 255).astype(np.uint8)) == 0
