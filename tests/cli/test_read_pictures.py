"""`digitreader read` on pictures: each output format, many sources, and what is said of bad ones."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import cv2
import numpy as np
import pytest

Run = Callable[..., CompletedProcess[str]]
Pictures = Callable[..., list[Path]]


def records(done: CompletedProcess[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_single_picture_prints_its_digits_alone(run: Run, pictures: Pictures) -> None:
    done = run("read", *pictures("3141.png"))
    assert (done.returncode, done.stdout, done.stderr) == (0, "3141\n", "")


def test_several_pictures_print_their_names_in_the_order_given(run: Run, pictures: Pictures) -> None:
    second, first = pictures("27.png", "18.jpg")
    done = run("read", first, second)
    assert done.stdout == f"{first}: 18\n{second}: 27\n"


def test_a_picture_without_digits_prints_nothing_and_says_so(run: Run, pictures: Pictures) -> None:
    (blank,) = pictures("blank.png")
    done = run("read", blank)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == f"digitreader: {blank}: no digits found\n"


def test_writing_too_small_to_be_read_is_one_line_that_says_how_high_it_is(
    run: Run, pictures: Pictures, tmp_path: Path
) -> None:
    image = np.full((120, 320, 3), 255, np.uint8)
    image[40:45, 20:24] = 0
    path = tmp_path / "scan.png"
    cv2.imwrite(str(path), image)
    said = f"digitreader: {path}: writing about 5 pixels high is too small to read; photograph it closer\n"
    done = run("read", path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", said)
    image[20:80, 100:124] = 10
    cv2.imwrite(str(path), image)
    assert (run("read", path).stdout, run("read", path).stderr) == ("0\n", said)
    assert run("read", "--format", "jsonl", path).stderr == ""


def test_a_folder_is_read_in_natural_order_with_names(run: Run, pictures: Pictures, tmp_path: Path) -> None:
    pictures("10.png", "9.png", "100.jpg")
    assert run("read", tmp_path).stdout == f"{tmp_path}/9.png: 9\n{tmp_path}/10.png: 10\n{tmp_path}/100.jpg: 100\n"


def test_jsonl_gives_one_object_for_each_picture(run: Run, pictures: Pictures) -> None:
    paths = pictures("12.png", "3.jpg")
    done = run("read", "--format", "jsonl", *paths)
    assert done.returncode == 0
    assert [(record["source"], record["frame"], record["text"]) for record in records(done)] == [
        (str(paths[0]), 0, "12"),
        (str(paths[1]), 0, "3"),
    ]
    line = json.loads(done.stdout.splitlines()[0])["lines"][0]
    assert line["text"] == "12"
    assert line["digits"][1] == {"digit": 2, "confidence": 0.95, "box": [46, 20, 24, 60]}


def test_csv_gives_one_row_for_each_digit(run: Run, pictures: Pictures) -> None:
    done = run("read", "--format", "csv", *pictures("12.png", "3.jpg"))
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [row["digit"] for row in rows] == ["1", "2", "3"]
    assert [rows[0][side] for side in ("x", "y", "width", "height")] == ["10", "20", "24", "60"]


def test_boxes_are_in_pixels_of_the_whole_picture_where_it_is_decoded_smaller(
    run: Run, pictures: Pictures, tmp_path: Path
) -> None:
    small = cv2.imread(str(pictures("12.png")[0]))
    assert small is not None
    cv2.imwrite(str(tmp_path / "photo.jpg"), cv2.resize(small, (6400, 2400), interpolation=cv2.INTER_NEAREST))
    done = run("read", "--format", "jsonl", tmp_path / "photo.jpg")
    box = json.loads(done.stdout)["lines"][0]["digits"][1]["box"]
    np.testing.assert_allclose(box, [46 * 20, 20 * 20, 24 * 20, 60 * 20], atol=8)  # a few pixels of JPEG's blur


def test_options_may_stand_between_sources(run: Run, pictures: Pictures) -> None:
    first, second = pictures("1.png", "2.png")
    assert len(records(run("read", first, "--format", "jsonl", second))) == 2


def test_a_picture_on_stdin_is_read(run: Run, pictures: Pictures, monkeypatch: pytest.MonkeyPatch) -> None:
    with pictures("55.png")[0].open("rb") as file:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(file))
        done = run("read", "-", "--format", "jsonl")
    assert [(record["source"], record["text"]) for record in records(done)] == [("-", "55")]


BAD = {
    "missing.jpg": "cannot be read (No such file or directory)",
    "empty.jpg": "is empty",
    "text.jpg": "is not a picture",
    "cut.jpg": "is damaged or cut short",
    "cut.png": "is damaged or cut short",
    "folder": "holds no pictures",
}
"""What is not a picture, and what is said of it."""


@pytest.fixture
def bad(tmp_path: Path) -> dict[str, Path]:
    """One of each of `BAD`."""
    noisy = np.random.default_rng(0).integers(0, 256, (200, 200, 3), dtype=np.uint8)
    jpeg, png = (cv2.imencode(suffix, noisy)[1].tobytes() for suffix in (".jpg", ".png"))
    contents = {"empty.jpg": b"", "text.jpg": b"Dear diary,\n", "cut.jpg": jpeg[: len(jpeg) // 2], "cut.png": png[:500]}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "folder").mkdir()
    return {name: tmp_path / name for name in BAD}


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("output", ["text", "jsonl", "csv"])
def test_a_bad_picture_is_one_line_and_status_1_and_the_others_are_read(
    name: str, output: str, bad: dict[str, Path], run: Run, pictures: Pictures
) -> None:
    before, after = pictures("12.png", "34.png")
    done = run("read", "--format", output, before, bad[name], after)
    assert done.returncode == 1
    assert done.stderr.startswith(f"digitreader: error: {bad[name]}: {BAD[name]}")
    assert done.stderr.count("\n") == 1
    assert str(before) in done.stdout
    assert str(after) in done.stdout


def test_jsonl_has_a_line_for_a_bad_picture_in_its_place(bad: dict[str, Path], run: Run, pictures: Pictures) -> None:
    before, after = pictures("12.png", "34.png")
    done = run("read", "--format", "jsonl", before, bad["text.jpg"], after)
    assert [record["text"] for record in records(done)] == ["12", "", "34"]
    failed = records(done)[1]
    assert (failed["source"], failed["frame"]) == (str(bad["text.jpg"]), 0)
    assert str(failed["error"]).startswith(f"{bad['text.jpg']}: is not a picture")


def test_one_pixel_has_no_digits(run: Run, tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "dot.png"), np.zeros((1, 1, 3), np.uint8))
    done = run("read", "--format", "jsonl", tmp_path / "dot.png")
    assert (done.returncode, records(done)[0]["text"]) == (0, "")


def test_a_strip_30000_pixels_wide_is_read(run: Run, pictures: Pictures, tmp_path: Path) -> None:
    strip = np.full((120, 30_000, 3), 255, np.uint8)
    bars = cv2.imread(str(pictures("4711.png")[0]))
    assert bars is not None
    strip[:, -320:] = bars
    cv2.imwrite(str(tmp_path / "strip.png"), strip)
    assert run("read", tmp_path / "strip.png").stdout == "4711\n"


@pytest.mark.parametrize("output", ["text", "jsonl", "csv"])
def test_a_name_that_is_no_utf8_does_no_harm(output: str, run: Run, pictures: Pictures, tmp_path: Path) -> None:
    odd = pictures("7.png")[0].rename(tmp_path / os.fsdecode(b"caf\xe9.png"))
    done = run("read", "--format", output, odd, odd)
    assert done.returncode == 0
    assert "caf" in done.stdout


def test_annotate_leaves_a_picture_for_each_picture(run: Run, pictures: Pictures, tmp_path: Path) -> None:
    run("read", *pictures("x/12.png", "y/12.png", "3.jpg"), "--annotate", tmp_path / "out")
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["12.read-2.jpg", "12.read.jpg", "3.read.jpg"]


def test_annotate_into_the_folder_of_the_pictures_leaves_them_as_they_are(
    run: Run, pictures: Pictures, tmp_path: Path
) -> None:
    paths = pictures("1.jpg", "2.jpg")
    before = [path.read_bytes() for path in paths]
    for _ in range(2):
        assert run("read", *paths, "--annotate", tmp_path).returncode == 0
    assert [path.read_bytes() for path in paths] == before


def test_a_folder_for_pictures_that_cannot_be_written_to_ends_the_run_before_it_begins(
    run: Run, pictures: Pictures
) -> None:
    (picture,) = pictures("1.jpg")
    done = run("read", picture, "--annotate", picture / "out")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"digitreader: error: {picture}/out: {picture} is a file, not a folder; choose another place\n"
    )
