"""`digitreader data`: the description, the contact sheet, and every form written and read again."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from digitreader.cli.data import FORM_NAMES
from digitreader.measure.data.own import class_folders, convert
from digitreader.measure.data.own.digit_set import content_sha256
from digitreader.measure.data.own.load import load_digit_set
from digitreader.measure.data.own.notices import tell

Run = Callable[..., Any]
Digits = tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]
Write = Callable[..., Path]


@pytest.fixture
def folder(digits: Digits, tmp_path: Path, write_folders: Write) -> Path:
    """Class folders with a picture twice, one of them under another label, a blank one, and a damaged one."""
    mine = write_folders(tmp_path / "mine", 255 - digits[0], digits[1])
    (mine / "3" / "again.png").write_bytes(min((mine / "3").iterdir()).read_bytes())
    (mine / "4" / "three.png").write_bytes(min((mine / "3").iterdir()).read_bytes())
    cv2.imwrite(str(mine / "5" / "blank.png"), np.full((20, 20), 255, np.uint8))
    (mine / "6" / "bad.png").write_bytes(b"nothing")
    return mine


def test_a_set_is_described_for_people(digitreader: Run, folder: Path) -> None:
    ran = digitreader("data", folder)
    assert ran.status == 1
    assert "mine: 62 pictures, class folders" in ran.out
    assert "28x28 (62)" in ran.out
    assert "black on white; they are taken as white on black" in ran.out
    assert "2 pictures are copies of others, 1 is labelled differently" in ran.out
    assert "left out   2" in ran.out
    assert ran.err.count("\n") == 2
    assert "5/blank.png: has no ink" in ran.err
    assert "bad.png: is not a picture" in ran.err


def test_json_says_the_same(digitreader: Run, folder: Path) -> None:
    ran = digitreader("data", folder, "--format", "json")
    said = json.loads(ran.out)
    assert said["parts"]["all"]["3"] == 7
    assert sum(sum(counts.values()) for counts in said["split"].values()) == 62
    assert said["equal"] == {"pictures": 2, "labelled_differently": 1, "in_several_parts": 0}
    assert (said["blank"], said["polarity"], len(said["left_out"])) == (0, "black on white", 2)
    assert len(said["sha256"]) == 64


def test_pictures_in_two_parts_are_counted(digitreader: Run, digits: Digits, tmp_path: Path) -> None:
    arrays = {"x_train": digits[0][:40], "y_train": digits[1][:40], "x_test": digits[0][35:], "y_test": digits[1][35:]}
    np.savez(tmp_path / "a.npz", **arrays)  # type: ignore[arg-type]
    ran = digitreader("data", tmp_path / "a.npz", "--format", "json")
    assert ran.status == 0
    assert json.loads(ran.out)["equal"]["in_several_parts"] == 5


@pytest.mark.parametrize("target", ["new.npz", "new.csv", "new", "idx", "npz", "csv"])
@pytest.mark.parametrize("split", [False, True])
def test_each_form_is_written_and_read_again_as_the_same_set(
    digitreader: Run, digits: Digits, tmp_path: Path, target: str, split: bool
) -> None:
    cuts = {"train": slice(40), "val": slice(40, 50), "test": slice(50, 60)} if split else {"": slice(60)}
    labels = digits[1].copy()
    labels[:3] = 10
    arrays: dict[str, Any] = {}
    for name, places in cuts.items():
        arrays |= {f"x{name and '_' + name}": digits[0][places], f"y{name and '_' + name}": labels[places]}
    np.savez(tmp_path / "a.npz", **arrays)
    named = ["--as", target] if target in FORM_NAMES else []
    (tmp_path / "out").mkdir()
    ran = digitreader("data", tmp_path / "a.npz", "--to", tmp_path / "out" / target, *named)
    assert ran.status == 0
    again = load_digit_set(tmp_path / "out" if target == "new.csv" else tmp_path / "out" / target)
    first = load_digit_set(tmp_path / "a.npz")
    assert content_sha256(again.parts) == content_sha256(first.parts)
    for name, part in first.parts.items():
        np.testing.assert_array_equal(again.parts[name].images, part.images)


def test_a_contact_sheet_shows_a_row_of_each_class(digitreader: Run, folder: Path, tmp_path: Path) -> None:
    refused = digitreader("data", folder, "--sheet", tmp_path / "new" / "sheet.png")
    assert (refused.status, (tmp_path / "new").exists()) == (1, False)
    assert "new: there is no such folder; make it first: mkdir -p" in refused.err
    (tmp_path / "new").mkdir()
    ran = digitreader("data", folder, "--sheet", tmp_path / "new" / "sheet.png")
    sheet = cv2.imread(str(tmp_path / "new" / "sheet.png"), cv2.IMREAD_GRAYSCALE)
    assert sheet is not None
    assert sheet.shape == (4 + 10 * 52, 64 + 20 * 52)
    assert all((sheet[4 + 52 * row : 52 + 52 * row, 64:112] > 200).any() for row in range(10))
    assert "sheet.png: written" in ran.err


def test_a_folder_with_files_is_not_written_into(digitreader: Run, folder: Path) -> None:
    ran = digitreader("data", folder, "--to", folder)
    assert ran.status == 1
    assert "holds files already; give a new folder" in ran.err


@pytest.mark.parametrize("name", ["a.csv", "a.npz", "a.csv.gz"])
def test_what_was_written_is_not_written_over(digitreader: Run, folder: Path, tmp_path: Path, name: str) -> None:
    digitreader("data", folder, "--to", tmp_path / name)
    content = (tmp_path / name).read_bytes()
    ran = digitreader("data", folder, "--to", tmp_path / name)
    assert ran.status == 1
    assert f"{name}: exists already; give another name" in ran.err
    assert (tmp_path / name).read_bytes() == content


def test_a_table_is_packed_if_its_name_says_so(digitreader: Run, folder: Path, tmp_path: Path) -> None:
    for name in ("a.csv", "a.csv.gz"):
        digitreader("data", folder, "--to", tmp_path / name)
    assert gzip.decompress((tmp_path / "a.csv.gz").read_bytes()) == (tmp_path / "a.csv").read_bytes()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--to", "a.xlsx"], "need a .csv, .csv.gz, .npz or a folder"),
        (["--to", "a.npz", "--as", "csv"], "--as says csv"),
    ],
)
def test_a_form_that_cannot_be_told_is_a_wrong_command_line(
    digitreader: Run, folder: Path, words: list[str], says: str
) -> None:
    ran = digitreader("data", folder, *words)
    assert ran.status == 2
    assert says in ran.err


def test_the_command_offers_the_forms_that_are_written() -> None:
    assert set(FORM_NAMES) == set(convert.WRITERS)


def test_the_choices_that_were_made_for_a_set_are_said_before_it_is_used(
    digits: Digits, tmp_path: Path, write_csv: Write, write_folders: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    photographed = (190 - 0.6 * digits[0] + np.random.default_rng(2).normal(0, 2, digits[0].shape)).astype(np.uint8)
    tell(load_digit_set(write_folders(tmp_path / "photographed", photographed, digits[1])))
    said = capsys.readouterr().err
    assert "photographed: the pictures are black on white; they are taken as white on black" in said
    assert "photographed: the gray of the paper is taken away" in said
    tell(load_digit_set(write_csv(tmp_path / "a.csv", *digits, header=False)))
    assert "its columns have no names; the first one is taken for the label" in capsys.readouterr().err


def test_ten_files_that_were_left_out_are_named_and_the_others_counted(
    digits: Digits, tmp_path: Path, write_folders: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_folders(tmp_path / "mine", *digits)
    for number in range(12):
        (folder / "3" / f"bad{number}.png").write_bytes(b"nothing")
    tell(load_digit_set(folder))
    lines = capsys.readouterr().err.splitlines()
    assert sum("left out: " in line for line in lines) == 10
    assert "mine: 12 left out in all; digitreader data --format json lists them" in lines[-1]


def test_the_reading_of_many_pictures_shows_its_progress(
    digits: Digits,
    tmp_path: Path,
    write_folders: Write,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(class_folders, "MANY_PICTURES", 60)
    folder = write_folders(tmp_path / "mine", *digits)
    assert len(load_digit_set(folder).everything()) == 60
    assert f"reading {folder}: 60 in " in capsys.readouterr().err
