"""Photographs: their truth, and what is counted beside it."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from digitreader.errors import DataError, ImageError
from digitreader.measure.report import percent
from digitreader.measure.score.photos import draw_readings, photos_sections, photos_text, read_truth, score_photos
from digitreader.reading.pipeline import FrameReader
from digitreader.values import Reading

HEAD = "file,truth,kind,difficulty,note\n"
Read = Callable[..., Reading]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three grey pictures; a.png is larger than the page shows, and has a dark bar at its left edge."""
    for name, size in (("a.png", (600, 1200)), ("b.png", (60, 80)), ("c.png", (60, 80))):
        image = np.full((*size, 3), 200, np.uint8)
        if name == "a.png":
            image[100:400, 50:90] = 20
        cv2.imwrite(str(tmp_path / name), image)
    (tmp_path / "truth.csv").write_text(
        f'{HEAD}a.png,"12 3\n45",paper,easy,x\nb.png,7,board,hard,\nc.png,,paper,hard,\n'
    )
    return tmp_path


def test_the_truth_is_read_with_its_lines_and_spaces_left_out(folder: Path) -> None:
    photos = read_truth(folder)
    assert [(photo.path.name, photo.truth, photo.kind, photo.difficulty) for photo in photos] == [
        ("a.png", "12345", "paper", "easy"),
        ("b.png", "7", "board", "hard"),
        ("c.png", "", "paper", "hard"),
    ]


def test_a_truth_that_a_spreadsheet_wrote_is_read(folder: Path) -> None:
    (folder / "truth.csv").write_bytes(b"\xef\xbb\xbf" + (folder / "truth.csv").read_bytes().replace(b"\n", b"\r\n"))
    assert [photo.truth for photo in read_truth(folder)] == ["12345", "7", ""]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("file,truth,kind\na.png,1,x\n", "has no column 'difficulty'"),
        ("", "has no column 'file'"),
        (HEAD, "lists no pictures"),
        (f"{HEAD}z.png,1,x,easy,\n", "line 2: there is no picture 'z.png'"),
        (f"{HEAD},1,x,easy,\n", "line 2: there is no picture ''"),
        (f"{HEAD}a.png,12a,x,easy,\n", "line 2: the truth of a.png has 'a'"),
        (f"{HEAD}a.png,1\n", "line 2: has too few columns"),
    ],
)
def test_a_truth_that_cannot_be_meant_is_refused(folder: Path, content: str, said: str) -> None:
    (folder / "truth.csv").write_text(content)
    with pytest.raises(DataError, match=said):
        read_truth(folder)


def test_a_truth_that_is_no_text_is_refused(folder: Path) -> None:
    (folder / "truth.csv").write_bytes(HEAD.encode() + b"\xff\xfe,1,x,easy,\n")
    with pytest.raises(DataError, match="is not CSV in UTF-8"):
        read_truth(folder)


@pytest.mark.parametrize("place", ["nowhere", "a.png"])
def test_a_folder_without_a_truth_is_refused(folder: Path, place: str) -> None:
    with pytest.raises(DataError, match=r"truth\.csv: cannot be read"):
        read_truth(folder / place)


def test_a_picture_that_cannot_be_read_is_refused(folder: Path, telling: Callable[..., FrameReader]) -> None:
    (folder / "b.png").write_text("no picture")
    with pytest.raises(ImageError, match=r"b\.png"):
        score_photos(telling(), read_truth(folder))


@pytest.fixture
def answers(reading: Read) -> dict[str, list[Reading]]:
    """On a.png a digit missed and one misread; b.png right; on c.png two invented."""
    on_a = [reading(digit, 100 + 60 * at, 100, 40, 60) for at, digit in enumerate((1, 2, 9, 5))]
    return {"a.png": on_a, "b.png": [reading(7)], "c.png": [reading(4), reading(6)]}


def test_digits_missed_misread_and_invented_are_counted(
    folder: Path, telling: Callable[..., FrameReader], answers: dict[str, list[Reading]]
) -> None:
    score, _ = score_photos(telling(answers), read_truth(folder))
    assert (score.misread, score.missed, score.invented) == (1, 1, 2)
    assert (score.total.pictures, score.total.digits, score.total.errors, score.total.exact) == (3, 6, 4, 1)
    assert score.total.digit_accuracy == pytest.approx(1 / 3)
    assert [(photo.read, photo.errors) for photo in score.photos] == [("1295", 2), ("7", 0), ("46", 2)]


def test_the_calibration_error_is_that_of_the_digits_that_were_read(
    folder: Path, telling: Callable[..., FrameReader], answers: dict[str, list[Reading]]
) -> None:
    sure = {name: [replace(each, confidence=0.9) for each in readings] for name, readings in answers.items()}
    score, seen = score_photos(telling(sure), read_truth(folder))
    # 4 of the 7 digits that were read are right
    assert score.calibration_error == pytest.approx(0.9 - 4 / 7)
    assert "calibration error 32.86%" in photos_text(score, "a model")
    assert percent(0.9 - 4 / 7) in "".join(photos_sections(score, seen))


def test_without_a_digit_there_is_no_calibration_error(folder: Path, telling: Callable[..., FrameReader]) -> None:
    assert score_photos(telling(), read_truth(folder))[0].calibration_error == 0


def test_the_groups_are_those_of_the_truth(
    folder: Path, telling: Callable[..., FrameReader], answers: dict[str, list[Reading]]
) -> None:
    score, _ = score_photos(telling(answers), read_truth(folder))
    assert {name: (group.pictures, group.errors) for name, group in score.by_kind.items()} == {
        "paper": (2, 4),
        "board": (1, 0),
    }
    assert {name: (group.digits, group.digit_accuracy) for name, group in score.by_difficulty.items()} == {
        "easy": (5, 0.6),
        "hard": (1, -1.0),
    }


def test_digits_invented_on_a_picture_without_any_cost_as_much(
    folder: Path, telling: Callable[..., FrameReader], reading: Read
) -> None:
    (folder / "truth.csv").write_text(f"{HEAD}c.png,,paper,hard,\n")
    score, _ = score_photos(telling({"c.png": [reading(1), reading(2)]}), read_truth(folder))
    assert score.total.digit_accuracy == -1.0


def test_what_was_found_and_not_accepted_is_kept_for_the_picture(
    folder: Path, telling: Callable[..., FrameReader], reading: Read
) -> None:
    photos = read_truth(folder)[:1]
    (unread,) = score_photos(telling(), photos)[1][0].unread
    assert (unread.x, unread.y) == pytest.approx((50, 100), abs=4)
    covered = reading(1, 52, 102, 36, 296)
    assert score_photos(telling({"a.png": [covered]}), photos)[1][0].unread == ()


def test_the_page_shows_the_pictures_with_errors_alone(
    folder: Path, telling: Callable[..., FrameReader], answers: dict[str, list[Reading]]
) -> None:
    score, seen = score_photos(telling(answers), read_truth(folder))
    page = "".join(photos_sections(score, seen))
    assert page.count("data:image/jpeg") == 2
    assert "a.png" in page
    assert "b.png" not in page
    assert "12<mark>9</mark><mark>·</mark>5" in page or "12<mark>·</mark><mark>9</mark>5" in page
    text = photos_text(score, "a model")
    assert "a.png: is 12345, read 1295 (2 errors)" in text
    assert "c.png: is none, read 46 (2 errors)" in text


def test_boxes_lie_right_on_a_large_photograph_that_was_decoded_smaller(
    tmp_path: Path, telling: Callable[..., FrameReader], reading: Read
) -> None:
    cv2.imwrite(str(tmp_path / "large.jpg"), np.full((2100, 2400, 3), 200, np.uint8))
    (tmp_path / "truth.csv").write_text(f"{HEAD}large.jpg,7,paper,easy,\n")
    score, seen = score_photos(telling({"large.jpg": [reading(1, 1000, 800, 400, 600)]}), read_truth(tmp_path))
    packed = re.findall(r"data:image/jpeg;base64,([^\"]+)", "".join(photos_sections(score, seen)))[0]
    shown = np.asarray(cv2.imdecode(np.frombuffer(base64.b64decode(packed), np.uint8), cv2.IMREAD_COLOR), int)
    columns = np.flatnonzero((np.abs(shown[450] - 200) > 60).any(axis=1))  # a row through the middle of the box
    assert (columns.min(), columns.max()) == pytest.approx((1000 * 960 / 2400, 1400 * 960 / 2400), abs=3)


def test_a_reading_is_drawn_in_the_colour_of_what_became_of_it(
    folder: Path, telling: Callable[..., FrameReader], answers: dict[str, list[Reading]]
) -> None:
    _, seen = score_photos(telling(answers), read_truth(folder))
    canvas = np.zeros((300, 600, 3), np.uint8)
    draw_readings(canvas, seen[0], zoom=0.5)
    green, orange, grey = (0x73, 0x9E, 0x00), (0x00, 0x5E, 0xD5), (0x98, 0x8F, 0x8A)
    assert tuple(canvas[60, 50]) == green  # the 1's left edge at half its place
    assert tuple(canvas[60, 110]) == orange or tuple(canvas[60, 140]) == orange
    assert (canvas == grey).all(axis=2).any()
