"""`digitreader sheet` and `digitreader score --sheet`: from the command line to a printed sheet and its score."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
import pytest

from digitreader.measure.sheet.layout import PrintedSheet, draw_sheet
from digitreader.values import ColourImage


class Ran(Protocol):
    """What a command line did."""

    status: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture(scope="module")
def photo(photographed_sheet: Callable[..., ColourImage], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A photograph of a sheet with ten numbers filled in."""
    path = tmp_path_factory.mktemp("photos") / "photo.png"
    image = photographed_sheet(PrintedSheet("letter", 5), seed=6, size_wh=(960, 720), empty=(10, 11, 12, 13, 14))
    cv2.imwrite(str(path), image)
    return path


def test_a_sheet_is_written(digitreader: Run, tmp_path: Path) -> None:
    path = tmp_path / "out.pdf"
    ran = digitreader("sheet", path)
    assert (ran.status, ran.out) == (0, "")
    assert "test sheet A4-0000; print it at 100 %" in ran.err
    assert path.read_bytes() == draw_sheet(PrintedSheet("a4", 0))


def test_paper_and_number_are_chosen(digitreader: Run, tmp_path: Path) -> None:
    assert digitreader("sheet", tmp_path / "out.pdf", "--paper", "letter", "--number", "12").status == 0
    assert (tmp_path / "out.pdf").read_bytes() == draw_sheet(PrintedSheet("letter", 12))


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["."], 1, "is a folder; give the name of a file"),
        (["file.txt/out.pdf"], 1, "file.txt is a file, not a folder; choose another place"),
        (["new/out.pdf"], 1, "new: there is no such folder; make it first: mkdir -p new"),
        (["out.png"], 2, "out.png: the sheet is a PDF; give a name that ends in .pdf"),
        ([], 2, "OUT.pdf"),
        (["out.pdf", "--paper", "a5"], 2, "'a5' is not a choice"),
        (["out.pdf", "--number", "4096"], 2, "'4096' is not the number of a sheet; give 0 to 4095"),
        (["out.pdf", "--number", "one"], 2, "'one' is not the number of a sheet"),
    ],
)
def test_a_sheet_that_cannot_be_drawn_or_written_is_told_of_in_one_line(
    digitreader: Run, arguments: list[str], status: int, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file.txt").write_text("")
    monkeypatch.chdir(tmp_path)
    ran = digitreader("sheet", *arguments)
    assert (ran.status, ran.out, ran.err.count("\n")) == (status, "", 1)
    assert said in ran.err
    assert [path.name for path in tmp_path.iterdir()] == ["file.txt"]


def test_a_file_is_replaced_only_where_that_is_asked_for(digitreader: Run, tmp_path: Path) -> None:
    sheet = tmp_path / "out.pdf"
    sheet.write_bytes(b"%PDF-mine")
    refused = digitreader("sheet", sheet)
    assert (refused.status, refused.err.count("\n")) == (1, 1)
    assert "exists already; give another name, or --force to replace it" in refused.err
    assert sheet.read_bytes() == b"%PDF-mine"
    assert digitreader("sheet", sheet, "--force").status == 0
    assert sheet.read_bytes() == draw_sheet(PrintedSheet("a4", 0))


def test_a_photograph_is_scored_in_lines(digitreader: Run, photo: Path) -> None:
    ran = digitreader("score", "--sheet", photo)
    assert ran.status == 0
    assert ran.out.startswith("accurate on test sheets: 1 photograph with 40 written digits\n")
    assert f"{photo}: sheet LETTER-0005, digits " in ran.out
    assert "5 numbers left empty" in ran.out
    assert all(f"\n  {cause} " in ran.out for cause in ("misread", "cut wrongly", "rejected", "not found", "invented"))


def test_the_option_and_the_part_are_the_same(digitreader: Run, photo: Path) -> None:
    one = digitreader("score", "--sheet", photo, "--format", "json")
    other = digitreader("score", "sheet", "--format", "json", photo)
    assert (one.status, other.status) == (0, 0)
    assert one.out == other.out
    assert {"digits", "right", "share_right", "causes", "photos"} <= set(json.loads(one.out))


@pytest.mark.parametrize(
    "words",
    [
        ["--format", "json", "--sheet", "PHOTO"],
        ["--format", "json", "--sheet=PHOTO"],
        ["--model", "tiny", "--sheet", "PHOTO", "--format", "json"],
        ["sheet", "PHOTO", "--format", "json"],
    ],
)
def test_options_may_stand_before_the_sheet_and_after_it(digitreader: Run, photo: Path, words: list[str]) -> None:
    ran = digitreader("score", *(word.replace("PHOTO", str(photo)) for word in words))
    assert ran.status == 0
    assert json.loads(ran.out)["digits"] == 40


def test_a_photograph_without_a_sheet_is_told_of_and_the_others_are_scored(
    digitreader: Run, photo: Path, tmp_path: Path
) -> None:
    cv2.imwrite(str(tmp_path / "blank.png"), np.full((480, 640), 220, np.uint8))
    ran = digitreader("score", "--sheet", tmp_path / "missing.png", tmp_path / "blank.png", photo, "--format", "json")
    assert (ran.status, ran.err.count("\n")) == (1, 2)
    assert "missing.png" in ran.err
    assert "blank.png" in ran.err
    assert json.loads(ran.out)["digits"] == 40


def test_where_no_photograph_shows_a_sheet_each_is_told_of(digitreader: Run, tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        cv2.imwrite(str(tmp_path / name), np.full((480, 640), 220, np.uint8))
    ran = digitreader("score", "--sheet", tmp_path)
    assert (ran.status, ran.out, ran.err.count("\n")) == (1, "", 3)
    assert "none of the 2 sources shows a filled-in test sheet" in ran.err


def test_a_sheet_that_nobody_filled_in_is_an_error(
    digitreader: Run, photo: Path, photographed_sheet: Callable[..., ColourImage], tmp_path: Path
) -> None:
    empty = photographed_sheet(PrintedSheet("letter", 5), seed=6, size_wh=(960, 720), empty=tuple(range(15)))
    path = tmp_path / "empty.png"
    cv2.imwrite(str(path), empty)
    alone = digitreader("score", "--sheet", path)
    assert (alone.status, alone.out, alone.err.count("\n")) == (1, "", 1)
    assert "empty.png: sheet LETTER-0005 is empty; copy its numbers by hand into the boxes" in alone.err
    both = digitreader("score", "--sheet", path, photo, "--format", "json")
    assert (both.status, both.err.count("\n"), json.loads(both.out)["digits"]) == (1, 1, 40)


def test_several_photographs_and_folders_of_them_are_added_up(digitreader: Run, photo: Path) -> None:
    ran = digitreader("score", "--sheet", photo, photo.parent, "--format", "json")
    assert json.loads(ran.out)["digits"] == 80


def test_the_report_is_one_page(digitreader: Run, photo: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    assert digitreader("score", "sheet", photo, "--report", page, "--pictures", "0").status == 0
    html = page.read_text(encoding="utf-8")
    assert "Test sheet: LETTER-0005" in html
    assert html.count("<img ") == 1


def test_of_a_video_the_sharpest_frame_that_shows_the_sheet_is_scored(
    digitreader: Run, photo: Path, tmp_path: Path
) -> None:
    sharp = cv2.imread(str(photo))
    assert sharp is not None
    soft = cv2.GaussianBlur(sharp, (0, 0), 2.5)
    path = tmp_path / "clip.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 25.0, (sharp.shape[1], sharp.shape[0]))
    for frame in (np.full_like(sharp, 90), soft, soft, sharp, soft):
        writer.write(frame)
    writer.release()
    still, clip = (digitreader("score", "--sheet", source, "--format", "json") for source in (photo, path))
    figures, wanted = json.loads(clip.out), json.loads(still.out)
    assert figures["digits"] == wanted["digits"]
    assert abs(figures["right"] - wanted["right"]) <= 2  # the video is compressed


def test_a_video_without_a_sheet_is_told_of(digitreader: Run, tmp_path: Path) -> None:
    path = tmp_path / "clip.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 25.0, (320, 240))
    for _ in range(3):
        writer.write(np.full((240, 320, 3), 200, np.uint8))
    writer.release()
    ran = digitreader("score", "--sheet", path)
    assert (ran.status, ran.out, ran.err.count("\n")) == (1, "", 2)
    assert "clip.avi: hold the test sheet still before the camera" in ran.err
    assert "0 of a test sheet's 4 corner marks" in ran.err


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["--sheet"], 2, "SOURCE"),
        (["--sheet", "nowhere.jpg"], 1, "nowhere.jpg: cannot be read"),
        (["--sheet", "wall.png"], 1, "wall.png: 0 of a test sheet's 4 corner marks were found"),
        (["--sheet", "wall.png", "--louder"], 2, "--louder: this option does not exist"),
        (["sheet", "wall.png", "--format", "xml"], 2, "'xml' is not a choice"),
    ],
)
def test_what_cannot_be_scored_is_told_of_in_one_line(
    digitreader: Run, arguments: list[str], status: int, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    cv2.imwrite("wall.png", np.full((200, 300), 190, np.uint8))
    ran = digitreader("score", *arguments)
    assert (ran.status, ran.out, ran.err.count("\n")) == (status, "", 1)
    assert said in ran.err


def test_help_of_both_shows_examples(digitreader: Run) -> None:
    assert "  digitreader sheet out.pdf\n" in digitreader("sheet", "--help").out
    assert "  digitreader score --sheet photo.jpg " in digitreader("score", "sheet", "--help").out
    assert "--sheet" in digitreader("score", "--help").out
