"""`digitreader score`: its parts as text, JSON and page, and what it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from digitreader.cli import score
from digitreader.measure.data import DataPlace
from digitreader.measure.score.finding.kinds import KINDS
from digitreader.measure.score.scenes import CHOICES, LIMITS, PRESETS


class Ran(Protocol):
    """What a command line did."""

    status: int
    out: str
    err: str


PARTS = [part for part in score.PARTS if part != "sheet"]
"""The part of the test sheet needs one that was photographed, and has tests of its own."""

Run = Callable[..., Ran]
Write = Callable[[Path, npt.NDArray[np.uint8]], Path]


@pytest.fixture
def commands(tmp_path: Path, drawn_place: DataPlace) -> dict[str, list[str]]:
    """A small command line for each part."""
    images = np.zeros((4, 20, 20), np.uint8)
    images[:, 3:17, 9:12] = 255
    np.savez(tmp_path / "ones.npz", x=images, y=np.ones(4, np.uint8))
    cv2.imwrite(str(tmp_path / "blank.png"), np.full((60, 80, 3), 220, np.uint8))
    (tmp_path / "truth.csv").write_text("file,truth,kind,difficulty\nblank.png,7,paper,easy\n")
    data = ["--data", str(drawn_place.folder), "--any-digits"]
    return {
        "scenes": ["scenes", "--count", "2", "--size", "320x240", "--difficulty", "easy"],
        "finding": ["finding", "--kind", "meter", "--kind", "scribbles", "--count", "6", "--empty", "1"],
        "photos": ["photos", str(tmp_path)],
        "corruptions": ["corruptions", "--limit", "20", *data],
        "hands": ["hands", str(tmp_path / "ones.npz")],
        "negatives": ["negatives", "--count", "40", "--keep", "0.9", *data],
        "video": ["video", "--minutes", "0.05", "--fps", "5", "--size", "320x240"],
        "meter": ["meter", "--hours", "0.02", "--fps", "2", "--size", "320x240"],
    }


KEYS = {
    "scenes": {"difficulty", "scenes", "digits", "right", "causes", "digit_accuracy", "exact"},
    "finding": {"seed", "kinds", "without_digits"},
    "photos": {"total", "misread", "missed", "invented", "calibration_error", "by_kind", "by_difficulty", "photos"},
    "corruptions": {"n", "mean", "clean", "corruptions"},
    "hands": {"n", "accuracy", "ece", "accepted", "misread", "rejected", "confusion", "bins"},
    "negatives": {"n", "accepted", "share", "taken_for", "classes", "at_kept"},
    "video": {"minutes", "frames", "false_readings", "per_hour", "frames_with_digits", "subjects"},
    "meter": {"hours", "frames", "draws", "told", "doubtful", "wrong", "late", "median_s"},
}


@pytest.mark.parametrize("part", PARTS)
def test_a_part_is_told_in_lines(digitreader: Run, commands: dict[str, list[str]], part: str) -> None:
    ran = digitreader("score", *commands[part])
    assert ran.status == 0
    assert ran.out.startswith("accurate")
    assert ran.out.count("\n") > 3
    assert "\r" not in ran.err


@pytest.mark.parametrize("part", PARTS)
def test_a_part_is_told_as_one_line_of_json_the_same_each_time(
    digitreader: Run, commands: dict[str, list[str]], part: str
) -> None:
    first, again = (digitreader("score", *commands[part], "--format", "json") for _ in range(2))
    assert first.status == 0
    assert first.out.count("\n") == 1
    assert KEYS[part] <= set(json.loads(first.out))
    assert first.out == again.out


@pytest.mark.parametrize("part", PARTS)
def test_a_part_writes_one_page(digitreader: Run, commands: dict[str, list[str]], part: str, tmp_path: Path) -> None:
    page = tmp_path / "page" / "report.html"
    page.parent.mkdir()
    ran = digitreader("score", *commands[part], "--report", page)
    assert ran.status == 0
    html = page.read_text(encoding="utf-8")
    assert html.startswith("<!doctype html>")
    assert html.rstrip().endswith("</html>")
    assert "accurate (784-512-128-10 neurons" in html
    assert f"{page}: " in ran.err
    assert [path.name for path in page.parent.iterdir()] == ["report.html"]


@pytest.mark.parametrize("part", PARTS)
def test_help_shows_examples_of_the_part(digitreader: Run, part: str) -> None:
    ran = digitreader("score", part, "--help")
    assert ran.status == 0
    assert f"  digitreader score {part}" in ran.out


def test_help_lists_every_part_knob_and_preset(digitreader: Run) -> None:
    listed = digitreader("score", "--help").out.partition("parts:")[2].partition("examples:")[0].split()
    assert set(PARTS) <= set(listed)
    words = digitreader("score", "scenes", "--help").out
    assert all(f"{knob}=" in words for knob in (*LIMITS, *CHOICES))
    assert all(name in words for names in CHOICES.values() for name in names)
    assert "{" + ",".join(PRESETS) + "}" in words


def test_help_lists_every_kind_of_the_part_finding(digitreader: Run) -> None:
    listed = digitreader("score", "finding", "--help").out.partition("examples:")[0].split()
    assert set(KINDS) <= set(listed)


def test_an_idx_pair_is_read_as_well(digitreader: Run, tmp_path: Path, write_idx: Write) -> None:
    images = np.zeros((2, 28, 28), np.uint8)
    images[:, 5:23, 13:15] = 255
    pair = ["--images", write_idx(tmp_path / "i", images), "--labels", write_idx(tmp_path / "l", np.ones(2, np.uint8))]
    ran = digitreader("score", "hands", *pair, "--format", "json")
    assert ran.status == 0
    assert json.loads(ran.out)["n"] == 2


SHARES = {"n", "pictures", "right", "misread", "lost", "invented", "right_share", "misread_share", "lost_share"}


def test_corruptions_on_paper_are_told_in_json_and_on_a_page(
    digitreader: Run, commands: dict[str, list[str]], tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    words = ["score", *commands["corruptions"], "--as-frames", "--limit", "3", "--format", "json", "--report", page]
    ran = digitreader(*words)
    assert ran.status == 0
    told = json.loads(ran.out)
    assert {"n", "seed", "mean", "invented", "clean", "corruptions"} <= set(told)
    assert len(told["corruptions"]) == 15
    for each in (told["clean"], *told["corruptions"]):
        assert set(each) >= SHARES
        assert each["right"] + each["misread"] + each["lost"] == each["n"] == 3
    assert "laid on paper" in page.read_text(encoding="utf-8")


def test_hands_on_paper_are_told_in_json_and_on_a_page(
    digitreader: Run, commands: dict[str, list[str]], tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    ran = digitreader("score", *commands["hands"], "--as-frames", "--format", "json", "--report", page)
    assert ran.status == 0
    told = json.loads(ran.out)
    assert set(told["total"]) >= SHARES
    assert [(each["digit"], each["n"]) for each in told["by_digit"]] == [(1, 4)]
    assert "laid on paper" in page.read_text(encoding="utf-8")


def test_a_folder_of_pictures_is_found_and_read(digitreader: Run, tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "blank.png"), np.full((60, 80, 3), 220, np.uint8))
    ran = digitreader("score", "negatives", tmp_path, "--report", tmp_path / "page.html")
    assert ran.status == 0
    assert "(0, at the model's threshold" in ran.out


def test_the_size_of_the_scenes_and_their_knobs_stand_in_the_page(digitreader: Run, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    ran = digitreader(
        "score",
        "scenes",
        "--count",
        "1",
        "--size",
        "320x240",
        "--set",
        "noise=9",
        "--set",
        "pens=red",
        "--report",
        page,
    )
    assert ran.status == 0
    assert ran.out.startswith("accurate, medium noise=9 pens=red: 1 scenes")
    assert "<td>noise</td><td>9.0</td>" in page.read_text()
    assert "<td>pens</td><td>red</td>" in page.read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "PART"),
        (["everything"], "everything: there is no such part"),
        (["scenes", "--count", "0"], "'0' is not a number of scenes; give 1 or more"),
        (["scenes", "--seed", "-1"], "--seed"),
        (["scenes", "--size", "32x32"], "'32x32' is not a size"),
        (["scenes", "--set", "loudness=3"], "'loudness=3': no such setting"),
        (["scenes", "--set", "noise=loud"], "noise=loud: give a number from 0 to 60"),
        (["scenes", "--difficulty", "cruel"], "'cruel' is not a choice"),
        (["scenes", "--pictures", "some"], "'some' is not a number of pictures"),
        (["finding", "--kind", "quill"], "--kind quill: there is no such kind; give one of dark-rules"),
        (["finding", "--empty", "0"], "'0' is not a number of pictures; give 1 or more"),
        (["photos"], "FOLDER"),
        (["corruptions", "--limit", "0"], "'0' is not a number of images"),
        (["hands", "--images", "i"], "--images and --labels belong together"),
        (["hands", "a.npz", "--images", "i", "--labels", "l"], "three ways to name digits; give one"),
        (["negatives", "--keep", "1.2"], "'1.2' is not a share of digits; give a number above 0, at most 1"),
        (["negatives", "--keep", "nan"], "'nan' is not a share of digits"),
        (["negatives", ".", "--keep", "0.9"], "--keep is for inks"),
        (["video", "--minutes", "0"], "'0' is not a time; give a number above 0"),
        (["video", "--minutes", "long"], "'long' is not a time"),
        (["video", "--minutes", "0.0001", "--fps", "1"], "have no frame"),
        (["video", "--fps", "inf"], "'inf' is not a frame rate"),
        (["video", "--format", "xml"], "'xml' is not a choice"),
    ],
)
def test_a_command_line_that_cannot_be_meant_is_refused_in_one_line(
    digitreader: Run, arguments: list[str], said: str
) -> None:
    ran = digitreader("score", *arguments)
    assert (ran.status, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert said in ran.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["photos", "nowhere"], "truth.csv: cannot be read"),
        (["hands", "nowhere.npz"], "nowhere.npz: no such folder or file"),
        (["hands", "--images", "nowhere", "--labels", "nowhere"], "nowhere: cannot be read"),
        (["corruptions", "--data", "nowhere"], "nowhere: no such folder"),
        (["negatives", "nowhere.npz"], "nowhere.npz: cannot be read"),
        (["negatives", "."], "holds no pictures"),
        (["video", "--model", "enormous"], "enormous: no such model"),
        (["video", "--report", "."], "is a folder; give the name of a file"),
        (["video", "--report", "file.txt/page.html"], "file.txt is a file, not a folder"),
        (["video", "--report", "no/page.html"], "no: there is no such folder; make it first: mkdir -p no"),
    ],
)
def test_what_cannot_be_read_or_written_is_refused_in_one_line(
    digitreader: Run, arguments: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file.txt").write_text("")
    monkeypatch.chdir(tmp_path)
    ran = digitreader("score", *arguments)
    assert (ran.status, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert said in ran.err
