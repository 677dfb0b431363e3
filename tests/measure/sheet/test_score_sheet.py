"""Sheets that were filled in and photographed: which digits were written, and what became of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import cv2
import numpy as np
import pytest

from digitreader.camera.image_pages import PictureSource
from digitreader.measure.score.causes import CAUSES
from digitreader.measure.sheet.layout import PrintedSheet, numbers_of
from digitreader.measure.sheet.score import (
    MOST_FRAMES,
    SeenSheet,
    photographed,
    see_sheet,
    sheet_sections,
    sheet_text,
    total_of,
)
from digitreader.measure.sheet.straighten import MOST_PX_PER_MM, SheetNotFoundError, straighten_sheet
from digitreader.model.load import load_model
from digitreader.reading.pipeline import FrameReader
from digitreader.values import ColourImage, Frame, GrayImage

Take = Callable[..., ColourImage]
SHEET = PrintedSheet("a4", 7)


class Stream(PictureSource):
    """A stream of given pictures."""

    live = True

    def __init__(self, images: list[ColourImage]) -> None:
        self.name, self.images, self.given = "stream", images, 0

    def frames(self) -> Iterator[Frame]:
        for image in self.images:
            self.given += 1
            yield Frame(image, self.name)


@pytest.fixture(scope="module")
def reader() -> FrameReader:
    return FrameReader(load_model("small", "auto"))


def seen(reader: FrameReader, photo: ColourImage) -> SeenSheet:
    return see_sheet(reader, straighten_sheet(photo, name="photo"), source="photo.jpg")


@pytest.mark.parametrize(
    ("pen", "size_wh"),
    [("gel", (640, 480)), ("pencil", (1280, 960)), ("ballpoint", (1920, 1080)), ("felt", (800, 600))],
)
def test_nearly_all_of_a_plain_hand_is_read_through_the_demos_camera(
    pen: str, size_wh: tuple[int, int], reader: FrameReader, photographed_sheet: Take
) -> None:
    score = seen(reader, photographed_sheet(SHEET, seed=3, size_wh=size_wh, pen=pen)).score
    assert (score.digits, score.empty, score.sheet) == (60, 0, "A4-0007")
    assert score.right >= 54  # a tenth is more than the reader loses on its own scenes
    assert score.right + sum(score.causes[cause] for cause in CAUSES if cause != "invented") == 60


@pytest.mark.parametrize("seed", range(4))
def test_on_a_sheet_that_nobody_filled_in_nothing_is_found(
    seed: int, reader: FrameReader, photographed_sheet: Take
) -> None:
    photo = photographed_sheet(SHEET, seed=seed, size_wh=(1280, 960), empty=tuple(range(15)))
    score = seen(reader, photo).score
    assert (score.digits, score.right, score.digit_px, score.empty) == (0, 0, 0.0, 15)
    assert score.causes == dict.fromkeys(CAUSES, 0)


def test_the_boxes_lines_do_not_change_what_is_read(
    printed: Callable[[PrintedSheet], GrayImage], reader: FrameReader, filled: Take
) -> None:
    photo = filled(SHEET, seed=5)
    straight = straighten_sheet(photo, name="photo")
    bare = photo.copy()
    lines = cv2.compare(printed(SHEET), np.full_like(printed(SHEET), 217), cv2.CMP_EQ)  # 0.85 of 255
    bare[(lines > 0) & (photo.min(axis=2) > 190)] = 237  # 0.93 of 255
    assert not np.array_equal(bare, photo)
    with_lines, without = seen(reader, photo), seen(reader, bare)
    assert straight.sheet == SHEET
    assert [r.digit for r in with_lines.readings] == [r.digit for r in without.readings]


@pytest.mark.parametrize(("line", "amount"), [(217, 2.0), (166, 0.0)])
def test_printed_lines_are_not_read_however_dark_or_sharpened(
    line: int, amount: float, reader: FrameReader, filled: Take, shot: Take
) -> None:
    image = filled(SHEET, empty=tuple(range(2, 15)), seed=1)
    image[image == 202] = round(0.93 * line)  # 0.93 of 217, the paper's tone
    photo = shot(image, SHEET, seed=1, size_wh=(1920, 1440))
    soft = cv2.GaussianBlur(photo, (0, 0), 1.5)
    score = seen(reader, np.asarray(cv2.addWeighted(photo, 1 + amount, soft, -amount, 0), np.uint8)).score
    assert (score.digits, score.right, score.causes["invented"]) == (8, 8, 0)


def test_faint_writing_that_is_read_right_is_not_invented(reader: FrameReader, filled: Take, shot: Take) -> None:
    strong, blank = filled(SHEET, seed=3, pen="pencil"), filled(SHEET, empty=tuple(range(15)))
    faint = np.asarray(cv2.addWeighted(strong, 0.65, blank, 0.35, 0), np.uint8)
    score = seen(reader, shot(faint, SHEET, seed=3, size_wh=(640, 480))).score
    assert (score.digits, score.empty, score.causes["invented"]) == (60, 0, 0)
    assert score.right >= 54  # a tenth is more than the reader loses on its own scenes


def test_strokes_over_a_boxes_line_are_read_whole(reader: FrameReader, filled: Take, shot: Take) -> None:
    plain = filled(SHEET, seed=3, pen="ballpoint")
    up = 3.7 * 6  # pixels; the digits' upper edges lie on the boxes' lines
    blank = filled(SHEET, empty=tuple(range(15)))
    ink = np.asarray(np.roll(cv2.absdiff(plain, blank), -round(up), axis=0), np.uint8)
    score = seen(reader, shot(cv2.subtract(blank, ink), SHEET, seed=3)).score
    assert score.digits == 60
    assert score.right >= 54


def test_numbers_left_empty_do_not_count(reader: FrameReader, photographed_sheet: Take) -> None:
    one = seen(reader, photographed_sheet(SHEET, seed=1, empty=(0, 8, 14)))
    assert (one.score.digits, one.score.empty, one.numbers) == (48, 3, 12)
    assert one.score.causes["not found"] == one.score.causes["invented"] == 0


def test_a_speck_in_an_empty_number_is_no_writing(reader: FrameReader, filled: Take, shot: Take) -> None:
    image = filled(SHEET, seed=1, empty=(4,))
    x, y = (int(6 * place) for place in numbers_of(SHEET)[4].boxes[2].middle)
    clean = seen(reader, shot(image, SHEET, seed=1)).score
    cv2.circle(image, (x, y), 7, (30, 30, 30), cv2.FILLED)
    score = seen(reader, shot(image, SHEET, seed=1)).score
    assert (score.digits, score.empty) == (56, 1)
    assert score.causes == clean.causes


def test_of_a_stream_the_sharpest_frame_is_taken(photographed_sheet: Take) -> None:
    sharp = photographed_sheet(SHEET, seed=1, size_wh=(640, 480))
    soft = np.asarray(cv2.GaussianBlur(sharp, (0, 0), 0.8), np.uint8)
    stream = Stream([np.full_like(sharp, 90), soft, sharp, soft])
    assert np.array_equal(photographed(stream).image, straighten_sheet(sharp, name="stream").image)


def test_a_stream_that_never_shows_a_sheet_is_left() -> None:
    stream = Stream([np.full((60, 80, 3), 90, np.uint8)] * (MOST_FRAMES + 1))
    with pytest.raises(SheetNotFoundError, match="stream: 0 of"):
        photographed(stream)
    assert stream.given == MOST_FRAMES


def test_a_stream_without_a_frame_is_told_of() -> None:
    with pytest.raises(SheetNotFoundError, match="gave no frame"):
        photographed(Stream([]))


def test_a_digit_left_out_of_a_number_was_not_found(reader: FrameReader, photographed_sheet: Take) -> None:
    one = seen(reader, photographed_sheet(SHEET, seed=2, instead={(4, 1): ""}))
    assert (one.score.digits, one.score.causes["not found"]) == (60, 1)
    number = numbers_of(SHEET)[4].text
    assert (number, number[0] + number[2:]) in one.score.wrong


def test_another_digit_than_the_printed_one_is_misread(reader: FrameReader, photographed_sheet: Take) -> None:
    number = numbers_of(SHEET)[0].text
    plain = seen(reader, photographed_sheet(SHEET, seed=2)).score
    one = seen(reader, photographed_sheet(SHEET, seed=2, instead={(0, 0): "0"}))
    assert one.score.causes["misread"] == plain.causes["misread"] + 1
    assert number[0] == "7"
    assert any(written == number and read.startswith("0") for written, read in one.score.wrong)


@pytest.mark.parametrize("joined", [2, 4])
def test_strokes_that_join_digits_spoil_no_others(joined: int, reader: FrameReader, filled: Take, shot: Take) -> None:
    image, boxes = filled(SHEET, seed=2), numbers_of(SHEET)[7].boxes
    for down in (0.35, 0.5, 0.65):
        y = boxes[0].y + down * boxes[0].height
        start, end = ([int(6 * boxes[at].middle[0]), int(6 * y)] for at in (0, joined - 1))
        cv2.line(image, start, end, (30, 30, 30), 6)
    one = seen(reader, shot(image, SHEET, seed=2))
    wrong = [outcome.truth for outcome in one.outcomes if outcome.cause == "cut wrongly"]
    # the finder reads most of them out of the tangle, and cuts nothing else wrongly
    assert set(wrong) <= {int(digit) for digit in numbers_of(SHEET)[7].text[:joined]}


def test_a_blot_over_a_digit_is_no_reading(reader: FrameReader, filled: Take, shot: Take) -> None:
    image = filled(SHEET, seed=2)
    x, y = (int(6 * place) for place in numbers_of(SHEET)[7].boxes[1].middle)
    cv2.circle(image, (x, y), 36, (30, 30, 30), cv2.FILLED)
    one = seen(reader, shot(image, SHEET, seed=2))
    digits = "".join(number.text for number in numbers_of(SHEET)[:7])
    blotted = [each for each in one.outcomes if each.truth is not None][len(digits) + 1]
    assert blotted.truth == int(numbers_of(SHEET)[7].text[1])
    assert blotted.cause in ("rejected", "not found", "cut wrongly")


def test_photographs_are_added_up(reader: FrameReader, photographed_sheet: Take) -> None:
    both = [seen(reader, photographed_sheet(PrintedSheet("letter", 1), seed=seed, empty=(0,))) for seed in (1, 2)]
    total = total_of(both)
    assert total.digits == 112
    assert total.right == sum(each.score.right for each in both)
    assert total.causes["misread"] == sum(each.score.causes["misread"] for each in both)
    assert (total.numbers, len(total.photos)) == (28, 2)
    assert total.exact == 28 - sum(len(each.score.wrong) for each in both)
    assert total.share_right == total.right / 112


def test_the_share_of_each_digit_is_of_those_that_were_written(reader: FrameReader, photographed_sheet: Take) -> None:
    empty = tuple(at for at, number in enumerate(numbers_of(SHEET)) if at != 6)  # 8036 alone
    total = total_of([seen(reader, photographed_sheet(SHEET, seed=4, empty=empty))])
    assert [digit for digit, share in enumerate(total.right_by_digit) if share is not None] == [0, 3, 6, 8]


def test_digits_that_are_small_in_the_picture_are_told_of(reader: FrameReader, photographed_sheet: Take) -> None:
    near = seen(reader, photographed_sheet(SHEET, seed=1, size_wh=(1280, 960)))
    assert "nearer" not in sheet_text(total_of([near]), "tiny")
    photo = photographed_sheet(SHEET, seed=1, size_wh=(1280, 960))
    far = seen(reader, np.asarray(cv2.resize(photo, (540, 405), interpolation=cv2.INTER_AREA), np.uint8))
    assert far.score.digit_px < 20
    assert "move the camera nearer" in sheet_text(total_of([far]), "tiny")


def test_sizes_are_those_of_the_photograph_however_large(reader: FrameReader, photographed_sheet: Take) -> None:
    photo = photographed_sheet(SHEET, seed=1, size_wh=(1280, 960))
    small = seen(reader, photo).score
    large = seen(reader, np.asarray(cv2.resize(photo, None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC), np.uint8)).score
    assert large.px_per_mm > MOST_PX_PER_MM
    assert large.px_per_mm == pytest.approx(3 * small.px_per_mm, rel=0.01)
    assert large.digit_px == pytest.approx(3 * small.digit_px, rel=0.05)  # a pixel at each end of a digit


def test_an_empty_sheet_is_told_of(reader: FrameReader, photographed_sheet: Take) -> None:
    total = total_of([seen(reader, photographed_sheet(SHEET, seed=1, empty=tuple(range(15))))])
    assert "nothing is written in its boxes" in sheet_text(total, "tiny")
    assert "0 of 60" not in "".join(sheet_sections(total, [], pictures=3))


def test_the_page_shows_the_sheet_and_each_mistake(reader: FrameReader, photographed_sheet: Take) -> None:
    one = seen(reader, photographed_sheet(SHEET, seed=2, instead={(0, 0): "0", (1, 0): "8"}))
    total = total_of([one])
    html = "\n".join(sheet_sections(total, [one], pictures=24))
    assert html.count("<img ") == 1 + sum(total.causes.values())
    assert "a 7 read as 0" in html
    assert "7363</td><td>0363" in html
    fewer = "\n".join(sheet_sections(total, [one], pictures=1))
    assert fewer.count("<img ") == 1 + sum(count > 0 for count in total.causes.values())
