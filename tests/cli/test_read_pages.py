"""`digitreader read` on files with several pages: the pages of a TIFF and the frames of an animation."""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import cv2
import pytest

from digitreader.camera.image_header import page_offsets

from .conftest import draw_bars

Run = Callable[..., CompletedProcess[str]]
Pictures = Callable[..., list[Path]]
Scan = Callable[..., Path]


@pytest.fixture
def scan(tmp_path: Path) -> Scan:
    """Writes a file with a page of bars for each text: a TIFF, or an animation by its suffix.

    OpenCV writes GIF with few shades, of which only those of the digits 2, 4 and 7 are exact enough.
    """

    def write(*texts: str, name: str = "scan.tif") -> Path:
        pages = [draw_bars(text) for text in texts]
        if name.endswith((".tif", ".tiff")):
            assert cv2.imwritemulti(str(tmp_path / name), pages)
        else:
            made = cv2.Animation()
            made.frames, made.durations = pages, [100] * len(pages)
            assert cv2.imwriteanimation(str(tmp_path / name), made)
        return tmp_path / name

    return write


def lose_pixels(path: Path, page: int) -> None:
    """Let a little-endian TIFF say that the pixels of one page lie behind the end of the file."""
    data = bytearray(path.read_bytes())
    at = page_offsets(data)[page]
    for entry in range(at + 2, at + 2 + 12 * struct.unpack_from("<H", data, at)[0], 12):
        if struct.unpack_from("<H", data, entry)[0] == 273:
            struct.pack_into("<HII", data, entry + 2, 4, 1, 1 << 30)
    path.write_bytes(data)


def told(done: CompletedProcess[str]) -> list[tuple[str, int, str]]:
    """Source, frame and text of each object in JSON Lines."""
    records = [json.loads(line) for line in done.stdout.splitlines()]
    return [(record["source"], record["frame"], record["text"]) for record in records]


@pytest.mark.parametrize("name", ["scan.tif", "scan.gif", "scan.png", "scan.webp"])
def test_every_page_is_read_in_order_and_counted_from_0(name: str, run: Run, scan: Scan) -> None:
    path = scan("24", "472", "7", name=name)
    done = run("read", "--format", "jsonl", path)
    assert (done.returncode, done.stderr) == (0, "")
    assert told(done) == [(str(path), 0, "24"), (str(path), 1, "472"), (str(path), 2, "7")]


def test_the_digits_of_every_page_are_printed(run: Run, scan: Scan) -> None:
    assert run("read", scan("12", "345")).stdout == "12\n345\n"


def test_a_file_of_which_one_page_shows_digits_is_not_said_to_show_none(run: Run, scan: Scan) -> None:
    assert run("read", scan("", "7")).stderr == ""
    assert "no digits found" in run("read", scan("", "")).stderr


def test_a_tiff_with_one_page_is_read_as_before(run: Run, scan: Scan, tmp_path: Path) -> None:
    path = scan("12")
    done = run("read", "--format", "jsonl", path, "--annotate", tmp_path / "out")
    (record,) = [json.loads(line) for line in done.stdout.splitlines()]
    assert (done.returncode, record["source"], record["frame"], record["text"]) == (0, str(path), 0, "12")
    assert record["lines"][0]["digits"][1] == {"digit": 2, "confidence": 0.95, "box": [46, 20, 24, 60]}
    assert [file.name for file in (tmp_path / "out").iterdir()] == ["scan.read.jpg"]


def test_a_damaged_page_is_one_line_and_status_1_and_the_other_pages_are_read(run: Run, scan: Scan) -> None:
    path = scan("12", "345", "6")
    lose_pixels(path, 1)
    done = run("read", path)
    assert (done.returncode, done.stdout) == (1, "12\n6\n")
    assert done.stderr == (
        f"digitreader: error: {path}, page 2: is damaged or cut short; save or copy this picture again\n"
    )


def test_jsonl_has_a_line_for_a_damaged_page_in_its_place(run: Run, scan: Scan) -> None:
    path = scan("12", "345", "6")
    lose_pixels(path, 1)
    done = run("read", "--format", "jsonl", path)
    assert told(done) == [(str(path), 0, "12"), (str(path), 1, ""), (str(path), 2, "6")]
    assert json.loads(done.stdout.splitlines()[1])["error"].startswith(f"{path}, page 2: is damaged")


def test_an_animation_that_is_cut_short_is_read_up_to_there(run: Run, scan: Scan) -> None:
    path = scan("24", "472", "7", name="a.gif")
    path.write_bytes(path.read_bytes()[:-200])
    done = run("read", path)
    assert (done.returncode, done.stdout) == (1, "24\n472\n")
    assert done.stderr.startswith(f"digitreader: error: {path}, page 3: is damaged or cut short")


def test_what_is_named_behind_a_damaged_page_is_read(run: Run, scan: Scan, pictures: Pictures) -> None:
    path = scan("12", "345")
    lose_pixels(path, 1)
    (after,) = pictures("8.png")
    done = run("read", path, after)
    assert (done.returncode, done.stdout) == (1, f"{path}: 12\n{after}: 8\n")


def test_a_region_is_cut_from_every_page_that_can_be_read(run: Run, scan: Scan) -> None:
    path = scan("12", "345", "67")
    lose_pixels(path, 1)
    done = run("read", path, "--region", "0,0,40,120")
    assert (done.returncode, done.stdout) == (1, "1\n6\n")


def test_a_tiff_and_a_gif_in_a_folder_are_read_with_all_their_pages(
    run: Run, scan: Scan, pictures: Pictures, tmp_path: Path
) -> None:
    pictures("1.png", "10.png")
    scan("27", "35", name="2.tif")
    scan("4", "7", name="3.gif")
    named = [("1.png", 0, "1"), ("2.tif", 0, "27"), ("2.tif", 1, "35"), ("3.gif", 0, "4"), ("3.gif", 1, "7")]
    assert told(run("read", "--format", "jsonl", tmp_path)) == [
        (f"{tmp_path}/{name}", frame, text) for name, frame, text in (*named, ("10.png", 0, "10"))
    ]


def test_every_page_of_a_file_on_stdin_is_read(run: Run, scan: Scan, monkeypatch: pytest.MonkeyPatch) -> None:
    with scan("12", "345").open("rb") as file:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(file))
        assert told(run("read", "-", "--format", "jsonl")) == [("-", 0, "12"), ("-", 1, "345")]


def test_annotated_pictures_of_further_pages_have_the_page_in_their_names(
    run: Run, scan: Scan, pictures: Pictures, tmp_path: Path
) -> None:
    run("read", scan("12", "345"), *pictures("3.jpg"), "--annotate", tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        *("3.read.jpg", "scan-page2.read.jpg", "scan.read.jpg")
    ]
